import type { Client } from "../contract/client.ts";
import { createLeasedBudgets } from "./budget/leased-budget.ts";
import { createRequestRates } from "./budget/request-rate.ts";
import { systemClock, type GatewayClock } from "./clock.ts";
import type { GatewayConfig } from "./config.ts";
import { holdCredentials, type OpenCredential } from "./credentials/held-credentials.ts";
import { answerCall } from "./exchange/answer-call.ts";
import { answerRefusal } from "./exchange/answer-client.ts";
import { listen } from "./exchange/listen.ts";
import { openModelDoor } from "./exchange/model-door.ts";
import { CallRefused } from "./exchange/refusals.ts";
import { createRunningExchanges } from "./exchange/running.ts";
import type { GatewayLog } from "./log.ts";
import { followOrders } from "./orders/follow-orders.ts";
import type { StandingOrders } from "./orders/standing-orders.ts";
import { openExchangeRecord } from "./record/exchange-record.ts";
import { createProber } from "./probes/prober.ts";
import { createRemains } from "./remains/remains.ts";
import { createSettlements } from "./settlements/settlements.ts";
import { familyOf } from "./wires/route.ts";

export type GatewayParts = {
  /** Of the server, through its local door or with a credential of the gateway's own. */
  readonly client: Client;
  readonly openCredential: OpenCredential;
  /** 32 bytes, or undefined where the grant has no record key on this host. */
  readonly recordKey: (grantId: string) => Uint8Array | undefined;
  readonly log: GatewayLog;
  readonly clock?: GatewayClock;
};

export type RunningGateway = {
  /** Where tools point at, without a path. */
  readonly url: string;
  /** Resolves when the server has told what is open, and has taken what the gateway before this one left. */
  readonly ready: Promise<void>;
  /** Lets answers under way finish, gives back what is left of leases, and settles what it can. */
  readonly stop: () => Promise<void>;
};

/** How often it is looked what is idle, gone or due. */
const TICK_MS = 1000;
/** How long a stop waits for a server to take what is left: a start tells it again. */
const SETTLE_MS = 3000;
/** How long those whose answers a stop has cut have to hear so. */
const LAST_WORDS_MS = 1000;

const STOPPING = new CallRefused("gateway-stopping", "Expected a gateway that stays, found one that stops", { retryAfterSeconds: 5 });

/**
 * Starts a gateway: recovers what the one before it left, then listens. Nothing goes through until the server has answered.
 * @throws CodedError `directory-in-use`, `disk-full`, `input-invalid` for an address that is taken
 */
export async function startGateway(config: GatewayConfig, parts: GatewayParts): Promise<RunningGateway> {
  const { client, log, clock = systemClock } = parts;
  const gateway = config.name;
  const record = await openExchangeRecord({
    directory: config.recordDirectory,
    gatewayId: gateway,
    recordKey: parts.recordKey,
    clock: clock.wallMs,
  });
  const settlements = createSettlements({ client, gateway, record, recovered: record.recovered, log });
  for (const { kind, ...problem } of record.problems) log({ level: "error", event: "record-damaged", damage: kind, ...problem });
  const running = createRunningExchanges();
  const remains = createRemains({ client, gateway, clock, record, isRunning: running.isRunning, settled: settlements.recovered, log });
  const credentials = holdCredentials(parts.openCredential, log);
  const rates = createRequestRates(clock.monotonicMs);
  const budgets = createLeasedBudgets({
    client,
    gateway,
    monotonicMs: clock.monotonicMs,
    recovered: settlements.recovered,
    ended: settlements.endLease,
    flush: settlements.flush,
  });
  const door = openModelDoor(config);
  let grantsBefore: ReadonlySet<string> = new Set();
  const gone = new Set<string>();
  const orders = followOrders({
    client,
    gateway,
    clock,
    log,
    sweep: () => running.sweep((admission) => orders.isInForce(admission)),
    changed: (now) => {
      forget(now);
      prober.tick();
    },
  });
  const prober = createProber({
    client,
    gateway,
    directory: config.recordDirectory,
    listedHosts: config.listedHosts,
    clock,
    orders,
    credentials,
    door,
    log,
  });
  const callParts = {
    config,
    clock,
    orders,
    rates,
    budgets,
    credentials,
    record,
    settlements,
    door,
    running,
    bodies: { bytes: 0 },
    log,
    prober,
  };
  const calls = new Set<Promise<void>>();
  let isStopping = false;
  const listener = await listen(config, (request, response) => {
    if (isStopping) return answerRefusal(response, familyOf(request.headers), STOPPING.refusal);
    const call = answerCall(callParts, request, response).finally(() => calls.delete(call));
    calls.add(call);
  }).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const tickTimer = setInterval(() => {
    budgets.retireIdle();
    releaseGone();
    remains.tick();
    prober.tick();
  }, TICK_MS).unref();
  log({ level: "info", event: "listening", url: listener.url, recovered: record.recovered.length });
  const ready = Promise.all([orders.ready, settlements.recovered]).then(() => undefined);
  let stopped: Promise<void> | undefined;
  return { url: listener.url, ready, stop: () => (stopped ??= stop()) };

  function forget({ windows, grants }: StandingOrders): void {
    credentials.keepOnly(windows);
    const now = new Set(grants.map(({ id }) => id));
    for (const grantId of grantsBefore) {
      if (now.has(grantId)) continue;
      budgets.retire(grantId);
      rates.forget(grantId);
      gone.add(grantId);
    }
    for (const grantId of now) gone.delete(grantId);
    grantsBefore = now;
  }

  /** Keys of a grant that has ended leave the memory, when what ran on it stands in the record. */
  function releaseGone(): void {
    for (const grantId of gone) {
      if (running.isRunning(grantId)) continue;
      gone.delete(grantId);
      record.releaseGrant(grantId).catch((error: unknown) => {
        log({
          level: "error",
          event: "grant-not-released",
          grant: grantId,
          reason: error instanceof Error ? error.message : String(error),
        });
      });
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearInterval(tickTimer);
    const { stopMs } = config.limits;
    const closed = listener.close(stopMs + LAST_WORDS_MS);
    const cut = setTimeout(() => running.cutAll("gateway-stopped"), stopMs);
    await closed;
    await Promise.all(calls);
    clearTimeout(cut);
    await end();
  }

  async function end(): Promise<void> {
    await prober.stop();
    await orders.stop();
    budgets.retireAll();
    await settlements.stop(Math.min(config.limits.stopMs, SETTLE_MS));
    await remains.stop();
    await door.close();
    credentials.keepOnly([]);
    await record.close();
  }
}
