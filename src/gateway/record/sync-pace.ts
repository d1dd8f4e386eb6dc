/**
 * Whether a call waits for its sync on the spot: where the disk is so quick that this is shorter than the way to a thread and back, which leads
 * through the queue of everything else, and calls are so few that they would hardly share a sync.
 */
export type SyncPace = {
  readonly isOnTheSpot: () => boolean;
  /** How long a sync that was waited for took. */
  readonly took: (ms: number) => void;
};

const QUICK_MS = 0.5;
/** A sync counts for no more in the average: a thread that was put aside once says nothing about the disk. */
const LONGEST_MS = 1;
/** The share of the newest in the average. */
const WEIGHT = 1 / 16;
/** So seldom is a slow disk tried again: whoever is served at the same time waits with it. */
const AGAIN_MS = 10_000;
/** Of all time, at most so much is waited on the spot, over about a second. */
const SHARE = 1 / 8;
const SHARED_MS = 1000;

export function syncPace(nowMs: () => number = () => performance.now()): SyncPace {
  let usualMs = 0;
  let slowSinceMs: number | undefined;
  /** Of the share, not yet used. */
  let leftMs = SHARE * SHARED_MS;
  let lookedMs = nowMs();
  return {
    isOnTheSpot: () => {
      const now = nowMs();
      leftMs = Math.min(SHARE * SHARED_MS, leftMs + (now - lookedMs) * SHARE);
      lookedMs = now;
      if (slowSinceMs !== undefined) {
        if (now - slowSinceMs < AGAIN_MS) return false;
        slowSinceMs = undefined;
        usualMs = 0;
      }
      return leftMs > 0;
    },
    took: (ms) => {
      leftMs -= ms;
      usualMs += (Math.min(ms, LONGEST_MS) - usualMs) * WEIGHT;
      if (usualMs > QUICK_MS) slowSinceMs = nowMs();
    },
  };
}
