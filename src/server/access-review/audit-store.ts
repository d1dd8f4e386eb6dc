import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type NewAuditEvent = {
  readonly organisation: string;
  readonly person: string | undefined;
  readonly verb: string;
  readonly subject: string;
  readonly details: string;
  readonly atMs: number;
};

/** Does not return the row: whoever writes it need not be one who may read it. */
export async function insertAuditEvent(transaction: Pick<Transaction, "run">, event: NewAuditEvent): Promise<void> {
  await transaction.run(
    sql`insert into audit_event (organisation_id, at, person_id, verb, subject, details)
        values (${event.organisation}, ${new Date(event.atMs)}, ${event.person ?? null}, ${event.verb}, ${event.subject}, ${event.details})`,
  );
}
