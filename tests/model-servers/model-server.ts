import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { ANSWER, type Act, type Answer, type Script, type SeenRequest } from "./act.ts";
import { bodyOf, oneMoreEvent } from "./bodies.ts";
import { seenRequest } from "./seen-request.ts";

/** A request with everything the server was told and what became of it. */
export type Received = {
  readonly atMs: number;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly request: SeenRequest;
  /** The other side's port: the same for requests on one connection. */
  readonly fromPort: number | undefined;
  /** Of the body, handed to the kernel so far. */
  readonly sentBytes: () => number;
  /** The status that was answered, once it was. */
  readonly status: () => number | undefined;
  /** When the other side went away before the answer's end. */
  readonly abandonedMs: () => number | undefined;
};

export type ModelServer = {
  readonly wire: ModelWire;
  /** As one would give it to the wire's own SDK: with `/v1` for OpenAI, without for Anthropic. */
  readonly baseUrl: string;
  readonly received: Received[];
  /** From now on. */
  readonly follow: (script: Script | Act) => void;
  /** Another credential from now on; the old one gives 401. */
  readonly rotate: (credential: string) => void;
  readonly openConnections: () => number;
  readonly stop: () => Promise<void>;
};

export type ModelServerOptions = {
  readonly wire: ModelWire;
  readonly script?: Script | Act;
  /** What requests have to bring. */
  readonly credential: string;
  /** Connections idle for so long are closed without a word, as servers and balancers do. */
  readonly idleMs?: number;
  readonly port?: number;
};

/** Stands in the answers' heads beside what a wire needs: none of it may reach who asks through a gateway. */
export const PRIVATE_HEADERS: Readonly<Record<string, string>> = {
  connection: "keep-alive, x-hop-note",
  "x-hop-note": "for this hop alone",
  "set-cookie": "lab_session=secret; Path=/",
  server: "lab-edge/9",
  "x-lab-node": "rack-7",
  "openai-organization": "lab-internal",
  "anthropic-organization-id": "lab-internal",
  "x-request-id": "req_of_the_lab",
  "request-id": "req_of_the_lab",
};

