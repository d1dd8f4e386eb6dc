import { amendment } from "../../coordination/release/amendment.ts";
import { isPublic } from "../../coordination/release/due-stages.ts";
import type { ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import type { Transaction } from "../database/database.ts";
import { announce } from "../notifications/announcement-service.ts";
import { readConsentersInCase } from "./circle-store.ts";
import type { PlanFacts } from "./plan-store.ts";
import { bindRevision, setPublicDate, writePlanEvent } from "./plan-writing-store.ts";

/** A plan's rules in force, and the same with other stages. A hold does not matter to what is compared. */
export function planOf(facts: PlanFacts, stages: readonly Stage[] = facts.stages): ReleasePlan {
  return { state: facts.state ?? "writing", revision: facts.revision, stages, consenters: facts.consenters };
}

export function openedIds({ opened }: Pick<PlanFacts, "opened">): ReadonlySet<string> {
  return new Set(opened.map(({ stage }) => stage));
}

/** Who has to agree to what is proposed and has not answered yet: consenters who see the case, but for the owner, who proposed it. */
export function stillToAnswer(facts: PlanFacts, needed: readonly string[]): readonly string[] {
  const answered = new Set(
    facts.consents.filter(({ revision }) => revision === facts.proposed?.revision).map(({ organisation }) => organisation),
  );
  return needed.filter((one) => one !== facts.organisation && !answered.has(one));
}

/**
 * Makes the proposed stages the plan once everybody whose consent they need has given it. As the releaser, with the plan's row taken.
 * Returns the facts as they are then.
 */
export async function settleAmendment(transaction: Transaction, facts: PlanFacts, nowMs: number): Promise<PlanFacts> {
  const { proposed } = facts;
  if (proposed === undefined || facts.state !== "agreed") return facts;
  const { consent, refused } = amendment(planOf(facts), planOf(facts, proposed.stages), openedIds(facts));
  if (refused) return facts;
  if (consent.length > 0) {
    const inCase = new Set(await readConsentersInCase(transaction, facts, nowMs));
    const isRefused = facts.consents.some(({ revision, agrees }) => revision === proposed.revision && !agrees);
    if (
      isRefused ||
      stillToAnswer(
        facts,
        consent.filter((one) => inCase.has(one)),
      ).length > 0
    )
      return facts;
  }
  if (!(await bindRevision(transaction, facts, facts.revision, proposed.revision))) return facts;
  await writeBinding(transaction, facts, proposed.stages, {
    revision: proposed.revision,
    doer: { atMs: nowMs, onceKey: `amendment-bound:${proposed.revision}` },
  });
  return { ...facts, revision: proposed.revision, stages: proposed.stages, proposed: undefined };
}

/** What goes with new stages in force, whoever put them in force. */
export async function writeBinding(
  transaction: Transaction,
  facts: PlanFacts,
  stages: readonly Stage[],
  { revision, doer }: { readonly revision: number; readonly doer: Parameters<typeof writePlanEvent>[4] },
): Promise<void> {
  const hour = stages.find(isPublic)?.opens;
  if (hour !== undefined) await setPublicDate(transaction, facts, hour);
  await writePlanEvent(transaction, facts, "amendment-bound", { revision }, doer);
  await tellParties(transaction, facts, "release-plan-changed", doer.atMs);
}

/** Tells the owner and everyone with a say: each learns of it once it may know of the case. */
export async function tellParties(
  transaction: Transaction,
  { organisation, draft, consenters }: PlanFacts,
  kind: Parameters<typeof announce>[1]["kind"],
  atMs: number,
): Promise<void> {
  for (const party of new Set([organisation, ...consenters])) {
    await announce(transaction, { kind, circleId: party, organisationId: organisation, recordId: draft, atMs });
  }
}
