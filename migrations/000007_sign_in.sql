-- How people and machines prove who they are. No password stands here, and no secret: what is a secret is kept as a keyed digest, and
-- the key is not in the database. The gatekeeper looks credentials up; whoever is signed in sees what is its own, without digests.

-- Threat: an organisation lets itself in as one of its members, and from there into that person's other organisations. So what an
-- organisation alone can bring about (a recovery, an assertion of its own sign-on, a link to the address it wrote down) opens that
-- organisation only: `only_organisation_id`, and `bound` of a session.

-- `credential_id` is chosen by the authenticator, so it is unique to its owner only: one person's tells nothing of another's.
create table passkey (
  person_id uuid not null references person,
  id uuid not null default gen_random_uuid(),
  credential_id text not null check (length(credential_id) between 1 and 1400),
  public_key bytea not null check (length(public_key) <= 8192),
  counter bigint not null check (counter >= 0),
  transports text[] not null,
  -- Kept by a provider of passkeys and present on several devices.
  synced boolean not null,
  name text not null check (length(name) between 1 and 100),
  only_organisation_id uuid references organisation,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (person_id, id)
);
create unique index passkey_in_use on passkey (person_id, credential_id) where revoked_at is null;

create table recovery_code (
  person_id uuid not null references person,
  id uuid not null default gen_random_uuid(),
  digest bytea not null check (length(digest) = 32),
  only_organisation_id uuid references organisation,
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (person_id, id)
);

-- Acts for one organisation at a time. `floor` is the least level number it may be shown.
create table session (
  person_id uuid not null references person,
  id uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  digest bytea not null check (length(digest) = 32),
  way text not null check (way in ('passkey', 'oidc', 'recovery-code', 'mailed-link')),
  floor smallint not null check (floor between 1 and 5),
  second_factor boolean not null,
  bound boolean not null,
  agent text check (length(agent) <= 300),
  started_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (person_id, id),
  foreign key (organisation_id, person_id) references member (organisation_id, person_id),
  check (way not in ('recovery-code', 'mailed-link') or (floor >= 4 and not second_factor))
);
create index session_digest on session (digest);

create table access_token (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  digest bytea not null check (length(digest) = 32),
  name text not null check (length(name) between 1 and 100),
  verbs text[] not null check (cardinality(verbs) between 1 and 50),
  floor smallint not null check (floor between 1 and 5),
  second_factor boolean not null,
  issued_by uuid not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null check (expires_at <= issued_at + interval '366 days'),
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, person_id) references member (organisation_id, person_id)
);
create index access_token_digest on access_token (digest);
create index access_token_owner on access_token (organisation_id, person_id, issued_at);

-- What was asked of a browser a moment ago. Taking it out is answering it: it is deleted, whatever the answer is worth.
create table challenge (
  id uuid primary key default gen_random_uuid(),
  digest bytea not null check (length(digest) = 32),
  purpose text not null check (purpose in ('passkey-sign-in', 'passkey-new', 'oidc')),
  content jsonb not null,
  expires_at timestamptz not null
);
create index challenge_digest on challenge (digest);
create index challenge_expiry on challenge (expires_at);

-- A link that works once. The member it is for is there already (recovery, mailed), or comes by it (first-administrator, invitation).
create table one_time_link (
  id uuid primary key default gen_random_uuid(),
  digest bytea not null check (length(digest) = 32),
  purpose text not null check (purpose in ('first-administrator', 'invitation', 'recovery', 'mailed')),
  organisation_id uuid references organisation,
  person_id uuid references person,
  name text check (length(name) between 1 and 200),
  email text check (length(email) between 3 and 320),
  role text check (role in ('administrator', 'editor', 'reader', 'auditor')),
  -- Null when it came through the local door.
  issued_by uuid references person,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  withdrawn_at timestamptz,
  check ((purpose = 'first-administrator') = (organisation_id is null)),
  check ((purpose in ('recovery', 'mailed')) = (person_id is not null)),
  check ((purpose = 'invitation') = (role is not null))
);
create index one_time_link_digest on one_time_link (digest);
create index one_time_link_member on one_time_link (organisation_id, person_id, issued_at);

