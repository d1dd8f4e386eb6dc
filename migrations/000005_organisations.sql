-- Who is here: organisations, their members, the circles they form, and the signed actor that every confidential policy asks.

-- One role for each job that is nobody's request, and one for everybody's requests. What each may see stands in its policies.
do $$
declare
  actor text;
begin
  foreach actor in array array['sluice_actor', 'sluice_gatekeeper', 'sluice_registrar', 'sluice_releaser', 'sluice_courier', 'sluice_notary'] loop
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
grant usage on schema public to sluice_actor, sluice_gatekeeper, sluice_registrar, sluice_releaser, sluice_courier, sluice_notary;
-- The default of 000001 would hand every new function to the readers of public data.
alter default privileges revoke execute on functions from sluice_reader, sluice_importer, sluice_keeper;

-- Every confidential table is guarded by this one call: row security on and forced, and one policy, the keeper's, who backs up.
-- Everyone else is let in by policies and column grants of the table's own migration.
create function guard_confidential_table(guarded regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security, force row level security', guarded);
  execute format('create policy keeper_keeps on %s for all to sluice_keeper using (true) with check (true)', guarded);
  execute format('grant select, insert, update, delete on %s to sluice_keeper', guarded);
end
$$;

-- A function that acts with the registrar's rights. It must verify the actor itself.
create function give_to_registrar(definer regprocedure, variadic users text[]) returns void language plpgsql as $$
declare
  acting text;
begin
  grant create on schema public to sluice_registrar;
  execute format('alter function %s owner to sluice_registrar', definer);
  revoke create on schema public from sluice_registrar;
  execute format('revoke execute on function %s from public', definer);
  foreach acting in array users loop
    execute format('grant execute on function %s to %I', definer, acting);
  end loop;
end
$$;
revoke execute on function guard_confidential_table(regclass), give_to_registrar(regprocedure, text[]) from public;

create table organisation (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('coordinator', 'agency', 'lab', 'maintainer', 'vendor', 'operator', 'distributor', 'finder', 'prosecutor')),
  name text not null check (length(name) between 1 and 200),
  sector text,
  country text check (country ~ '^[A-Z]{2}$'),
  -- An intelligence or law-enforcement function: sees nothing of a vulnerability above public without the owner's exception.
  has_intelligence_function boolean not null default false,
  created_at timestamptz not null
);

-- A person is whoever signs in, at whichever organisations. What an organisation calls them stands in its own row.
create table person (
  id uuid primary key default gen_random_uuid(),
  kind text not null default 'human' check (kind in ('human', 'service')),
  created_at timestamptz not null
);

create table member (
  organisation_id uuid not null references organisation,
  person_id uuid not null references person,
  name text not null check (length(name) between 1 and 200),
  email text check (length(email) between 3 and 320),
  role text not null check (role in ('administrator', 'editor', 'reader', 'auditor')),
  since timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid,
  primary key (organisation_id, person_id)
);
create index member_person on member (person_id, organisation_id);

-- A named set of organisations. `organisation_id` is its owner. Two circles have no row: an organisation's own, whose id is the
-- organisation's, and everyone signed in, 00000000-0000-0000-0000-000000000001.
create table circle (
  organisation_id uuid not null references organisation,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  purpose text not null,
  -- What its members sign; null = nothing. A new text suspends whoever has not signed it.
  agreement_text text,
  agreement_sha256 bytea,
  needs_second_factor boolean not null,
  needs_sponsor boolean not null,
  -- Whether its members see who else is in it; its owner always does.
  members_listed boolean not null,
  -- Longest membership, in days; null = no limit.
  longest_days integer check (longest_days > 0),
  created_at timestamptz not null,
  closed_at timestamptz,
  primary key (organisation_id, id),
  check ((agreement_text is null) = (agreement_sha256 is null))
);

create table circle_member (
  organisation_id uuid not null,
  circle_id uuid not null,
  id uuid not null default gen_random_uuid(),
  member_organisation_id uuid not null,
  admitted_at timestamptz not null,
  admitted_by uuid not null,
  expires_at timestamptz not null default 'infinity',
  revoked_at timestamptz,
  revoked_by uuid,
  revoked_reason text,
  sponsor_organisation_id uuid,
  primary key (organisation_id, circle_id, id),
  foreign key (organisation_id, circle_id) references circle (organisation_id, id)
);
-- One membership in force at a time; ended ones stay, so that who knew what when can be shown.
create unique index circle_member_current on circle_member (organisation_id, circle_id, member_organisation_id) where revoked_at is null;
create index circle_member_of on circle_member (member_organisation_id, organisation_id, circle_id);

