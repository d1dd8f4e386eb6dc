import type { PlanState, ReleaseEvent } from "../../vocabulary/release-plan.ts";

/** Who asks, seen from the plan. */
export type PlanParty = { readonly organisation: string; readonly owner: string; readonly consenters: readonly string[] };

/** May be done; or why not, in words for who asked. */
export type Move = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

const ALLOWED: Move = { allowed: true };

/** The owner or a consenter stops all openings at once. */
export function mayHold(state: PlanState, { organisation, owner, consenters }: PlanParty): Move {
  if (state !== "agreed") return no(`Expected an agreed plan to hold, this one is ${state}.`);
  return organisation === owner || consenters.includes(organisation)
    ? ALLOWED
    : no("Only the owner and those who consented can hold the plan.");
}

/** Each organisation lifts its own hold: one that others could lift would be none. */
export function mayLift(heldBy: readonly string[], organisation: string): Move {
  if (heldBy.length === 0) return no("Expected a held plan; nobody holds this one.");
  return heldBy.includes(organisation) ? ALLOWED : no("Only an organisation that holds the plan can lift its hold.");
}

/** The state in which an agreed plan runs: one hold is enough to stop it, and an early end for a leak or exploitation goes over every hold. */
export function runningState(state: PlanState, holds: number, stated: readonly ReleaseEvent[]): PlanState {
  if (state !== "agreed" || holds === 0) return state;
  const isOut = stated.includes("early-end") && (stated.includes("leak") || stated.includes("exploitation"));
  return isOut ? "agreed" : "held";
}

/** Why an embargo ends before its hour. `agreed`: no emergency, everybody wants it. */
export const EARLY_END_REASONS = ["leak", "exploitation", "agreed"] as const;
export type EarlyEndReason = (typeof EARLY_END_REASONS)[number];

/**
 * For a leak or exploitation the owner alone and at once, also while the plan is held: a secret that is out protects nobody.
 * Otherwise every consenter must have agreed.
 */
export function mayEndEarly(state: PlanState, party: PlanParty, reason: EarlyEndReason, agreedBy: ReadonlySet<string>): Move {
  if (state !== "agreed" && state !== "held") return no(`Expected an agreed plan to end, this one is ${state}.`);
  if (party.organisation !== party.owner) return no("Only the owner ends the embargo; a consenter can hold it or agree to an early end.");
  if (reason !== "agreed") return ALLOWED;
  if (state === "held") return no("The plan is held: who holds it has to lift the hold first.");
  const missing = party.consenters.filter((one) => one !== party.owner && !agreedBy.has(one)).length;
  return missing === 0 ? ALLOWED : no(`${missing} of ${party.consenters.length} consenters have not agreed to an early end.`);
}

/** The events that an early end states, in order. */
export function eventsOfEarlyEnd(reason: EarlyEndReason): readonly ReleaseEvent[] {
  return reason === "agreed" ? ["early-end"] : [reason, "early-end"];
}

function no(why: string): Move {
  return { allowed: false, why };
}
