/** What is set of a gateway from outside. */
export type GatewayConfig = {
  /** Stays the same over restarts. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Absolute. No other process writes in it. */
  readonly recordDirectory: string;
  /** Hosts that a model may be reached at without TLS, or inside a private network, as `host` or `host:port`. Loopback always may. */
  readonly listedHosts: readonly string[];
  readonly limits: GatewayLimits;
};

export type GatewayLimits = {
  readonly requestBytes: number;
  /** Bodies of all requests at once. */
  readonly requestsBytes: number;
  readonly requestHeadBytes: number;
  /** Until the whole request has come. */
  readonly requestMs: number;
  readonly answerBytes: number;
  readonly answerHeadBytes: number;
  /** From the request on its way to the answer's head. */
  readonly answerHeadMs: number;
  /** Between two pieces of an answer. */
  readonly answerSilenceMs: number;
  /** The whole answer. */
  readonly answerMs: number;
  /** Idle connections to a model are closed after so long: below what servers usually wait. */
  readonly upstreamIdleMs: number;
  /** Bytes of an answer that wait for a slow reader before the model's server is not read from any more. */
  readonly waitingBytes: number;
  readonly exchangesAtOnce: number;
  /** How long a stop waits for answers under way. */
  readonly stopMs: number;
};

export const DEFAULT_LIMITS: GatewayLimits = {
  requestBytes: 32 * 1024 * 1024,
  requestsBytes: 512 * 1024 * 1024,
  requestHeadBytes: 32 * 1024,
  requestMs: 5 * 60_000,
  answerBytes: 256 * 1024 * 1024,
  answerHeadBytes: 32 * 1024,
  answerHeadMs: 10 * 60_000,
  answerSilenceMs: 5 * 60_000,
  answerMs: 60 * 60_000,
  upstreamIdleMs: 4000,
  waitingBytes: 256 * 1024,
  exchangesAtOnce: 2000,
  stopMs: 10_000,
};
