import type { ModelAnswer, WindowAnswer } from "../../contract/model-schemas.ts";
import { countText } from "./count-text.ts";

const DAY_MS = 86_400_000;
/** A stage without days of its own is drawn up to so many. */
const MOST_SQUARES = 120;

/** `passed`: used up. `now`: the day that runs. `left`: still to come. `outside`: a day of the bound that the window does not have. */
export type DayLook = "passed" | "now" | "left" | "outside";
export type DaySquare = { readonly number: number; readonly look: DayLook };

export type WindowDays = {
  readonly squares: readonly DaySquare[];
  readonly startMs: number;
  readonly endMs: number;
  /** Where now is, from 0 at the first square to 1 at the end of the last. */
  readonly place: number;
  readonly startWord: "opened" | "opens";
  /** The same for those who do not see the squares. */
  readonly words: string;
};

/**
 * The days of the bound: from the first opening, or from when it would open by its record, as many as the record has. A partner stage has its own hours.
 * Undefined where nothing ends it or the days are too many to draw.
 */
export function daySquares(window: WindowAnswer, programmes: ModelAnswer["programmes"], nowMs: number): WindowDays | undefined {
  const endMs = window.closed?.atMs ?? window.closes?.at.instantMs;
  // One that ended before it opened has no days.
  if (endMs === undefined || (window.closed !== undefined && window.firstOpenedMs === undefined)) return undefined;
  const opensMs = window.firstOpenedMs ?? window.opens.at.instantMs;
  const days =
    window.kind === "testing-window" ? Math.max(...programmes.map((record) => record.days)) : Math.ceil((endMs - opensMs) / DAY_MS);
  if (!Number.isFinite(days) || days < 1 || days > MOST_SQUARES) return undefined;
  const isOver = window.closed !== undefined;
  const squares = Array.from({ length: days }, (_, index): DaySquare => {
    const fromMs = opensMs + index * DAY_MS;
    return { number: index + 1, look: lookOf(fromMs, fromMs + DAY_MS, { endMs, nowMs, isOver }) };
  });
  const place = Math.min(1, Math.max(0, (nowMs - opensMs) / (days * DAY_MS)));
  const passed = squares.filter(({ look }) => look === "passed").length;
  const outside = squares.filter(({ look }) => look === "outside").length;
  return {
    squares,
    startMs: opensMs,
    endMs,
    place,
    startWord: window.firstOpenedMs === undefined ? "opens" : "opened",
    words: [
      `${passed} of ${countText(days, "day")} passed.`,
      ...(outside === 0 ? [] : [`${countText(outside, "day")} of the bound ${outside === 1 ? "is" : "are"} not within this window.`]),
    ].join(" "),
  };
}

type Ends = { readonly endMs: number; readonly nowMs: number; readonly isOver: boolean };

function lookOf(fromMs: number, toMs: number, { endMs, nowMs, isOver }: Ends): DayLook {
  // An hour more or less by a change of the clocks makes no day of its own.
  if (fromMs >= endMs - 3_600_000) return "outside";
  if (isOver || toMs <= nowMs) return "passed";
  return fromMs <= nowMs ? "now" : "left";
}

/** `15 d 1 h used`. */
export function usedText({ firstOpenedMs }: Pick<WindowAnswer, "firstOpenedMs">, nowMs: number): string {
  if (firstOpenedMs === undefined) return "not open yet";
  const used = Math.max(0, nowMs - firstOpenedMs);
  return `${Math.floor(used / DAY_MS)} d ${Math.floor((used % DAY_MS) / 3_600_000)} h used`;
}
