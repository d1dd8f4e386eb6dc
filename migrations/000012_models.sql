-- What a lab offers and who may use it: enrolments, access windows, grants, partners chosen with both keys, and what became of the keys.
-- `organisation_id` is the lab's. Beside it stand the desk (the testing body the model was offered to) and, where a row is about one,
-- the organisation that may use the model, so that each policy compares columns of its own row and asks no other table.

-- Two more jobs: the custodian opens and closes windows by the clock, the gateway's side admits, meters and settles.
do $$
declare
  actor text;
begin
  foreach actor in array array['sluice_custodian', 'sluice_gateway'] loop
    begin
      if not exists (select from pg_roles where rolname = actor) then
        execute format('create role %I nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole', actor);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of the same cluster made it in this moment
    end;
    if not pg_has_role(current_user, actor, 'member') then
      if current_setting('server_version_num')::int >= 160000 then
        execute format('grant %I to current_user with inherit false, set true', actor);
      else
        execute format('grant %I to current_user', actor);
      end if;
    end if;
  end loop;
end
$$;
grant usage on schema public to sluice_custodian, sluice_gateway;

-- A bound on testing windows, with its citation. Public: anyone may look it up.
create table programme_record (
  id text collate "C" primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  -- As pages call it.
  name text not null check (length(name) between 1 and 100),
  title text not null check (length(title) between 1 and 300),
  citation text not null check (length(citation) between 1 and 1000),
  cited_on date not null,
  -- `secondary`: its wording is known from other texts only.
  source text not null check (source in ('primary', 'secondary')),
  rule text not null check (length(rule) between 1 and 1000),
  -- A testing window lies within so many days before the planned release to other trusted partners.
  days integer not null check (days between 1 and 366)
);
select guard_public_table('programme_record');
grant select on programme_record to sluice_actor, sluice_custodian, sluice_gateway;
create policy member_reads on programme_record for select to sluice_actor, sluice_custodian, sluice_gateway using (true);
create policy coordinator_adds on programme_record for insert to sluice_actor with check (
  (select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator' and (select actor_floor()) = 1);
grant insert (id, name, title, citation, cited_on, source, rule, days) on programme_record to sluice_actor;

create table enrolment (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  desk_organisation_id uuid not null references organisation,
  name text not null check (length(name) between 1 and 200),
  wire text not null check (wire in ('openai', 'anthropic')),
  -- Where the credential is held: by this installation, or by a gateway on the lab's own premises.
  custody text not null check (custody in ('here', 'premises')),
  partner_release_at timestamptz not null,
  partner_release_zone text not null,
  public_release_at timestamptz,
  public_release_zone text,
  -- JSON: purposes, retention, destruction, confidentiality, probes, who may see what, contacts.
  terms text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, id, desk_organisation_id),
  check ((public_release_at is null) = (public_release_zone is null))
);
create index enrolment_id on enrolment (id);
create index enrolment_desk on enrolment (desk_organisation_id, created_at desc, id);

-- One version of the model, as those who use it name it.
create table model_version (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  added_at timestamptz not null,
  retired_at timestamptz,
  primary key (organisation_id, enrolment_id, id),
  unique (organisation_id, enrolment_id, name),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);

-- Where it is reached. The lab's own, and the gateway's.
create table model_endpoint (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  version_id uuid not null,
  base_url text not null check (length(base_url) between 1 and 2000),
  upstream_name text not null check (length(upstream_name) between 1 and 200),
  primary key (organisation_id, enrolment_id, version_id),
  foreign key (organisation_id, enrolment_id, version_id) references model_version (organisation_id, enrolment_id, id)
);

-- A programme record that the lab accepts for this model, besides the one that always bounds it.
create table accepted_programme (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  programme_id text collate "C" not null,
  accepted_by uuid not null,
  accepted_at timestamptz not null,
  primary key (organisation_id, enrolment_id, programme_id),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);

-- When the model may be reached, with a credential of its own: the testing window, and each stage for partners.
create table access_window (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  kind text not null check (kind in ('testing-window', 'partner-stage')),
  -- Of stages: their order, from 1.
  position integer not null check (position >= 1),
  name text not null check (length(name) between 1 and 200),
  opens_at timestamptz not null,
  opens_zone text not null,
  -- Null = at the latest that the bounds allow.
  closes_at timestamptz,
  closes_zone text,
  created_by uuid not null,
  created_at timestamptz not null,
  opened_at timestamptz,
  -- Set = over for good: the credential is destroyed, or about to be.
  ended_at timestamptz,
  ended_because text check (ended_because in ('lab', 'release', 'public-release', 'first-opening', 'ended', 'withdrawn')),
  primary key (organisation_id, id),
  unique (organisation_id, enrolment_id, kind, position),
  unique (organisation_id, id, enrolment_id, desk_organisation_id, kind),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id),
  check ((closes_at is null) = (closes_zone is null)),
  check ((ended_at is null) = (ended_because is null))
);
create index access_window_id on access_window (id);
create index access_window_live on access_window (organisation_id, id) where ended_at is null;

