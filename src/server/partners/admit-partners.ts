import { createHash, randomUUID } from "node:crypto";
import { proposalState } from "../../coordination/window/both-keys.ts";
import type { Transaction } from "../database/database.ts";
import { announce } from "../notifications/announcement-service.ts";
import { insertGrant } from "../models/grant-store.ts";
import { writeEventOnce } from "../models/event-store.ts";
import type { WindowKey } from "../models/window-store.ts";
import { currentText, keysOf } from "./proposal-text.ts";
import { markAdmitted, readKeys, takeAgreedProposals } from "./partner-store.ts";

/**
 * Makes grants of the proposals for an open stage on which both keys stand, on exactly the text as it is now; each partner is told once a model.
 * In a transaction of the custodian that holds the stage. Returns how many.
 */
export async function admitPartners(transaction: Transaction, stage: WindowKey, atMs: number): Promise<number> {
  let admitted = 0;
  for (const row of await takeAgreedProposals(transaction, stage)) {
    // Read when the proposal is held: a key that was turned back just now is not among them.
    const keys = keysOf(row, await readKeys(transaction, row.organisation_id, row.id));
    if (proposalState(keys) !== "both" || currentText(row) !== row.stated) continue;
    if (createHash("sha256").update(row.stated, "utf8").digest("hex") !== keys.text) continue;
    const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.window_id };
    const grant = randomUUID();
    const isNew = await insertGrant(transaction, {
      ...about,
      id: grant,
      kind: "partner-stage",
      grantee: row.partner_organisation_id,
      purposes: [row.purpose],
      budget: { requests: row.budget_requests, tokens: row.budget_tokens },
      requestsPerMinute: row.requests_per_minute,
      outside: [],
      by: row.proposed_by_person_id,
      atMs,
    });
    if (!isNew) continue;
    await markAdmitted(transaction, row.organisation_id, row.id, grant);
    const grantee = row.partner_organisation_id;
    await writeEventOnce(transaction, `partner-admitted:${row.id}`, {
      ...about,
      kind: "partner-admitted",
      details: { proposal: row.id, grant },
      forGrantees: true,
      grantee,
      atMs,
    });
    const isFirstTime = await writeEventOnce(transaction, `partner-told:${grantee}`, { ...about, kind: "partner-told", grantee, atMs });
    if (isFirstTime) await announce(transaction, { kind: "window-opened", circleId: grantee, organisationId: row.organisation_id, atMs });
    admitted += 1;
  }
  return admitted;
}
