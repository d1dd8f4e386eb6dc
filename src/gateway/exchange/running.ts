import type { Admission } from "../orders/standing-orders.ts";

/** Exchanges under way, so that each can be cut. */
export type RunningExchanges = {
  readonly count: () => number;
  readonly isRunning: (grantId: string) => boolean;
  /** The function that takes it off again. */
  readonly add: (running: RunningExchange) => () => void;
  /** Cuts all whose access is not in force any more. */
  readonly sweep: (isInForce: (admission: Admission) => boolean) => void;
  readonly cutAll: (reason: string) => void;
};

export type RunningExchange = {
  readonly admission: Admission;
  /** Ends it now: `revoked` when its access has ended, `cut` when the gateway stops. */
  readonly end: (outcome: "revoked" | "cut", reason: string) => void;
};

export function createRunningExchanges(): RunningExchanges {
  const running = new Set<RunningExchange>();
  return {
    count: () => running.size,
    isRunning: (grantId) => [...running].some(({ admission }) => admission.grant.id === grantId),
    add: (one) => {
      running.add(one);
      return () => {
        running.delete(one);
      };
    },
    sweep: (isInForce) => {
      for (const one of running) if (!isInForce(one.admission)) one.end("revoked", "access-ended");
    },
    cutAll: (reason) => {
      for (const one of running) one.end("cut", reason);
    },
  };
}