-- The lab's credential of one window, sealed under a key that is a file outside this database and its backups. Nobody who asks for anything reads it.
create table sealed_credential (
  organisation_id uuid not null,
  window_id uuid not null,
  sealed text not null check (length(sealed) <= 65536),
  key_id text collate "C" not null,
  given_by uuid not null,
  given_at timestamptz not null,
  primary key (organisation_id, window_id),
  foreign key (organisation_id, window_id) references access_window (organisation_id, id)
);

-- Who may use what, for which purposes, within which budget. Rows are of one organisation each.
create table access_grant (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  window_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  -- Of its window.
  kind text not null,
  grantee_organisation_id uuid not null references organisation,
  purposes text[] not null check (cardinality(purposes) between 1 and 20),
  budget_requests bigint not null check (budget_requests >= 1),
  budget_tokens bigint not null check (budget_tokens >= 1),
  requests_per_minute integer not null check (requests_per_minute between 1 and 1000000),
  -- What leaves the sandbox and is granted all the same: `provider-tools`, `remote-media`, `store`.
  outside text[] not null default '{}',
  created_by uuid not null,
  created_at timestamptz not null,
  -- Set by the lab or with the window's end.
  ended_at timestamptz,
  -- What leases that have not ended may still spend, and what was spent. That may exceed the budget: usage is the upstream's to say.
  reserved_requests bigint not null default 0 check (reserved_requests >= 0),
  reserved_tokens bigint not null default 0 check (reserved_tokens >= 0),
  spent_requests bigint not null default 0 check (spent_requests >= 0),
  spent_tokens bigint not null default 0 check (spent_tokens >= 0),
  primary key (organisation_id, id),
  foreign key (organisation_id, window_id, enrolment_id, desk_organisation_id, kind)
    references access_window (organisation_id, id, enrolment_id, desk_organisation_id, kind)
);
create unique index access_grant_standing on access_grant (organisation_id, window_id, grantee_organisation_id) where ended_at is null;
create index access_grant_grantee on access_grant (grantee_organisation_id, created_at desc, id);
create index access_grant_id on access_grant (id);

-- What happened, each for whom it may be told: lab and desk always, one grantee or all where it says so.
create table enrolment_event (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  kind text not null check (length(kind) between 1 and 60),
  details text not null default '{}',
  for_grantees boolean not null,
  window_id uuid,
  grantee_organisation_id uuid,
  actor_organisation_id uuid,
  actor_person_id uuid,
  at timestamptz not null,
  once_key text collate "C",
  primary key (organisation_id, enrolment_id, id),
  unique (organisation_id, enrolment_id, once_key),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);
create index enrolment_event_newest on enrolment_event (organisation_id, enrolment_id, at desc, id);

