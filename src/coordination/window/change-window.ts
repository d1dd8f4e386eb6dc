import type { AccessWindow, ProgrammeRecord, TestingWindowFacts, WindowFacts } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { hourText } from "../release/zoned-hour.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";
import { boundText } from "./window-words.ts";

/** What other hours or records would do to a window; nothing is done before `facts` is kept. */
export type WindowChange<Facts extends WindowFacts> = {
  readonly before: AccessWindow;
  readonly after: AccessWindow;
  /** The facts to keep, settled at the moment of the change. */
  readonly facts: Facts;
  readonly destroysCredentials: boolean;
  readonly effects: readonly WindowEffect[];
};

export type WindowEffect = { readonly code: WindowEffectCode; readonly message: string };

export type WindowEffectCode =
  | "closed-before"
  | "closes-at"
  | "closes-now"
  | "never-open-again"
  | "no-hour-to-close"
  | "opens-at"
  | "opens-now"
  | "unchanged"
  | "waits";

/** What changes for the window when the planned release moves to another hour, and what then set its hours. */
export function moveRelease(facts: TestingWindowFacts, release: ZonedInstant, atMs: number): WindowChange<TestingWindowFacts> {
  return changeWindow(facts, { ...facts, release }, atMs);
}

/** The same for a record that the lab accepts beside the others. */
export function acceptRecord(facts: TestingWindowFacts, record: ProgrammeRecord, atMs: number): WindowChange<TestingWindowFacts> {
  const others = facts.accepted.filter(({ id }) => id !== record.id);
  return changeWindow(facts, { ...facts, accepted: [...others, record] }, atMs);
}

/** The same for any other facts. What happened until now is settled by the old facts: a closed window does not come back. */
export function changeWindow<Facts extends WindowFacts>(facts: Facts, next: Facts, atMs: number): WindowChange<Facts> {
  const settled = settleWindow(facts, atMs);
  const before = solveWindow(settled, atMs);
  if (before.closed !== undefined) {
    const message = "It is closed: no hour opens it again, and a new window needs a new offer from the lab.";
    return { before, after: before, facts: settled, destroysCredentials: false, effects: [{ code: "closed-before", message }] };
  }
  const changed: Facts = { ...next, firstOpenedMs: settled.firstOpenedMs, closed: undefined };
  const { closed } = solveWindow(changed, atMs);
  // An hour that moves behind now closes the window now: it was open until now.
  const kept: Facts = closed === undefined ? settleWindow(changed, atMs) : { ...changed, closed: { ...closed, atMs } };
  const after = solveWindow(kept, atMs);
  return { before, after, facts: kept, destroysCredentials: after.state === "closed", effects: effectsOf(before, after) };
}

function effectsOf(before: AccessWindow, after: AccessWindow): readonly WindowEffect[] {
  if (after.state === "closed") return [closesNow(before, after)];
  const effects = [...openingEffects(before, after), ...closingEffects(before, after)];
  return effects.length === 0 ? [{ code: "unchanged", message: "It opens and closes as before." }] : effects;
}

function closesNow(before: AccessWindow, after: AccessWindow): WindowEffect {
  const why = after.closes === undefined ? "" : ` ${boundText(after.closes)}.`;
  const opened = before.state === "agreed" ? ", before it ever opened" : "";
  return { code: "closes-now", message: `It closes now and destroys the credentials${opened}.${why}` };
}

function openingEffects(before: AccessWindow, after: AccessWindow): readonly WindowEffect[] {
  const hour = hourText(after.opens.at);
  if (after.state === "open") return before.state === "open" ? [] : [{ code: "opens-now", message: "It opens now." }];
  if (after.leavesNothing && after.closes !== undefined) {
    const again = after.state === "waiting" ? "again" : "at all";
    const message = `It would not be open ${again}: ${boundText(after.opens)}, and it closes before, at ${hourText(after.closes.at)}.`;
    return [...(before.state === "open" ? [waits(hour)] : []), { code: "never-open-again", message }];
  }
  if (before.state === "open") return [waits(hour)];
  if (before.opens.at.instantMs === after.opens.at.instantMs && before.leavesNothing === after.leavesNothing) return [];
  return [{ code: "opens-at", message: `It opens ${hour}. ${boundText(after.opens)}.` }];
}

function waits(hour: string): WindowEffect {
  return { code: "waits", message: `It waits until ${hour}: calls are refused from now on, and nothing is destroyed.` };
}

function closingEffects(before: AccessWindow, after: AccessWindow): readonly WindowEffect[] {
  if (before.closes?.at.instantMs === after.closes?.at.instantMs) return [];
  if (after.closes === undefined) return [{ code: "no-hour-to-close", message: "Nothing closes it but the lab's word." }];
  return [{ code: "closes-at", message: `It closes by itself ${hourText(after.closes.at)}. ${boundText(after.closes)}.` }];
}
