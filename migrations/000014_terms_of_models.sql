-- Terms that a lab states after its offer: each a row that is never changed. The first version stands in the enrolment itself, the newest row is what holds.
create table changed_terms (
  organisation_id uuid not null,
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  version integer not null check (version >= 2),
  -- JSON, as in `enrolment`.
  terms text not null,
  stated_by uuid not null,
  stated_at timestamptz not null,
  primary key (organisation_id, enrolment_id, version),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id)
);
select guard_confidential_table('changed_terms');

-- Seen by whoever sees the model.
create policy lab on changed_terms for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy desk on changed_terms for select to sluice_actor using (desk_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy grantee on changed_terms for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from access_grant g where g.organisation_id = changed_terms.organisation_id and g.enrolment_id = changed_terms.enrolment_id
    and g.grantee_organisation_id = (select actor_organisation())));
create policy custodian_reads on changed_terms for select to sluice_custodian using (true);
create policy gateway_reads on changed_terms for select to sluice_gateway using (true);
grant select on changed_terms to sluice_actor, sluice_custodian, sluice_gateway;
create policy lab_writes on changed_terms for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and stated_by = (select actor_person()) and (select actor_role()) in ('administrator', 'editor')
  and (select actor_floor()) = 1);
grant insert (organisation_id, enrolment_id, desk_organisation_id, version, terms, stated_by, stated_at) on changed_terms to sluice_actor;

-- What was offered stays as it was: terms change by a row above, and by nothing else.
revoke update (terms) on enrolment from sluice_actor;

-- The version of the terms under which a grant was made, or a partner proposed. Retention is that version's: what was recorded under it is not kept longer.
alter table access_grant add column terms_version integer not null default 1 check (terms_version >= 1);
alter table partner_proposal add column terms_version integer not null default 1 check (terms_version >= 1);
grant insert (terms_version) on access_grant to sluice_actor, sluice_custodian;
grant insert (terms_version) on partner_proposal to sluice_actor;