-- A partner that one side proposes for a stage. Known to lab and desk alone until the stage opens to it.
create table partner_proposal (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  window_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  kind text not null default 'partner-stage' check (kind = 'partner-stage'),
  partner_organisation_id uuid not null references organisation,
  purpose text not null check (length(purpose) between 1 and 200),
  closes_at timestamptz,
  closes_zone text,
  budget_requests bigint not null check (budget_requests >= 1),
  budget_tokens bigint not null check (budget_tokens >= 1),
  requests_per_minute integer not null check (requests_per_minute between 1 and 1000000),
  -- What both keys are turned on: all of the above, as one text.
  stated text not null,
  stated_sha256 bytea not null check (length(stated_sha256) = 32),
  proposed_by_organisation_id uuid not null,
  proposed_by_person_id uuid not null,
  proposed_at timestamptz not null,
  withdrawn_at timestamptz,
  -- The grant it became when its stage opened.
  grant_id uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, window_id, enrolment_id, desk_organisation_id, kind)
    references access_window (organisation_id, id, enrolment_id, desk_organisation_id, kind)
);
create index partner_proposal_id on partner_proposal (id);
create index partner_proposal_grant on partner_proposal (organisation_id, grant_id) where grant_id is not null;
create unique index partner_proposal_standing on partner_proposal (organisation_id, window_id, partner_organisation_id) where withdrawn_at is null;

create table partner_key (
  organisation_id uuid not null,
  proposal_id uuid not null,
  side text not null check (side in ('lab', 'government')),
  desk_organisation_id uuid not null,
  stated_sha256 bytea not null,
  turned_by_organisation_id uuid not null,
  turned_by_person_id uuid not null,
  turned_at timestamptz not null,
  primary key (organisation_id, proposal_id, side),
  foreign key (organisation_id, proposal_id) references partner_proposal (organisation_id, id)
);

-- What became of a key: which, where, when, and what its destruction cannot reach.
create table destruction_certificate (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  window_id uuid not null,
  -- Of a record key: whose exchanges it had sealed.
  grant_id uuid,
  grantee_organisation_id uuid,
  what text not null check (what in ('credential', 'record')),
  key_id text collate "C" not null,
  -- The file as its host names it, and the host's gateway where it was not this server's.
  file text not null,
  gateway text,
  destroyed_at timestamptz not null,
  cannot_reach text[] not null,
  -- The lab's own word that it revoked the credential at its side too; asked for with every closing.
  revoked_upstream_at timestamptz,
  revoked_upstream_by uuid,
  primary key (organisation_id, id),
  unique (organisation_id, key_id),
  foreign key (organisation_id, window_id) references access_window (organisation_id, id),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);

create index destruction_certificate_newest on destruction_certificate (destroyed_at desc, id desc);
create index destruction_certificate_id on destruction_certificate (id);

select guard_confidential_table(name) from unnest(array[
  'enrolment', 'model_version', 'model_endpoint', 'accepted_programme', 'access_window', 'sealed_credential', 'access_grant', 'enrolment_event',
  'partner_proposal', 'partner_key', 'destruction_certificate']) as name;

-- The lab and the desk see what is between them; a session of a mailed link sees nothing of it.
do $$
declare
  shared text;
begin
  foreach shared in array array['enrolment', 'model_version', 'accepted_programme', 'access_window', 'access_grant', 'enrolment_event',
      'partner_proposal', 'partner_key', 'destruction_certificate'] loop
    execute format($policy$
      create policy lab on %I for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1)$policy$, shared);
    execute format($policy$
      create policy desk on %I for select to sluice_actor using (desk_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1)$policy$, shared);
    execute format('grant select on %I to sluice_actor, sluice_custodian, sluice_gateway', shared);
    execute format('create policy custodian_reads on %I for select to sluice_custodian using (true)', shared);
    execute format('create policy gateway_reads on %I for select to sluice_gateway using (true)', shared);
  end loop;
end
$$;
create policy lab on model_endpoint for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy gateway_reads on model_endpoint for select to sluice_gateway using (true);
create policy gateway_reads on sealed_credential for select to sluice_gateway using (true);
create policy custodian_destroys on sealed_credential for all to sluice_custodian using (true) with check (true);
grant select on model_endpoint to sluice_actor, sluice_gateway;
grant select on sealed_credential to sluice_gateway;
grant select, delete on sealed_credential to sluice_custodian;

