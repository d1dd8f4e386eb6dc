import { setTimeout as delay } from "node:timers/promises";
import { CodedError } from "../../vocabulary/coded-error.ts";
import {
  openExchange,
  withoutCredentials,
  type Exchange,
  type ExchangeOptions,
  type OutgoingRequest,
  type OutgoingResponse,
} from "./exchange.ts";
import { NetworkFailure } from "./network-failure.ts";

export type OutgoingOptions = Pick<ExchangeOptions, "allowedPrivateHosts" | "resolve"> & {
  /** Default 15 s. */
  readonly connectTimeoutMs?: number;
  /** Default 30 s. */
  readonly idleTimeoutMs?: number;
  /** How often one thing is asked for at most before the source counts as unreachable. Default 6, about 15 s of waiting. */
  readonly attempts?: number;
  /** How waiting is done between tries. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Asks outside systems: guarded, redirected within bounds, and tried again when that may help. */
export type Outgoing = {
  /** Any status but those that ask for another try. @throws CodedError `feed-unreachable`. */
  readonly send: (request: OutgoingRequest) => Promise<OutgoingResponse>;
  readonly attempts: number;
  /** Waits before try number `tried + 1`. */
  readonly pause: (tried: number, signal: AbortSignal, atLeastMs?: number) => Promise<void>;
  readonly close: () => void;
};

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TRY_AGAIN = new Set([429, 500, 502, 503, 504]);
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 120_000;

export function openOutgoing(options: OutgoingOptions): Outgoing {
  const exchange = openExchange({ connectTimeoutMs: 15_000, idleTimeoutMs: 30_000, ...options });
  const attempts = options.attempts ?? 6;
  const wait = options.wait ?? (async (ms, signal) => delay(ms, undefined, { signal }));
  const pause: Outgoing["pause"] = async (tried, signal, atLeastMs = 0) => {
    // Spread, so that many installations cut off at once do not come back at once.
    const spread = 0.75 + Math.random() / 2;
    await wait(Math.max(atLeastMs, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tried - 1)) * spread), signal);
  };
  return { send: async (request) => sendUntilAnswered(exchange, request, attempts, pause), attempts, pause, close: exchange.close };
}

async function sendUntilAnswered(
  exchange: Exchange,
  request: OutgoingRequest,
  attempts: number,
  pause: Outgoing["pause"],
): Promise<OutgoingResponse> {
  const place = withoutCredentials(request.url);
  for (let tried = 1; ; tried += 1) {
    let reason: string;
    let cause: unknown;
    let atLeastMs = 0;
    try {
      const response = await followRedirects(exchange, request);
      if (!TRY_AGAIN.has(response.status)) return response;
      response.discard();
      reason = `status ${response.status}`;
      atLeastMs = retryAfterMs(response.headers["retry-after"], Date.now());
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      reason = error.message;
      cause = error;
    }
    if (atLeastMs > LONGEST_RETRY_AFTER_MS) {
      throw new CodedError(
        "feed-unreachable",
        `expected an answer from ${place}, got ${reason} and to come back in ${Math.ceil(atLeastMs / 1000)} s`,
        { place },
      );
    }
    if (tried >= attempts) {
      throw new CodedError("feed-unreachable", `expected an answer from ${place}, got ${reason} (tried ${tried} times)`, { cause, place });
    }
    await pause(tried, request.signal, atLeastMs);
  }
}

async function followRedirects(exchange: Exchange, request: OutgoingRequest): Promise<OutgoingResponse> {
  let { url } = request;
  for (let followed = 0; ; followed += 1) {
    const response = await exchange.send({ ...request, url });
    const { location } = response.headers;
    if (!REDIRECTS.has(response.status) || location === undefined) return response;
    response.discard();
    if (followed >= MAX_REDIRECTS) {
      throw new CodedError(
        "feed-unreachable",
        `expected at most ${MAX_REDIRECTS} redirects from ${withoutCredentials(request.url)}, got more`,
        {
          place: withoutCredentials(request.url),
        },
      );
    }
    url = redirectTarget(url, location);
  }
}

function redirectTarget(from: URL, location: string): URL {
  const target = URL.parse(location, from.href);
  const stays = target !== null && target.host === from.host && target.protocol === from.protocol;
  if (target === null || (target.protocol !== "https:" && !stays)) {
    throw new CodedError(
      "feed-unreachable",
      `expected ${withoutCredentials(from)} to lead to https or to stay on its host, got a redirect to ${target === null ? "no URL" : withoutCredentials(target)}`,
      {
        place: withoutCredentials(from),
      },
    );
  }
  // Credentials belong to the host they were given for.
  target.username = target.host === from.host ? from.username : "";
  target.password = target.host === from.host ? from.password : "";
  return target;
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs);
}
