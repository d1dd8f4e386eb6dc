import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import type { LeasedBudgets, Reservation } from "../budget/leased-budget.ts";
import type { RequestRates } from "../budget/request-rate.ts";
import type { GatewayClock } from "../clock.ts";
import type { GatewayConfig } from "../config.ts";
import type { HeldCredentials } from "../credentials/held-credentials.ts";
import { bodyHeadFault, headFault } from "../headers/request-head.ts";
import { fieldsOf } from "../headers/raw-headers.ts";
import { isCredential, upstreamHeaders } from "../headers/upstream-headers.ts";
import type { GatewayLog } from "../log.ts";
import type { FollowedOrders } from "../orders/follow-orders.ts";
import type { Admission } from "../orders/standing-orders.ts";
import type { ExchangeRecord } from "../record/exchange-record.ts";
import type { EndedExchange } from "../record/exchange.ts";
import type { RecordedExchange } from "../record/recorded-exchange.ts";
import { factsOf } from "../settlements/settled-exchange.ts";
import type { Settlements } from "../settlements/settlements.ts";
import type { Prober } from "../probes/prober.ts";
import { familyOf, routeOf, tokenOf, type Route } from "../wires/route.ts";
import type { Ask, Wire } from "../wires/wire.ts";
import { answerRefusal } from "./answer-client.ts";
import { modelAddress, type ModelAddress } from "./model-address.ts";
import type { ModelDoor } from "./model-door.ts";
import { type Ended, passOn } from "./pass-on.ts";
import { CallRefused } from "./refusals.ts";
import { type HeldBodies, readRequestBody } from "./request-body.ts";
import type { RunningExchanges } from "./running.ts";

export type CallParts = {
  readonly config: GatewayConfig;
  readonly clock: GatewayClock;
  readonly orders: FollowedOrders;
  readonly rates: RequestRates;
  readonly budgets: LeasedBudgets;
  readonly credentials: HeldCredentials;
  readonly record: ExchangeRecord;
  readonly settlements: Settlements;
  readonly door: ModelDoor;
  readonly running: RunningExchanges;
  readonly bodies: HeldBodies;
  readonly log: GatewayLog;
  readonly prober: Pick<Prober, "heard" | "lost">;
};

/** The client of one call. It has one listener, whatever waits for it to leave. */
type Client = { isGone: boolean; leave: () => void };

