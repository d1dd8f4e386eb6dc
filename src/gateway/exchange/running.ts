import type { Admission } from "../orders/standing-orders.ts";

/** Exchanges under way, so that each can be cut. */
export type RunningExchanges = {
  readonly count: () => number;
  /** The function that takes it off again. */
  readonly add: (running: RunningExchange) => () => void;
  /** Cuts all whose access is not in force any more. */
  readonly sweep: (isInForce: (admission: Admission) => boolean) => void;
  readonly cutAll: (reason: string) => void;
  /** Resolves when none is left. */
  readonly whenNone: () => Promise<void>;
};

export type RunningExchange = {
  readonly admission: Admission;
  /** Ends it now: `revoked` when its access has ended, `cut` when the gateway stops. */
  readonly end: (outcome: "revoked" | "cut", reason: string) => void;
};

export function createRunningExchanges(): RunningExchanges {
  const running = new Set<RunningExchange>();
  const waiting: (() => void)[] = [];
  return {
    count: () => running.size,
    add: (one) => {
      running.add(one);
      return () => {
        running.delete(one);
        if (running.size === 0) for (const resolve of waiting.splice(0)) resolve();
      };
    },
    sweep: (isInForce) => {
      for (const one of running) if (!isInForce(one.admission)) one.end("revoked", "access-ended");
    },
    cutAll: (reason) => {
      for (const one of running) one.end("cut", reason);
    },
    whenNone: () => (running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
