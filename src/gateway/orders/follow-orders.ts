import type { Client } from "../../contract/client.ts";
import { readOrders } from "../../contract/endpoints/gateway.ts";
import type { GatewayClock } from "../clock.ts";
import type { GatewayLog } from "../log.ts";
import { createDeadlines } from "./deadlines.ts";
import { standingOrders, type Admission, type StandingOrders } from "./standing-orders.ts";

/** What a token is good for now. `stale`: the server has not answered within the lease, so nobody can say. `ended`: it was good before. */
export type Found =
  | { readonly kind: "admitted"; readonly admission: Admission }
  | { readonly kind: "unknown" | "ended" | "expired" | "stale" };

/** The server's orders as they are now. */
export type FollowedOrders = {
  /** Resolves with the first answer. */
  readonly ready: Promise<void>;
  readonly current: () => StandingOrders | undefined;
  /** An unknown token is asked for at the server once more before it is refused. */
  readonly find: (sha256: string) => Promise<Found>;
  /** False as soon as the token, its grant or its window has ended, or the server has not answered within the lease. */
  readonly isInForce: (admission: Admission) => boolean;
  readonly isStale: () => boolean;
  readonly stop: () => Promise<void>;
};

export type OrdersOptions = {
  readonly client: Client;
  readonly gateway: string;
  readonly clock: GatewayClock;
  readonly log: GatewayLog;
  /** Called when something may have ended: what runs and is not in force any more is to be cut. */
  readonly sweep: () => void;
  /** Called with orders that differ from those before. */
  readonly changed: (orders: StandingOrders) => void;
};

const POLL_MS = 250;
/** An answer older than this is none. */
const LEASE_MS = 1000;
/** Between two polls at least, however many unknown tokens ask for one. */
const LEAST_GAP_MS = 20;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Worth telling a person; what is open follows this gateway's clock all the same. */
const CLOCKS_APART_MS = 60_000;
const ENDED_KEPT = 10_000;

/** Asks the server several times a second what is open, never twice at once, and says so as soon as something is not any more. */
export function followOrders({ client, gateway, clock, log, sweep, changed }: OrdersOptions): FollowedOrders {
  const deadlines = createDeadlines(clock);
  const ended = new Set<string>();
  const first = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let orders: StandingOrders | undefined;
  /** When the newest answer was asked for: it cannot tell anything later than that. */
  let answeredMs = Number.NEGATIVE_INFINITY;
  let askedMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  let fresh: Promise<void> | undefined;
  let failing = false;
  let skewed = false;
  let pollTimer: NodeJS.Timeout | undefined;
  let staleTimer: NodeJS.Timeout | undefined;
  let endTimer: NodeJS.Timeout | undefined;
  poll();

  return { ready: first.promise, current: () => orders, find, isInForce, isStale, stop };

  async function find(sha256: string): Promise<Found> {
    if (orders?.admissionOf(sha256) === undefined && !isStale()) await askAnew();
    if (isStale() || orders === undefined) return { kind: "stale" };
    const admission = orders.admissionOf(sha256);
    if (admission === undefined) return { kind: ended.has(sha256) ? "ended" : "unknown" };
    if (admission.token.expiresMs <= clock.wallMs()) return { kind: "expired" };
    return orders.isInForce(admission) ? { kind: "admitted", admission } : { kind: "ended" };
  }

  function isInForce(admission: Admission): boolean {
    return !isStale() && orders?.isInForce(admission) === true;
  }

  function isStale(): boolean {
    return clock.monotonicMs() - answeredMs > LEASE_MS;
  }

  async function stop(): Promise<void> {
    stopping.abort();
    for (const timer of [pollTimer, staleTimer, endTimer]) clearTimeout(timer);
    await asking;
    for (const timer of [pollTimer, staleTimer, endTimer]) clearTimeout(timer);
  }

  function poll(): void {
    void askOnce().finally(() => {
      if (!stopping.signal.aborted) pollTimer = setTimeout(poll, Math.max(0, askedMs + POLL_MS - clock.monotonicMs()));
    });
  }

  /** An answer that was asked for after this call. Those who wait together share it. */
  function askAnew(): Promise<void> {
    fresh ??= (async () => {
      await asking;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, askedMs + LEAST_GAP_MS - clock.monotonicMs())));
      fresh = undefined;
      // The regular poll may have begun meanwhile: it was asked for after all who wait here.
      await askOnce();
    })();
    return fresh;
  }

  function askOnce(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function ask(): Promise<void> {
    askedMs = clock.monotonicMs();
    const sentMs = askedMs;
    try {
      const since = orders === undefined ? {} : { since: orders.revision };
      const signal = AbortSignal.any([AbortSignal.timeout(LEASE_MS), stopping.signal]);
      const answer = await client(readOrders, { body: { gateway, ...since }, signal });
      compareClocks(answer.kind === "orders" ? answer.orders.nowMs : answer.nowMs);
      if (answer.kind === "orders") {
        take(standingOrders(answer.orders, clock, deadlines));
        answeredMs = sentMs;
        if (orders !== undefined) changed(orders);
      } else {
        answeredMs = sentMs;
      }
      if (failing) log({ level: "info", event: "server-answers-again" });
      failing = false;
      first.resolve();
      clearTimeout(staleTimer);
      staleTimer = setTimeout(sweep, Math.max(0, sentMs + LEASE_MS - clock.monotonicMs() + 1)).unref();
    } catch (error) {
      if (!failing && !stopping.signal.aborted) {
        log({ level: "warn", event: "server-does-not-answer", reason: error instanceof Error ? error.message : String(error) });
      }
      failing = true;
    }
    armEnd();
    sweep();
  }

  function compareClocks(serverMs: number): void {
    const apartMs = Math.round(serverMs - clock.wallMs());
    const isApart = Math.abs(apartMs) > CLOCKS_APART_MS;
    if (isApart && !skewed) log({ level: "warn", event: "clocks-apart", serverAheadMs: apartMs });
    skewed = isApart;
  }

  function take(next: StandingOrders): void {
    for (const { tokens } of orders?.grants ?? []) for (const { sha256 } of tokens) ended.add(sha256);
    for (const { tokens } of next.grants) {
      for (const { sha256 } of tokens) if (next.admissionOf(sha256) !== undefined) ended.delete(sha256);
    }
    for (const oldest of ended) {
      if (ended.size <= ENDED_KEPT) break;
      ended.delete(oldest);
    }
    orders = next;
  }

  /** A window ends on its hour, not at the next poll. */
  function armEnd(): void {
    clearTimeout(endTimer);
    const endMs = orders?.nextEndMs();
    if (endMs === undefined || stopping.signal.aborted) return;
    endTimer = setTimeout(
      () => {
        sweep();
        armEnd();
      },
      Math.max(0, Math.min(endMs - clock.wallMs(), LONGEST_TIMER_MS)),
    ).unref();
  }
}
