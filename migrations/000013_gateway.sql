-- What stands between an evaluator's tool and a lab's model: tokens, stops, leases of the budget, the index of exchanges, what was used, probes.

-- A gateway on a lab's own premises, known by its credential. The one beside the server comes through the local door and has no row.
create table gateway (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- Keyed digest of its credential, whose text was shown once.
  digest bytea not null check (length(digest) = 32),
  digest_key_id text collate "C" not null,
  created_by uuid not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  last_seen_at timestamptz,
  primary key (organisation_id, id)
);

-- What an evaluator's tool states: one grant, one purpose, an end. Belongs to the organisation that uses.
create table gateway_token (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  lab_organisation_id uuid not null,
  grant_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  purpose text not null check (length(purpose) between 1 and 200),
  -- SHA-256 of its text, which is 256 random bits: what a gateway holds cannot be turned back.
  digest bytea not null check (length(digest) = 32),
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (organisation_id, id)
);
create index gateway_token_grant on gateway_token (grant_id) where revoked_at is null;

-- The switch that stops use at once: of a model, of an organisation, of a token.
create table access_stop (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- Both null = the model.
  grantee_organisation_id uuid,
  token_id uuid,
  reason text not null check (length(reason) <= 2000),
  stopped_by_organisation_id uuid not null,
  stopped_by_person_id uuid not null,
  stopped_at timestamptz not null,
  lifted_at timestamptz,
  primary key (organisation_id, enrolment_id, id),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id),
  check (num_nulls(grantee_organisation_id, token_id) >= 1)
);
create index access_stop_standing on access_stop (organisation_id, enrolment_id) where lifted_at is null;

-- A block taken out of a grant's budget: the committed reservation of all calls that are made from it.
create table budget_lease (
  organisation_id uuid not null,
  grant_id uuid not null,
  -- Made by the gateway, so that asking twice takes once.
  id uuid not null,
  gateway text not null check (length(gateway) between 1 and 100),
  requests bigint not null check (requests >= 1),
  tokens bigint not null check (tokens >= 0),
  spent_requests bigint not null default 0 check (spent_requests >= 0),
  spent_tokens bigint not null default 0 check (spent_tokens >= 0),
  taken_at timestamptz not null,
  ended_at timestamptz,
  primary key (organisation_id, grant_id, id),
  foreign key (organisation_id, grant_id) references access_grant (organisation_id, id)
);
create index budget_lease_standing on budget_lease (gateway) where ended_at is null;

-- One request and its answer. The bytes are in the gateway's sealed segments; here is where. Belongs to the organisation that used.
create table exchange (
  organisation_id uuid not null references organisation,
  id uuid not null,
  lab_organisation_id uuid not null,
  grant_id uuid not null,
  lease_id uuid not null,
  token_id uuid not null,
  session text not null check (length(session) between 1 and 200),
  gateway text not null check (length(gateway) between 1 and 100),
  segment text not null check (length(segment) between 1 and 200),
  purpose text not null,
  model text not null,
  path text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  -- Of the upstream's answer; null = none came.
  status integer,
  outcome text not null check (outcome in ('complete', 'cut', 'client-gone', 'refused-upstream', 'upstream-failed', 'revoked')),
  -- Why, where it is not complete.
  reason text,
  -- Null = the upstream did not say; then the whole reservation was charged.
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  charged_tokens bigint not null check (charged_tokens >= 0),
  -- Keyed digests of the bytes.
  request_digest bytea not null,
  answer_digest bytea,
  -- The last probe before it said that another model answers.
  after_different boolean not null,
  primary key (organisation_id, id)
);
create index exchange_newest on exchange (organisation_id, started_at desc, id);
create index exchange_session on exchange (organisation_id, grant_id, session, started_at, id);

-- How far each segment of a gateway's record had grown when the ledger was last told: what was told is not told again.
create table segment_head (
  organisation_id uuid not null references organisation,
  lab_organisation_id uuid not null,
  grant_id uuid not null,
  gateway text not null check (length(gateway) between 1 and 100),
  segment text not null check (length(segment) between 1 and 200),
  frames bigint not null check (frames >= 0),
  sha256 bytea not null check (length(sha256) = 32),
  -- The statement in the ledger of the organisation that used.
  statement_id uuid not null,
  stated_at timestamptz not null,
  primary key (organisation_id, grant_id, gateway, segment)
);

