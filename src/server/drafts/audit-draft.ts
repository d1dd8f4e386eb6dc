import type { AuditVerb } from "../../vocabulary/audit.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Transaction } from "../database/database.ts";
import type { SeenDraft } from "./draft-store.ts";

/** That a draft is there, or is no more, for the trail of the organisation whose member did it. What it says is not in it. */
export async function auditDraft(
  transaction: Transaction,
  { draft, advisory, actor }: SeenDraft,
  verb: AuditVerb & `draft.${string}`,
  details: JsonObject = {},
): Promise<void> {
  const { organisation, person, atMs } = actor;
  await recordAudit(transaction, { organisation, person, verb, subject: `draft:${draft}`, details: { advisory, ...details }, atMs });
}
