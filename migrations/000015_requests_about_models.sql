-- What a desk asks of a lab about a model: use for an organisation, or a later end of a window. The lab answers as it likes, or not at all.
-- Between the two of them alone; no other row says what an answer was.
create table access_request (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  enrolment_id uuid not null,
  desk_organisation_id uuid not null,
  kind text not null check (kind in ('grant', 'extension')),
  -- Of a grant: null = in whatever window the lab likes.
  window_id uuid,
  for_organisation_id uuid references organisation,
  -- Of an extension: the end that is asked for (null = as late as the bounds allow), and the end as it was then.
  closes_at timestamptz,
  closes_zone text,
  closed_then_at timestamptz,
  closed_then_zone text,
  words text not null check (length(words) between 1 and 4000),
  asked_by uuid not null,
  asked_at timestamptz not null,
  withdrawn_at timestamptz,
  answered_at timestamptz,
  answered_by uuid,
  outcome text check (outcome in ('granted', 'declined')),
  answer_words text check (length(answer_words) between 1 and 4000),
  -- What came of it.
  grant_id uuid,
  closes_now_at timestamptz,
  closes_now_zone text,
  primary key (organisation_id, id),
  foreign key (organisation_id, enrolment_id, desk_organisation_id) references enrolment (organisation_id, id, desk_organisation_id),
  foreign key (organisation_id, window_id) references access_window (organisation_id, id),
  foreign key (organisation_id, grant_id) references access_grant (organisation_id, id),
  check (case kind when 'grant' then for_organisation_id is not null and closes_at is null else for_organisation_id is null and window_id is not null end),
  check ((closes_at is null) = (closes_zone is null)),
  check ((closed_then_at is null) = (closed_then_zone is null)),
  check ((closes_now_at is null) = (closes_now_zone is null)),
  check ((answered_at is null) = (outcome is null) and (answered_at is null) = (answered_by is null)),
  check (withdrawn_at is null or answered_at is null),
  check (coalesce(outcome, '') = 'granted' or num_nulls(grant_id, closes_now_at) = 2)
);
create index access_request_id on access_request (id);
create index access_request_newest on access_request (organisation_id, enrolment_id, asked_at desc, id desc);
create index access_request_open on access_request (organisation_id, asked_at) where answered_at is null and withdrawn_at is null;
select guard_confidential_table('access_request');

create policy lab on access_request for select to sluice_actor using (organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
create policy desk on access_request for select to sluice_actor using (desk_organisation_id = (select actor_organisation()) and (select actor_floor()) = 1);
grant select on access_request to sluice_actor;

-- The desk asks and takes back, the lab answers: once, and in its own name.
create policy desk_asks on access_request for insert to sluice_actor with check (
  desk_organisation_id = (select actor_organisation()) and asked_by = (select actor_person())
  and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1);
create policy desk_withdraws on access_request for update to sluice_actor
  using (desk_organisation_id = (select actor_organisation()) and answered_at is null and withdrawn_at is null
    and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
  with check (desk_organisation_id = (select actor_organisation()) and withdrawn_at is not null);
create policy lab_answers on access_request for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and answered_at is null and withdrawn_at is null
    and (select actor_role()) in ('administrator', 'editor') and (select actor_floor()) = 1)
  with check (organisation_id = (select actor_organisation()) and answered_at is not null and answered_by = (select actor_person()));
grant insert (organisation_id, id, enrolment_id, desk_organisation_id, kind, window_id, for_organisation_id, closes_at, closes_zone, closed_then_at,
  closed_then_zone, words, asked_by, asked_at), update (withdrawn_at, answered_at, answered_by, outcome, answer_words, grant_id, closes_now_at, closes_now_zone)
  on access_request to sluice_actor;

-- Whom a desk asks for is known by name to the lab that is to answer.
create policy met_as_asked_for on organisation for select to sluice_actor using (exists (
  select from access_request r where r.for_organisation_id = organisation.id));