-- Whoever was granted use sees its own grant, and through it the model, its versions and its window; of what happened, what is for it.
create policy grantee on access_grant for select to sluice_actor using (grantee_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
do $$
declare
  granted text;
begin
  foreach granted in array array['enrolment', 'model_version', 'accepted_programme'] loop
    execute format($policy$
      create policy grantee on %1$I for select to sluice_actor using ((select actor_floor()) = 1 and exists (
        select from access_grant g where g.organisation_id = %1$I.organisation_id and g.enrolment_id = %1$I.%2$I
          and g.grantee_organisation_id = (select actor_organisation())))$policy$, granted, case granted when 'enrolment' then 'id' else 'enrolment_id' end);
  end loop;
end
$$;
create policy grantee on access_window for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = access_window.organisation_id and g.window_id = access_window.id
    and g.grantee_organisation_id = (select actor_organisation())));
create policy grantee on enrolment_event for select to sluice_actor using ((select actor_floor()) = 1 and for_grantees and exists (
  select from access_grant g where g.organisation_id = enrolment_event.organisation_id and g.enrolment_id = enrolment_event.enrolment_id
    and g.grantee_organisation_id = (select actor_organisation())
    and (enrolment_event.window_id is null or enrolment_event.window_id = g.window_id)
    and (enrolment_event.grantee_organisation_id is null or enrolment_event.grantee_organisation_id = g.grantee_organisation_id)));
create policy grantee on destruction_certificate for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = destruction_certificate.organisation_id and g.window_id = destruction_certificate.window_id
    and g.grantee_organisation_id = (select actor_organisation())
    and (destruction_certificate.grantee_organisation_id is null or destruction_certificate.grantee_organisation_id = g.grantee_organisation_id)));

-- The lab writes what is its to write, and who did stands there in its own name.
do $$
declare
  written text;
  writer text;
