-- Who is told that something needs them. Nothing here says what: a notification points at a thing, and the thing has its own policies.

-- Written in the transaction of what it announces, to one circle (an organisation's own circle is the organisation). The courier takes it
-- once and makes a notification for each organisation of the circle that may know at that moment.
create table announcement (
  -- Whose record it is about; without a record, whoever announces.
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  circle_id uuid not null,
  kind text not null check (kind ~ '^[a-z]+(-[a-z]+){0,4}$'),
  record_id uuid,
  -- The level from which it may be known; 5 without a record.
  level smallint not null check (level between 1 and 5),
  at timestamptz not null,
  taken_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, record_id) references confidential_record (organisation_id, id)
);
create index announcement_waiting on announcement (at) where taken_at is null;

-- Belongs to the organisation that is told.
create table notification (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  -- Makes telling one organisation of one announcement twice impossible; null for a test.
  announcement_id uuid,
  kind text not null,
  level smallint not null check (level between 1 and 5),
  record_organisation_id uuid,
  record_id uuid,
  at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, announcement_id),
  check ((record_organisation_id is null) = (record_id is null))
);
create index notification_newest on notification (organisation_id, at desc, id desc);

create table notification_seen (
  organisation_id uuid not null,
  notification_id uuid not null,
  person_id uuid not null references person,
  seen_at timestamptz not null,
  primary key (organisation_id, notification_id, person_id),
  foreign key (organisation_id, notification_id) references notification (organisation_id, id)
);

-- A member who wants no mail. Without a row there is mail.
create table mail_choice (
  organisation_id uuid not null,
  person_id uuid not null,
  wants_mail boolean not null,
  primary key (organisation_id, person_id),
  foreign key (organisation_id, person_id) references member (organisation_id, person_id)
);

-- `sealed` holds the whole URL, which may carry a secret, and the signing secret; it opens with a key outside the database.
create table webhook (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  location text not null check (length(location) between 1 and 500),
  sealed bytea not null check (length(sealed) <= 8192),
  created_by uuid not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (organisation_id, id)
);

-- One notification on its way to one member's mailbox or one webhook.
create table delivery (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  notification_id uuid not null,
  person_id uuid,
  webhook_id uuid,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'withdrawn')),
  attempts integer not null default 0 check (attempts >= 0),
  next_at timestamptz not null,
  -- A courier has it until then. Whoever comes later may take it again: that courier died, or is too slow to be waited for.
  leased_until timestamptz,
  tried_at timestamptz,
  last_reason text check (length(last_reason) <= 400),
  primary key (organisation_id, id),
  foreign key (organisation_id, notification_id) references notification (organisation_id, id),
  foreign key (organisation_id, person_id) references member (organisation_id, person_id),
  foreign key (organisation_id, webhook_id) references webhook (organisation_id, id),
  check ((person_id is null) <> (webhook_id is null))
);
create index delivery_waiting on delivery (next_at) where state = 'waiting';
create index delivery_of on delivery (organisation_id, notification_id);
-- A member's own, and those to webhooks, where there is no person: each list starts from its own side.
create index delivery_newest on delivery (organisation_id, person_id, (coalesce(tried_at, next_at)) desc, id desc);
create index delivery_failed on delivery (organisation_id, tried_at) where state = 'failed';

select guard_confidential_table(name) from unnest(array[
  'announcement', 'notification', 'notification_seen', 'mail_choice', 'webhook', 'delivery']) as name;

-- Announced by whoever may write what is announced: a member about a record it sees at that level, or about its own organisation's circles.
create policy member_announces on announcement for insert to sluice_actor with check (
  (select actor_role()) in ('administrator', 'editor') and level >= (select actor_floor()) and taken_at is null
  and case when record_id is null then organisation_id = (select actor_organisation())
    else exists (select from opening o where o.organisation_id = announcement.organisation_id and o.record_id = announcement.record_id
      and o.level <= announcement.level) end);