-- What was used, by whom and for what, an hour a row: all that the lab and the desk see of it.
create table access_use (
  organisation_id uuid not null,
  grant_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  grantee_organisation_id uuid not null,
  token_id uuid not null,
  purpose text not null,
  hour timestamptz not null,
  requests bigint not null check (requests >= 0),
  incomplete bigint not null check (incomplete >= 0),
  input_tokens bigint not null check (input_tokens >= 0),
  output_tokens bigint not null check (output_tokens >= 0),
  charged_tokens bigint not null check (charged_tokens >= 0),
  -- Requests of which the upstream said no usage.
  unknown_usage bigint not null check (unknown_usage >= 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (organisation_id, grant_id, token_id, purpose, hour),
  foreign key (organisation_id, grant_id) references access_grant (organisation_id, id)
);

-- Does the same model answer as at opening.
create table identity_probe (
  organisation_id uuid not null,
  window_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  id uuid not null,
  occasion text not null check (occasion in ('opening', 'daily', 'reconnect')),
  verdict text not null check (verdict in ('same', 'different', 'cannot-say')),
  -- JSON: what it rests on, with numbers.
  basis text not null,
  calls integer not null check (calls >= 0),
  tokens bigint not null check (tokens >= 0),
  at timestamptz not null,
  primary key (organisation_id, window_id, id),
  foreign key (organisation_id, window_id) references access_window (organisation_id, id)
);
create index identity_probe_newest on identity_probe (organisation_id, window_id, at desc);

select guard_confidential_table(name) from unnest(array[
  'gateway', 'gateway_token', 'access_stop', 'budget_lease', 'exchange', 'segment_head', 'access_use', 'identity_probe']) as name;

do $$
declare
  shared text;
begin
  foreach shared in array array['access_stop', 'access_use', 'identity_probe'] loop
    execute format($policy$
      create policy lab on %I for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1)$policy$, shared);
    execute format($policy$
      create policy desk on %I for select to sluice_actor using (desk_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1)$policy$, shared);
    execute format('grant select on %I to sluice_actor', shared);
  end loop;
end
$$;
-- Whoever uses sees its own tokens, exchanges and use; what stops it; and how its model's probes went.
create policy own on gateway_token for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy own on exchange for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy own on segment_head for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy grantee on access_use for select to sluice_actor using (grantee_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy grantee on access_stop for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = access_stop.organisation_id and g.enrolment_id = access_stop.enrolment_id
    and g.grantee_organisation_id = (select actor_organisation())
    and (access_stop.token_id is null or exists (select from gateway_token t where t.id = access_stop.token_id and t.organisation_id = g.grantee_organisation_id))
    and (access_stop.grantee_organisation_id is null or access_stop.grantee_organisation_id = g.grantee_organisation_id)));
create policy grantee on identity_probe for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = identity_probe.organisation_id and g.window_id = identity_probe.window_id
    and g.grantee_organisation_id = (select actor_organisation())));
create policy lab on gateway for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
grant select on exchange, segment_head to sluice_actor;
-- Digests of credentials are for whoever holds a credential against them, and for nobody who asks.
grant select (organisation_id, id, name, created_by, created_at, revoked_at, last_seen_at) on gateway to sluice_actor;
grant select (organisation_id, id, lab_organisation_id, grant_id, name, purpose, created_by, created_at, expires_at, revoked_at, last_used_at) on gateway_token to sluice_actor;

create policy lab_adds on gateway for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and created_by = (select actor_person()) and (select actor_role()) = 'administrator' and (select actor_floor()) = 1);
create policy lab_revokes on gateway for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and revoked_at is null and (select actor_role()) = 'administrator' and (select actor_floor()) = 1)
  with check (organisation_id = (select actor_organisation()) and revoked_at is not null);