begin
  foreach written in array array['enrolment', 'model_version', 'model_endpoint', 'accepted_programme', 'access_window', 'sealed_credential', 'access_grant'] loop
    writer := case written when 'accepted_programme' then 'accepted_by' when 'sealed_credential' then 'given_by' else 'created_by' end;
    execute format($policy$
      create policy lab_writes on %I for insert to sluice_actor with check (
        organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1%s)$policy$,
      written, case when written in ('model_version', 'model_endpoint') then '' else format(' and %I = (select actor_person())', writer) end);
  end loop;
  foreach written in array array['enrolment', 'model_version', 'access_window', 'access_grant', 'destruction_certificate'] loop
    execute format($policy$
      create policy lab_changes on %I for update to sluice_actor
        using (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
        with check (organisation_id = (select actor_organisation()))$policy$, written);
  end loop;
end
$$;
-- Offered to whoever can turn the government's key: a lab that offered it to itself, or to a friend, would choose its partners alone.
create function desks() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  claims text[] := actor_claims();
begin
  if claims is null or claims[10] <> 'lab' then
    return '{}';
  end if;
  return array(select o.id from organisation o where o.kind in ('coordinator', 'agency'));
end
$$;
select give_to_registrar('desks()', 'sluice_actor');
create policy lab_enrols on enrolment as restrictive for insert to sluice_actor with check (desk_organisation_id = any ((select desks())::uuid[]));
-- Nothing is added to a window that is over: its keys are destroyed once.
create policy while_it_lasts on sealed_credential as restrictive for insert to sluice_actor with check (exists (
  select from access_window w where w.organisation_id = sealed_credential.organisation_id and w.id = sealed_credential.window_id and w.ended_at is null));
create policy lab_ends on access_window as restrictive for update to sluice_actor using (ended_at is null) with check (ended_because is null or ended_because in ('ended', 'withdrawn'));
-- What was withdrawn stays as it was.
create policy standing on enrolment as restrictive for update to sluice_actor using (withdrawn_at is null) with check (true);
-- A use by partners needs both keys, and is written by the custodian when their stage opens.
-- What has ended stays as it was, and of what was agreed with both keys the lab can but end it.
create policy standing on access_grant as restrictive for update to sluice_actor using (ended_at is null)
  with check (kind = 'testing-window' or ended_at is not null);
create policy stated_once on destruction_certificate as restrictive for update to sluice_actor using (revoked_upstream_at is null) with check (true);
create policy testers_only on access_grant as restrictive for insert to sluice_actor with check (kind = 'testing-window');
grant insert (organisation_id, id, desk_organisation_id, name, wire, custody, partner_release_at, partner_release_zone, public_release_at, public_release_zone,
  terms, created_by, created_at), update (name, partner_release_at, partner_release_zone, public_release_at, public_release_zone, terms, withdrawn_at)
  on enrolment to sluice_actor;
grant insert (organisation_id, enrolment_id, desk_organisation_id, id, name, added_at), update (retired_at) on model_version to sluice_actor;
grant insert (organisation_id, enrolment_id, version_id, base_url, upstream_name) on model_endpoint to sluice_actor;
grant insert (organisation_id, enrolment_id, desk_organisation_id, programme_id, accepted_by, accepted_at) on accepted_programme to sluice_actor;
grant insert (organisation_id, id, enrolment_id, desk_organisation_id, kind, position, name, opens_at, opens_zone, closes_at, closes_zone, created_by, created_at),
  update (opens_at, opens_zone, closes_at, closes_zone, ended_at, ended_because) on access_window to sluice_actor;
-- Given once a window, unread by whoever gives it: the lab sees that it is there.
create policy lab on sealed_credential for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
grant select (organisation_id, window_id, given_by, given_at) on sealed_credential to sluice_actor;
grant insert (organisation_id, window_id, sealed, key_id, given_by, given_at) on sealed_credential to sluice_actor;
grant insert (organisation_id, id, window_id, enrolment_id, desk_organisation_id, kind, grantee_organisation_id, purposes, budget_requests, budget_tokens,
  requests_per_minute, outside, created_by, created_at), update (purposes, budget_requests, budget_tokens, requests_per_minute, outside, ended_at)
  on access_grant to sluice_actor;
grant update (revoked_upstream_at, revoked_upstream_by) on destruction_certificate to sluice_actor;

-- What either side did is written down in its own name.
create policy side_tells on enrolment_event for insert to sluice_actor with check (
  (select actor_organisation()) in (organisation_id, desk_organisation_id) and actor_organisation_id = (select actor_organisation())
  and actor_person_id = (select actor_person()) and once_key is null and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
grant insert (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id, grantee_organisation_id,
  actor_organisation_id, actor_person_id, at, once_key) on enrolment_event to sluice_actor;

-- Either side proposes, and turns its own key; whoever proposed withdraws.
create policy side_proposes on partner_proposal for insert to sluice_actor with check (
  (select actor_organisation()) in (organisation_id, desk_organisation_id) and proposed_by_organisation_id = (select actor_organisation())
  and proposed_by_person_id = (select actor_person()) and (select actor_role()) = 'administrator' and (select actor_floor()) = 1 and grant_id is null and exists (
    select from access_window w where w.organisation_id = partner_proposal.organisation_id and w.id = partner_proposal.window_id and w.ended_at is null));
create policy side_withdraws on partner_proposal for update to sluice_actor
  using ((select actor_organisation()) in (organisation_id, desk_organisation_id) and grant_id is null and withdrawn_at is null
    and (select actor_role()) = 'administrator' and (select actor_floor()) = 1)
  with check (withdrawn_at is not null and grant_id is null);
grant insert (organisation_id, id, window_id, enrolment_id, desk_organisation_id, partner_organisation_id, purpose, closes_at, closes_zone, budget_requests,
  budget_tokens, requests_per_minute, stated, stated_sha256, proposed_by_organisation_id, proposed_by_person_id, proposed_at), update (withdrawn_at)
  on partner_proposal to sluice_actor;
create policy side_turns on partner_key for insert to sluice_actor with check (
  turned_by_organisation_id = (select actor_organisation()) and turned_by_person_id = (select actor_person())
  and (select actor_role()) = 'administrator' and (select actor_floor()) = 1
  and case side when 'lab' then organisation_id else desk_organisation_id end = (select actor_organisation())
  -- On exactly the text that stands.
  and exists (select from partner_proposal p where p.organisation_id = partner_key.organisation_id and p.id = partner_key.proposal_id
    and p.desk_organisation_id = partner_key.desk_organisation_id and p.stated_sha256 = partner_key.stated_sha256 and p.withdrawn_at is null));
create policy side_turns_back on partner_key for delete to sluice_actor using (
  turned_by_organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and (select actor_floor()) = 1 and exists (
    select from partner_proposal p where p.organisation_id = partner_key.organisation_id and p.id = partner_key.proposal_id and p.grant_id is null));
grant insert (organisation_id, proposal_id, side, desk_organisation_id, stated_sha256, turned_by_organisation_id, turned_by_person_id, turned_at), delete
  on partner_key to sluice_actor;

-- Whom one meets here is known by name, and a lab knows whom it can offer a model to.
create policy desk_of_labs on organisation for select to sluice_actor using ((select actor_kind()) = 'lab' and kind in ('coordinator', 'agency'));
create policy met_as_lab on organisation for select to sluice_actor using (exists (
  select from enrolment e where e.organisation_id = organisation.id));
create policy met_as_desk on organisation for select to sluice_actor using (exists (
  select from enrolment e where e.desk_organisation_id = organisation.id));
create policy met_as_grantee on organisation for select to sluice_actor using (exists (
  select from access_grant g where g.grantee_organisation_id = organisation.id));
create policy met_as_partner on organisation for select to sluice_actor using (exists (
  select from partner_proposal p where p.partner_organisation_id = organisation.id));

-- The custodian opens and ends windows at their hours, turns agreed proposals into grants, and writes what it destroyed.
create policy custodian_moves on access_window for update to sluice_custodian using (true) with check (true);
create policy custodian_grants on access_grant for insert to sluice_custodian with check (true);
create policy custodian_ends on access_grant for update to sluice_custodian using (true) with check (true);
create policy custodian_settles on partner_proposal for update to sluice_custodian using (true) with check (true);
create policy custodian_tells on enrolment_event for insert to sluice_custodian with check (true);
create policy custodian_writes on destruction_certificate for insert to sluice_custodian with check (true);
create policy custodian_announces on announcement for insert to sluice_custodian with check (taken_at is null and record_id is null);
create policy custodian_reads on organisation for select to sluice_custodian, sluice_gateway using (true);
grant update (opened_at, ended_at, ended_because) on access_window to sluice_custodian;
grant insert (organisation_id, id, window_id, enrolment_id, desk_organisation_id, kind, grantee_organisation_id, purposes, budget_requests, budget_tokens,
  requests_per_minute, outside, created_by, created_at), update (ended_at) on access_grant to sluice_custodian;
grant update (grant_id) on partner_proposal to sluice_custodian;
grant insert (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id, grantee_organisation_id, at, once_key)
  on enrolment_event to sluice_custodian;
grant insert (organisation_id, id, enrolment_id, desk_organisation_id, window_id, grant_id, grantee_organisation_id, what, key_id, file, gateway, destroyed_at, cannot_reach)
  on destruction_certificate to sluice_custodian;
grant insert (organisation_id, circle_id, kind, record_id, level, at) on announcement to sluice_custodian;
grant select on organisation to sluice_custodian, sluice_gateway;
-- Leases take from a grant's budget and give back to it.
create policy gateway_meters on access_grant for update to sluice_gateway using (true) with check (true);
grant update (reserved_requests, reserved_tokens, spent_requests, spent_tokens) on access_grant to sluice_gateway;

-- What the custodian and the gateway's side did is stated in the ledger.
create policy custodian_records on ledger_statement for insert to sluice_custodian, sluice_gateway with check (leaf_index is null and erased_at is null);
grant insert (organisation_id, id, kind, record_organisation_id, record_id, level, statement, nonce, leaf, recorded_at) on ledger_statement
  to sluice_custodian, sluice_gateway;
