import type { AuditVerb } from "../../vocabulary/audit.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Transaction } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import { insertAuditEvent } from "./audit-store.ts";

/** One change of who may do or see what, for the trail of the organisation it was made in. */
export type AuditEntry = {
  readonly organisation: string;
  /** Who did it; a signed actor states itself. Undefined = nobody who is signed in, and only the gatekeeper writes that. */
  readonly person: string | undefined;
  readonly verb: AuditVerb;
  /** What it was done to: the kind and the id, `circle:<id>`. */
  readonly subject: string;
  /** What the organisation's administrators and auditors may read years later. Never a secret. */
  readonly details?: JsonObject;
  readonly atMs: number;
};

/**
 * Writes the change down in the transaction that makes it: neither holds without the other. It is a statement in the ledger, too, so that the trail
 * cannot be changed unseen; that somebody signed in or out is nobody's proof. For signed actors and the gatekeeper.
 */
export async function recordAudit(transaction: Pick<Transaction, "run">, { details = {}, ...entry }: AuditEntry): Promise<void> {
  const { organisation, person = null, verb, subject, atMs } = entry;
  if (!verb.startsWith("session.")) {
    await recordStatement(transaction, { organisationId: organisation, kind: verb, facts: { person, subject, details }, atMs });
  }
  await insertAuditEvent(transaction, { ...entry, details: JSON.stringify(details) });
}
