-- How an organisation comes into a circle: it is asked, and answers; and the trail of who changed what about people, circles and access.

-- The conditions of a membership, as the owner offers it and the invited organisation accepts it, whole.
create table invitation (
  organisation_id uuid not null,
  circle_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- No foreign key: whether there is such an organisation is not told to whoever asks it in.
  invited_organisation_id uuid not null,
  invited_by uuid not null,
  invited_at timestamptz not null,
  answer_by timestamptz not null check (answer_by > invited_at),
  member_until timestamptz not null default 'infinity' check (member_until > invited_at),
  sponsor_organisation_id uuid check (sponsor_organisation_id <> invited_organisation_id),
  state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'withdrawn')),
  -- By a member of the invited organisation, or of the owner where it was withdrawn.
  answered_by uuid,
  answered_at timestamptz,
  primary key (organisation_id, circle_id, id),
  foreign key (organisation_id, circle_id) references circle (organisation_id, id),
  check ((state = 'open') = (answered_at is null) and (answered_at is null) = (answered_by is null))
);
create unique index invitation_open on invitation (organisation_id, circle_id, invited_organisation_id) where state = 'open';
create index invitation_to on invitation (invited_organisation_id, invited_at desc);
create index invitation_id on invitation (id);
create index circle_id on circle (id);

-- Each invitation makes one membership, once.
alter table circle_member add column invitation_id uuid;
create unique index circle_member_invitation on circle_member (organisation_id, circle_id, invitation_id);

-- Who changed what. Written in the transaction of the change, never altered.
create table audit_event (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null,
  -- Null = nobody who is signed in: Sluice itself, or whoever owns the machine.
  person_id uuid,
  verb text not null check (verb ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$'),
  -- What it was done to: `circle:<id>`.
  subject text not null check (length(subject) between 1 and 300),
  -- A JSON object.
  details text not null default '{}',
  primary key (organisation_id, id)
);
create index audit_event_newest on audit_event (organisation_id, at, id);

select guard_confidential_table(name) from unnest(array['invitation', 'audit_event']) as name;

create policy registrar_reads on invitation for select to sluice_registrar using (true);
grant select on invitation to sluice_registrar;
-- Circles that the actor's organisation is asked into and may still answer. A function, because policies of two tables that look at one
-- another would never end.
create function invited_circles() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  claims text[] := actor_claims();
begin
  if claims is null then
    return '{}';
  end if;
  return array(select i.circle_id from invitation i
    where i.invited_organisation_id = claims[3]::uuid and i.state = 'open' and to_timestamp(claims[7]::bigint / 1000.0) < i.answer_by);
end
$$;
select give_to_registrar('invited_circles()', 'sluice_actor');

-- Whoever is asked sees what it is asked into and by whom. Who is asked is not told by being asked: no name comes with an id that fits.
create policy invited on circle for select to sluice_actor using (id = any ((select invited_circles())::uuid[]));
create policy met_by_invitation on organisation for select to sluice_actor using (exists (
  select from invitation i where i.invited_organisation_id = (select actor_organisation())
    and (i.organisation_id = organisation.id or i.sponsor_organisation_id = organisation.id)));

create policy own on invitation for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy mine on invitation for select to sluice_actor using (invited_organisation_id = (select actor_organisation()));
create policy owner_invites on invitation for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and invited_by = (select actor_person()) and invited_at = (select actor_clock())
  and (select actor_role()) = 'administrator' and state = 'open'
  and exists (select from circle c
    where c.organisation_id = invitation.organisation_id and c.id = invitation.circle_id and c.closed_at is null
      and (c.longest_days is null or invitation.member_until <= invitation.invited_at + make_interval(hours => 24 * c.longest_days))
      and (not c.needs_sponsor or invitation.sponsor_organisation_id is not null))
  -- A sponsor is the owner, or in the circle itself.
  and (sponsor_organisation_id is null or sponsor_organisation_id = organisation_id or exists (
    select from circle_member m
    where m.organisation_id = invitation.organisation_id and m.circle_id = invitation.circle_id
      and m.member_organisation_id = invitation.sponsor_organisation_id and m.revoked_at is null and (select actor_clock()) < m.expires_at)));
create policy owner_withdraws on invitation for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and state = 'open')
  with check (organisation_id = (select actor_organisation()) and state = 'withdrawn' and answered_by = (select actor_person()));
create policy invited_answers on invitation for update to sluice_actor
  using (invited_organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and state = 'open'
    and (select actor_clock()) < answer_by)
  with check (invited_organisation_id = (select actor_organisation()) and state in ('accepted', 'declined')
    and answered_by = (select actor_person()) and answered_at = (select actor_clock()));
grant select on invitation to sluice_actor;
grant insert (organisation_id, circle_id, invited_organisation_id, invited_by, invited_at, answer_by, member_until, sponsor_organisation_id)
  on invitation to sluice_actor;
grant update (state, answered_by, answered_at) on invitation to sluice_actor;

-- Nobody is put into a circle: an administrator of the organisation itself accepts, in this very transaction, on the conditions offered.
create policy invited_joins on circle_member for insert to sluice_actor with check (
  member_organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and admitted_at = (select actor_clock())
  and exists (select from invitation i
    where i.organisation_id = circle_member.organisation_id and i.circle_id = circle_member.circle_id and i.id = circle_member.invitation_id
      and i.invited_organisation_id = circle_member.member_organisation_id
      and i.state = 'accepted' and i.answered_by = (select actor_person()) and i.answered_at = circle_member.admitted_at
      and i.invited_by = circle_member.admitted_by and i.member_until = circle_member.expires_at
      and i.sponsor_organisation_id is not distinct from circle_member.sponsor_organisation_id));
grant insert (invitation_id) on circle_member to sluice_actor;

-- Who a record was opened to, and whether they meet the circle's conditions, is known to the record's owner.
create policy opened_to on circle for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = (select actor_organisation()) and o.circle_id = circle.id));
create policy opened_to on circle_signature for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = (select actor_organisation()) and o.circle_id = circle_signature.circle_id));

create policy opened_to on organisation for select to sluice_actor using (exists (
  select from opening o where o.organisation_id = (select actor_organisation()) and o.circle_id = organisation.id));
-- Its owner reads the register of all its records in the order of time.
create index read_event_owner on read_event (organisation_id, at, id);
-- And every person what was written down of it.
create index read_event_person on read_event (reader_person_id, at, id);

-- Whether a member is a person or a machine is known to its own organisation.
create policy own_members on person for select to sluice_actor using (exists (select from member m where m.person_id = person.id));
grant select (id, kind) on person to sluice_actor;

-- A change is written down by whoever makes it, in its own name, now: a statement that got in could not write the past.
-- It names what it was done to, which a session of a mailed link may not know of.
create policy own on audit_event for select to sluice_actor using (
  organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'auditor') and (select actor_floor()) = 1);
create policy own_adds on audit_event for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and person_id = (select actor_person())
  and at between (select actor_clock()) - interval '5 minutes' and (select actor_clock()) + interval '5 minutes');
create policy gatekeeper_adds on audit_event for insert to sluice_gatekeeper with check (true);
grant select on audit_event to sluice_actor;
grant insert (organisation_id, at, person_id, verb, subject, details) on audit_event to sluice_actor, sluice_gatekeeper;
