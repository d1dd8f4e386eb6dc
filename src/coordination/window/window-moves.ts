import type { ProgrammeRecord, WindowFacts } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { Move } from "../release/plan-moves.ts";
import { hourText, isZone } from "../release/zoned-hour.ts";
import { checkRecord } from "./check-record.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";
import { boundText } from "./window-words.ts";

/** Who asks, seen from the window. */
export type WindowParty = { readonly organisation: string; readonly lab: string };

const ALLOWED: Move = { allowed: true };

/** The lab alone, at any moment, and it is asked for no reason. */
export function mayEnd(facts: WindowFacts, party: WindowParty, atMs: number): Move {
  return labOnly(party, "ends it") ?? stillThere(facts, atMs) ?? ALLOWED;
}

/** The facts after the lab's word. What had closed by then keeps the hour and cause it had. */
export function endWindow<Facts extends WindowFacts>(facts: Facts, by: "ended" | "withdrawn", atMs: number): Facts {
  const settled = settleWindow(facts, atMs);
  return settled.closed === undefined ? { ...settled, closed: { atMs, by } } : settled;
}

/** A later hour of the lab's own, never past what else closes the window; undefined = as late as that allows. */
export function mayExtend(facts: WindowFacts, closes: ZonedInstant | undefined, party: WindowParty, atMs: number): Move {
  const refusal = labOnly(party, "extends it") ?? stillThere(facts, atMs);
  if (refusal !== undefined) return refusal;
  if (closes !== undefined && !isZone(closes.zone)) {
    return no(`Expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(closes.zone)}.`);
  }
  const now = solveWindow(facts, atMs);
  const then = solveWindow({ ...facts, closes }, atMs);
  if (then.closes === undefined) return no("Expected an hour to close: neither the terms nor the lab would end this stage.");
  if (closes !== undefined && then.closes.at.instantMs < closes.instantMs) {
    return no(`Expected an hour within every bound. ${boundText(then.closes)}; got ${hourText(closes)}.${furtherBy(then.closes.by)}`);
  }
  if (now.closes !== undefined && then.closes.at.instantMs <= now.closes.at.instantMs) {
    return no(`Expected a later hour than now. ${boundText(now.closes)}.${furtherBy(now.closes.by)}`);
  }
  return ALLOWED;
}

/** A record binds a window in the lab's favour only when the lab itself accepts it. */
export function mayAcceptRecord(facts: WindowFacts, record: ProgrammeRecord, party: WindowParty, atMs: number): Move {
  const refusal = labOnly(party, "accepts a programme record for it") ?? stillThere(facts, atMs);
  if (refusal !== undefined) return refusal;
  if (facts.kind !== "testing-window") return no("Expected a testing window: a programme record bounds no partner stage.");
  const [problem] = checkRecord(record);
  return problem === undefined ? ALLOWED : no(problem);
}

function labOnly({ organisation, lab }: WindowParty, does: string): Move | undefined {
  return organisation === lab ? undefined : no(`Only the lab that offered the model ${does}.`);
}

function stillThere(facts: WindowFacts, atMs: number): Move | undefined {
  const { closed } = solveWindow(facts, atMs);
  if (closed === undefined) return undefined;
  return no(`It closed ${hourText({ instantMs: closed.atMs, zone: facts.opens.zone })} and stays closed; a new window needs a new offer.`);
}

function furtherBy(by: string): string {
  if (by === "first-opening") return " Going further needs another programme record that the lab accepts.";
  return by === "release" ? " A testing window ends with that release, wherever the lab moves it." : "";
}

function no(why: string): Move {
  return { allowed: false, why };
}
