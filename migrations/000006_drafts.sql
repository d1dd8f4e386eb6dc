-- Draft advisories: parts at levels, and who has been let see which level. Level 1 is case, the most confidential; 5 is public.
-- Every policy here is one EXISTS against `opening` and repeats nothing.

-- A confidential thing of any kind. Levels are its kind's own.
create table confidential_record (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('draft-advisory')),
  created_at timestamptz not null,
  primary key (organisation_id, id)
);

-- The owner lets one organisation with an intelligence or law-enforcement function see what its circles let it see. The participants know.
create table exclusion_exception (
  organisation_id uuid not null,
  record_id uuid not null,
  excepted_organisation_id uuid not null,
  reason text not null check (length(reason) between 1 and 2000),
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (organisation_id, record_id, excepted_organisation_id),
  foreign key (organisation_id, record_id) references confidential_record (organisation_id, id)
);
create index exclusion_exception_for on exclusion_exception (excepted_organisation_id, record_id);

-- Which circle sees which level of which record, since when. A row is made in the moment of opening, once, and is never taken back;
-- only its end, which was part of the plan, passes by the clock.
create table opening (
  organisation_id uuid not null,
  record_id uuid not null,
  circle_id uuid not null,
  level smallint not null check (level between 1 and 5),
  -- Null = made with the record, for its owner.
  stage_id uuid,
  opened_by text not null check (opened_by in ('owner', 'hour', 'patch-ready', 'leak', 'exploitation', 'early-end')),
  planned_at timestamptz,
  opened_at timestamptz not null,
  closes_at timestamptz not null default 'infinity',
  primary key (organisation_id, record_id, circle_id, level),
  foreign key (organisation_id, record_id) references confidential_record (organisation_id, id)
);
-- What is public is in the record: the lists of drafts pass it by.
create index opening_inbox on opening (circle_id, opened_at desc, record_id desc) include (organisation_id, level, closes_at) where level < 5;
create index opening_record on opening (record_id, circle_id) include (organisation_id, level, closes_at);

create table draft_advisory (
  organisation_id uuid not null,
  id uuid not null,
  -- The id it is published under.
  advisory_id text collate "C" not null,
  state text not null check (state in ('open', 'published', 'abandoned')),
  created_by uuid not null,
  created_at timestamptz not null,
  published_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, advisory_id),
  foreign key (organisation_id, id) references confidential_record (organisation_id, id)
);

-- Addresses name a draft by its id alone.
create index draft_advisory_id on draft_advisory (id);

-- One row is one revision of one part: `part_id` stays, `replaced_at` ends a revision. Bodies are JSON of the kind's shape.
create table draft_part (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  part_id uuid not null default gen_random_uuid(),
  revision integer not null check (revision >= 1),
  level smallint not null check (level between 1 and 5),
  kind text not null check (kind in ('notice', 'summary', 'details', 'affected', 'patch', 'severity', 'weakness', 'reference', 'credit', 'alias', 'build', 'research')),
  -- Null for research: that is read through a function that logs it.
  body text check ((body is null) = (kind = 'research')),
  author_organisation_id uuid not null,
  author_person_id uuid not null,
  written_at timestamptz not null,
  replaced_at timestamptz,
  primary key (organisation_id, draft_id, id),
  unique (organisation_id, draft_id, part_id, revision),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id),
  check (kind <> 'research' or level = 1)
);
create unique index draft_part_in_force on draft_part (organisation_id, draft_id, part_id) where replaced_at is null;

-- The text of a research part's revision. No role of requests reads it but through read_research().
create table draft_research (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null,
  body text not null,
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id, id) references draft_part (organisation_id, draft_id, id)
);

-- A file of a draft. Its bytes are sealed on disk under a keyed digest; the row is all that the database has.
create table draft_attachment (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  level smallint not null check (level between 1 and 5),
  name text not null check (length(name) between 1 and 255),
  media_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null,
  storage_key text collate "C" not null,
  author_organisation_id uuid not null,
  author_person_id uuid not null,
  written_at timestamptz not null,
  removed_at timestamptz,
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);

