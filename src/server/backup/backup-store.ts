import { invariant } from "../../vocabulary/invariant.ts";
import { roleOf } from "../database/actor-role.ts";
import { bulkInsert, type BulkInsert } from "../database/bulk-insert.ts";
import type { OwnerTransaction } from "../database/database.ts";
import { identifier, joined, sql, type SqlQuery } from "../database/sql.ts";

export type StoredTable = { readonly name: string; readonly columns: readonly string[] };
/** An identity or serial column's counter. */
export type StoredCounter = { readonly table: string; readonly column: string; readonly last: string; readonly isCalled: boolean };

/** Every table that holds rows of its own, but the list of migrations and the keys that actors are signed with, in the order of their names. */
export async function storedTables(transaction: OwnerTransaction): Promise<readonly StoredTable[]> {
  return transaction.query<StoredTable>(sql`
    select c.relname::text as name,
      array(select a.attname::text from pg_catalog.pg_attribute a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not in ('migration', 'actor_key')
    order by c.relname collate "C"`);
}

/** True when schema public holds no table at all. */
export async function isEmptyDatabase(transaction: OwnerTransaction): Promise<boolean> {
  const [found] = await transaction.query<{ tables: boolean }>(sql`
    select exists (select from pg_catalog.pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')) as tables`);
  return found?.tables === false;
}

/** Names of tables whose policies would hide rows from the keeper, and so from a backup. */
export async function hiddenTables(transaction: OwnerTransaction): Promise<readonly string[]> {
  const rows = await transaction.query<{ name: string }>(sql`
    select c.relname::text as name from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity and c.relname <> 'actor_key'
      and (not exists (select from pg_catalog.pg_policies p where p.schemaname = 'public' and p.tablename = c.relname and p.permissive = 'PERMISSIVE'
                         and p.cmd in ('ALL', 'SELECT') and ${roleOf("keeper")} = any (p.roles::text[]) and p.qual = 'true')
           or exists (select from pg_catalog.pg_policies p where p.schemaname = 'public' and p.tablename = c.relname and p.permissive = 'RESTRICTIVE'
                         and p.roles::text[] && array[${roleOf("keeper")}, 'public']))`);
  return rows.map(({ name }) => name);
}

/** Values are written the same whatever the server's settings are. */
export async function becomeKeeper(transaction: OwnerTransaction): Promise<void> {
  await transaction.script(`set local bytea_output = 'hex'; set local extra_float_digits = 1; set local intervalstyle = 'iso_8601';
    set local datestyle = 'ISO'; set local timezone = 'UTC'; set local role ${roleOf("keeper")}`);
}

export async function hasRows(transaction: OwnerTransaction, table: string): Promise<boolean> {
  const [found] = await transaction.query<{ any: boolean }>(sql`select exists (select from ${identifier(table)}) as any`);
  return found?.any === true;
}

const charactersAFetch = 4_000_000;
const mostRowsAFetch = 5000;

/** Rows as JSON arrays of their columns' text, by a cursor whose steps shrink where rows are long. */
export async function* storedRows(transaction: OwnerTransaction, table: StoredTable): AsyncGenerator<string> {
  await transaction.run(
    sql`declare stored no scroll cursor for select ${rowAsJson(table.columns)}::text as line from ${identifier(table.name)}`,
  );
  for (let size = 50; ;) {
    const rows = await transaction.query<{ line: string }>({ text: `fetch forward ${size} from stored`, values: [] });
    let characters = 0;
    for (const { line } of rows) {
      characters += line.length;
      yield line;
    }
    if (rows.length < size) break;
    size = Math.max(1, Math.min(mostRowsAFetch, Math.floor((charactersAFetch * rows.length) / Math.max(1, characters))));
  }
  await transaction.run(sql`close stored`);
}

/** `json_build_array` takes 100 arguments at most, an array constructor any number. */
function rowAsJson(columns: readonly string[]): SqlQuery {
  const texts = columns.map((column) => sql`${identifier(column)}::text`);
  return texts.length === 0 ? sql`'[]'::json` : sql`to_json(array[${joined(texts, ", ")}])`;
}

