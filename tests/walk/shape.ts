import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { identifier, joined, sql, type SqlQuery } from "../../src/server/database/sql.ts";
import type { Fact } from "./oracle/facts.ts";

/** The confidential tables, and public ones that members write, as the catalogue has them: keys, and which columns each role may read. */
export type Shape = ReadonlyMap<string, TableShape>;
export type TableShape = { readonly key: readonly string[]; readonly readable: ReadonlyMap<string, readonly string[]> };

export async function readShape(database: OwnedDatabase): Promise<Shape> {
  const rows = await database.asOwner((transaction) =>
    transaction.query<{ name: string; key: string; readable: string }>(sql`
      select c.relname::text as name,
        (select json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum)) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
         where i.indrelid = c.oid and i.indisprimary)::text as key,
        (select json_object_agg(r.rolname, (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege(r.oid, c.oid, a.attnum, 'select')))
         from pg_roles r where r.rolname like 'sluice\\_%' and not r.rolcanlogin)::text as readable
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and exists (select from pg_policy p where p.polrelid = c.oid and (p.polname = 'keeper_keeps' or 'sluice_actor'::regrole = any (p.polroles)))
      order by 1`),
  );
  return new Map(
    rows.map(({ name, key, readable }) => [
      name,
      { key: JSON.parse(key) as string[], readable: new Map(Object.entries(JSON.parse(readable) as Record<string, string[]>)) },
    ]),
  );
}

/** Everything that a role may read of some tables, one JSON object a row. */
export function everythingOf(shape: Shape, tables: readonly string[], role: string): SqlQuery {
  const parts = tables.map((table) => {
    const pairs = columnsOf(shape, table, role).map((column) => sql`${column}::text, ${identifier(column)}`);
    return sql`select ${table}::text as name, jsonb_build_object(${joined(pairs, ", ")})::text as fact from ${identifier(table)}`;
  });
  const [first, ...others] = parts;
  return others.reduce((whole, part) => sql`${whole} union all ${part}`, first ?? sql`select`);
}

export function columnsOf(shape: Shape, table: string, role: string): readonly string[] {
  return shape.get(table)?.readable.get(role) ?? [];
}

export function insertOf(table: string, fact: Fact): SqlQuery {
  const names = joined(Object.keys(fact).map(identifier), ", ");
  const values = joined(
    Object.values(fact).map(
      (value) => sql`${typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value}`,
    ),
    ", ",
  );
  return sql`insert into ${identifier(table)} (${names}) values (${values})`;
}

export function updateOf(
  shape: Shape,
  { table, fact, changes }: { readonly table: string; readonly fact: Fact | undefined; readonly changes: Fact },
): SqlQuery {
  const set = joined(
    Object.entries(changes).map(([column, value]) => sql`${identifier(column)} = ${value}`),
    ", ",
  );
  return fact === undefined
    ? sql`update ${identifier(table)} set ${set}`
    : sql`update ${identifier(table)} set ${set} where ${keyIs(shape, table, fact)}`;
}

export function deleteOf(shape: Shape, table: string, fact: Fact): SqlQuery {
  return sql`delete from ${identifier(table)} where ${keyIs(shape, table, fact)}`;
}

export function keyIs(shape: Shape, table: string, fact: Fact): SqlQuery {
  return joined(
    (shape.get(table)?.key ?? []).map((column) => sql`${identifier(column)} = ${fact[column] ?? null}`),
    " and ",
  );
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/;

/** A row as the database states it in JSON, in the words that facts are told in. */
export function factOf(text: string): Fact {
  const fact = JSON.parse(text) as Record<string, Fact[string]>;
  for (const [column, value] of Object.entries(fact)) {
    if (typeof value === "string" && timePattern.test(value)) fact[column] = new Date(value).toISOString();
  }
  return fact;
}

export function wordsOf(fact: Fact): string {
  return JSON.stringify(Object.entries(fact).sort(([a], [b]) => (a < b ? -1 : 1)));
}
