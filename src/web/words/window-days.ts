import type { ModelAnswer, WindowAnswer } from "../../contract/model-schemas.ts";
import type { BoundSource } from "../../vocabulary/access-window.ts";
import { countText } from "./count-text.ts";

const DAY_MS = 86_400_000;
/** Days that are drawn at most. */
const MOST_SQUARES = 120;

/** `passed`: used up. `now`: the day that runs. `left`: still to come. `outside`: a day of the bound that the window does not have. */
export type DayLook = "passed" | "now" | "left" | "outside";
export type DaySquare = { readonly number: number; readonly look: DayLook };
type Edge = { readonly ms: number; readonly by: BoundSource };

export type WindowDays = {
  readonly squares: readonly DaySquare[];
  readonly from: Edge;
  readonly to: Edge;
  /** Where now is, from 0 at the first square to 1 at the end of the last. */
  readonly place: number;
  /** The same for those who do not see the squares. */
  readonly words: string;
};

/**
 * The days in which the window can lie: of a testing window as many as its record has, before the planned release or from the first opening, whichever
 * ends sooner; of a partner stage its own. Undefined where nothing ends it, where there is not one day, and where they are too many to draw.
 */
export function windowDays(window: WindowAnswer, programmes: ModelAnswer["programmes"], nowMs: number): WindowDays | undefined {
  const span = window.kind === "testing-window" ? boundSpan(window) : ownSpan(window);
  // One that ended before it opened has used no day.
  if (span === undefined || (window.closed !== undefined && window.firstOpenedMs === undefined)) return undefined;
  const { from, to } = span;
  const wholeMs = to.ms - from.ms;
  const days = window.kind === "testing-window" ? Math.max(...programmes.map((record) => record.days)) : Math.ceil(wholeMs / DAY_MS);
  if (!Number.isFinite(days) || days < 1 || days > MOST_SQUARES || wholeMs <= 0) return undefined;
  const opensMs = window.firstOpenedMs ?? window.opens.at.instantMs;
  const endMs = window.closed?.atMs ?? window.closes?.at.instantMs ?? to.ms;
  const isOver = window.closed !== undefined;
  // Equal parts: a day on which clocks are changed is drawn like the others.
  const squares = Array.from({ length: days }, (_, index): DaySquare => {
    const [fromMs, toMs] = [from.ms + (wholeMs * index) / days, from.ms + (wholeMs * (index + 1)) / days];
    if (toMs <= opensMs || fromMs >= endMs) return { number: index + 1, look: "outside" };
    if (isOver || toMs <= nowMs) return { number: index + 1, look: "passed" };
    return { number: index + 1, look: fromMs <= nowMs ? "now" : "left" };
  });
  return { squares, from, to, place: Math.min(1, Math.max(0, (nowMs - from.ms) / wholeMs)), words: wordsOf(squares) };
}

/** `15 d 1 h used`. */
export function usedText({ firstOpenedMs }: Pick<WindowAnswer, "firstOpenedMs">, nowMs: number): string {
  if (firstOpenedMs === undefined) return "not open yet";
  const used = Math.max(0, nowMs - firstOpenedMs);
  return `${Math.floor(used / DAY_MS)} d ${Math.floor((used % DAY_MS) / 3_600_000)} h used`;
}

type Span = { readonly from: Edge; readonly to: Edge };

function boundSpan({ bounds, firstOpenedMs }: WindowAnswer): Span | undefined {
  const inForce = (by: BoundSource): number | undefined => bounds.find((bound) => bound.by === by && bound.inForce)?.at.instantMs;
  const [earliest, release, lastOfDays] = [inForce("bound"), inForce("release"), inForce("first-opening")];
  if (earliest === undefined || release === undefined) return undefined;
  if (firstOpenedMs !== undefined && lastOfDays !== undefined && lastOfDays < release) {
    return { from: { ms: firstOpenedMs, by: "first-opening" }, to: { ms: lastOfDays, by: "first-opening" } };
  }
  return { from: { ms: earliest, by: "bound" }, to: { ms: release, by: "release" } };
}

function ownSpan({ opens, closes, firstOpenedMs }: WindowAnswer): Span | undefined {
  if (closes === undefined) return undefined;
  return { from: { ms: firstOpenedMs ?? opens.at.instantMs, by: "lab" }, to: { ms: closes.at.instantMs, by: closes.by } };
}

function wordsOf(squares: readonly DaySquare[]): string {
  const of = (look: DayLook): number => squares.filter((square) => square.look === look).length;
  const outside = of("outside");
  return [
    `Of ${countText(squares.length, "day")}: ${of("passed")} used`,
    ...(of("now") === 0 ? [] : ["one that runs"]),
    `${of("left")} to come`,
    ...(outside === 0 ? [] : [`${outside} not within this window`]),
  ]
    .join(", ")
    .concat(".");
}