/** A real HTTP server on loopback that answers like a lab's model does, or fails as the script says. */
export async function openModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let script = asScript(options.script ?? ANSWER);
  let { credential } = options;
  let requests = 0;
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void answer(request, response).catch((cause: unknown) => {
      // The other side went away in mid-answer, which tests do on purpose; what was sent is in `received`.
      response.destroy(cause instanceof Error ? cause : undefined);
    });
  });
  server.on("connection", (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyFrom(request);
    const seen = seenRequest((request.url ?? "").split("?")[0] ?? "", body);
    const nth = requests++;
    const sent = { bytes: 0, abandonedMs: undefined as number | undefined };
    received.push({
      atMs: Date.now(),
      method: request.method ?? "",
      target: request.url ?? "",
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      body,
      request: seen,
      fromPort: request.socket.remotePort,
      sentBytes: () => sent.bytes,
      status: () => (response.headersSent ? response.statusCode : undefined),
      abandonedMs: () => sent.abandonedMs,
    });
    response.on("close", () => {
      if (!response.writableFinished) sent.abandonedMs = Date.now();
    });
    response.on("finish", () => closeWhenIdle(request.socket, options.idleMs));
    await perform(isLetIn(request, options.wire, credential) ? actFor(request, seen, nth) : UNAUTHORISED, seen, nth, response, sent);
  }

  function actFor(request: IncomingMessage, seen: SeenRequest, nth: number): Act {
    if (request.method === "GET" && seen.path === "/v1/models") return MODELS;
    return script(seen, nth);
  }

  async function perform(act: Act, seen: SeenRequest, nth: number, response: ServerResponse, sent: { bytes: number }): Promise<void> {
    const { socket } = response;
    if (act.kind === "silent") return;
    if (act.kind === "reset") socket?.resetAndDestroy();
    else if (act.kind === "raw") socket?.end(act.bytes);
    else if (act.kind === "error") await refuse(act, options.wire, response);
    else await speak(act, seen, nth, response, sent);
  }

  return {
    wire: options.wire,
    baseUrl: options.wire === "openai" ? `${origin}/v1` : origin,
    received,
    follow: (next) => {
      script = asScript(next);
    },
    rotate: (next) => {
      credential = next;
    },
    openConnections: () => sockets.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const UNAUTHORISED: Act = { kind: "error", status: 401 };
/** What else the lab's account could reach. */
const MODELS: Act = {
  kind: "raw",
  bytes: Buffer.from(
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"object":"list","data":[{"id":"unreleased-secret","object":"model"}]}',
  ),
};

function asScript(script: Script | Act): Script {
  return typeof script === "function" ? script : () => script;
}

function isLetIn(request: IncomingMessage, wire: ModelWire, credential: string): boolean {
  const { authorization, "x-api-key": key } = request.headers;
  return authorization === `Bearer ${credential}` || (wire === "anthropic" && key === credential);
}

async function refuse(act: Extract<Act, { kind: "error" }>, wire: ModelWire, response: ServerResponse): Promise<void> {
  if (act.afterMs !== undefined) await delay(act.afterMs);
  const type = act.type ?? ERROR_TYPES[act.status] ?? "api_error";
  const error = { type, message: `scripted ${act.status}` };
  const body =
    wire === "openai" ? { error: { ...error, param: null, code: type } } : { type: "error", error, request_id: "req_of_the_lab" };
  response.writeHead(act.status, {
    ...PRIVATE_HEADERS,
    "content-type": act.html === true ? "text/html" : "application/json",
    ...(act.retryAfter === undefined ? {} : { "retry-after": act.retryAfter }),
    ...act.headers,
  });
  response.end(act.html === true ? "<html><body>Bad gateway</body></html>" : JSON.stringify(body));
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

async function speak(act: Answer, seen: SeenRequest, nth: number, response: ServerResponse, sent: { bytes: number }): Promise<void> {
  const body = bodyOf(seen, act, nth);
  if (body === undefined) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":{"message":"no such path","type":"not_found_error"}}');
    return;
  }
  if (act.firstByteMs !== undefined) await delay(act.firstByteMs);
  const { writes, contentType } = body;
  const isShort = act.cut?.how === "short";
  const length = writes.reduce((sum, { length }) => sum + length, 0) + (isShort ? 100 : 0);
  response.sendDate = act.date === undefined;
  response.writeHead(200, {
    ...PRIVATE_HEADERS,
    "content-type": contentType,
    ...(seen.stream && !isShort ? { "cache-control": "no-cache" } : { "content-length": String(length) }),
    ...(act.coding === undefined ? {} : { "content-encoding": act.coding }),
    ...(act.date === undefined ? {} : { date: act.date }),
    ...act.headers,
  });
  response.flushHeaders();
  const upTo = act.endless === true ? writes.length - 1 : (act.cut?.afterWrites ?? writes.length);
  for (const bytes of writes.slice(0, upTo)) {
    if (act.pauseMs !== undefined) await delay(act.pauseMs);
    await write(response, bytes, sent);
  }
  while (act.endless === true && !response.destroyed) {
    if (act.pauseMs !== undefined) await delay(act.pauseMs);
    await write(response, oneMoreEvent(seen, act, nth), sent);
  }
  if (act.cut === undefined) response.end();
  else await breakOff(act.cut.how, response);
}

async function breakOff(how: "end" | "short" | "reset" | "silence", response: ServerResponse): Promise<void> {
  if (how === "silence") return;
  if (how === "end") {
    response.end();
    return;
  }
  // What was written has to leave the machine first: a reset throws away what waits.
  await delay(20);
  if (how === "reset") response.socket?.resetAndDestroy();
  else response.socket?.destroy();
}

/** Waits for the other side to read when it is behind. */
async function write(response: ServerResponse, bytes: Buffer, sent: { bytes: number }): Promise<void> {
  if (response.destroyed) return;
  const isTaken = response.write(bytes);
  sent.bytes += bytes.length;
  if (isTaken) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.on("drain", go);
    response.on("close", go);
  });
}

function closeWhenIdle(socket: Socket, idleMs: number | undefined): void {
  if (idleMs === undefined) return;
  const bytesThen = socket.bytesRead;
  setTimeout(() => {
    if (socket.bytesRead === bytesThen) socket.destroy();
  }, idleMs).unref();
}

async function bodyFrom(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
