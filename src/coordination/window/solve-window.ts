import type { AccessWindow, ClosingCause, WindowBound, WindowFacts, WindowState } from "../../vocabulary/access-window.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { addCalendarDays } from "./calendar-days.ts";
import { recordsInForce, widestRecord } from "./programme-records.ts";

/**
 * When the window opens and closes as things stand at `atMs`, what set each, and every bound weighed.
 * Call `settleWindow` before any fact changes: what closed is told by a fact, not by hours that may move.
 */
export function solveWindow(facts: WindowFacts, atMs: number): AccessWindow {
  const weighed = [...openingBounds(facts), ...closingBounds(facts)];
  const opens = tightest(weighed, "opens");
  const closes = tightest(weighed, "closes");
  invariant(opens !== undefined, "a window has the lab's opening hour");
  return {
    kind: facts.kind,
    state: stateAt(facts, opens.at.instantMs, closes?.at.instantMs ?? Number.POSITIVE_INFINITY, atMs),
    opens,
    closes,
    bounds: markSetting(weighed, opens, closes).toSorted(byTightness),
    leavesNothing: closes !== undefined && closes.at.instantMs <= opens.at.instantMs,
    closed: facts.closed ?? closingByHour(closes, atMs),
  };
}

/** The facts with what has happened by `atMs` written into them: it opened for the first time, or it closed. */
export function settleWindow<Facts extends WindowFacts>(facts: Facts, atMs: number): Facts {
  const { state, closed } = solveWindow(facts, atMs);
  if (state === "closed") return { ...facts, closed };
  return state === "open" && facts.firstOpenedMs === undefined ? { ...facts, firstOpenedMs: atMs } : facts;
}

function openingBounds(facts: WindowFacts): readonly WindowBound[] {
  const lab = bound("opens", "lab", facts.opens);
  if (facts.kind === "partner-stage") return [lab];
  const widest = widestRecord(facts.accepted);
  const records = recordsInForce(facts.accepted).map((record) => ({
    ...bound("opens", "bound", addCalendarDays(facts.release, -record.days)),
    record,
    inForce: record.id === widest.id,
  }));
  return [lab, ...records];
}

function closingBounds(facts: WindowFacts): readonly WindowBound[] {
  const lab = facts.closes === undefined ? [] : [bound("closes", "lab", facts.closes)];
  if (facts.kind === "partner-stage") {
    return facts.publicRelease === undefined ? lab : [...lab, bound("closes", "public-release", facts.publicRelease)];
  }
  return [...lab, bound("closes", "release", facts.release), ...daysFromFirstOpening(facts)];
}

/** Otherwise a release that moves on and on would keep a window open for ever. */
function daysFromFirstOpening(facts: WindowFacts & { kind: "testing-window" }): readonly WindowBound[] {
  const { firstOpenedMs, release, accepted } = facts;
  if (firstOpenedMs === undefined) return [];
  const widest = widestRecord(accepted);
  return recordsInForce(accepted).map((record) => ({
    ...bound("closes", "first-opening", addCalendarDays({ instantMs: firstOpenedMs, zone: release.zone }, record.days)),
    record,
    inForce: record.id === widest.id,
  }));
}

/** Of bounds at the same instant the first: the lab's own hour before the release, the release before a record. */
function tightest(bounds: readonly WindowBound[], edge: WindowBound["edge"]): WindowBound | undefined {
  const [first, ...rest] = bounds.filter((one) => one.edge === edge && one.inForce);
  if (first === undefined) return undefined;
  const found = rest.reduce((best, one) => (tightness(one) > tightness(best) ? one : best), first);
  return { ...found, sets: true };
}

function markSetting(bounds: readonly WindowBound[], opens: WindowBound, closes: WindowBound | undefined): readonly WindowBound[] {
  return bounds.map((one) => {
    const setting = one.edge === "opens" ? opens : closes;
    return { ...one, sets: one.inForce && one.at.instantMs === setting?.at.instantMs };
  });
}

function byTightness(a: WindowBound, b: WindowBound): number {
  if (a.edge !== b.edge) return a.edge === "opens" ? -1 : 1;
  if (a.inForce !== b.inForce) return a.inForce ? -1 : 1;
  return tightness(b) - tightness(a);
}

/** Greater = leaves less: a later opening, an earlier closing. */
function tightness({ edge, at }: WindowBound): number {
  return edge === "opens" ? at.instantMs : -at.instantMs;
}

function stateAt(facts: WindowFacts, opensMs: number, closesMs: number, atMs: number): WindowState {
  if (facts.closed !== undefined || atMs >= closesMs) return "closed";
  if (atMs >= opensMs) return "open";
  return facts.firstOpenedMs === undefined ? "agreed" : "waiting";
}

function closingByHour(closes: WindowBound | undefined, atMs: number): AccessWindow["closed"] {
  if (closes === undefined || atMs < closes.at.instantMs) return undefined;
  return { atMs: closes.at.instantMs, by: causeOf(closes) };
}

function causeOf({ by }: WindowBound): ClosingCause {
  invariant(by !== "bound", "days before the release close nothing");
  return by;
}

function bound(edge: WindowBound["edge"], by: WindowBound["by"], at: ZonedInstant): WindowBound {
  return { edge, by, at, record: undefined, inForce: true, sets: false };
}