-- Which documents a draft was made of, so that one is not imported twice.
create table draft_import (
  organisation_id uuid not null,
  draft_id uuid not null,
  -- SHA-256 of the document and of which vulnerability of it was meant.
  sha256 bytea not null check (length(sha256) = 32),
  -- The draft was begun from it and is not abandoned: there is one such draft in an organisation.
  founded boolean not null,
  imported_at timestamptz not null,
  primary key (organisation_id, draft_id, sha256),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create unique index draft_import_founded on draft_import (organisation_id, sha256) where founded;

-- What happened, each event at the level from which it may be known.
create table draft_event (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  level smallint not null check (level between 1 and 5),
  kind text not null,
  -- JSON; what it says is at the event's level.
  details text not null default '{}',
  -- Null = Sluice itself, as its release job.
  actor_organisation_id uuid,
  actor_person_id uuid,
  at timestamptz not null,
  -- Makes one of a kind impossible to write twice: an opening, a publication.
  once_key text collate "C",
  primary key (organisation_id, draft_id, id),
  unique (organisation_id, draft_id, once_key),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create index draft_event_newest on draft_event (organisation_id, draft_id, at desc, id);

create table release_plan (
  organisation_id uuid not null,
  draft_id uuid not null,
  state text not null check (state in ('writing', 'agreed', 'ended')),
  revision integer not null check (revision >= 1),
  agreed_at timestamptz,
  primary key (organisation_id, draft_id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);

-- Stages of one revision of the plan; `revision` above the plan's own is an amendment that waits for consent.
create table release_stage (
  organisation_id uuid not null,
  draft_id uuid not null,
  revision integer not null check (revision >= 1),
  id uuid not null default gen_random_uuid(),
  position integer not null,
  -- Null = everyone: the public stage.
  circle_id uuid,
  level smallint not null check (level between 1 and 5),
  opens_at timestamptz,
  opens_zone text,
  on_events text[] not null default '{}',
  closes_at timestamptz,
  closes_zone text,
  primary key (organisation_id, draft_id, revision, id),
  foreign key (organisation_id, draft_id) references release_plan (organisation_id, draft_id),
  check ((circle_id is null) = (level = 5)),
  check ((opens_at is null) = (opens_zone is null)),
  check (opens_at is not null or cardinality(on_events) > 0)
);

-- Organisations whose consent an amendment may need.
create table release_consenter (
  organisation_id uuid not null,
  draft_id uuid not null,
  consenter_organisation_id uuid not null,
  primary key (organisation_id, draft_id, consenter_organisation_id),
  foreign key (organisation_id, draft_id) references release_plan (organisation_id, draft_id)
);

create table release_consent (
  organisation_id uuid not null,
  draft_id uuid not null,
  revision integer not null,
  consenter_organisation_id uuid not null,
  -- False = refused.
  agrees boolean not null,
  person_id uuid not null,
  at timestamptz not null,
  primary key (organisation_id, draft_id, revision, consenter_organisation_id),
  foreign key (organisation_id, draft_id) references release_plan (organisation_id, draft_id)
);

-- While one is not lifted, nothing opens. Made by the owner or a consenter, lifted by whoever made it.
create table release_hold (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  held_by_organisation_id uuid not null,
  held_by_person_id uuid not null,
  reason text not null check (length(reason) between 1 and 2000),
  held_at timestamptz not null,
  lifted_at timestamptz,
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references release_plan (organisation_id, draft_id)
);

-- What happened outside that opens stages: `patch-ready`, `leak`, `exploitation`, `early-end`.
create table release_event (
  organisation_id uuid not null,
  draft_id uuid not null,
  event text not null check (event in ('patch-ready', 'leak', 'exploitation', 'early-end')),
  reason text not null default '',
  at timestamptz not null,
  actor_organisation_id uuid not null,
  actor_person_id uuid not null,
  primary key (organisation_id, draft_id, event),
  foreign key (organisation_id, draft_id) references release_plan (organisation_id, draft_id)
);

-- Affected ranges of the draft's parts in force, as affected_interval has them, matched in SQL for whoever may see their level.
create table staged_interval (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  part_id uuid not null,
  level smallint not null check (level between 1 and 5),
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  lo bytea not null,
  hi bytea not null,
  lo_text text not null,
  hi_text text,
  hi_kind text not null check (hi_kind in ('fixed', 'last_affected', 'limit', 'none', 'listed')),
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create index staged_interval_key on staged_interval (ecosystem, name, lo) include (hi, organisation_id, draft_id, level);
create index staged_interval_part on staged_interval (organisation_id, draft_id, part_id);

-- "Something is coming for this package": a name at level notice; at fix, why a version of it may not be comparable.
create table staged_package (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  part_id uuid not null,
  level smallint not null check (level between 1 and 5),
  ecosystem text collate "C" not null,
  name text collate "C" not null,
  -- The version order its intervals are keyed in; null = none is known, or this is a notice.
  scheme text,
  -- Listed versions that match by text, and bounds that could not be keyed.
  texts text[] not null default '{}',
  set_aside text[] not null default '{}',
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create index staged_package_name on staged_package (ecosystem, name) include (organisation_id, draft_id, level);
create index staged_package_part on staged_package (organisation_id, draft_id, part_id);

-- When everyone will know, for whoever has been let know that something is coming.
create table staged_date (
  organisation_id uuid not null,
  draft_id uuid not null,
  level smallint not null check (level between 1 and 5),
  public_at timestamptz not null,
  public_zone text not null,
  primary key (organisation_id, draft_id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);

-- The read-in register: who read what of which level, when, by which session.
create table read_event (
  organisation_id uuid not null,
  draft_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- The most confidential level shown; the part, when it was one part of research.
  level smallint not null,
  part_id uuid,
  reader_organisation_id uuid not null,
  reader_person_id uuid not null,
  session_id uuid,
  at timestamptz not null,
  primary key (organisation_id, draft_id, id),
  foreign key (organisation_id, draft_id) references draft_advisory (organisation_id, id)
);
create index read_event_newest on read_event (organisation_id, draft_id, at desc);
create index read_event_reader on read_event (reader_organisation_id, reader_person_id, at desc);

select guard_confidential_table(name) from unnest(array[
  'confidential_record', 'exclusion_exception', 'opening', 'draft_advisory', 'draft_part', 'draft_research', 'draft_attachment', 'draft_import', 'draft_event',
  'release_plan', 'release_stage', 'release_consenter', 'release_consent', 'release_hold', 'release_event', 'staged_interval', 'staged_package', 'staged_date', 'read_event'
]) as name;

-- Records of which the owner let the actor's organisation see in spite of its function.
create policy registrar_reads on exclusion_exception for select to sluice_registrar using (true);
grant select on exclusion_exception to sluice_registrar;
-- `owner/record`: an owner chooses its records' ids, so an id alone would let one owner except from another's record.
create function actor_exceptions() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  claims text[] := actor_claims();
begin
  if claims is null then
    return '{}';
  end if;
  return array(select e.organisation_id || '/' || e.record_id from exclusion_exception e where e.excepted_organisation_id = claims[3]::uuid);
end
$$;
select give_to_registrar('actor_exceptions()', 'sluice_actor', 'sluice_registrar');

-- The one policy that says who may see: in force for one of the actor's circles, not below its session's floor, and not kept from it.
create policy mine on opening for select to sluice_actor, sluice_registrar using (
  circle_id = any ((select circles())::uuid[])
  and (select actor_clock()) < closes_at
  -- What is public is public to everyone signed in.
  and (level = 5 or organisation_id = (select actor_organisation()) or not (select actor_excluded())
    or organisation_id || '/' || record_id = any ((select actor_exceptions())::text[])));
-- The owner reviews who has been let see what of its own records; it sees those whole anyway.
create policy own on opening for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
-- Whoever writes a record sees it whole. Everything else is opened by the releaser.
create policy owner_founds on opening for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and circle_id = (select actor_organisation()) and level = 1 and stage_id is null
  and opened_by = 'owner' and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
grant select on opening to sluice_actor, sluice_registrar;
grant insert (organisation_id, record_id, circle_id, level, opened_by, opened_at) on opening to sluice_actor;

create policy mine on confidential_record for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = confidential_record.organisation_id and o.record_id = confidential_record.id));
-- The row that has just been founded has no opening yet: its founder sees it all the same.
create policy own on confidential_record for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy add on confidential_record for insert to sluice_actor
  with check (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
grant select on confidential_record to sluice_actor;
grant insert (organisation_id, id, kind, created_at) on confidential_record to sluice_actor;

create policy mine on draft_advisory for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = draft_advisory.organisation_id and o.record_id = draft_advisory.id));
create policy add on draft_advisory for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and created_by = (select actor_person()) and state = 'open'
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
    select from opening o where o.organisation_id = draft_advisory.organisation_id and o.record_id = draft_advisory.id and o.level = 1));
-- What an owner can do to it as a whole is to abandon it. Publishing is the releaser's.
create policy abandon on draft_advisory for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and state = 'open' and (select actor_role()) in ('administrator', 'editor')
    and (select actor_floor()) = 1)
  with check (organisation_id = (select actor_organisation()) and state <> 'published');