create policy releaser_announces on announcement for insert to sluice_releaser with check (taken_at is null);
create policy gatekeeper_announces on announcement for insert to sluice_gatekeeper with check (record_id is null and circle_id = organisation_id and taken_at is null);
grant insert (organisation_id, circle_id, kind, record_id, level, at) on announcement to sluice_actor, sluice_releaser, sluice_gatekeeper;

-- Known to the organisation that is told, for as long as it may see the thing at that level.
create policy mine on notification for select to sluice_actor using (
  organisation_id = (select actor_organisation()) and level >= (select actor_floor())
  and (record_id is null or exists (
    select from opening o where o.organisation_id = notification.record_organisation_id and o.record_id = notification.record_id
      and o.level <= notification.level)));
create policy try on notification for insert to sluice_actor
  with check (organisation_id = (select actor_organisation()) and kind = 'test' and record_id is null and level = 5);
grant select on notification to sluice_actor;
grant insert (organisation_id, id, kind, level, at) on notification to sluice_actor;

create policy own on notification_seen for select to sluice_actor
  using (organisation_id = (select actor_organisation()) and person_id = (select actor_person()));
create policy own_marks on notification_seen for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and person_id = (select actor_person()) and exists (
    select from notification n where n.organisation_id = notification_seen.organisation_id and n.id = notification_seen.notification_id));
grant select on notification_seen to sluice_actor;
grant insert (organisation_id, notification_id, person_id, seen_at) on notification_seen to sluice_actor;

create policy own on mail_choice for all to sluice_actor
  using (organisation_id = (select actor_organisation()) and person_id = (select actor_person()))
  with check (organisation_id = (select actor_organisation()) and person_id = (select actor_person()));
grant select, insert (organisation_id, person_id, wants_mail), update (wants_mail) on mail_choice to sluice_actor;

create policy administrator_reads on webhook for select to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator');
create policy administrator_adds on webhook for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and created_by = (select actor_person()) and (select actor_role()) = 'administrator');
create policy administrator_removes on webhook for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and removed_at is null)
  with check (organisation_id = (select actor_organisation()) and removed_at is not null);
grant select (organisation_id, id, location, created_by, created_at, removed_at) on webhook to sluice_actor;
grant insert (organisation_id, location, sealed, created_by, created_at) on webhook to sluice_actor;
grant update (removed_at) on webhook to sluice_actor;

-- A delivery is known with its notification: to the member whose mailbox it goes to, and to administrators where it goes to a webhook.
create policy mine on delivery for select to sluice_actor using (
  organisation_id = (select actor_organisation())
  and (person_id = (select actor_person()) or (webhook_id is not null and (select actor_role()) = 'administrator'))
  and exists (select from notification n where n.organisation_id = delivery.organisation_id and n.id = delivery.notification_id));
create policy try on delivery for insert to sluice_actor with check (
  organisation_id = (select actor_organisation())
  and (person_id = (select actor_person()) or (webhook_id is not null and (select actor_role()) = 'administrator'))
  and exists (select from notification n where n.organisation_id = delivery.organisation_id and n.id = delivery.notification_id and n.kind = 'test'));
create policy again on delivery for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and state = 'failed'
    and (person_id = (select actor_person()) or (webhook_id is not null and (select actor_role()) = 'administrator')))
  with check (organisation_id = (select actor_organisation()) and state = 'waiting');
grant select (organisation_id, id, notification_id, person_id, webhook_id, state, attempts, next_at, tried_at, last_reason) on delivery to sluice_actor;
grant insert (organisation_id, notification_id, person_id, webhook_id, next_at) on delivery to sluice_actor;
grant update (state, attempts, next_at) on delivery to sluice_actor;