-- What the owner found when it vetted an organisation, before it asked it in. The owner's alone, while a listed circle's members see one another.
create table circle_vetting (
  organisation_id uuid not null,
  circle_id uuid not null,
  id uuid not null default gen_random_uuid(),
  vetted_organisation_id uuid not null,
  note text not null check (length(note) between 1 and 4000),
  written_by uuid not null,
  written_at timestamptz not null,
  primary key (organisation_id, circle_id, id),
  foreign key (organisation_id, circle_id) references circle (organisation_id, id)
);
create index circle_vetting_of on circle_vetting (organisation_id, circle_id, vetted_organisation_id, written_at desc);

-- Which text a member has signed. It stays when the membership ends.
create table circle_signature (
  organisation_id uuid not null,
  circle_id uuid not null,
  member_organisation_id uuid not null,
  agreement_sha256 bytea not null,
  signed_by uuid not null,
  signed_at timestamptz not null,
  primary key (organisation_id, circle_id, member_organisation_id, agreement_sha256),
  foreign key (organisation_id, circle_id) references circle (organisation_id, id)
);

select guard_confidential_table(name) from unnest(array['organisation', 'person', 'member', 'circle', 'circle_member', 'circle_vetting', 'circle_signature']) as name;

-- Keys that the server signs actors with, as the two blocks of HMAC-SHA256. No role but the registrar's reads them, not even the keeper:
-- a backup does not hold them.
create table actor_key (
  id text primary key,
  inner_block bytea not null check (length(inner_block) = 64),
  outer_block bytea not null check (length(outer_block) = 64),
  retired_at timestamptz
);
alter table actor_key enable row level security, force row level security;
create policy registrar_keeps on actor_key for all to sluice_registrar using (true) with check (true);
grant select, insert, update, delete on actor_key to sluice_registrar;

create policy registrar_reads on organisation for select to sluice_registrar using (true);
create policy registrar_reads on member for select to sluice_registrar using (true);
create policy registrar_reads on circle for select to sluice_registrar using (true);
create policy registrar_reads on circle_member for select to sluice_registrar using (true);
create policy registrar_reads on circle_signature for select to sluice_registrar using (true);
grant select on organisation, member, circle, circle_member, circle_signature to sluice_registrar;