grant select on draft_advisory to sluice_actor;
grant insert (organisation_id, id, advisory_id, state, created_by, created_at) on draft_advisory to sluice_actor;
grant update (state) on draft_advisory to sluice_actor;

-- Tables whose rows have a level of their own: seen by whoever has an opening at least as confidential, not below the session's floor.
-- Written by organisations that see the case, at a level they see.
do $$
declare
  leveled text;
begin
  foreach leveled in array array['draft_part', 'draft_attachment', 'draft_event', 'staged_interval', 'staged_package', 'staged_date'] loop
    execute format($policy$
      create policy mine on %1$I for select to sluice_actor using (level >= (select actor_floor()) and exists (
        select from opening o where o.organisation_id = %1$I.organisation_id and o.record_id = %1$I.draft_id and o.level <= %1$I.level))$policy$, leveled);
    execute format($policy$
      create policy add on %1$I for insert to sluice_actor with check (
        (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
        select from opening o where o.organisation_id = %1$I.organisation_id and o.record_id = %1$I.draft_id and o.level = 1))$policy$, leveled);
    execute format('grant select on %I to sluice_actor', leveled);
  end loop;
  foreach leveled in array array['draft_part', 'draft_attachment', 'staged_date'] loop
    execute format($policy$
      create policy change on %1$I for update to sluice_actor
        using ((select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
          select from opening o where o.organisation_id = %1$I.organisation_id and o.record_id = %1$I.draft_id and o.level = 1))
        with check (true)$policy$, leveled);
  end loop;
  foreach leveled in array array['staged_interval', 'staged_package'] loop
    execute format($policy$
      create policy replace on %1$I for delete to sluice_actor
        using ((select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
          select from opening o where o.organisation_id = %1$I.organisation_id and o.record_id = %1$I.draft_id and o.level = 1))$policy$, leveled);
    execute format('grant delete on %I to sluice_actor', leveled);
  end loop;