-- The courier knows who is in which circle and what was opened to whom, and nothing of what it is.
create policy courier_takes on announcement for select to sluice_courier using (true);
create policy courier_marks on announcement for update to sluice_courier using (taken_at is null) with check (taken_at is not null);
create policy courier_forgets on announcement for delete to sluice_courier using (taken_at is not null);
grant select, delete on announcement to sluice_courier;
grant update (taken_at) on announcement to sluice_courier;
create policy courier_tells on notification for all to sluice_courier using (true) with check (true);
grant select, insert on notification to sluice_courier;
create policy courier_delivers on delivery for all to sluice_courier using (true) with check (true);
grant select, insert on delivery to sluice_courier;
grant update (state, attempts, next_at, leased_until, tried_at, last_reason) on delivery to sluice_courier;
create policy courier_reads on mail_choice for select to sluice_courier using (true);
create policy courier_reads on webhook for select to sluice_courier using (true);
create policy courier_reads on organisation for select to sluice_courier using (true);
create policy courier_reads on member for select to sluice_courier using (true);
create policy courier_reads on circle for select to sluice_courier using (true);
create policy courier_reads on circle_member for select to sluice_courier using (true);
create policy courier_reads on circle_signature for select to sluice_courier using (true);
create policy courier_reads on opening for select to sluice_courier using (true);
create policy courier_reads on exclusion_exception for select to sluice_courier using (true);
grant select on mail_choice, webhook to sluice_courier;
grant select (id, kind, has_intelligence_function) on organisation to sluice_courier;
grant select (organisation_id, person_id, email, role, revoked_at) on member to sluice_courier;
grant select (organisation_id, id, agreement_sha256, closed_at) on circle to sluice_courier;
grant select (organisation_id, circle_id, member_organisation_id, admitted_at, expires_at, revoked_at) on circle_member to sluice_courier;
grant select (organisation_id, circle_id, member_organisation_id, agreement_sha256) on circle_signature to sluice_courier;
grant select (organisation_id, record_id, circle_id, level, opened_at, closes_at) on opening to sluice_courier;
grant select (organisation_id, record_id, excepted_organisation_id) on exclusion_exception to sluice_courier;

-- The circles an organisation was in at a moment, by the conditions of circles(). A second factor is a session's, not the organisation's.
create function circles_of(told uuid, at timestamptz) returns setof uuid language sql stable as $$
  select told
  union all select '00000000-0000-0000-0000-000000000001'::uuid
  union all select m.circle_id
    from circle_member m
    join circle c on c.organisation_id = m.organisation_id and c.id = m.circle_id
    where m.member_organisation_id = told and m.revoked_at is null and m.admitted_at <= at and at < m.expires_at and c.closed_at is null
      and (c.agreement_sha256 is null or exists (
        select from circle_signature s where s.organisation_id = c.organisation_id and s.circle_id = c.id
          and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = c.agreement_sha256))
$$;
-- Whether an organisation may know of a record at a level at a moment, by the policy of openings.
create function may_be_told(told uuid, owner uuid, record uuid, known_from smallint, at timestamptz) returns boolean language sql stable as $$
  select record is null or (
    exists (
      select from opening o
      where o.organisation_id = owner and o.record_id = record and o.level <= known_from and at < o.closes_at
        and o.circle_id in (select circles_of(told, at)))
    and (told = owner or not (select g.has_intelligence_function from organisation g where g.id = told)
      or exists (select from exclusion_exception e where e.organisation_id = owner and e.record_id = record and e.excepted_organisation_id = told)))
$$;
revoke execute on function circles_of(uuid, timestamptz), may_be_told(uuid, uuid, uuid, smallint, timestamptz) from public;
grant execute on function circles_of(uuid, timestamptz), may_be_told(uuid, uuid, uuid, smallint, timestamptz) to sluice_courier;

-- What waits for an organisation is found from its own side: whose consent is asked, and which holds stand.
create index release_consenter_of on release_consenter (consenter_organisation_id, organisation_id, draft_id);
create index release_hold_standing on release_hold (organisation_id, draft_id) where lifted_at is null;
