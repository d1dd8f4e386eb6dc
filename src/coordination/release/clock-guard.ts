/** What both clocks of the process show in the same moment. */
export type ClockReading = { readonly wallMs: number; readonly monotonicMs: number };

/** `reference` is the pair of readings that later ones are compared with. */
export type ClockGuard = {
  readonly reference: ClockReading;
  readonly verdict: ClockVerdict;
  /** How far the wall clock was ahead of the database server's when they were last compared; and when a person last said that it is right. */
  readonly databaseApartMs: number;
  readonly trustedApartMs: number;
};

/** `apart`: the wall clock is wrong, or was moved, by `apartMs` (positive = ahead). Openings by the hour hold until a person says which clock is right. */
export type ClockVerdict =
  | { readonly kind: "together" }
  | { readonly kind: "apart"; readonly apartMs: number; readonly by: ClockWitness; readonly noticed: ClockReading };

/** What contradicts the wall clock: this process's own monotonic clock, something on record from before it, the machine's time since it was started, the database server's clock. */
export type ClockWitness = "process" | "record" | "machine" | "database";

/** What is known at the start beside the clocks themselves. */
export type KnownBefore = {
  /** The latest moment that anything on record has seen, such as the last opening: a wall clock behind it was moved back. */
  readonly lastWallMs?: number | undefined;
  /**
   * The time since an earlier process of the same machine, which has not been started anew since: by the wall clock, and by what no setting moves.
   * Without it a clock that was set ahead while no server ran cannot be told from a long rest.
   */
  readonly stopped?: { readonly byWallMs: number; readonly elapsedMs: number } | undefined;
};

/** What the database server's clock showed while the wall clock went from the first to the last. */
export type DatabaseReading = { readonly askedMs: number; readonly databaseMs: number; readonly answeredMs: number };

export const CLOCKS_APART_MS = 60_000;
/** Crystals differ by some seconds a day: a reference kept for ever would call that a moved clock. */
const REFERENCE_KEPT_MS = 24 * 3_600_000;
/** For the same reason, of a time in which nobody compared them. */
const DRIFT = 100e-6;

export function startClockGuard(now: ClockReading, { lastWallMs, stopped }: KnownBefore = {}): ClockGuard {
  const together: ClockGuard = { reference: now, verdict: { kind: "together" }, databaseApartMs: 0, trustedApartMs: 0 };
  const behindMs = lastWallMs === undefined ? 0 : lastWallMs - now.wallMs;
  if (behindMs > CLOCKS_APART_MS) return apart(together, -behindMs, "record", now);
  if (stopped === undefined) return together;
  const movedMs = stopped.byWallMs - stopped.elapsedMs;
  return Math.abs(movedMs) > CLOCKS_APART_MS + stopped.elapsedMs * DRIFT ? apart(together, movedMs, "machine", now) : together;
}

/** The guard after another look at the clocks. Once apart it stays so, also when the clock is moved back: somebody must have looked. */
export function lookAtClocks(guard: ClockGuard, now: ClockReading): ClockGuard {
  if (guard.verdict.kind === "apart") return guard;
  const elapsedMs = now.monotonicMs - guard.reference.monotonicMs;
  const apartMs = now.wallMs - guard.reference.wallMs - elapsedMs;
  if (Math.abs(apartMs) > CLOCKS_APART_MS) return apart(guard, apartMs, "process", now);
  return elapsedMs > REFERENCE_KEPT_MS ? { ...guard, reference: now } : guard;
}

/** The guard after the database server was asked for its time: neither clock is believed more than the other. */
export function compareWithDatabase(
  guard: ClockGuard,
  { askedMs, databaseMs, answeredMs }: DatabaseReading,
  now: ClockReading,
): ClockGuard {
  const databaseApartMs = Math.max(0, askedMs - databaseMs) + Math.min(0, answeredMs - databaseMs);
  const compared = { ...guard, databaseApartMs };
  if (guard.verdict.kind === "apart") return compared;
  const apartMs = databaseApartMs - guard.trustedApartMs;
  return Math.abs(apartMs) > CLOCKS_APART_MS ? apart(compared, apartMs, "database", now) : compared;
}

/** A person has looked and says that the wall clock is right as it is now, whatever the database server's shows. */
export function trustWallClock(guard: ClockGuard, now: ClockReading): ClockGuard {
  const { databaseApartMs } = guard;
  return { reference: now, verdict: { kind: "together" }, databaseApartMs, trustedApartMs: databaseApartMs };
}

function apart(guard: ClockGuard, apartMs: number, by: ClockWitness, noticed: ClockReading): ClockGuard {
  return { ...guard, verdict: { kind: "apart", apartMs, by, noticed } };
}