grant insert (organisation_id, id, name, digest, digest_key_id, created_by, created_at), update (revoked_at) on gateway to sluice_actor;

-- For a grant of one's own, for one of its purposes, no longer than it is agreed.
create policy own_adds on gateway_token for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and created_by = (select actor_person()) and (select actor_role()) in ('administrator', 'editor')
  and (select actor_floor()) = 1 and exists (
    select from access_grant g where g.organisation_id = gateway_token.lab_organisation_id and g.id = gateway_token.grant_id
      and g.grantee_organisation_id = (select actor_organisation()) and g.ended_at is null and gateway_token.purpose = any (g.purposes)));
create policy own_revokes on gateway_token for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and revoked_at is null and (select actor_floor()) = 1
    and ((select actor_role()) = 'administrator' or created_by = (select actor_person())))
  with check (organisation_id = (select actor_organisation()) and revoked_at is not null);
grant insert (organisation_id, id, lab_organisation_id, grant_id, name, purpose, digest, created_by, created_at, expires_at), update (revoked_at)
  on gateway_token to sluice_actor;

-- The lab and the desk stop, and whoever stopped lifts.
create policy side_stops on access_stop for insert to sluice_actor with check (
  (select actor_organisation()) in (organisation_id, desk_organisation_id) and stopped_by_organisation_id = (select actor_organisation())
  and stopped_by_person_id = (select actor_person()) and lifted_at is null and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
create policy side_lifts on access_stop for update to sluice_actor
  using (stopped_by_organisation_id = (select actor_organisation()) and lifted_at is null and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
  with check (lifted_at is not null);
grant insert (organisation_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, reason, stopped_by_organisation_id, stopped_by_person_id, stopped_at),
  update (lifted_at) on access_stop to sluice_actor;

-- The gateway's side knows all of this and writes what came of it.
do $$
declare
  known text;
begin
  foreach known in array array['gateway', 'gateway_token', 'access_stop'] loop
    execute format('create policy gateway_reads on %I for select to sluice_gateway using (true)', known);
    execute format('grant select on %I to sluice_gateway', known);
  end loop;
  foreach known in array array['budget_lease', 'exchange', 'segment_head', 'access_use', 'identity_probe'] loop
    execute format('create policy gateway_keeps on %I for all to sluice_gateway using (true) with check (true)', known);
    execute format('grant select, insert on %I to sluice_gateway', known);
  end loop;
end
$$;
create policy gateway_marks on gateway for update to sluice_gateway using (true) with check (true);
create policy gateway_marks on gateway_token for update to sluice_gateway using (true) with check (true);
grant update (last_seen_at) on gateway to sluice_gateway;
grant update (last_used_at) on gateway_token to sluice_gateway;
grant update (spent_requests, spent_tokens, ended_at) on budget_lease to sluice_gateway;
grant update (frames, sha256, statement_id, stated_at) on segment_head to sluice_gateway;
-- What a probe found is told.
create policy gateway_tells on enrolment_event for insert to sluice_gateway with check (actor_person_id is null and actor_organisation_id is null);
grant insert (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id, grantee_organisation_id, at, once_key)
  on enrolment_event to sluice_gateway;
create policy gateway_announces on announcement for insert to sluice_gateway with check (taken_at is null and record_id is null and kind = 'probe-different');
grant insert (organisation_id, circle_id, kind, record_id, level, at) on announcement to sluice_gateway;
grant update (requests, incomplete, input_tokens, output_tokens, charged_tokens, unknown_usage, last_at, first_at) on access_use to sluice_gateway;
-- The lab sees how much of its budget stands reserved; who used sees its own.
create policy lab on budget_lease for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
grant select on budget_lease to sluice_actor;
-- Tokens end with their window.
create policy custodian_revokes on gateway_token for select to sluice_custodian using (true);
create policy custodian_ends on gateway_token for update to sluice_custodian using (true) with check (true);
grant select, update (revoked_at) on gateway_token to sluice_custodian;
-- Retention counts from the last exchange.
create policy custodian_reads on access_use for select to sluice_custodian using (true);
grant select on access_use to sluice_custodian;
