import { solveWindow } from "../../coordination/window/solve-window.ts";
import type { Closing } from "../../vocabulary/access-window.ts";
import type { Database, Transaction } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import type { TimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { admitPartners } from "./admit-partners.ts";
import { endLapsedGrants, type LiveWindow, markOpened, readGrantees, revokeTokensOfEnded, takeWindow } from "./custodian-store.ts";
import { writeEventOnce } from "./event-store.ts";
import { windowFactsOf } from "./window-facts.ts";
import { markEnded, type WindowKey } from "./window-store.ts";

/** When a look happens. `endsMs` is the hour by which things end, which is never earlier than the one by which they open. */
export type Moment = { readonly atMs: number; readonly endsMs: number; readonly hoursCount: boolean };

/** Whether anything is to be done with a window that is not over. */
export function isAnyDue(row: LiveWindow, moment: Moment): boolean {
  return closingOf(row, moment) !== undefined || isToOpen(row, moment) || isToAdmit(row, moment) || isAnyLapsed(row, moment);
}

/** The next hour at which something may be due. */
export function nextHourOf(rows: readonly LiveWindow[], atMs: number): number {
  return Math.min(
    ...rows
      .flatMap((row) => {
        const { opens, closes } = solveWindow(windowFactsOf(row), atMs);
        return [opens.at.instantMs, closes?.at.instantMs, row.next_grant_end?.getTime()];
      })
      .filter((hourMs) => hourMs !== undefined)
      .filter((hourMs) => hourMs > atMs),
    Number.POSITIVE_INFINITY,
  );
}

/** What is due in one window, in one transaction: all of it happens or nothing. Whoever looks again finds it done. Partners come in after that, some at a time. */
export async function settleDue(database: Database, key: WindowKey, moment: Moment): Promise<void> {
  await database.transaction("custodian", async (transaction) => {
    const row = await takeWindow(transaction, key);
    if (row === undefined) return;
    const closing = closingOf(row, moment);
    if (closing !== undefined) return end(transaction, row, closing, moment);
    if (isToOpen(row, moment)) await open(transaction, row, moment.atMs);
    if (isAnyLapsed(row, moment)) await endLapsed(transaction, row, moment);
  });
  let after: TimePosition | undefined;
  do {
    after = await database.transaction("custodian", async (transaction) => {
      const row = await takeWindow(transaction, key);
      return row === undefined || !isToAdmit(row, moment) ? undefined : admitPartners(transaction, key, moment.atMs, after);
    });
  } while (after !== undefined);
}

function closingOf(row: LiveWindow, { endsMs }: Moment): Closing | undefined {
  return solveWindow(windowFactsOf(row), endsMs).closed;
}

/** Its hour has come, and it can be reached. */
function isToOpen(row: LiveWindow, { atMs, hoursCount }: Moment): boolean {
  if (!hoursCount || row.opened_at !== null) return false;
  return (row.custody === "premises" || row.has_credential) && solveWindow(windowFactsOf(row), atMs).state === "open";
}

function isToAdmit(row: LiveWindow, { atMs }: Moment): boolean {
  return row.agreed_proposals && row.opened_at !== null && solveWindow(windowFactsOf(row), atMs).state === "open";
}

function isAnyLapsed(row: LiveWindow, { endsMs }: Moment): boolean {
  return row.next_grant_end !== null && row.next_grant_end.getTime() <= endsMs;
}

async function open(transaction: Transaction, row: LiveWindow, atMs: number): Promise<void> {
  const key = { lab: row.organisation_id, window: row.id };
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.id };
  await markOpened(transaction, key, atMs);
  await writeEventOnce(transaction, `window-opened:${row.id}`, { ...about, kind: "window-opened", forGrantees: true, atMs });
  const { opens } = solveWindow(windowFactsOf(row), atMs);
  await recordStatement(transaction, {
    organisationId: row.organisation_id,
    kind: "window.opened",
    facts: { model: row.enrolment_id, window: row.id, by: opens.by, planned: new Date(opens.at.instantMs).toISOString() },
    atMs,
  });
  const told = new Set([row.desk_organisation_id, ...(row.kind === "testing-window" ? await readGrantees(transaction, key) : [])]);
  for (const circleId of told) await announce(transaction, { kind: "window-opened", circleId, organisationId: row.organisation_id, atMs });
}

async function end(transaction: Transaction, row: LiveWindow, { atMs: hourMs, by }: Closing, { atMs }: Moment): Promise<void> {
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.id };
  if (!(await markEnded(transaction, { lab: row.organisation_id, window: row.id }, by, atMs))) return;
  const details = { because: by, hour: new Date(hourMs).toISOString() };
  await writeEventOnce(transaction, `window-ended:${row.id}`, { ...about, kind: "window-ended", details, forGrantees: true, atMs });
  const facts = { model: row.enrolment_id, window: row.id, ...details };
  await recordStatement(transaction, { organisationId: row.organisation_id, kind: "window.ended", facts, atMs });
}

async function endLapsed(transaction: Transaction, row: LiveWindow, { atMs, endsMs }: Moment): Promise<void> {
  const lapsed = await endLapsedGrants(transaction, { lab: row.organisation_id, window: row.id }, endsMs);
  for (const { lab, grant, grantee } of lapsed) {
    await writeEventOnce(transaction, `grant-ended:${grant}`, {
      lab,
      model: row.enrolment_id,
      desk: row.desk_organisation_id,
      window: row.id,
      kind: "grant-ended",
      details: { grant, because: "hour" },
      forGrantees: true,
      grantee,
      atMs,
    });
  }
  await revokeTokensOfEnded(transaction, atMs, row.enrolment_id);
}
