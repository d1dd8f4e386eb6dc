import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Logger } from "pino";
import { ACCESS_RULES, type AnyEndpoint, type ErrorDialect } from "../contract/endpoint.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { invariant } from "../vocabulary/invariant.ts";
import type { Config } from "./config.ts";
import type { Authenticate } from "./http/caller.ts";
import { bindRoute } from "./http/bind-route.ts";
import { type AuthenticateGateway, noGatewayIsKnown } from "./http/gateway-caller.ts";
import { createBodyBudget } from "./http/body-budget.ts";
import type { ConsoleAnswer, ConsoleFiles } from "./http/console-files.ts";
import { createHostGuard } from "./http/host-guard.ts";
import type { OpenRequests } from "./http/open-requests.ts";
import { isServerFault, refusalFrom, renderRefusal } from "./http/refusals.ts";
import { clientAddress, createRequestBudget } from "./http/request-budget.ts";
import type { Route } from "./http/route.ts";
import { clearCookie, sessionCookieName } from "./http/session-cookie.ts";
import { SECURITY_HEADERS } from "./http/security-headers.ts";
import { cameThroughDoor } from "./local-door/door-mark.ts";
import type { Traffic } from "./system/traffic.ts";

export type App = FastifyInstance;

export type AppParts = {
  readonly config: Pick<Config, "host" | "publicUrl" | "requestsPerMinute">;
  /** What must be answered: `allEndpoints`, or one subject's in a test of it. */
  readonly endpoints: readonly AnyEndpoint[];
  readonly routes: readonly Route[];
  readonly log: Logger;
  readonly traffic: Traffic;
  readonly openRequests: OpenRequests;
  readonly authenticate: Authenticate;
  /** Undefined = no gateway has a credential here. */
  readonly authenticateGateway?: AuthenticateGateway;
  /** Undefined = there is no console here, as in a process that does not listen. */
  readonly consoleFiles: ConsoleFiles | undefined;
};

const forgottenSession = [true, false].map((secure) => clearCookie(sessionCookieName(secure), secure));
const BODIES_AT_ONCE_BYTES = 256 * 1024 * 1024;
const BODY_WAIT_MS = 10_000;

/**
 * The whole HTTP side, not yet listening: every endpoint bound to its route.
 * Broken invariant when an endpoint has no route or no access rule, or a route is not among the endpoints.
 */
export async function createApp(parts: AppParts): Promise<App> {
  checkRoutes(parts.endpoints, parts.routes);
  const app = fastify({
    loggerInstance: parts.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => refuse(error, request, reply),
  }) as unknown as App;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(refuse);
  app.setNotFoundHandler(asUnknown);

  const guardHost = createHostGuard(parts.config);
  const secondsToWait = createRequestBudget(parts.config.requestsPerMinute);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (cameThroughDoor(request.raw)) return undefined;
    guardHost(request.headers.host);
    const wait = secondsToWait(clientOf(request), performance.now());
    if (wait > 0) {
      reply.header("retry-after", String(wait));
      const message = `expected at most ${parts.config.requestsPerMinute} requests a minute from one address; ask again in ${wait} s`;
      throw new CodedError("rate-limited", message);
    }
    // Refused before a body is taken, as an endpoint behind the door is.
    return request.is404 ? asUnknown(request, reply) : undefined;
  });
  app.addHook("onResponse", async (request, reply) => {
    const endpoint = request.routeOptions.config.endpoint?.id ?? "none";
    parts.traffic.observe(endpoint, reply.statusCode, reply.elapsedTime / 1000);
    parts.log.info({ request: request.id, endpoint, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }, "answered");
  });
  const budget = createBodyBudget(BODIES_AT_ONCE_BYTES, BODY_WAIT_MS);
  const bindParts = {
    open: parts.openRequests,
    budget,
    asUnknown,
    authenticate: parts.authenticate,
    authenticateGateway: parts.authenticateGateway ?? noGatewayIsKnown,
  };
  const { stream = [], whole = [] } = Object.groupBy(parts.routes, ({ endpoint }) => (endpoint.bodyKind === "stream" ? "stream" : "whole"));
  for (const bound of whole) bindRoute(app, bound, bindParts);
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const bound of stream) bindRoute(streams as unknown as App, bound, bindParts);
  });
  await app.ready();
  return app;

  function clientOf({ raw }: FastifyRequest): string {
    const forwardedFor = raw.headers["x-forwarded-for"];
    return clientAddress(raw.socket.remoteAddress, forwardedFor?.toString(), parts.config.publicUrl !== undefined);
  }

  async function asUnknown(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const file = consoleAnswer(parts.consoleFiles, request);
    if (file !== undefined) return reply.code(file.status).headers(file.headers).send(file.body);
    return refuse(
      new CodedError("not-found", `nothing at ${request.method} ${pathOf(request)}; /docs lists what there is`),
      request,
      reply,
    );
  }

  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const refusal = refusalFrom(error, request.id);
    if (isServerFault(refusal)) parts.log.error({ request: request.id, err: refusal.cause ?? refusal }, "a request failed");
    const rendered = renderRefusal(refusal, dialectOf(request));
    // A browser would show the session that is over with every request to come, also to those that anyone may make.
    if (refusal.code === "credential-refused" && request.caller === undefined && request.headers.authorization === undefined) {
      reply.header("set-cookie", forgottenSession);
    }
    return reply.code(rendered.status).headers({ "content-type": rendered.contentType, "cache-control": "no-store" }).send(rendered.body);
  }
}

function consoleAnswer(files: ConsoleFiles | undefined, request: FastifyRequest): ConsoleAnswer | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const { accept, "accept-encoding": acceptEncoding, "if-none-match": ifNoneMatch } = request.headers;
  return files?.answer({ url: request.url, accept, acceptEncoding: String(acceptEncoding ?? ""), ifNoneMatch });
}

function checkRoutes(endpoints: readonly AnyEndpoint[], routes: readonly Route[]): void {
  const ids = new Set(endpoints.map((endpoint) => endpoint.id));
  invariant(ids.size === endpoints.length, "two endpoints share an id");
  const routed = new Map<string, AnyEndpoint>();
  for (const { endpoint } of routes) {
    invariant(ids.has(endpoint.id), `the route ${endpoint.id} is not in the contract`);
    invariant(!routed.has(endpoint.id), `the endpoint ${endpoint.id} has two routes`);
    routed.set(endpoint.id, endpoint);
  }
  for (const endpoint of endpoints) {
    invariant(routed.get(endpoint.id) === endpoint, `the endpoint ${endpoint.id} has no route`);
    const access: string | undefined = endpoint.access;
    invariant(
      ACCESS_RULES.some((rule) => rule === access),
      `the endpoint ${endpoint.id} has no access rule`,
    );
  }
}

/** An address that is no endpoint is refused in the dialect of those who ask there. */
function dialectOf(request: FastifyRequest): ErrorDialect {
  const endpoint = request.routeOptions?.config?.endpoint;
  if (endpoint !== undefined && (endpoint.access !== "local-door" || cameThroughDoor(request.raw))) return endpoint.errors;
  if (/^\/v1(?:experimental)?\//.test(request.url)) return "osv";
  return request.url.startsWith("/-/npm/") ? "npm" : "problem";
}

function pathOf(request: FastifyRequest): string {
  return request.url.replace(/\?.*$/s, "").slice(0, 200);
}
