-- What becomes of an advisory after it was published: the signatures over its record, and what its owner corrects or withdraws.

-- Over the bytes of one published revision, by one of the installation's advisory keys.
create table advisory_signature (
  advisory_id text collate "C" not null,
  version integer not null,
  -- As `sluice keys list` has it.
  key_id text collate "C" not null check (length(key_id) between 1 and 100),
  signature bytea not null check (length(signature) = 64),
  signed_at timestamptz not null,
  primary key (advisory_id, version, key_id),
  foreign key (advisory_id, version) references ledger_revision
);

-- A new revision of a published advisory, with its reason; `withdraws` is the last there is. Which parts it changed is in draft_part.
create table draft_correction (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  withdraws boolean not null,
  -- Public: the record says it.
  reason text not null check (length(reason) between 1 and 2000),
  stated_by uuid not null,
  stated_at timestamptz not null,
  -- The published revision that it became; null = not in the record yet.
  version integer check (version >= 2),
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create unique index draft_correction_withdrawn on draft_correction (organisation_id, draft_id) where withdraws;
create index draft_correction_waiting on draft_correction (organisation_id, draft_id) where version is null;

select guard_confidential_table(name) from unnest(array['advisory_signature', 'draft_correction']) as name;

-- Signatures are public, and made by whoever publishes. None is ever changed or taken away.
create policy everyone_reads on advisory_signature for select to sluice_reader, sluice_actor, sluice_releaser using (true);
create policy releaser_signs on advisory_signature for insert to sluice_releaser with check (true);
grant select on advisory_signature to sluice_reader, sluice_actor, sluice_releaser;
grant insert (advisory_id, version, key_id, signature, signed_at) on advisory_signature to sluice_releaser;

-- What was published is corrected by its owner, and known to whoever knows of the draft at all.
create policy mine on draft_correction for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = draft_correction.organisation_id and o.record_id = draft_correction.draft_id));
create policy owner_states on draft_correction for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and stated_by = (select actor_person())
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
    select from draft_advisory d where d.organisation_id = draft_correction.organisation_id and d.id = draft_correction.draft_id and d.state = 'published'));
grant select on draft_correction to sluice_actor;
grant insert (organisation_id, draft_id, withdraws, reason, stated_by, stated_at) on draft_correction to sluice_actor;
create policy releaser_publishes on draft_correction for all to sluice_releaser using (true) with check (true);
grant select, update (version) on draft_correction to sluice_releaser;
