import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { LeasedBudgets, Reservation } from "../budget/leased-budget.ts";
import type { RequestRates } from "../budget/request-rate.ts";
import type { GatewayClock } from "../clock.ts";
import type { GatewayConfig } from "../config.ts";
import { fieldsOf } from "../headers/raw-headers.ts";
import type { GatewayLog } from "../log.ts";
import type { FollowedOrders } from "../orders/follow-orders.ts";
import type { Admission } from "../orders/standing-orders.ts";
import type { Prober } from "../probes/prober.ts";
import type { ExchangeRecord } from "../record/exchange-record.ts";
import type { EndedExchange } from "../record/exchange.ts";
import type { RecordedExchange } from "../record/recorded-exchange.ts";
import { factsOf } from "../settlements/settled-exchange.ts";
import type { Settlements } from "../settlements/settlements.ts";
import type { ModelDoor } from "./model-door.ts";
import { type Ended, passOn } from "./pass-on.ts";
import type { PlannedCall } from "./plan-call.ts";
import { CallRefused } from "./refusals.ts";
import type { RunningExchanges } from "./running.ts";

export type ExchangeParts = {
  readonly config: GatewayConfig;
  readonly clock: GatewayClock;
  readonly orders: FollowedOrders;
  readonly rates: RequestRates;
  readonly budgets: LeasedBudgets;
  readonly record: ExchangeRecord;
  readonly settlements: Settlements;
  readonly door: ModelDoor;
  readonly running: RunningExchanges;
  readonly prober: Pick<Prober, "heard" | "lost">;
  readonly log: GatewayLog;
};

/** The client of one call. It has one listener, whatever waits for it to leave. */
export type CallClient = { isGone: boolean; leave: () => void };

/** Reserves, records, asks, passes on and settles. @throws CallRefused when nothing was passed on */
export async function makeExchange(
  parts: ExchangeParts,
  planned: PlannedCall,
  response: ServerResponse,
  client: CallClient,
): Promise<void> {
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

async function reserve({ budgets }: ExchangeParts, { grant }: Admission, { ask }: PlannedCall): Promise<Reservation> {
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

async function begin({ record, log }: ExchangeParts, planned: PlannedCall, reservation: Reservation): Promise<RecordedExchange> {
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
  parts: ExchangeParts,
  planned: PlannedCall,
  recorded: RecordedExchange,
  response: ServerResponse,
  client: CallClient,
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

function logExchange({ log }: ExchangeParts, { admission, ask, wire }: PlannedCall, ended: EndedExchange, tookMs: number): void {
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