end
$$;
-- A revision that was replaced is for those who see the case: what stood at too open a level and was closed stays closed to whoever is let in later.
create policy replaced_in_case on draft_part as restrictive for select to sluice_actor using (
  replaced_at is null or ((select actor_floor()) = 1 and exists (
    select from opening o where o.organisation_id = draft_part.organisation_id and o.record_id = draft_part.draft_id and o.level = 1)));
-- The owner may change every part of its draft, whoever else sees the case only what its own organisation wrote.
create policy own_or_as_owner on draft_part as restrictive for update to sluice_actor
  using (organisation_id = (select actor_organisation()) or author_organisation_id = (select actor_organisation()))
  with check (true);
-- The same of files: one that was removed is known to those who see the case, and taken away by its owner or whoever brought it.
create policy removed_in_case on draft_attachment as restrictive for select to sluice_actor using (
  removed_at is null or ((select actor_floor()) = 1 and exists (
    select from opening o where o.organisation_id = draft_attachment.organisation_id and o.record_id = draft_attachment.draft_id and o.level = 1)));
create policy own_or_as_owner on draft_attachment as restrictive for update to sluice_actor
  using (organisation_id = (select actor_organisation()) or author_organisation_id = (select actor_organisation()))
  with check (true);
-- A part says who wrote it, and nobody writes in another's name.
create policy in_own_name on draft_part as restrictive for insert to sluice_actor
  with check (author_organisation_id = (select actor_organisation()) and author_person_id = (select actor_person()));
