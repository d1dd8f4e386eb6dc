import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type AnyEndpoint, isMemberRule } from "../../contract/endpoint.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { App } from "../app.ts";
import { cameThroughDoor } from "../local-door/door-mark.ts";
import type { BodyBudget } from "./body-budget.ts";
import type { Authenticate, Caller, RequestHead } from "./caller.ts";
import { checkedInput } from "./checked-input.ts";
import type { AuthenticateGateway, GatewayCaller } from "./gateway-caller.ts";
import type { OpenRequests } from "./open-requests.ts";
import { type BodyHeaders, readBody } from "./request-body.ts";
import { RawReply, type Route } from "./route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly endpoint?: AnyEndpoint;
  }
  interface FastifyRequest {
    /** Set before a body is taken. */
    caller?: Caller | undefined;
    gateway?: GatewayCaller | undefined;
  }
}

export type UnknownPathAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export type BindParts = {
  readonly open: OpenRequests;
  readonly budget: BodyBudget;
  /** Writes what a path that does not exist would. */
  readonly asUnknown: UnknownPathAnswer;
  readonly authenticate: Authenticate;
  readonly authenticateGateway: AuthenticateGateway;
};

/** Makes one endpoint of the contract answer. */
export function bindRoute(
  app: App,
  { endpoint, handle }: Route,
  { open, budget, asUnknown, authenticate, authenticateGateway }: BindParts,
): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1").replace(restOfPath, "*"),
    bodyLimit: Math.max(1, endpoint.bodyLimitBytes),
    config: { endpoint },
    onRequest: async (request, reply) => {
      const throughDoor = cameThroughDoor(request.raw);
      if (endpoint.access === "local-door" && !throughDoor) return asUnknown(request, reply);
      if (endpoint.access === "gateway") request.gateway = throughDoor ? { kind: "beside" } : await authenticateGateway(headOf(request));
      else request.caller = await callerOf(endpoint, request, authenticate);
      // Threat: a proxy or a browser that shows one actor what another was answered.
      if (request.caller !== undefined || request.gateway !== undefined) reply.header("cache-control", "no-store");
      // What is taken as it comes fills no memory.
      if (endpoint.bodyKind === "none" || endpoint.bodyKind === "stream" || throughDoor) return undefined;
      const giveBack = await budget.take(mayFill(endpoint, request));
      if (reply.raw.closed) giveBack();
      else reply.raw.once("close", giveBack);
      return undefined;
    },
    handler: async (request, reply) => {
      const viaLocalDoor = cameThroughDoor(request.raw);
      // Through the door a person waits for as long as a backup takes.
      const { signal, done } = open.begin(reply.raw, !viaLocalDoor);
      let isStreaming = false;
      try {
        const input = {
          params: checkedInput(endpoint.params, namedParams(endpoint, request.params), "params"),
          query: checkedInput(endpoint.query, request.query, "query"),
          body: checkedInput(endpoint.body, await readBody(endpoint, request.body, bodyHeaders(request)), "body"),
          header: (name: string) => headerText(request.headers[name]),
          viaLocalDoor,
          // Checked above: where the rule is for members there is one.
          caller: request.caller as Caller,
          gateway: request.gateway as GatewayCaller,
          signal,
        };
        const answer = await unlessAborted(handle(input), signal);
        isStreaming = answer instanceof RawReply && isPieces(answer.body);
        if (isStreaming) reply.raw.once("close", done);
        return send(reply, endpoint, answer, signal);
      } finally {
        if (!isStreaming) done();
      }
    },
  });
}

/** `{+name}` at the end of a path takes everything behind it, slashes too (RFC 6570, section 3.2.3). */
const restOfPath = /\{\+(\w+)\}$/;

function namedParams({ path }: AnyEndpoint, params: unknown): unknown {
  const [, name] = restOfPath.exec(path) ?? [];
  return name === undefined ? params : { ...(params as object), [name]: (params as { readonly "*"?: string })["*"] };
}

/** Who asks, once the endpoint's rule lets them. Decided from the caller alone, before any row of what it asks for is looked at. */
async function callerOf(endpoint: AnyEndpoint, request: FastifyRequest, authenticate: Authenticate): Promise<Caller | undefined> {
  const caller = await authenticate(headOf(request));
  if (!isMemberRule(endpoint.access)) return caller;
  if (caller === undefined) {
    throw new CodedError(
      "sign-in-needed",
      "Expected a session or an access token of a member. /sign-in gives a session; a member makes tokens",
    );
  }
  if (endpoint.access !== "signed-in" && !caller.verbs.includes(endpoint.access)) {
    throw new CodedError(
      "not-allowed",
      `Expected the right ${endpoint.access}, which ${caller.isToken ? "this token's scopes do" : `the role ${caller.role} does`} not have. An administrator of the organisation can change that`,
    );
  }
  return caller;
}

function headOf(request: FastifyRequest): RequestHead {
  return { method: request.method, header: (name) => headerText(request.headers[name]) };
}

/** What `work` gives, or the signal's reason at once: a handler that does not look at its signal must not keep the client waiting. */
async function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  if (!(work instanceof Promise)) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function send(reply: FastifyReply, endpoint: AnyEndpoint, answer: unknown, signal: AbortSignal): FastifyReply {
  if (answer instanceof RawReply) return reply.code(answer.status).headers(answer.headers).send(sendable(answer.body, signal));
  switch (endpoint.answerType) {
    case "application/json":
      return reply.type("application/json; charset=utf-8").send(JSON.stringify(answer));
    case "application/octet-stream":
      return reply.type("application/octet-stream").send(Buffer.from(answer as Uint8Array));
    case "application/x-ndjson":
    case "text/plain":
    case "text/html":
      return reply.type(`${endpoint.answerType}; charset=utf-8`).send(String(answer));
  }
}

/** A body that comes piece by piece is cut off, never ended, when one of them fails or the time is over. */
function sendable(body: RawReply["body"], signal: AbortSignal): string | Buffer | Readable {
  if (typeof body === "string") return body;
  return isPieces(body) ? Readable.from(body, { objectMode: false, signal }) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function isPieces(body: RawReply["body"]): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && Symbol.asyncIterator in body;
}

/** The most memory that the request's body can take, as far as its head tells. */
function mayFill(endpoint: AnyEndpoint, request: FastifyRequest): number {
  const { "content-length": length, "content-encoding": encoding } = request.headers;
  const stated = length === undefined || encoding !== undefined ? Number.POSITIVE_INFINITY : Number(length);
  return Math.min(stated, endpoint.bodyLimitBytes);
}

function bodyHeaders({ headers }: FastifyRequest): BodyHeaders {
  return { contentType: headers["content-type"], contentEncoding: headers["content-encoding"], contentLength: headers["content-length"] };
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}