/** Answers one call of an evaluator's tool. Never rejects. */
export async function answerCall(parts: CallParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "";
  let family: ModelWire = target.startsWith("/v1/messages") ? "anthropic" : familyOf(request.headers);
  const client: Client = { isGone: false, leave: () => undefined };
  response.once("close", () => {
    client.isGone = true;
    client.leave();
  });
  try {
    const route = routeOfCall(request, target);
    if (route.kind === "exchange") family = route.wire.family;
    const admission = await admit(parts, request);
    if (route.kind === "models") listModels(route, admission, response);
    else await exchange(parts, route, admission, request, response, client);
  } catch (error) {
    if (!(error instanceof CallRefused)) {
      parts.log({ level: "error", event: "call-failed", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } else if (!client.isGone) {
      parts.log({ level: "info", event: "call-refused", code: error.refusal.code, status: error.refusal.status });
    }
    const refused =
      error instanceof CallRefused
        ? error
        : new CallRefused("gateway-failed", "Expected to answer, found a fault in the gateway; its log says more");
    answerRefusal(response, family, refused.refusal);
    if (!response.writableEnded) response.destroy();
  }
}

function routeOfCall(request: IncomingMessage, target: string): Route {
  if (request.httpVersion !== "1.1") throw new CallRefused("request-invalid", `Expected HTTP/1.1, found HTTP/${request.httpVersion}`);
  const route = routeOf(request.method ?? "", target, request.headers);
  if (route === undefined) {
    throw new CallRefused(
      "path-unknown",
      `Expected a path of the OpenAI or Anthropic wire that this gateway passes on, found ${JSON.stringify(`${request.method} ${target.slice(0, 100)}`)}`,
    );
  }
  const fault = route.kind === "exchange" ? bodyHeadFault(request.rawHeaders) : headFault(request.rawHeaders);
  if (fault !== undefined) throw new CallRefused("request-invalid", fault.message, { status: fault.status });
  return route;
}

async function admit({ orders }: CallParts, request: IncomingMessage): Promise<Admission> {
  const token = tokenOf(request.headers);
  if (token === undefined) {
    throw new CallRefused(
      "token-missing",
      "Expected one token, as a bearer token or in x-api-key; your organisation's tokens stand at the model's page",
    );
  }
  const found = await orders.find(createHash("sha256").update(token, "latin1").digest("hex"));
  switch (found.kind) {
    case "admitted":
      return found.admission;
    case "stale":
      throw new CallRefused(
        "lease-ended",
        "Expected word from the server within the last second, found none; nothing goes through until it answers",
        {
          retryAfterSeconds: 1,
        },
      );
    case "expired":
      throw new CallRefused(
        "token-expired",
        "Expected a token that is in force, found one that has expired; your organisation can make another",
      );
    case "ended":
      throw new CallRefused(
        "access-ended",
        "Expected a token that is in force, found that its access has ended; the model's page says why",
      );
    case "unknown":
      throw new CallRefused(
        "token-unknown",
        "Expected a token that is in force, found an unknown one; access may have ended or not have begun",
      );
  }
}

function listModels(route: Extract<Route, { kind: "models" }>, { window }: Admission, response: ServerResponse): void {
  if (window.wire !== route.list.family) throw wireUnknown(window.wire);
  const models = window.models.map(({ name }) => ({ id: name, name, owner: "enrolled", since: "1970-01-01T00:00:00Z" }));
  const one = models.find(({ id }) => id === route.model);
  if (route.model !== undefined && one === undefined) throw modelUnknown(route.model, window.models);
  const body = Buffer.from(JSON.stringify(one === undefined ? route.list.all(models) : route.list.one(one)));
  response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) }).end(body);
}

/** What is decided of a call before anything is spent. */
type Planned = {
  readonly wire: Wire;
  readonly ask: Ask;
  readonly admission: Admission;
  readonly address: ModelAddress;
  readonly body: Buffer;
  readonly rewritten: readonly string[];
  readonly addsUsageEvent: boolean;
  readonly headers: Record<string, string>;
  readonly session: string;
};

async function exchange(
  parts: CallParts,
  route: Extract<Route, { kind: "exchange" }>,
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
  client: Client,
): Promise<void> {
  const { config, running } = parts;
  if (running.count() >= config.limits.exchangesAtOnce) {
    throw new CallRefused("gateway-busy", `Expected at most ${config.limits.exchangesAtOnce} exchanges at once, found as many`, {
      retryAfterSeconds: 1,
    });
  }
  const { bytes, release } = await readRequestBody(request, config.limits, parts.bodies);
  try {
    await makeExchange(parts, plan(parts, route, admission, request, bytes), response, client);
  } finally {
    release();
  }
}

async function makeExchange(parts: CallParts, planned: Planned, response: ServerResponse, client: Client): Promise<void> {
  const { rates, clock } = parts;
  const { admission } = planned;
  const rate = rates.admit(admission.grant.id, admission.grant.requestsPerMinute);
  if (rate.kind === "refused") {
    throw new CallRefused(
      "rate-limited",
      `Expected at most ${admission.grant.requestsPerMinute} requests a minute of this grant, found more`,
      {
        retryAfterSeconds: rate.retryMs / 1000,
      },
    );
  }
  const reservation = await reserve(parts, admission, planned);
  // Gone before anything was committed to the record: nothing was spent.
  if (client.isGone) return reservation.settle({ requests: 0, tokens: 0 });
  const startedMs = clock.monotonicMs();
  const recorded = await begin(parts, planned, reservation);
  await pass(parts, planned, recorded, response, client, ({ exchange: ended, facts }) => {
    parts.settlements.add(ended);
    reservation.settle(ended.charged);
    if (ended.outcome === "upstream-failed") parts.prober.lost(admission.window);
    else if (facts !== undefined) parts.prober.heard(admission.window, planned.ask.model, facts);
    logExchange(parts, planned, ended, clock.monotonicMs() - startedMs);
  });
}

