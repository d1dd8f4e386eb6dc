/** What both clocks of the process show in the same moment. */
export type ClockReading = { readonly wallMs: number; readonly monotonicMs: number };

/** `reference` is the pair of readings that later ones are compared with. */
export type ClockGuard = { readonly reference: ClockReading; readonly verdict: ClockVerdict };

/** `apart`: the wall clock was moved by `apartMs` (positive = forward). Openings by the hour hold until a person says which clock is right. */
export type ClockVerdict =
  | { readonly kind: "together" }
  | { readonly kind: "apart"; readonly apartMs: number; readonly noticed: ClockReading };

export const CLOCKS_APART_MS = 60_000;
/** Crystals differ by some seconds a day: a reference kept for ever would call that a moved clock. */
const REFERENCE_KEPT_MS = 24 * 3_600_000;

/** `lastWallMs` is the latest hour known from before this process, such as the last opening: a wall clock behind it was moved back. */
export function startClockGuard(now: ClockReading, lastWallMs: number | undefined): ClockGuard {
  const behindMs = lastWallMs === undefined ? 0 : lastWallMs - now.wallMs;
  const together = behindMs <= CLOCKS_APART_MS;
  return { reference: now, verdict: together ? { kind: "together" } : { kind: "apart", apartMs: -behindMs, noticed: now } };
}

/** The guard after another look at the clocks. Once apart it stays so, also when the clock is moved back: somebody must have looked. */
export function lookAtClocks(guard: ClockGuard, now: ClockReading): ClockGuard {
  if (guard.verdict.kind === "apart") return guard;
  const elapsedMs = now.monotonicMs - guard.reference.monotonicMs;
  const apartMs = now.wallMs - guard.reference.wallMs - elapsedMs;
  if (Math.abs(apartMs) > CLOCKS_APART_MS) return { reference: guard.reference, verdict: { kind: "apart", apartMs, noticed: now } };
  return elapsedMs > REFERENCE_KEPT_MS ? { reference: now, verdict: { kind: "together" } } : guard;
}

/** A person has looked and says that the wall clock is right as it is now. */
export function trustWallClock(now: ClockReading): ClockGuard {
  return { reference: now, verdict: { kind: "together" } };
}
