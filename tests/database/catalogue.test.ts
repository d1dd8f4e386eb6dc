import assert from "node:assert/strict";
import { roleOf } from "../../src/server/database/actor-role.ts";
import { SYSTEM_ACTORS, type OwnedDatabase } from "../../src/server/database/database.ts";
import { sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { withTestDatabase } from "./test-database.ts";

const roles = [...SYSTEM_ACTORS.map(roleOf), "sluice_actor"];
/** Tables that no backup holds: what this program has done to the schema, and keys that the server brings along. */
const notBackedUp = ["migration", "actor_key"];
/** Who may act with the registrar's rights, each function for its own reason (it verifies the actor, or makes the server's keys known). */
const definerUses = [
  "actor_claims() sluice_actor",
  "actor_claims() sluice_registrar",
  "actor_exceptions() sluice_actor",
  "actor_exceptions() sluice_registrar",
  "circles() sluice_actor",
  "circles() sluice_registrar",
  "desks() sluice_actor",
  "desks() sluice_registrar",
  "invited_circles() sluice_actor",
  "invited_circles() sluice_registrar",
  "listed_circles() sluice_actor",
  "listed_circles() sluice_registrar",
  "read_research(uuid,uuid,uuid) sluice_actor",
  "read_research(uuid,uuid,uuid) sluice_registrar",
  "trust_actor_keys(text[],bytea[],bytea[]) sluice_keeper",
  "trust_actor_keys(text[],bytea[],bytea[]) sluice_registrar",
];

/** Every object of the schema, and what must hold of it; each query lists those of which it does not. */
const rules: readonly { readonly rule: string; readonly offenders: SqlQuery }[] = [
  {
    rule: "every table but the list of migrations has row security, forced on its owner too",
    offenders: sql`select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'migration' and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    rule: "every table but the list of migrations has a policy",
    offenders: sql`select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'migration' and not exists (select from pg_policy p where p.polrelid = c.oid)`,
  },
  {
    rule: "every table that is backed up shows all its rows to the keeper, who backs up",
    offenders: sql`select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> all (${notBackedUp}::text[]) and not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
        and ${roleOf("keeper")} = any (p.roles::text[]) and p.cmd in ('ALL', 'SELECT') and p.permissive = 'PERMISSIVE' and p.qual = 'true')`,
  },
  {
    rule: "every view asks with the rights of whoever asks",
    offenders: sql`select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
      and not coalesce(c.reloptions @> array['security_invoker=true'] or c.reloptions @> array['security_invoker=on'], false)`,
  },
  {
    rule: "nothing is granted to everyone",
    offenders: sql`select c.relname::text as name from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and a.grantee = 0
      union all select p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace
        and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))
      union all select 'schema public' from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public' and a.grantee = 0`,
  },
  {
    rule: "no actor may log in, pass row security, make anything or be another",
    offenders: sql`select r.rolname::text as name from pg_roles r where r.rolname = any (${roles}::text[])
      and (r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolinherit
           or has_schema_privilege(r.oid, 'public', 'create') or has_database_privilege(r.oid, current_database(), 'create, temporary')
           or exists (select from pg_auth_members m where m.member = r.oid))`,
  },
  {
    rule: "what acts with its owner's rights is the registrar's, and for those alone who are listed",
    offenders: sql`select p.proname::text as name from pg_proc p join pg_roles r on r.oid = p.proowner
      where p.pronamespace = 'public'::regnamespace and p.prosecdef and (r.rolname <> 'sluice_registrar'
        or exists (select from unnest(${roles}::text[]) as role where has_function_privilege(role, p.oid, 'execute')
                   and p.oid::regprocedure::text || ' ' || role <> all (${definerUses}::text[])))`,
  },
  {
    rule: "no actor owns a table or a view",
    offenders: sql`select c.relname::text as name from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any (${roles}::text[])`,
  },
];

for (const { rule, offenders } of rules) {
  withTestDatabase(rule, async (database) => {
    assert.deepEqual(await namesOf(database, offenders), []);
  });
}

withTestDatabase("the rules of the catalogue find what breaks them", async (database) => {
  await database.asOwner((transaction) =>
    transaction.script(`create table open_table (id int); grant select on open_table to public;
      create view open_view as select 1 as one; create function open_function() returns int language sql security definer as 'select 1';
      grant execute on function open_function to public;
      alter role sluice_reader inherit; grant create on schema public to sluice_reader; alter table open_table owner to sluice_reader;
      revoke create on schema public from sluice_reader`),
  );
  try {
    const found = await Promise.all(rules.map(({ offenders }) => namesOf(database, offenders)));
    assert.deepEqual(found, [
      ["open_table"],
      ["open_table"],
      ["open_table"],
      ["open_view"],
      ["open_function", "open_table"],
      ["sluice_reader"],
      ["open_function"],
      ["open_table"],
    ]);
  } finally {
    await database.asOwner((transaction) => transaction.script("alter role sluice_reader noinherit"));
  }
});

async function namesOf(database: OwnedDatabase, query: SqlQuery): Promise<readonly string[]> {
  const rows = await database.asOwner((transaction) => transaction.query<{ name: string }>(query));
  return rows.map(({ name }) => name).sort();
}
