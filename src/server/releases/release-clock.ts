import {
  lookAtClocks,
  startClockGuard,
  trustWallClock,
  type ClockGuard,
  type ClockReading,
  type ClockVerdict,
} from "../../coordination/release/clock-guard.ts";

/** The hours by which stages open, and whether they can be believed. */
export type ReleaseClock = {
  readonly nowMs: () => number;
  /** Looks at both clocks. */
  readonly look: () => ClockVerdict;
  readonly verdict: () => ClockVerdict;
  /** A person says that the wall clock is right. False = nobody doubted it. */
  readonly trust: () => boolean;
};

/** `lastHourMs`: the latest hour known from before this process. */
export function createReleaseClock(clock: () => number, monotonic: () => number, lastHourMs: number | undefined): ReleaseClock {
  const read = (): ClockReading => ({ wallMs: clock(), monotonicMs: monotonic() });
  let guard: ClockGuard = startClockGuard(read(), lastHourMs);
  return {
    nowMs: clock,
    look: () => {
      guard = lookAtClocks(guard, read());
      return guard.verdict;
    },
    verdict: () => guard.verdict,
    trust: () => {
      const wasApart = guard.verdict.kind === "apart";
      if (wasApart) guard = trustWallClock(read());
      return wasApart;
    },
  };
}

/** Why nothing opens by the hour, in a reader's words; undefined = it does. */
export function clockWords(verdict: ClockVerdict): string | undefined {
  if (verdict.kind === "together") return undefined;
  const minutes = Math.round(Math.abs(verdict.apartMs) / 6000) / 10;
  const direction = verdict.apartMs > 0 ? "forward" : "back";
  return `The server's clock was moved ${direction} by ${minutes} minutes. Nothing opens by the hour until an administrator of the clearinghouse says that it is right; what has opened stays open.`;
}