function plan(
  { config, credentials, clock }: CallParts,
  { wire, query }: Extract<Route, { kind: "exchange" }>,
  admission: Admission,
  request: IncomingMessage,
  bytes: Buffer,
): Planned {
  const { window, grant, token } = admission;
  if (window.wire !== wire.family) throw wireUnknown(window.wire);
  const ask = readAsk(wire, bytes);
  const model = window.models.find(({ name }) => name === ask.model);
  if (model === undefined) throw modelUnknown(ask.model, window.models);
  const granted = new Set(grant.outside);
  const outside = ask.outside.find(({ action, feature }) => action === "refuse" && (feature === "elsewhere" || !granted.has(feature)));
  if (outside !== undefined) {
    const { kind, feature, place, wireCode } = outside;
    const remedy = feature === "elsewhere" ? "no grant allows it" : `this grant does not allow ${feature}; the lab can`;
    throw new CallRefused(
      "outside-refused",
      `Expected nothing that leaves the sandbox, found ${kind} at ${place}: ${remedy}`,
      wireCode === undefined ? {} : { wireCode },
    );
  }
  const session = request.headers["x-sluice-session"] ?? `${token.id}:${new Date(clock.wallMs()).toISOString().slice(0, 10)}`;
  if (typeof session !== "string" || !/^[\w.:@=+-]{1,200}$/.test(session)) {
    throw new CallRefused(
      "request-invalid",
      "Expected up to 200 letters, digits or any of . : @ = + _ - in x-sluice-session, found something else",
    );
  }
  const address = modelAddress(model.baseUrl, wire.upstreamPath + query, config.listedHosts);
  const upstream = ask.upstreamBody({ model: model.upstreamName, granted, askUsage: true });
  const credential = credentials.of(window);
  if (credential === undefined || !isCredential(credential)) {
    throw new CallRefused(
      "credential-unavailable",
      "Expected the lab's credential at this gateway, found none that it can use; the lab can give it again",
    );
  }
  return {
    wire,
    ask,
    admission,
    address,
    session,
    body: upstream.bytes,
    rewritten: upstream.rewritten,
    addsUsageEvent: upstream.addsUsageEvent,
    headers: upstreamHeaders(wire.family, request.rawHeaders, credential, upstream.bytes.length),
  };
}

function readAsk(wire: Wire, bytes: Buffer): Ask {
  try {
    return wire.readAsk(bytes);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const place = error.place === undefined || error.place === "" ? "" : `${error.place}: `;
    const isTooLarge = error.code === "document-too-large";
    throw new CallRefused(isTooLarge ? "request-too-large" : "request-invalid", place + error.message);
  }
}

async function reserve({ budgets }: CallParts, { grant }: Admission, { ask }: Planned): Promise<Reservation> {
  const tokens = ask.tokensAtMost.input + ask.tokensAtMost.output;
  const reserved = await budgets.reserve(grant.id, tokens).catch((error: unknown) => {
    if (!isCodedError(error) && !(error instanceof DOMException)) throw error;
    throw new CallRefused("server-unreachable", "Expected the server to reserve budget, found that it does not answer", {
      retryAfterSeconds: 1,
    });
  });
  if (reserved.kind === "reserved") return reserved.reservation;
  if (reserved.kind === "ended") throw new CallRefused("access-ended", "Expected a grant that is in force, found that it has ended");
  const { requestsLeft, tokensLeft } = reserved;
  throw new CallRefused(
    "budget-exhausted",
    `Expected 1 request and up to ${tokens} tokens left in the grant's budget, found ${requestsLeft} requests and ${tokensLeft} tokens; a smaller limit of output tokens reserves less, and the lab can give more`,
  );
}

