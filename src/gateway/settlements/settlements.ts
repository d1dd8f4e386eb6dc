import type { Client } from "../../contract/client.ts";
import { settleExchanges } from "../../contract/endpoints/gateway.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { LeaseName } from "../budget/leased-budget.ts";
import type { GatewayLog } from "../log.ts";
import type { ExchangeRecord, GrantHead } from "../record/exchange-record.ts";
import type { EndedExchange } from "../record/exchange.ts";
import { settledExchange } from "./settled-exchange.ts";

/** Tells the server what became of exchanges and blocks, in batches, beside the answers, until it has taken them. A crash loses none: they stand in the record. */
export type Settlements = {
  /** Resolves when the server has taken what was recovered. */
  readonly recovered: Promise<void>;
  readonly add: (ended: EndedExchange) => void;
  /** After all exchanges that spent of it. */
  readonly endLease: (lease: LeaseName) => void;
  /** Resolves when all that was told before is taken, or cannot be. */
  readonly flush: () => Promise<void>;
  /** Tells what there is and then no more. Gives up after so long: what is left stands in the record for the next start. */
  readonly stop: (withinMs: number) => Promise<void>;
};

export type SettlementOptions = {
  readonly client: Client;
  readonly gateway: string;
  readonly record: Pick<ExchangeRecord, "settled" | "newHeads">;
  /** What the gateway before this one left: told first, and with its end all leases of that gateway end. */
  readonly recovered: readonly EndedExchange[];
  readonly log: GatewayLog;
};

const BATCH = 500;
/** Between two batches: what ends meanwhile goes together, and the server is asked seldom. Nobody waits for it. */
const PAUSE_MS = 250;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
const ANSWER_MS = 10_000;
/** How often heads of segments become statements in the ledger. */
const HEADS_EVERY_MS = 60_000;

type Entry =
  | { readonly kind: "exchange"; readonly ended: EndedExchange }
  | { readonly kind: "lease"; readonly lease: LeaseName }
  | { readonly kind: "all-leases" };

