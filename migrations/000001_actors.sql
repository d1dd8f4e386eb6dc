-- Who may do what: one role for each kind of actor. The roles cannot log in; a transaction takes one by SET LOCAL ROLE,
-- and the login itself has been granted them. Roles belong to the cluster, not to the database, so they may exist already.
do $$
declare
  actor text;
begin
  foreach actor in array array['sluice_reader', 'sluice_importer', 'sluice_keeper'] loop
    begin
      if not exists (select from pg_roles where rolname = actor) then
        execute format('create role %I nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole', actor);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of the same cluster made it in this moment
    end;
    if not pg_has_role(current_user, actor, 'member') then
      -- The login takes a role; since PostgreSQL 16 it need not have the role's rights all the time as well.
      if current_setting('server_version_num')::int >= 160000 then
        execute format('grant %I to current_user with inherit false, set true', actor);
      else
        execute format('grant %I to current_user', actor);
      end if;
    end if;
  end loop;
end
$$;

-- An actor that could make tables, functions or temporary objects could keep what a policy let it see once.
do $$
begin
  execute format('revoke create, temporary on database %I from public', current_database());
end
$$;
revoke all on schema public from public;
grant usage on schema public to sluice_reader, sluice_importer, sluice_keeper;

-- Functions that later migrations make are for the actors, not for every login of the cluster. One that is SECURITY DEFINER
-- is for whom its migration names: it must revoke what it gets here.
alter default privileges revoke execute on functions from public;
alter default privileges grant execute on functions to sluice_reader, sluice_importer, sluice_keeper;

-- Large objects are outside every policy. set_config('role', ...) is SET ROLE in the guise of a query.
-- Only the owner of these functions, a superuser, can revoke them; a plain owner's installation keeps the other guards.
do $$
declare
  entry regprocedure;
begin
  if current_setting('is_superuser') = 'on' then
    for entry in
      select oid::regprocedure from pg_catalog.pg_proc
      where pronamespace = 'pg_catalog'::regnamespace
        and (proname in ('loread', 'lowrite', 'set_config') or proname like 'lo\_%')
    loop
      execute format('revoke execute on function %s from public', entry);
    end loop;
  end if;
end
$$;

-- Every table of public data is guarded by this one call, so that none can forget a part of it: row security on,
-- and FORCED, because without it the table's owner would pass every policy. The reader reads; the importer and the keeper write.
-- Later migrations that move rows do so as sluice_keeper: to a plain owner a forced table without a policy for it is empty.
create function guard_public_table(guarded regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security, force row level security', guarded);
  execute format('create policy reader_reads on %s for select to sluice_reader using (true)', guarded);
  execute format('create policy importer_writes on %s for all to sluice_importer using (true) with check (true)', guarded);
  execute format('create policy keeper_writes on %s for all to sluice_keeper using (true) with check (true)', guarded);
  execute format('grant select on %s to sluice_reader', guarded);
  execute format('grant select, insert, update, delete on %s to sluice_importer, sluice_keeper', guarded);
end
$$;
revoke execute on function guard_public_table(regclass) from sluice_reader, sluice_importer, sluice_keeper;
