import type { WindowBound, WindowFacts } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { hourText, isZone } from "../release/zoned-hour.ts";
import { checkRecord } from "./check-record.ts";
import { solveWindow } from "./solve-window.ts";
import { recordText } from "./window-words.ts";

export type WindowProblemCode =
  | "closes-after-release"
  | "closes-before-opening"
  | "hour-passed"
  | "longer-than-bound"
  | "never-closes"
  | "opens-after-release"
  | "opens-at-once"
  | "opens-before-bound"
  | "record-unusable"
  | "zone-unknown";

/** What a check of a stated window found. `refused` keeps it from being agreed; `warned` is for a person to weigh. */
export type WindowProblem = {
  readonly code: WindowProblemCode;
  readonly severity: "refused" | "warned";
  /** One sentence: what was expected and what is there. */
  readonly message: string;
};

/** Run when hours are stated. A release that moves later is not refused by it: then the solver narrows the window and says so. */
export function checkWindow(facts: WindowFacts, atMs: number): readonly WindowProblem[] {
  const unknown = hoursOf(facts).find(({ zone }) => !isZone(zone));
  if (unknown !== undefined) {
    return [refused("zone-unknown", `Expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(unknown.zone)}.`)];
  }
  const unusable = facts.kind === "testing-window" ? facts.accepted.flatMap(checkRecord) : [];
  if (unusable.length > 0) return unusable.map((message) => refused("record-unusable", message));
  return [...orderProblems(facts), ...passedProblems(facts, atMs), ...boundProblems(facts, atMs)];
}

/** True when nothing keeps the window from being agreed. */
export function windowMayBeAgreed(problems: readonly WindowProblem[]): boolean {
  return problems.every(({ severity }) => severity !== "refused");
}

function hoursOf(facts: WindowFacts): readonly ZonedInstant[] {
  const end = facts.kind === "testing-window" ? facts.release : facts.publicRelease;
  return [facts.opens, facts.closes, end].filter((hour) => hour !== undefined);
}

function orderProblems(facts: WindowFacts): readonly WindowProblem[] {
  const { opens, closes } = facts;
  if (closes === undefined) {
    if (facts.kind === "testing-window" || facts.publicRelease !== undefined) return [];
    return [refused("never-closes", "Expected an hour to close, or terms that close the stage at the public release.")];
  }
  if (closes.instantMs > opens.instantMs) return [];
  return [refused("closes-before-opening", `Expected to close after it opens (${hourText(opens)}), got ${hourText(closes)}.`)];
}

function passedProblems(facts: WindowFacts, atMs: number): readonly WindowProblem[] {
  const end = facts.kind === "testing-window" ? facts.release : facts.publicRelease;
  const problems = [facts.closes, end]
    .filter((hour) => hour !== undefined && hour.instantMs <= atMs)
    .map((hour) => refused("hour-passed", `Expected an hour to come, got ${hour === undefined ? "none" : hourText(hour)}.`));
  if (problems.length > 0 || facts.firstOpenedMs !== undefined || solveWindow(facts, atMs).state !== "open") return problems;
  return [warned("opens-at-once", `It opens as soon as it is agreed: ${hourText(facts.opens)} has passed.`)];
}

function boundProblems(facts: WindowFacts, atMs: number): readonly WindowProblem[] {
  return solveWindow(facts, atMs)
    .bounds.filter(({ inForce }) => inForce)
    .flatMap((bound) => brokenBound(facts, bound));
}

function brokenBound({ kind, opens, closes }: WindowFacts, bound: WindowBound): readonly WindowProblem[] {
  const limit = hourText(bound.at);
  const problems: WindowProblem[] = [];
  if (bound.by === "bound" && bound.record !== undefined && opens.instantMs < bound.at.instantMs) {
    problems.push(
      refused("opens-before-bound", `Expected to open at ${limit} or later, by ${recordText(bound.record)}; got ${hourText(opens)}.`),
    );
  }
  if (bound.by === "release" || bound.by === "public-release") {
    const name = kind === "testing-window" ? "the planned release to other trusted partners" : "the public release";
    if (opens.instantMs >= bound.at.instantMs) {
      problems.push(refused("opens-after-release", `Expected to open before ${name} (${limit}), got ${hourText(opens)}.`));
    }
    if (closes !== undefined && closes.instantMs > bound.at.instantMs) {
      problems.push(refused("closes-after-release", `Expected to close by ${name} (${limit}), got ${hourText(closes)}.`));
    }
  }
  const isTooLong = closes !== undefined && closes.instantMs > bound.at.instantMs;
  if (bound.by === "first-opening" && bound.record !== undefined && isTooLong) {
    const message = `Expected to close by ${limit}, ${bound.record.days} days from its first opening, by ${recordText(bound.record)}; got ${hourText(closes)}.`;
    problems.push(refused("longer-than-bound", message));
  }
  return problems;
}

function refused(code: WindowProblemCode, message: string): WindowProblem {
  return { code, severity: "refused", message };
}

function warned(code: WindowProblemCode, message: string): WindowProblem {
  return { code, severity: "warned", message };
}
