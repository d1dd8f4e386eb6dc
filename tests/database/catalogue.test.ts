import assert from "node:assert/strict";
import { roleOf } from "../../src/server/database/actor-role.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { withTestDatabase } from "./test-database.ts";

const roles = (["reader", "importer", "keeper"] as const).map(roleOf);

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
    rule: "every table but the list of migrations shows all its rows to the keeper, who backs up",
    offenders: sql`select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'migration' and not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
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
    rule: "no actor may run what acts with its owner's rights",
    offenders: sql`select p.proname::text as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and exists (select from unnest(${roles}::text[]) as role where has_function_privilege(role, p.oid, 'execute'))`,
  },
  {
    rule: "no actor owns anything",
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
      alter role sluice_reader inherit; alter table open_table owner to sluice_reader`),
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
