import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { dueStages, isPublic, waitingStages } from "../../coordination/release/due-stages.ts";
import { runningState } from "../../coordination/release/plan-moves.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database, Transaction } from "../database/database.ts";
import { announce } from "../notifications/announcement-service.ts";
import { circleOf, endPlan, findPlansToLookAt, openStage, takeAgreedPlan } from "./opening-store.ts";
import { readPlanFacts } from "./plan-store.ts";
import { planOf, settleAmendment } from "./settle-amendment.ts";

/** What one look opened. */
export type OpenedNow = { readonly opened: number; readonly isAnyPublic: boolean };

export type LookOptions = {
  readonly nowMs: number;
  /** What went wrong with one plan must not keep the others closed: it is told, and the next look tries it again. */
  readonly onFailure: (draft: string, error: unknown) => void;
  /** False while the clocks are apart: what a person stated still opens stages, hours do not. */
  readonly hoursCount: boolean;
};

/**
 * Opens what is due, each plan in one transaction with its events and announcements: all of it happens or nothing. Whoever looks again,
 * here or in another server, finds it done. After a long sleep everything opens in the order that was planned.
 */
export async function openDueStages(database: Database, options: LookOptions): Promise<OpenedNow> {
  let opened = 0;
  let isAnyPublic = false;
  for (const key of await findPlansToLookAt(database, options.nowMs)) {
    try {
      const now = await database.transaction("releaser", (transaction) => openDueOf(transaction, key, options));
      opened += now.opened;
      isAnyPublic ||= now.isAnyPublic;
    } catch (error) {
      if (isCodedError(error, "database-unavailable", "shutting-down")) throw error;
      options.onFailure(key.draft, error);
    }
  }
  return { opened, isAnyPublic };
}

const NOTHING: OpenedNow = { opened: 0, isAnyPublic: false };

async function openDueOf(transaction: Transaction, key: DraftKey, { nowMs, hoursCount }: LookOptions): Promise<OpenedNow> {
  if (!(await takeAgreedPlan(transaction, key))) return NOTHING;
  const read = await readPlanFacts(transaction, key);
  if (read.draftState === "abandoned") {
    await endPlan(transaction, key);
    return NOTHING;
  }
  const facts = await settleAmendment(transaction, read, nowMs);
  const state = runningState(
    "agreed",
    facts.holds.length,
    facts.events.map(({ event }) => event),
  );
  const due = dueStages({ ...planOf(facts), state }, facts.opened, facts.events, nowMs).filter(({ by }) => hoursCount || by !== "hour");
  for (const one of due) {
    await openStage(transaction, key, one, nowMs);
    if (!isPublic(one.stage)) {
      const circleId = circleOf(one.stage);
      await announce(transaction, { kind: "stage-opened", circleId, organisationId: key.organisation, recordId: key.draft, atMs: nowMs });
    }
  }
  const left = waitingStages(facts, [...facts.opened, ...due.map(({ stage, by }) => ({ stage: stage.id, by, atMs: nowMs }))]);
  if (left.length === 0) await endPlan(transaction, key);
  return { opened: due.length, isAnyPublic: due.some(({ stage }) => isPublic(stage)) };
}
