import { request as requestPlain, Agent as PlainAgent, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as requestSecure, Agent as SecureAgent } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { queueBody, type BodyQueue } from "./body-queue.ts";
import { NetworkFailure, toExchangeError } from "./network-failure.ts";
import { isPublicAddress } from "./public-address.ts";
import { privateAddressRefusal, publicLookup, resolveBySystem, type ResolveAll } from "./public-lookup.ts";

export type ExchangeOptions = {
  /** Host names or addresses, exact and without port, that may be private and may be asked over plain http. */
  readonly allowedPrivateHosts: readonly string[];
  readonly connectTimeoutMs: number;
  /** The longest silence of the other side, before and within an answer. */
  readonly idleTimeoutMs: number;
  /** How names are resolved; the system's way unless given. */
  readonly resolve?: ResolveAll | undefined;
};

export type OutgoingRequest = {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
};

export type OutgoingResponse = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  /** Can be read once. @throws NetworkFailure when it is cut off or falls silent. */
  readonly body: () => AsyncGenerator<Uint8Array, void, undefined>;
  /** Ends an answer whose body is not wanted. */
  readonly discard: () => void;
};

/** One request and its answer, never another: no redirects, no second try. */
export type Exchange = {
  readonly send: (request: OutgoingRequest) => Promise<OutgoingResponse>;
  readonly close: () => void;
};

/** Opens the only way out: every connection goes to a public address or to a listed host. */
export function openExchange(options: ExchangeOptions): Exchange {
  const agents = { plain: new PlainAgent({ keepAlive: true }), secure: new SecureAgent({ keepAlive: true }) };
  const lookup = publicLookup(options.resolve ?? resolveBySystem);
  const allowed = new Set(options.allowedPrivateHosts.map((host) => withoutBrackets(host.toLowerCase())));
  return {
    send: async (request) => {
      request.signal.throwIfAborted();
      const hostname = withoutBrackets(request.url.hostname);
      const mayBePrivate = allowed.has(hostname);
      refuseBeforeConnecting(request.url, hostname, mayBePrivate);
      return sendOnce(request, hostname, agents, options, mayBePrivate ? undefined : lookup);
    },
    close: () => {
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}

/** The URL as it may be logged and shown: without user, password and query, each of which may hold a secret. */
export function withoutCredentials(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function refuseBeforeConnecting(url: URL, hostname: string, mayBePrivate: boolean): void {
  if (url.protocol !== "https:" && !(url.protocol === "http:" && mayBePrivate)) {
    throw new CodedError(
      "feed-unreachable",
      `expected an https URL, got ${withoutCredentials(url)}; plain http is for hosts in ALLOWED_PRIVATE_HOSTS only`,
      {
        place: withoutCredentials(url),
      },
    );
  }
  // A socket looks up no literal address, so the lookup's guard would not see it.
  if (!mayBePrivate && isIP(hostname) !== 0 && !isPublicAddress(hostname)) throw privateAddressRefusal(hostname, hostname);
}

function sendOnce(
  { method, url, headers, body, signal }: OutgoingRequest,
  hostname: string,
  agents: { readonly plain: PlainAgent; readonly secure: SecureAgent },
  options: ExchangeOptions,
  lookup: LookupFunction | undefined,
): Promise<OutgoingResponse> {
  const place = withoutCredentials(url);
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? requestSecure : requestPlain)({
      method,
      hostname,
      port: url.port === "" ? undefined : Number(url.port),
      path: url.pathname + url.search,
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "sluice", ...headers },
      agent: secure ? agents.secure : agents.plain,
      signal,
      ...(url.username === "" ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    const silence = silenceTimer((waitedMs, what) => outgoing.destroy(new NetworkFailure(`${what} within ${waitedMs} ms`)));
    silence.start(options.connectTimeoutMs, "no connection");
    outgoing.once("socket", (socket: Socket | TLSSocket) => {
      const connected = (): void => {
        const address = socket.remoteAddress;
        if (lookup !== undefined && address !== undefined && !isPublicAddress(address))
          outgoing.destroy(privateAddressRefusal(hostname, address));
        silence.start(options.idleTimeoutMs, "no answer");
      };
      if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
      else connected();
    });
    outgoing.once("response", (response) => {
      silence.stop();
      resolve(toOutgoingResponse(response, method, url, options.idleTimeoutMs, signal));
    });
    outgoing.on("error", (error) => {
      silence.stop();
      reject(toExchangeError(error, place, signal));
    });
    outgoing.end(body);
  });
}

function toOutgoingResponse(
  response: IncomingMessage,
  method: string,
  url: URL,
  idleTimeoutMs: number,
  signal: AbortSignal,
): OutgoingResponse {
  const queue = queueBody(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    url,
    body: () => readBody(response, queue, url, idleTimeoutMs, signal),
    discard: () => {
      // A short rest is cheaper to read than a new connection; a long or endless one is not.
      const bodyBytes = method === "HEAD" || response.statusCode === 304 ? 0 : Number(response.headers["content-length"] ?? Infinity);
      if (bodyBytes > 65_536) response.destroy();
    },
  };
}

async function* readBody(
  response: IncomingMessage,
  queue: BodyQueue,
  url: URL,
  idleTimeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The clock runs only while we wait for the other side, never while our own reader takes its time.
  const silence = silenceTimer((waitedMs) => response.destroy(new NetworkFailure(`no more of the answer within ${waitedMs} ms`)));
  try {
    for (;;) {
      silence.start(idleTimeoutMs, "");
      const chunk = await queue.next();
      silence.stop();
      if (chunk === undefined) return;
      yield chunk;
    }
  } catch (error) {
    throw toExchangeError(error, withoutCredentials(url), signal);
  } finally {
    silence.stop();
    response.destroy();
  }
}

function silenceTimer(onSilence: (waitedMs: number, what: string) => void): {
  start: (ms: number, what: string) => void;
  stop: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    start: (ms, what) => {
      stop();
      timer = setTimeout(() => onSilence(ms, what), ms);
    },
    stop,
  };
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
