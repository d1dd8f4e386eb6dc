import type { Transaction } from "../database/database.ts";
import { joined, sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type ReadRow = {
  readonly id: string;
  readonly at: Date;
  readonly organisation_id: string;
  readonly owner_name: string | null;
  readonly draft_id: string;
  /** Null where the reader may not see the draft any more. */
  readonly advisory_id: string | null;
  readonly level: number;
  readonly part_id: string | null;
  readonly reader_organisation_id: string;
  readonly reader_organisation_name: string | null;
  readonly reader_person_id: string;
  readonly reader_name: string | null;
  readonly session_id: string | null;
};

export type ReadFilter = {
  readonly draft: string | undefined;
  readonly organisation: string | undefined;
  readonly person: string | undefined;
};

const reads: SqlQuery = sql`select r.id, r.at, r.organisation_id, w.name as owner_name, r.draft_id, d.advisory_id, r.level, r.part_id,
    r.reader_organisation_id, o.name as reader_organisation_name, r.reader_person_id, m.name as reader_name, r.session_id
  from read_event r
  left join draft_advisory d on d.organisation_id = r.organisation_id and d.id = r.draft_id
  left join organisation w on w.id = r.organisation_id
  left join organisation o on o.id = r.reader_organisation_id
  left join member m on m.organisation_id = r.reader_organisation_id and m.person_id = r.reader_person_id`;

/** Of the owner's drafts, newest first. */
export async function readRegister(
  transaction: Transaction,
  own: string,
  { draft, organisation, person }: ReadFilter,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ReadRow[]> {
  const conditions: SqlQuery[] = [sql`r.organisation_id = ${own}`];
  if (draft !== undefined) conditions.push(sql`r.draft_id = ${draft}`);
  if (organisation !== undefined) conditions.push(sql`r.reader_organisation_id = ${organisation}`);
  if (person !== undefined) conditions.push(sql`r.reader_person_id = ${person}`);
  if (after !== undefined) conditions.push(before(after));
  return transaction.query<ReadRow>(sql`${reads} where ${joined(conditions, " and ")} order by r.at desc, r.id desc limit ${limit}`);
}

/** What the person itself read, of whomever; newest first. */
export async function readOwnReads(
  transaction: Transaction,
  person: string,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ReadRow[]> {
  const conditions: SqlQuery[] = [sql`r.reader_person_id = ${person}`];
  if (after !== undefined) conditions.push(before(after));
  return transaction.query<ReadRow>(sql`${reads} where ${joined(conditions, " and ")} order by r.at desc, r.id desc limit ${limit}`);
}

function before({ atMs, id }: TimePosition): SqlQuery {
  return sql`(r.at, r.id) < (${new Date(atMs)}::timestamptz, ${id}::uuid)`;
}