export function createSettlements({ client, gateway, record, recovered, log }: SettlementOptions): Settlements {
  const waiting: Entry[] = [];
  const flushes: { readonly until: number; readonly resolve: () => void }[] = [];
  const stopping = new AbortController();
  let heads: readonly GrantHead[] = [];
  let headsMs = performance.now();
  let added = 0;
  let taken = 0;
  let running: Promise<void> | undefined;
  let failing = false;
  let wake: (() => void) | undefined;
  const headsTimer = setInterval(() => start(), HEADS_EVERY_MS).unref();
  for (const ended of recovered) push({ kind: "exchange", ended });
  push({ kind: "all-leases" });

  return {
    recovered: flush(),
    add: (ended) => push({ kind: "exchange", ended }),
    endLease: (lease) => push({ kind: "lease", lease }),
    flush,
    stop,
  };

  function push(entry: Entry): void {
    waiting.push(entry);
    added += 1;
    start();
  }

  function flush(): Promise<void> {
    if (taken >= added) return Promise.resolve();
    wake?.();
    return new Promise((resolve) => flushes.push({ until: added, resolve }));
  }

  async function stop(withinMs: number): Promise<void> {
    clearInterval(headsTimer);
    headsMs = Number.NEGATIVE_INFINITY;
    start();
    const given = setTimeout(() => stopping.abort(), withinMs);
    await flush();
    await running;
    clearTimeout(given);
    stopping.abort();
  }

  function start(): void {
    if (stopping.signal.aborted) return;
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      if (waiting.length < BATCH) await pause(PAUSE_MS);
      noteHeads();
      if (waiting.length === 0 && heads.length === 0) return;
      const batch = waiting.slice(0, BATCH);
      const result = await send(batch, heads);
      if (result === "taken") {
        retryMs = FIRST_RETRY_MS;
        heads = [];
        await done(batch);
      } else if (result === "refused") {
        await oneByOne(batch);
      } else {
        if (stopping.signal.aborted) return giveUp();
        await pause(retryMs);
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
    }
  }

  /** One that the server refuses for what it is must not hold up the others. It stays in the record. */
  async function oneByOne(batch: readonly Entry[]): Promise<void> {
    for (const entry of batch) {
      const result = await send([entry], []);
      if (result === "unanswered") return;
      if (result === "refused") log({ level: "error", event: "settlement-refused", ...nameOf(entry) });
      waiting.splice(waiting.indexOf(entry), 1);
      if (result === "taken") await noted([entry]);
      progress(1);
    }
    if (heads.length > 0 && (await send([], heads)) !== "unanswered") heads = [];
  }

  async function send(batch: readonly Entry[], stated: readonly GrantHead[]): Promise<"taken" | "refused" | "unanswered"> {
    const body = {
      gateway,
      exchanges: batch.flatMap((entry) => (entry.kind === "exchange" ? [settledExchange(entry.ended)] : [])),
      endedLeases: batch.flatMap((entry) => (entry.kind === "lease" ? [entry.lease] : [])),
      endsAllLeases: batch.some(({ kind }) => kind === "all-leases"),
      heads: stated.map(({ grantId, sequence, frames, head }) => ({
        grant: grantId,
        segment: String(sequence).padStart(8, "0"),
        frames,
        sha256: head,
      })),
    };
    try {
      const answer = await client(settleExchanges, { body, signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), stopping.signal]) });
      if (failing) log({ level: "info", event: "settlements-go-on", waiting: waiting.length });
      failing = false;
      for (const { id, why } of answer.refused) log({ level: "error", event: "settlement-refused", exchange: id, why });
      return "taken";
    } catch (error) {
      if (isCodedError(error, "input-invalid", "document-invalid", "document-too-large", "not-found", "conflict", "not-allowed"))
        return "refused";
      if (!failing && !stopping.signal.aborted) {
        log({ level: "warn", event: "settlements-wait", reason: error instanceof Error ? error.message : String(error) });
      }
      failing = true;
      return "unanswered";
    }
  }

  async function done(batch: readonly Entry[]): Promise<void> {
    waiting.splice(0, batch.length);
    await noted(batch);
    progress(batch.length);
  }

  /** So that a recovery does not tell them again. That it could not be noted costs nothing but that. */
  async function noted(batch: readonly Entry[]): Promise<void> {
    const ofGrants = new Map<string, string[]>();
    for (const entry of batch) {
      if (entry.kind !== "exchange") continue;
      ofGrants.set(entry.ended.grantId, [...(ofGrants.get(entry.ended.grantId) ?? []), entry.ended.exchangeId]);
    }
    for (const [grantId, ids] of ofGrants) {
      await record.settled(grantId, ids).catch((error: unknown) => {
        if (!isCodedError(error)) throw error;
        log({ level: "warn", event: "settlement-not-noted", grant: grantId, reason: error.message });
      });
    }
  }

  function progress(count: number): void {
    taken += count;
    while (flushes[0] !== undefined && flushes[0].until <= taken) flushes.shift()?.resolve();
  }

  function giveUp(): void {
    log({ level: "warn", event: "settlements-left", waiting: waiting.length });
    for (const { resolve } of flushes.splice(0)) resolve();
  }

  function noteHeads(): void {
    if (heads.length > 0 || performance.now() - headsMs < HEADS_EVERY_MS) return;
    headsMs = performance.now();
    heads = record.newHeads();
  }

  function pause(ms: number): Promise<void> {
    if (flushes.length > 0 && ms === PAUSE_MS) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function nameOf(entry: Entry): Readonly<Record<string, string>> {
  if (entry.kind === "exchange") return { grant: entry.ended.grantId, exchange: entry.ended.exchangeId };
  return entry.kind === "lease" ? { grant: entry.lease.grant, lease: entry.lease.lease } : { leases: "all" };
}
