/** The gateway's own time: nobody else's clock decides what is open. */
export type GatewayClock = {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number;
};

export const systemClock: GatewayClock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