-- An organisation's own sign-on (OpenID Connect). `sealed_secret` opens with a key outside the database.
create table sign_on (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  issuer text not null check (length(issuer) <= 2000),
  client_id text not null check (length(client_id) between 1 and 500),
  sealed_secret bytea,
  -- Lower case. An address under one of them is sent to this sign-on.
  email_domains text[] not null check (cardinality(email_domains) between 1 and 50),
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (organisation_id, id)
);

-- Whom a sign-on calls what. A subject is unique within its sign-on (OpenID Connect Core 1.0, section 2).
create table sign_on_identity (
  organisation_id uuid not null,
  sign_on_id uuid not null,
  subject text not null check (length(subject) between 1 and 255),
  id uuid not null default gen_random_uuid(),
  person_id uuid not null references person,
  email text check (length(email) <= 320),
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organisation_id, sign_on_id, id),
  foreign key (organisation_id, sign_on_id) references sign_on (organisation_id, id)
);
create unique index sign_on_identity_in_use on sign_on_identity (organisation_id, sign_on_id, subject) where revoked_at is null;
create index sign_on_identity_person on sign_on_identity (person_id);

select guard_confidential_table(name) from unnest(array[
  'passkey', 'recovery_code', 'session', 'access_token', 'challenge', 'one_time_link', 'sign_on', 'sign_on_identity']) as name;

-- The gatekeeper: looks a credential up, makes one, marks it used. It cannot give a token other verbs, a session another floor,
-- or a link another member than it was made with.
create policy gatekeeper_keeps on passkey for all to sluice_gatekeeper using (true) with check (true);
grant select, insert on passkey to sluice_gatekeeper;
grant update (counter, synced, last_used_at) on passkey to sluice_gatekeeper;
create policy gatekeeper_keeps on recovery_code for all to sluice_gatekeeper using (true) with check (true);
grant select, insert, delete on recovery_code to sluice_gatekeeper;
grant update (used_at) on recovery_code to sluice_gatekeeper;
create policy gatekeeper_keeps on session for all to sluice_gatekeeper using (true) with check (true);
grant select, insert, delete on session to sluice_gatekeeper;
grant update (organisation_id, last_used_at, ended_at) on session to sluice_gatekeeper;
create policy gatekeeper_reads on access_token for select to sluice_gatekeeper using (true);
create policy gatekeeper_marks on access_token for update to sluice_gatekeeper using (true) with check (true);
grant select on access_token to sluice_gatekeeper;
grant update (last_used_at) on access_token to sluice_gatekeeper;
create policy gatekeeper_keeps on challenge for all to sluice_gatekeeper using (true) with check (true);
grant select, insert, delete on challenge to sluice_gatekeeper;
create policy gatekeeper_keeps on one_time_link for all to sluice_gatekeeper using (true) with check (true);
grant select, insert, delete on one_time_link to sluice_gatekeeper;
grant update (used_at, withdrawn_at) on one_time_link to sluice_gatekeeper;
create policy gatekeeper_reads on sign_on for select to sluice_gatekeeper using (ended_at is null);
grant select on sign_on to sluice_gatekeeper;
create policy gatekeeper_keeps on sign_on_identity for all to sluice_gatekeeper using (true) with check (true);
grant select, insert on sign_on_identity to sluice_gatekeeper;
grant update (last_used_at) on sign_on_identity to sluice_gatekeeper;

-- Whoever is signed in: its own credentials.
create policy own on passkey for select to sluice_actor using (person_id = (select actor_person()));
create policy own_changes on passkey for update to sluice_actor
  using (person_id = (select actor_person())) with check (person_id = (select actor_person()));
grant select (person_id, id, transports, synced, name, only_organisation_id, created_at, last_used_at, revoked_at) on passkey to sluice_actor;
grant update (name, revoked_at) on passkey to sluice_actor;
create policy own on recovery_code for select to sluice_actor using (person_id = (select actor_person()));
grant select (person_id, id, only_organisation_id, made_at, used_at) on recovery_code to sluice_actor;
create policy own on session for select to sluice_actor using (person_id = (select actor_person()));
create policy own_changes on session for update to sluice_actor
  using (person_id = (select actor_person())) with check (person_id = (select actor_person()));
grant select (person_id, id, organisation_id, way, floor, second_factor, bound, agent, started_at, last_used_at, expires_at, ended_at)
  on session to sluice_actor;