async function begin({ record, log }: CallParts, planned: Planned, reservation: Reservation): Promise<RecordedExchange> {
  const { admission, ask, wire, address, headers, body, session, rewritten } = planned;
  const { token, grant } = admission;
  try {
    return await record.begin({
      grantId: grant.id,
      exchangeId: randomUUID(),
      session,
      leaseId: reservation.leaseId,
      reserved: {
        requests: 1,
        tokens: reservation.tokens,
      },
      facts: factsOf({
        token: token.id,
        purpose: token.purpose,
        wire: wire.id,
        model: ask.model,
        path: wire.path,
        afterDifferent: grant.afterDifferent,
        rewritten,
      }),
      method: "POST",
      path: address.path,
      headers: [...fieldsOf(Object.entries(headers).flat())],
      body,
    });
  } catch (error) {
    reservation.settle({ requests: 0, tokens: 0 });
    if (!isCodedError(error)) throw error;
    log({ level: "error", event: "not-recorded", grant: grant.id, reason: error.message });
    if (error.code === "document-too-large")
      throw new CallRefused("request-too-large", "Expected a request that can be recorded, found a larger one");
    throw new CallRefused("not-recorded", "Expected to record the exchange, found that the gateway cannot; whoever runs it can make room", {
      retryAfterSeconds: 30,
    });
  }
}

async function pass(
  parts: CallParts,
  planned: Planned,
  recorded: RecordedExchange,
  response: ServerResponse,
  client: Client,
  recordedEnd: (ended: Ended) => void,
): Promise<void> {
  const { config, door, orders, running } = parts;
  const { admission, wire, ask, address, headers, body, addsUsageEvent } = planned;
  // What ended while the request became durable never goes out.
  const isOver = client.isGone ? "client-gone" : orders.isInForce(admission) ? undefined : "revoked";
  if (isOver !== undefined) {
    recordedEnd({ exchange: await endUnsent(recorded, isOver), facts: undefined });
    throw new CallRefused("access-ended", "Expected access that is in force, found that it has just ended");
  }
  const passed = passOn({
    door,
    asked: { address, headers, body },
    wire,
    recorded,
    response,
    tokensAtMost: ask.tokensAtMost,
    addsUsageEvent,
    passLabHeaders: admission.window.passLabHeaders,
    clientAccepts: response.req.headers["accept-encoding"]?.toString(),
    limits: config.limits,
    recordedEnd,
  });
  client.leave = () => passed.end("client-gone", "client-gone");
  if (client.isGone) client.leave();
  const done = running.add({ admission, end: passed.end });
  await passed.ended.finally(done);
}

async function endUnsent(recorded: RecordedExchange, outcome: "client-gone" | "revoked"): Promise<EndedExchange> {
  try {
    return await recorded.close({ outcome, reason: "before-it-was-sent", usage: {}, charged: { requests: 1, tokens: 0 } });
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return recorded.cut("not-recorded");
  }
}

function logExchange({ log }: CallParts, { admission, ask, wire }: Planned, ended: EndedExchange, tookMs: number): void {
  const { exchangeId, outcome, reason, status, usage, charged, answerBytes } = ended;
  log({
    level: ended.isRecorded ? "info" : "error",
    event: "exchange",
    exchange: exchangeId,
    grant: admission.grant.id,
    token: admission.token.id,
    wire: wire.id,
    model: ask.model,
    status,
    outcome,
    reason,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    chargedTokens: charged.tokens,
    answerBytes,
    tookMs: Math.round(tookMs),
  });
}

function wireUnknown(wire: ModelWire): CallRefused {
  return new CallRefused("wire-unknown", `Expected a call over the wire that this token's model speaks, ${wire}, found another`);
}

function modelUnknown(asked: string, models: readonly { readonly name: string }[]): CallRefused {
  const names = models.map(({ name }) => name).join(", ");
  return new CallRefused("model-unknown", `Expected one of this token's models (${names}), found ${JSON.stringify(asked.slice(0, 100))}`);
}
