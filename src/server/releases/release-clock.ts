import {
  compareWithDatabase,
  lookAtClocks,
  startClockGuard,
  trustWallClock,
  type ClockGuard,
  type ClockReading,
  type ClockVerdict,
  type ClockWitness,
  type KnownBefore,
} from "../../coordination/release/clock-guard.ts";

/** The hours by which stages open, and whether they can be believed. */
export type ReleaseClock = {
  readonly nowMs: () => number;
  /** Looks at both clocks of the process. */
  readonly look: () => ClockVerdict;
  /** Asks the database server for its time. @throws what asking throws */
  readonly compare: (readDatabaseMs: () => Promise<number>) => Promise<ClockVerdict>;
  readonly verdict: () => ClockVerdict;
  /** A person says that the wall clock is right. False = nobody doubted it. */
  readonly trust: () => boolean;
};

export function createReleaseClock(clock: () => number, monotonic: () => number, known?: KnownBefore): ReleaseClock {
  const read = (): ClockReading => {
    const wallMs = clock();
    // Where one clock is given for both, it may move between two readings and would contradict itself.
    return { wallMs, monotonicMs: monotonic === clock ? wallMs : monotonic() };
  };
  let guard: ClockGuard = startClockGuard(read(), known);
  return {
    nowMs: clock,
    look: () => {
      guard = lookAtClocks(guard, read());
      return guard.verdict;
    },
    compare: async (readDatabaseMs) => {
      const [askedMs, databaseMs, answeredMs] = [clock(), await readDatabaseMs(), clock()];
      guard = compareWithDatabase(lookAtClocks(guard, read()), { askedMs, databaseMs, answeredMs }, read());
      return guard.verdict;
    },
    verdict: () => guard.verdict,
    trust: () => {
      const wasApart = guard.verdict.kind === "apart";
      if (wasApart) guard = trustWallClock(guard, read());
      return wasApart;
    },
  };
}

/** Why nothing opens by the hour, in a reader's words; undefined = it does. */
export function clockWords(verdict: ClockVerdict): string | undefined {
  if (verdict.kind === "together") return undefined;
  const minutes = Math.round(Math.abs(verdict.apartMs) / 6000) / 10;
  return `${WORDS[verdict.by](verdict.apartMs > 0, `${minutes} minutes`)} Nothing opens by the hour until an administrator of the clearinghouse says that it is right; what has opened stays open.`;
}

const WORDS: Readonly<Record<ClockWitness, (isAhead: boolean, by: string) => string>> = {
  process: (isAhead, by) => `The server's clock was moved ${isAhead ? "forward" : "back"} by ${by}.`,
  record: (_, by) => `The server's clock was moved back by ${by} or more: what is on record is later.`,
  machine: (isAhead, by) => `The server's clock was moved ${isAhead ? "forward" : "back"} by ${by} while no server ran.`,
  database: (isAhead, by) => `The server's clock is ${by} ${isAhead ? "ahead of" : "behind"} the database server's.`,
};
