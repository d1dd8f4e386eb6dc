import { createHash, randomUUID } from "node:crypto";
import { proposalState } from "../../coordination/window/both-keys.ts";
import type { Transaction } from "../database/database.ts";
import type { TimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { insertGrant } from "./grant-store.ts";
import { writeEventOnce } from "./event-store.ts";
import type { WindowKey } from "./window-store.ts";
import { currentText, keysOf } from "./proposal-text.ts";
import { markAdmitted, readKeys, takeAgreedProposals } from "./partner-store.ts";

/** On the embedded driver everyone else waits while they come in, gateways too. */
const AT_ONCE = 20;

/**
 * Makes grants of the proposals for an open stage on which both keys stand, on exactly the text as it is now; each partner is told once a model.
 * In a transaction of the custodian that holds the stage. Returns where to go on; undefined = those were the last.
 */
export async function admitPartners(
  transaction: Transaction,
  stage: WindowKey,
  atMs: number,
  after: TimePosition | undefined,
): Promise<TimePosition | undefined> {
  const rows = await takeAgreedProposals(transaction, stage, after, AT_ONCE);
  for (const row of rows) {
    // Read when the proposal is held: a key that was turned back just now is not among them.
    const keys = keysOf(row, await readKeys(transaction, row.organisation_id, [row.id]));
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
      termsVersion: row.terms_version,
      by: row.proposed_by_person_id,
      atMs,
    });
    if (!isNew) continue;
    await markAdmitted(transaction, row.organisation_id, row.id, grant);
    const grantee = row.partner_organisation_id;
    await writeEventOnce(transaction, `partner-admitted:${row.id}`, {
      ...about,
      kind: "partner-admitted",
      // The proposal stays between lab and desk.
      details: { grant },
      forGrantees: true,
      grantee,
      atMs,
    });
    const isFirstTime = await writeEventOnce(transaction, `partner-told:${grantee}`, { ...about, kind: "partner-told", grantee, atMs });
    if (isFirstTime) await announce(transaction, { kind: "window-opened", circleId: grantee, organisationId: row.organisation_id, atMs });
  }
  const last = rows.at(-1);
  return last === undefined || rows.length < AT_ONCE ? undefined : { atMs: last.proposed_at.getTime(), id: last.id };
}