-- Makes the server's keys the ones in force; what it does not name is forgotten.
create function trust_actor_keys(ids text[], inner_blocks bytea[], outer_blocks bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from actor_key where id <> all (ids);
  insert into actor_key (id, inner_block, outer_block)
    select * from unnest(ids, inner_blocks, outer_blocks)
    on conflict (id) do update set inner_block = excluded.inner_block, outer_block = excluded.outer_block;
end
$$;
select give_to_registrar('trust_actor_keys(text[], bytea[], bytea[])', 'sluice_keeper');

-- What the server signed for this transaction: version, person, organisation, session, least level number shown, second factor,
-- clock, expiry (milliseconds since 1970); then, read here: role, kind of organisation, intelligence function. Null without an actor.
-- The expiry is held against the database's own clock, so that a value that got out is of no use minutes later.
create function actor_claims() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  signed text := nullif(current_setting('sluice.actor', true), '');
  payload text;
  claims text[];
  member_role text;
  organisation_kind text;
  excluded boolean;
begin
  if signed is null then
    return null;
  end if;
  payload := left(signed, -44);
  if not exists (
    select from actor_key k
    where substr(signed, length(payload) + 1) = '.' || rtrim(translate(
      encode(sha256(k.outer_block || sha256(k.inner_block || convert_to(payload, 'UTF8'))), 'base64'), '+/', '-_'), '=')
  ) then
    raise exception 'the actor was not signed by this server' using errcode = 'SL001';
  end if;
  claims := string_to_array(payload, '|');
  if claims[1] <> 'v1' or array_length(claims, 1) <> 8 then
    raise exception 'the actor is of another version' using errcode = 'SL001';
  end if;
  if claims[8]::bigint < extract(epoch from clock_timestamp()) * 1000 then
    raise exception 'the actor has expired' using errcode = 'SL001';
  end if;
  select m.role, o.kind, o.has_intelligence_function into member_role, organisation_kind, excluded
    from member m join organisation o on o.id = m.organisation_id
    where m.organisation_id = claims[3]::uuid and m.person_id = claims[2]::uuid and m.revoked_at is null;
  if member_role is null then
    raise exception 'the actor is no member any more' using errcode = 'SL001';
  end if;
  return claims || array[member_role, organisation_kind, excluded::text];
end
$$;
select give_to_registrar('actor_claims()', 'sluice_actor', 'sluice_registrar');

-- Each of these once a statement: `(select actor_organisation())` is computed before any row is looked at.
create function actor_person() returns uuid language sql stable as $$ select (actor_claims())[2]::uuid $$;
create function actor_organisation() returns uuid language sql stable as $$ select (actor_claims())[3]::uuid $$;
create function actor_floor() returns smallint language sql stable as $$ select (actor_claims())[5]::smallint $$;
create function actor_second_factor() returns boolean language sql stable as $$ select (actor_claims())[6] = 't' $$;
create function actor_clock() returns timestamptz language sql stable as $$ select to_timestamp((actor_claims())[7]::bigint / 1000.0) $$;
create function actor_role() returns text language sql stable as $$ select (actor_claims())[9] $$;
create function actor_kind() returns text language sql stable as $$ select (actor_claims())[10] $$;
create function actor_excluded() returns boolean language sql stable as $$ select (actor_claims())[11]::boolean $$;
grant execute on function actor_person(), actor_organisation(), actor_floor(), actor_second_factor(), actor_clock(), actor_role(), actor_kind(), actor_excluded()
  to sluice_actor, sluice_registrar;

-- The actor's circles in force at its clock: its organisation's own, everyone's, and those whose conditions it meets.
create function circles() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  claims text[] := actor_claims();
  at timestamptz;
begin
  if claims is null then
    return '{}';
  end if;
  at := to_timestamp(claims[7]::bigint / 1000.0);
  return array[claims[3]::uuid, '00000000-0000-0000-0000-000000000001'::uuid] || array(
    select m.circle_id
    from circle_member m
    join circle c on c.organisation_id = m.organisation_id and c.id = m.circle_id
    where m.member_organisation_id = claims[3]::uuid
      and m.revoked_at is null and m.admitted_at <= at and at < m.expires_at
      and c.closed_at is null
      and (not c.needs_second_factor or claims[6] = 't')
      and (c.agreement_sha256 is null or exists (
        select from circle_signature s where s.organisation_id = c.organisation_id and s.circle_id = c.id
          and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = c.agreement_sha256)));
end
$$;
select give_to_registrar('circles()', 'sluice_actor', 'sluice_registrar');

-- Of those, the circles whose members see one another.
create function listed_circles() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return array(select c.id from circle c where c.id = any (circles()) and c.members_listed);
end
$$;
select give_to_registrar('listed_circles()', 'sluice_actor');

-- An organisation is known to itself, to coordinators, and to those it shares a circle with as owner and member.
create policy own on organisation for select to sluice_actor using (id = (select actor_organisation()));
create policy coordinator_reads on organisation for select to sluice_actor using ((select actor_kind()) = 'coordinator');
-- Two, not one with "or": each finds its memberships by an index.
create policy met_as_circle_owner on organisation for select to sluice_actor using (exists (
  select from circle_member m where m.organisation_id = organisation.id));
create policy met_as_member on organisation for select to sluice_actor using (exists (
  select from circle_member m where m.member_organisation_id = organisation.id));
create policy coordinator_adds on organisation for insert to sluice_actor
  with check ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator');
create policy coordinator_changes on organisation for update to sluice_actor
  using ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator')
  with check ((select actor_kind()) = 'coordinator' and (select actor_role()) = 'administrator');
grant select on organisation to sluice_actor;
grant insert (kind, name, sector, country, has_intelligence_function, created_at) on organisation to sluice_actor;
grant update (name, sector, country, has_intelligence_function) on organisation to sluice_actor;

-- Members are known to their own organisation. A role above one's own cannot be given: only administrators give any.
create policy own on member for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy administrator_changes on member for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator')
  with check (organisation_id = (select actor_organisation()));
grant select on member to sluice_actor;
grant update (name, email, role, revoked_at, revoked_by) on member to sluice_actor;

-- The gatekeeper makes people, the first organisation, and members by invitation.
create policy gatekeeper_keeps on person for all to sluice_gatekeeper using (true) with check (true);
create policy gatekeeper_reads on organisation for select to sluice_gatekeeper using (true);
create policy gatekeeper_founds on organisation for insert to sluice_gatekeeper with check (true);
create policy gatekeeper_keeps on member for all to sluice_gatekeeper using (true) with check (true);
grant select, insert on person to sluice_gatekeeper;
grant select, insert on organisation to sluice_gatekeeper;
grant select, insert, update on member to sluice_gatekeeper;

-- A circle is known to its owner and to whoever has been admitted, and stays so to those who were.
create policy own on circle for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy joined on circle for select to sluice_actor using (exists (
  select from circle_member m where m.organisation_id = circle.organisation_id and m.circle_id = circle.id
    and m.member_organisation_id = (select actor_organisation())));
create policy administrator_adds on circle for insert to sluice_actor
  with check (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator');
create policy administrator_changes on circle for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator')
  with check (organisation_id = (select actor_organisation()));
grant select on circle to sluice_actor;
grant insert (organisation_id, name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor, members_listed, longest_days, created_at)
  on circle to sluice_actor;
grant update (name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor, members_listed, longest_days, closed_at)
  on circle to sluice_actor;

-- A membership is known to the circle's owner, to the organisation itself and, while it is in force and where the circle is listed, to its members.
create policy own on circle_member for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy mine on circle_member for select to sluice_actor using (member_organisation_id = (select actor_organisation()));
create policy listed on circle_member for select to sluice_actor using (
  circle_id = any ((select listed_circles())::uuid[]) and revoked_at is null
  and admitted_at <= (select actor_clock()) and (select actor_clock()) < expires_at);
-- Nobody is put into a circle: see invited_joins in 000010_circle_invitations.sql.
-- A membership is only ever ended, by the owner or by the member. Other conditions are a new one.
create policy owner_ends on circle_member for update to sluice_actor
  using (organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and revoked_at is null)
  with check (organisation_id = (select actor_organisation()) and revoked_at is not null);
create policy member_leaves on circle_member for update to sluice_actor
  using (member_organisation_id = (select actor_organisation()) and (select actor_role()) = 'administrator' and revoked_at is null)
  with check (member_organisation_id = (select actor_organisation()) and revoked_at is not null);
grant select on circle_member to sluice_actor;
grant insert (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by, expires_at, sponsor_organisation_id)
  on circle_member to sluice_actor;
grant update (revoked_at, revoked_by, revoked_reason) on circle_member to sluice_actor;

create policy own on circle_vetting for select to sluice_actor using (
  organisation_id = (select actor_organisation()) and (select actor_role()) in ('administrator', 'auditor'));
create policy own_adds on circle_vetting for insert to sluice_actor with check (
  organisation_id = (select actor_organisation()) and written_by = (select actor_person()) and (select actor_role()) = 'administrator');
grant select on circle_vetting to sluice_actor;
grant insert (organisation_id, circle_id, vetted_organisation_id, note, written_by, written_at) on circle_vetting to sluice_actor;

create policy own on circle_signature for select to sluice_actor using (organisation_id = (select actor_organisation()));
create policy mine on circle_signature for select to sluice_actor using (member_organisation_id = (select actor_organisation()));
create policy member_signs on circle_signature for insert to sluice_actor with check (
  member_organisation_id = (select actor_organisation()) and signed_by = (select actor_person()) and (select actor_role()) = 'administrator'
  and exists (select from circle_member m where m.organisation_id = circle_signature.organisation_id and m.circle_id = circle_signature.circle_id
    and m.member_organisation_id = (select actor_organisation()) and m.revoked_at is null));
grant select on circle_signature to sluice_actor;
grant insert (organisation_id, circle_id, member_organisation_id, agreement_sha256, signed_by, signed_at) on circle_signature to sluice_actor;
