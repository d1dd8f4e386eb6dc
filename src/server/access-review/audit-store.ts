import type { AuditVerb } from "../../vocabulary/audit.ts";
import type { Transaction } from "../database/database.ts";
import { joined, sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type NewAuditEvent = {
  readonly organisation: string;
  readonly person: string | undefined;
  readonly verb: string;
  readonly subject: string;
  readonly details: string;
  readonly atMs: number;
};

export type AuditRow = {
  readonly id: string;
  readonly at: Date;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly verb: string;
  readonly subject: string;
  readonly details: string;
};

/** A line of the export: an event of the trail, or a read of one of the organisation's drafts. */
export type ExportedRow = {
  readonly kind: "audit" | "read";
  readonly id: string;
  readonly at: Date;
  readonly person_id: string | null;
  /** Of an event. */
  readonly verb: string | null;
  readonly subject: string | null;
  readonly details: string | null;
  /** Of a read. */
  readonly draft_id: string | null;
  readonly level: number | null;
  readonly part_id: string | null;
  readonly reader_organisation_id: string | null;
  readonly session_id: string | null;
};

/** Does not return the row: whoever writes it need not be one who may read it. */
export async function insertAuditEvent(transaction: Pick<Transaction, "run">, event: NewAuditEvent): Promise<void> {
  await transaction.run(
    sql`insert into audit_event (organisation_id, at, person_id, verb, subject, details)
        values (${event.organisation}, ${new Date(event.atMs)}, ${event.person ?? null}, ${event.verb}, ${event.subject}, ${event.details})`,
  );
}

/** Newest first. */
export async function readAuditEvents(
  transaction: Transaction,
  own: string,
  { verb, subject }: { readonly verb: AuditVerb | undefined; readonly subject: string | undefined },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly AuditRow[]> {
  const conditions: SqlQuery[] = [sql`e.organisation_id = ${own}`];
  if (verb !== undefined) conditions.push(sql`e.verb = ${verb}`);
  if (subject !== undefined) conditions.push(sql`e.subject = ${subject}`);
  if (after !== undefined) conditions.push(sql`(e.at, e.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`);
  return transaction.query<AuditRow>(
    sql`select e.id, e.at, e.person_id, m.name as person_name, e.verb, e.subject, e.details
        from audit_event e left join member m on m.organisation_id = e.organisation_id and m.person_id = e.person_id
        where ${joined(conditions, " and ")} order by e.at desc, e.id desc limit ${limit}`,
  );
}

export type ExportRange = { readonly sinceMs: number | undefined; readonly untilMs: number | undefined };

/** Events and reads in one order, oldest first. */
export async function readExportPage(
  transaction: Transaction,
  own: string,
  { sinceMs, untilMs }: ExportRange,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ExportedRow[]> {
  const conditions: SqlQuery[] = [sql`organisation_id = ${own}`];
  if (sinceMs !== undefined) conditions.push(sql`at >= ${new Date(sinceMs)}`);
  if (untilMs !== undefined) conditions.push(sql`at < ${new Date(untilMs)}`);
  if (after !== undefined) conditions.push(sql`(at, id) > (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`);
  const range = joined(conditions, " and ");
  return transaction.query<ExportedRow>(
    sql`select * from (
          (select 'audit' as kind, id, at, person_id, verb, subject, details, null::uuid as draft_id, null::smallint as level, null::uuid as part_id,
             null::uuid as reader_organisation_id, null::uuid as session_id
           from audit_event where ${range} order by at, id limit ${limit})
          union all
          (select 'read', id, at, reader_person_id, null, null, null, draft_id, level, part_id, reader_organisation_id, session_id
           from read_event where ${range} order by at, id limit ${limit})) events
        order by at, id limit ${limit}`,
  );
}