create policy in_own_name on draft_attachment as restrictive for insert to sluice_actor
  with check (author_organisation_id = (select actor_organisation()) and author_person_id = (select actor_person()));
-- Nor does anybody take a key by which the release job knows what it has done.
create policy in_own_name on draft_event as restrictive for insert to sluice_actor with check (
  actor_organisation_id = (select actor_organisation()) and actor_person_id = (select actor_person()) and once_key is null);
grant insert (organisation_id, draft_id, part_id, id, revision, level, kind, body, author_organisation_id, author_person_id, written_at) on draft_part to sluice_actor;
grant update (replaced_at) on draft_part to sluice_actor;
grant insert (organisation_id, draft_id, id, level, name, media_type, size_bytes, sha256, storage_key, author_organisation_id, author_person_id, written_at)
  on draft_attachment to sluice_actor;
grant update (removed_at) on draft_attachment to sluice_actor;
grant insert (organisation_id, draft_id, level, kind, details, actor_organisation_id, actor_person_id, at, once_key) on draft_event to sluice_actor;
grant insert (organisation_id, draft_id, part_id, level, ecosystem, name, lo, hi, lo_text, hi_text, hi_kind) on staged_interval to sluice_actor;
grant insert (organisation_id, draft_id, part_id, level, ecosystem, name, scheme, texts, set_aside) on staged_package to sluice_actor;
grant insert (organisation_id, draft_id, level, public_at, public_zone) on staged_date to sluice_actor;
grant update (public_at, public_zone) on staged_date to sluice_actor;

-- Documents are known to those who see the case, and a draft is begun from one by its owner alone.
create policy mine on draft_import for select to sluice_actor using ((select actor_floor()) = 1 and exists (
  select from opening o where o.organisation_id = draft_import.organisation_id and o.record_id = draft_import.draft_id and o.level = 1));
