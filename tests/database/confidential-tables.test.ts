import assert from "node:assert/strict";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { withTestDatabase } from "./test-database.ts";

/**
 * Confidential tables whose keys do not begin with an owner, each with the reason. Whether a value is there is told by a unique key to whoever
 * may insert it: so either nobody who is signed in may, or the database makes it at random.
 */
const WITHOUT_OWNER: Readonly<Record<string, string>> = {
  organisation: "is the owner itself; its id is random and made by the database",
  person: "belongs to no organisation; written by the gatekeeper alone",
  passkey: "begins with its person; written by the gatekeeper alone",
  recovery_code: "begins with its person; written by the gatekeeper alone",
  session: "begins with its person; written by the gatekeeper alone",
  challenge: "belongs to nobody yet; written and read by the gatekeeper alone",
  one_time_link: "may come before its organisation; its id is random and made by the database",
  actor_key: "read and written by the registrar alone",
  ledger: "public; written by the notary alone",
  ledger_tile: "public; written by the notary alone",
  ledger_bundle: "public; written by the notary alone",
  ledger_checkpoint: "public; written by the notary alone",
  ledger_cosignature: "public; written by the notary alone",
  ledger_revision: "public; written by the notary and the releaser alone",
  advisory_signature: "public; written by the releaser alone",
};

const confidential = sql`(select c.oid, c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and c.relname <> 'migration' and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'reader_reads'))`;
const owned = sql`(select c.oid, c.relname from ${confidential} c where c.relname <> all (${Object.keys(WITHOUT_OWNER)}::text[]))`;

const rules: readonly { readonly rule: string; readonly offenders: SqlQuery; readonly broken: readonly string[] }[] = [
  {
    rule: "a table is public and guarded as such, or it is confidential and guarded as such",
    offenders: sql`select c.relname::text as name from ${confidential} c where c.relname <> 'actor_key' and not exists (
      select from pg_policy p where p.polrelid = c.oid and p.polname = 'keeper_keeps')`,
    broken: ["careless"],
  },
  {
    rule: "every unique key of a confidential table begins with its owner",
    offenders: sql`select i.indexrelid::regclass::text as name from ${owned} c join pg_index i on i.indrelid = c.oid and i.indisunique
      where not exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'organisation_id')`,
    broken: ["careless_pkey"],
  },
  {
    rule: "every foreign key of a confidential table goes from owner to owner, to an organisation or to a person",
    offenders: sql`select k.conname::text as name from ${owned} c join pg_constraint k on k.conrelid = c.oid and k.contype = 'f'
      where k.confrelid <> all (array['organisation', 'person']::regclass[]) and not exists (
        select from pg_attribute a, pg_attribute b where a.attrelid = k.conrelid and a.attnum = k.conkey[1] and b.attrelid = k.confrelid and b.attnum = k.confkey[1]
          and a.attname = 'organisation_id' and b.attname = 'organisation_id')`,
    broken: ["careless_circle_fkey"],
  },
  {
    rule: "whoever is signed in inserts and updates columns, never tables, and holds no other right over a table",
    offenders: sql`select c.relname::text as name from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace
      and a.grantee = 'sluice_actor'::regrole and a.privilege_type not in ('SELECT', 'DELETE')`,
    broken: ["careless"],
  },
  {
    rule: "no policy asks the time of the machine: the hour is the actor's",
    offenders: sql`select p.policyname::text as name from pg_policies p where p.schemaname = 'public' and coalesce(p.qual, '') || coalesce(p.with_check, '')
      ~* '\\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\\(|\\mcurrent_(date|time|timestamp)|\\mlocaltime'`,
    broken: ["by_the_clock"],
  },
  {
    rule: "no function asks the time of the machine, but the one that sees whether an actor has expired",
    offenders: sql`select p.proname::text as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname <> 'actor_claims'
      and p.prosrc ~* '\\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\\(|\\mcurrent_(date|time|timestamp)|\\mlocaltime'`,
    broken: ["by_the_clock"],
  },
  {
    rule: "a policy asks once a statement who acts, never once a row",
    offenders: sql`select p.policyname::text as name from pg_policies p where p.schemaname = 'public'
      and regexp_replace(coalesce(p.qual, '') || coalesce(p.with_check, ''), 'SELECT [a-z_]+\\(\\)', '', 'g') ~ '\\m(actor_[a-z_]+|[a-z]*_?circles)\\(\\)'`,
    broken: ["once_a_row"],
  },
  {
    rule: "no policy is for everyone",
    offenders: sql`select p.policyname::text as name from pg_policies p where p.schemaname = 'public' and 'public' = any (p.roles::text[])`,
    broken: ["by_the_clock", "once_a_row"],
  },
  {
    rule: "what acts with another's rights fixes where it looks for names",
    offenders: sql`select p.proname::text as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and not coalesce(p.proconfig @> array['search_path=pg_catalog, public, pg_temp'], false)`,
    broken: ["by_the_clock"],
  },
  {
    rule: "no column is of an enum type: its equality would be evaluated after the policies, and its index go unused",
    offenders: sql`select t.typname::text as name from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype = 'e'`,
    broken: ["mood"],
  },
];

withTestDatabase("every confidential table keeps the rules of confidential tables", async (database) => {
  for (const { rule, offenders } of rules) assert.deepEqual(await namesOf(database, offenders), [], rule);
});

withTestDatabase("the rules of confidential tables find what breaks them", async (database) => {
  await database.asOwner((transaction) =>
    transaction.script(`create type mood as enum ('calm');
      create table circle_of (id uuid primary key);
      create table careless (id uuid primary key, organisation_id uuid, circle uuid constraint careless_circle_fkey references circle_of);
      select guard_public_table('circle_of');
      grant insert on careless to sluice_actor;
      create policy by_the_clock on careless using (now() > '2026-01-01');
      create policy once_a_row on careless using (organisation_id = actor_organisation());
      create function by_the_clock() returns timestamptz language sql security definer as 'select now()';
      revoke execute on function by_the_clock() from public`),
  );
  for (const { rule, offenders, broken } of rules) assert.deepEqual(await namesOf(database, offenders), broken, rule);
});

withTestDatabase("what is excused from beginning with an owner is there", async (database) => {
  const tables = await namesOf(database, sql`select c.relname::text as name from ${confidential} c`);
  assert.deepEqual(
    Object.keys(WITHOUT_OWNER).filter((table) => !tables.includes(table)),
    [],
  );
});

async function namesOf(database: OwnedDatabase, query: SqlQuery): Promise<readonly string[]> {
  const rows = await database.asOwner((transaction) => transaction.query<{ name: string }>(query));
  return rows.map(({ name }) => name).sort();
}
