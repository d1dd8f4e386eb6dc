-- A lab may run several gateways: where a key was or may have been beside what was stated as destroyed, and what becomes of the budget that one took with it.

-- The gateways of a lab's own that may have held a key: one that keeps a window's credential or was told of the window, one that took of a grant's budget.
-- Destroyed is a key where its gateway has stated so, and nowhere else.
create table key_place (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  window_id uuid not null,
  -- Of a record key: whose exchanges it seals.
  grant_id uuid,
  grantee_organisation_id uuid,
  what text not null check (what in ('credential', 'record')),
  -- As the certificates name it: behind the id of its credential its own name, which stays the same with another credential.
  gateway text not null check (length(gateway) between 1 and 100),
  since timestamptz not null,
  primary key (organisation_id, id),
  check ((what = 'record') = (grant_id is not null) and (grant_id is null) = (grantee_organisation_id is null)),
  foreign key (organisation_id, window_id) references access_window (organisation_id, id),
  foreign key (organisation_id, grant_id) references access_grant (organisation_id, id),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);
create unique index key_place_once on key_place (organisation_id, window_id, what, coalesce(grant_id, window_id), split_part(gateway, '/', 2));

insert into key_place (organisation_id, enrolment_id, desk_organisation_id, window_id, grant_id, grantee_organisation_id, what, gateway, since)
  select g.organisation_id, g.enrolment_id, g.desk_organisation_id, g.window_id, k.grant_id, k.grantee, k.what, l.gateway, min(l.taken_at)
  from budget_lease l
  join access_grant g on g.organisation_id = l.organisation_id and g.id = l.grant_id
  join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
  cross join lateral (values ('credential', null::uuid, null::uuid), ('record', g.id, g.grantee_organisation_id)) as k (what, grant_id, grantee)
  where e.custody = 'premises'
  group by g.organisation_id, g.enrolment_id, g.desk_organisation_id, g.window_id, k.grant_id, k.grantee, k.what, l.gateway
  on conflict do nothing;

-- Seen by whoever sees the certificates of the same key: who is told that one was destroyed is told where another may be.
select guard_confidential_table('key_place');
create policy lab on key_place for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy desk on key_place for select to sluice_actor using (desk_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy grantee on key_place for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = key_place.organisation_id and g.window_id = key_place.window_id
    and g.grantee_organisation_id = (select actor_organisation())
    and (key_place.grantee_organisation_id is null or key_place.grantee_organisation_id = g.grantee_organisation_id)));
grant select on key_place to sluice_actor;
create policy gateway_keeps on key_place for all to sluice_gateway using (true) with check (true);
grant select, insert on key_place to sluice_gateway;

-- Charged when the gateway that had taken it was ended: nobody stated what of it was spent. It is part of what is spent, and becomes an exchange's if one is stated after all.
alter table budget_lease
  add column unaccounted_requests bigint not null default 0 check (unaccounted_requests >= 0),
  add column unaccounted_tokens bigint not null default 0 check (unaccounted_tokens >= 0);
alter table access_grant
  add column unaccounted_requests bigint not null default 0 check (unaccounted_requests >= 0),
  add column unaccounted_tokens bigint not null default 0 check (unaccounted_tokens >= 0);
grant update (unaccounted_requests, unaccounted_tokens) on budget_lease, access_grant to sluice_gateway;