grant update (ended_at) on session to sluice_actor;
create policy own on sign_on_identity for select to sluice_actor using (person_id = (select actor_person()));
create policy own_changes on sign_on_identity for update to sluice_actor
  using (person_id = (select actor_person())) with check (person_id = (select actor_person()));
grant select (organisation_id, sign_on_id, id, person_id, email, created_at, last_used_at, revoked_at) on sign_on_identity to sluice_actor;
grant update (revoked_at) on sign_on_identity to sluice_actor;

-- Tokens belong to a member within one organisation, whose administrators see and revoke them, and issue those of service accounts.
create policy own on access_token for select to sluice_actor using (
  organisation_id = (select actor_organisation())
  and (person_id = (select actor_person()) or (select actor_role()) = 'administrator'));
create policy own_issues on access_token for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and issued_by = (select actor_person()) and floor >= (select actor_floor())
  and (not second_factor or (select actor_second_factor()))
  and (person_id = (select actor_person()) or (select actor_role()) = 'administrator'));
create policy own_revokes on access_token for update to sluice_actor
  using (organisation_id = (select actor_organisation())
    and (person_id = (select actor_person()) or (select actor_role()) = 'administrator'))
  with check (organisation_id = (select actor_organisation()));
grant select (organisation_id, id, person_id, name, verbs, floor, second_factor, issued_by, issued_at, expires_at, last_used_at, revoked_at, revoked_by)
  on access_token to sluice_actor;
grant insert (organisation_id, person_id, digest, name, verbs, floor, second_factor, issued_by, issued_at, expires_at) on access_token to sluice_actor;
grant update (revoked_at, revoked_by) on access_token to sluice_actor;

-- Administrators invite into their own organisation, and let their own members back in.
create policy administrator_reads on one_time_link for select to sluice_actor using (
  organisation_id = (select actor_organisation()) and purpose in ('invitation', 'recovery') and (select actor_role()) = 'administrator');
create policy administrator_adds on one_time_link for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and issued_by = (select actor_person()) and (select actor_role()) = 'administrator'
  and (purpose = 'invitation' or (purpose = 'recovery' and person_id <> (select actor_person())
    and exists (select from member m where m.organisation_id = one_time_link.organisation_id and m.person_id = one_time_link.person_id))));
-- Whoever manages the installation invites the first administrator of any organisation, and sees what it invited itself.
create policy coordinator_invites on one_time_link for insert to sluice_actor with check (
  purpose = 'invitation' and issued_by = (select actor_person()) and (select actor_role()) = 'administrator'
  and (select actor_kind()) = 'coordinator');
create policy issuer_reads on one_time_link for select to sluice_actor using (
  purpose = 'invitation' and issued_by = (select actor_person()) and (select actor_role()) = 'administrator');
create policy issuer_withdraws on one_time_link for update to sluice_actor
  using (purpose = 'invitation' and issued_by = (select actor_person()) and (select actor_role()) = 'administrator')
  with check (purpose = 'invitation' and issued_by = (select actor_person()));
create policy administrator_withdraws on one_time_link for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and purpose in ('invitation', 'recovery') and (select actor_role()) = 'administrator')
  with check (organisation_id = (select actor_organisation()));
grant select (id, purpose, organisation_id, person_id, name, email, role, issued_by, issued_at, expires_at, used_at, withdrawn_at)
  on one_time_link to sluice_actor;
grant insert (digest, purpose, organisation_id, person_id, name, email, role, issued_by, issued_at, expires_at) on one_time_link to sluice_actor;
grant update (withdrawn_at) on one_time_link to sluice_actor;

-- Which sign-on an address is sent to is decided for the whole installation.
create policy own on sign_on for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy coordinator_reads on sign_on for select to sluice_actor
  using ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator');
create policy coordinator_adds on sign_on for insert to sluice_actor
  with check ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator');
create policy coordinator_ends on sign_on for update to sluice_actor
  using ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator')
  with check ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator');
grant select (organisation_id, id, issuer, client_id, email_domains, created_at, ended_at) on sign_on to sluice_actor;
grant insert (organisation_id, issuer, client_id, sealed_secret, email_domains, created_at) on sign_on to sluice_actor;
grant update (ended_at) on sign_on to sluice_actor;