create policy add on draft_import for insert to sluice_actor with check (
  (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1
  and (not founded or organisation_id = (select actor_organisation())) and exists (
    select from opening o where o.organisation_id = draft_import.organisation_id and o.record_id = draft_import.draft_id and o.level = 1));
create policy owner_forgets on draft_import for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
  with check (organisation_id = (select actor_organisation()) and not founded);
grant select on draft_import to sluice_actor;
grant insert (organisation_id, draft_id, sha256, founded, imported_at) on draft_import to sluice_actor;
grant update (founded) on draft_import to sluice_actor;

-- Research is written by whoever may write the case, and read by nobody but through the function below.
create policy add on draft_research for insert to sluice_actor with check (
  (select actor_role()) in ('administrator', 'editor') and exists (
    select from draft_part p where p.organisation_id = draft_research.organisation_id and p.draft_id = draft_research.draft_id and p.id = draft_research.id
      and p.author_person_id = (select actor_person())));
grant insert (organisation_id, draft_id, id, body) on draft_research to sluice_actor;

-- Who sees the case sees the plan, whom it names and what they answered.
do $$
declare
  planned text;
begin
  foreach planned in array array['release_plan', 'release_stage', 'release_consenter', 'release_consent', 'release_hold', 'release_event'] loop
    execute format($policy$
      create policy mine on %1$I for select to sluice_actor using ((select actor_floor()) = 1 and exists (
        select from opening o where o.organisation_id = %1$I.organisation_id and o.record_id = %1$I.draft_id and o.level = 1))$policy$, planned);
    execute format('grant select on %I to sluice_actor', planned);
  end loop;
  foreach planned in array array['release_plan', 'release_stage', 'release_consenter'] loop
    execute format($policy$
      create policy owner_writes on %1$I for insert to sluice_actor with check (
        organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)$policy$, planned);
  end loop;
end
$$;
create policy owner_changes on release_plan for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
  with check (organisation_id = (select actor_organisation()));
create policy participant_holds on release_hold for insert to sluice_actor with check (
  held_by_organisation_id = (select actor_organisation()) and held_by_person_id = (select actor_person())
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1
  and (organisation_id = (select actor_organisation()) or exists (
    select from release_consenter c where c.organisation_id = release_hold.organisation_id and c.draft_id = release_hold.draft_id
      and c.consenter_organisation_id = (select actor_organisation()))));
create policy holder_lifts on release_hold for update to sluice_actor
  using (held_by_organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor')
    and (select actor_floor()) = 1 and lifted_at is null)
  with check (held_by_organisation_id = (select actor_organisation()) and lifted_at is not null);
grant insert (organisation_id, draft_id, held_by_organisation_id, held_by_person_id, reason, held_at) on release_hold to sluice_actor;
grant update (lifted_at) on release_hold to sluice_actor;
grant insert (organisation_id, draft_id, state, revision) on release_plan to sluice_actor;
grant update (state, revision, agreed_at) on release_plan to sluice_actor;
grant insert (organisation_id, draft_id, revision, id, position, circle_id, level, opens_at, opens_zone, on_events, closes_at, closes_zone)
  on release_stage to sluice_actor;
grant insert (organisation_id, draft_id, consenter_organisation_id) on release_consenter to sluice_actor;
-- Stages of a plan that nobody is bound by yet, and of an amendment that was withdrawn, are replaced.
create policy owner_replaces on release_stage for delete to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
create policy owner_replaces on release_consenter for delete to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
grant delete on release_stage, release_consenter to sluice_actor;
create policy consenter_answers on release_consent for insert to sluice_actor with check (
  consenter_organisation_id = (select actor_organisation()) and person_id = (select actor_person())
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1 and exists (
    select from release_consenter c where c.organisation_id = release_consent.organisation_id and c.draft_id = release_consent.draft_id
      and c.consenter_organisation_id = (select actor_organisation())));
grant insert (organisation_id, draft_id, revision, consenter_organisation_id, agrees, person_id, at) on release_consent to sluice_actor;
create policy owner_states on release_event for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and actor_organisation_id = (select actor_organisation()) and actor_person_id = (select actor_person())
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
grant insert (organisation_id, draft_id, event, reason, at, actor_organisation_id, actor_person_id) on release_event to sluice_actor;

-- Whom one meets in a draft is known by name: its owner, and whose consent its plan needs. Who a record was opened to is known to its owner.
create policy met_as_owner on organisation for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = organisation.id));
create policy met_as_consenter on organisation for select to sluice_actor using (exists (
  select from release_consenter c where c.consenter_organisation_id = organisation.id));
create policy opened_to on circle_member for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = (select actor_organisation()) and o.circle_id = circle_member.circle_id));

-- Participants see an exception; the excepted organisation sees its own.
create policy mine on exclusion_exception for select to sluice_actor using (
  excepted_organisation_id = (select actor_organisation()) or (select actor_floor()) = 1 and exists (
    select from opening o where o.organisation_id = exclusion_exception.organisation_id and o.record_id = exclusion_exception.record_id and o.level = 1));
create policy owner_makes on exclusion_exception for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and made_by = (select actor_person()) and (select actor_role()) = 'administrator' and (select actor_floor()) = 1);
grant select on exclusion_exception to sluice_actor;
grant insert (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at) on exclusion_exception to sluice_actor;

-- The owner sees who read; whoever read sees that it was written down.
create policy owner_reads on read_event for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy mine on read_event for select to sluice_actor using (reader_person_id = (select actor_person()));
create policy add on read_event for insert to sluice_actor with check (
  reader_organisation_id = (select actor_organisation()) and reader_person_id = (select actor_person()) and exists (
    select from opening o where o.organisation_id = read_event.organisation_id and o.record_id = read_event.draft_id and o.level <= read_event.level));
grant select on read_event to sluice_actor;
grant insert (organisation_id, draft_id, level, part_id, reader_organisation_id, reader_person_id, session_id, at) on read_event to sluice_actor;