/** A file that a row in force says is on disk. */
export type NamedAttachment = { readonly storageKey: string; readonly name: string; readonly advisory: string };

/** For the keeper; none in a schema that has no files yet. */
export async function namedAttachments(transaction: OwnerTransaction, tables: readonly StoredTable[]): Promise<readonly NamedAttachment[]> {
  if (!tables.some(({ name }) => name === "draft_attachment")) return [];
  return transaction.query<NamedAttachment>(sql`
    select a.storage_key as "storageKey", a.name, d.advisory_id as advisory
    from draft_attachment a join draft_advisory d on d.organisation_id = a.organisation_id and d.id = a.draft_id
    where a.removed_at is null order by a.storage_key`);
}

export async function storedCounters(transaction: OwnerTransaction): Promise<readonly StoredCounter[]> {
  const sequences = await transaction.query<{ table: string; column: string; sequence: string }>(sql`
    select c.relname::text as table, a.attname::text as column, s.relname::text as sequence
    from pg_catalog.pg_depend d
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S' and s.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_class c on c.oid = d.refobjid
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
    where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
    order by c.relname collate "C", a.attnum`);
  const counters: StoredCounter[] = [];
  for (const { table, column, sequence } of sequences) {
    const [state] = await transaction.query<{ last: string; is_called: boolean }>(
      sql`select last_value::text as last, is_called from ${identifier(sequence)}`,
    );
    invariant(state !== undefined, `a sequence without a state: ${sequence}`);
    counters.push({ table, column, last: state.last, isCalled: state.is_called });
  }
  return counters;
}

export async function setCounter(transaction: OwnerTransaction, { table, column, last, isCalled }: StoredCounter): Promise<void> {
  await transaction.run(sql`select setval(pg_get_serial_sequence(${`public.${table}`}, ${column}), ${last}::int8, ${isCalled})`);
}

export function startTable(transaction: OwnerTransaction, { name, columns }: StoredTable): Promise<BulkInsert> {
  return bulkInsert(transaction, name, columns);
}

/**
 * Runs `load` with the tables emptied and open for rows in any order: no policies, triggers or foreign keys. They are back, and the keys checked
 * over every row, when it returns. All of it is transactional, so a failure leaves nothing changed.
 */
export async function withOpenTables(
  transaction: OwnerTransaction,
  stored: readonly StoredTable[],
  load: () => Promise<void>,
): Promise<void> {
  const tables = stored.map(({ name }) => identifier(name).text);
  const forced = await namesWhere(transaction, sql`c.relforcerowsecurity`);
  const keys = await foreignKeys(transaction);
  // Rows that the migrations themselves wrote are in the backup too; checks that wait for the commit would stand in the way.
  await transaction.script("set constraints all immediate");
  if (tables.length > 0) await transaction.script(`truncate ${tables.join(", ")}`);
  for (const table of forced) await transaction.script(`alter table ${table} no force row level security`);
  for (const { table, name } of keys) await transaction.script(`alter table ${table} drop constraint ${name}`);
  for (const table of tables) await transaction.script(`alter table ${table} disable trigger user`);
  await load();
  for (const table of tables) await transaction.script(`alter table ${table} enable trigger user`);
  for (const { table, name, definition } of keys) await transaction.script(`alter table ${table} add constraint ${name} ${definition}`);
  for (const table of forced) await transaction.script(`alter table ${table} force row level security`);
}

async function namesWhere(transaction: OwnerTransaction, condition: SqlQuery): Promise<readonly string[]> {
  const rows = await transaction.query<{ name: string }>(sql`
    select quote_ident(c.relname) as name from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and ${condition}`);
  return rows.map(({ name }) => name);
}

type ForeignKey = { readonly table: string; readonly name: string; readonly definition: string };

async function foreignKeys(transaction: OwnerTransaction): Promise<readonly ForeignKey[]> {
  return transaction.query<ForeignKey>(sql`
    select quote_ident(c.relname) as table, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid) as definition
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conparentid = 0`);
}
