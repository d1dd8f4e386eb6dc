/** Whether the disk is so quick that waiting for it is shorter than the way to a thread and back, which leads through the queue of everything else. */
export type SyncPace = {
  readonly isQuick: () => boolean;
  /** How long a sync that was waited for took. */
  readonly took: (ms: number) => void;
};

const QUICK_MS = 0.5;
const LOOKED_AT = 9;
/** So seldom is a slow disk tried again: whoever is served at the same time waits with it. */
const AGAIN_MS = 10_000;

/** By the median of the last few: a thread that was put aside once says nothing about the disk. */
export function syncPace(nowMs: () => number = () => performance.now()): SyncPace {
  let recent: number[] = [];
  let slowSinceMs: number | undefined;
  return {
    isQuick: () => {
      if (slowSinceMs === undefined) return true;
      if (nowMs() - slowSinceMs < AGAIN_MS) return false;
      slowSinceMs = undefined;
      recent = [];
      return true;
    },
    took: (ms) => {
      recent.push(ms);
      if (recent.length > LOOKED_AT) recent.shift();
      const slow = recent.filter((each) => each > QUICK_MS).length;
      if (slow > LOOKED_AT / 2) slowSinceMs = nowMs();
    },
  };
}