-- The one way to research: it is written down, then shown. Nothing for whoever does not see the case.
create policy registrar_reads on draft_part for select to sluice_registrar using (true);
create policy registrar_reads on draft_research for select to sluice_registrar using (true);
create policy registrar_writes on read_event for insert to sluice_registrar with check (true);
grant select on draft_part, draft_research to sluice_registrar;
grant insert on read_event to sluice_registrar;
create function read_research(owner uuid, draft uuid, part uuid) returns table (id uuid, revision integer, body text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  claims text[] := actor_claims();
begin
  if claims is null or claims[5] <> '1' or claims[9] not in ('administrator', 'editor') or not exists (
    -- Under the policy of openings, as the actor.
    select from opening o where o.organisation_id = owner and o.record_id = draft and o.level = 1)
  then
    return;
  end if;
  insert into read_event (organisation_id, draft_id, level, part_id, reader_organisation_id, reader_person_id, session_id, at)
    select p.organisation_id, p.draft_id, 1, p.part_id, claims[3]::uuid, claims[2]::uuid, nullif(claims[4], '')::uuid, to_timestamp(claims[7]::bigint / 1000.0)
    from draft_part p
    where p.organisation_id = owner and p.draft_id = draft and p.part_id = part and p.kind = 'research' and p.replaced_at is null;
  return query
    select p.id, p.revision, r.body
    from draft_part p join draft_research r on r.organisation_id = p.organisation_id and r.draft_id = p.draft_id and r.id = p.id
    where p.organisation_id = owner and p.draft_id = draft and p.part_id = part and p.kind = 'research' and p.replaced_at is null;
end
$$;
select give_to_registrar('read_research(uuid, uuid, uuid)', 'sluice_actor');

-- The releaser opens stages, writes that it did, and reads for publication what the public stage publishes: parts from level fix on.
create policy releaser_opens on opening for all to sluice_releaser using (true) with check (true);
create policy releaser_reads on confidential_record for select to sluice_releaser using (true);
create policy releaser_publishes on draft_advisory for all to sluice_releaser using (true) with check (true);
create policy releaser_reads on draft_part for select to sluice_releaser using (level >= 3 and kind <> 'research');
create policy releaser_keeps on release_plan for all to sluice_releaser using (true) with check (true);
create policy releaser_reads on release_stage for select to sluice_releaser using (true);
create policy releaser_reads on release_consenter for select to sluice_releaser using (true);
create policy releaser_reads on release_event for select to sluice_releaser using (true);
create policy releaser_reads on release_hold for select to sluice_releaser using (true);
create policy releaser_reads on organisation for select to sluice_releaser using (true);
create policy releaser_reads on exclusion_exception for select to sluice_releaser using (true);
create policy releaser_reads on circle for select to sluice_releaser using (true);
create policy releaser_reads on circle_member for select to sluice_releaser using (true);
create policy releaser_reads on circle_signature for select to sluice_releaser using (true);
create policy releaser_writes on draft_event for all to sluice_releaser using (true) with check (true);
create policy releaser_ends on staged_interval for all to sluice_releaser using (true) with check (true);
create policy releaser_ends on staged_package for all to sluice_releaser using (true) with check (true);
create policy releaser_ends on staged_date for all to sluice_releaser using (true) with check (true);
grant select, insert on opening to sluice_releaser;
grant select on confidential_record, draft_part, release_stage, release_consenter, release_hold, release_event, circle, circle_member, organisation,
  exclusion_exception to sluice_releaser;
grant select, update (state, published_at) on draft_advisory to sluice_releaser;
grant select, update (state) on release_plan to sluice_releaser;
grant select, insert on draft_event to sluice_releaser;
grant select, delete on staged_interval, staged_package, staged_date to sluice_releaser;

-- The job also makes agreed amendments binding: with the last consent, or after a kill in between.
create policy releaser_reads on release_consent for select to sluice_releaser using (true);
grant select on release_consent, circle_signature to sluice_releaser;
grant update (revision) on release_plan to sluice_releaser;
grant insert (organisation_id, draft_id, level, public_at, public_zone), update (public_at, public_zone) on staged_date to sluice_releaser;

-- What the job looks for, every time it looks.
create index release_plan_agreed on release_plan (organisation_id, draft_id) where state = 'agreed';
create index draft_advisory_open on draft_advisory (organisation_id, id) where state = 'open';
create index opening_public on opening (organisation_id, record_id) where level = 5;
