import type { SyncState } from "../../contract/endpoints/feeds.ts";

/** One sync as it goes on: a state that changes, and those who wait to hear of it. */
export type RunningSync = {
  readonly state: () => SyncState;
  readonly update: (change: Partial<SyncState>) => void;
  /** Resolves when more than `seenRecords` were read, the phase changed or it ended; at the latest after `waitMs`. */
  readonly changed: (seenRecords: number, waitMs: number) => Promise<SyncState>;
  readonly abort: AbortController;
};

export function createRunningSync(initial: SyncState): RunningSync {
  let state = initial;
  const waiting = new Set<() => void>();
  return {
    abort: new AbortController(),
    state: () => state,
    update: (change) => {
      state = { ...state, ...change };
      for (const wake of waiting) wake();
    },
    changed: async (seenRecords, waitMs) => {
      const phase = state.phase;
      const until = Date.now() + waitMs;
      while (state.phase === phase && state.records <= seenRecords && state.endedAtMs === undefined) {
        const left = until - Date.now();
        if (left <= 0) break;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, left);
          waiting.add(wake);
        });
      }
      return state;
    },
  };
}
