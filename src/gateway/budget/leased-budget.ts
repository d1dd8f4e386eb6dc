import { randomUUID } from "node:crypto";
import type { Client } from "../../contract/client.ts";
import { takeLease } from "../../contract/endpoints/gateway.ts";

/** What one call may spend, taken out of a block that the server has committed to this gateway. */
export type Reservation = {
  readonly leaseId: string;
  readonly tokens: number;
  /** Once: what the call cost in the end. More than was reserved is booked too. */
  readonly settle: (charged: { readonly requests: number; readonly tokens: number }) => void;
};

export type Reserved =
  | { readonly kind: "reserved"; readonly reservation: Reservation }
  | { readonly kind: "exhausted"; readonly requestsLeft: number; readonly tokensLeft: number }
  | { readonly kind: "ended" };

export type LeaseName = { readonly grant: string; readonly lease: string };

/** The budgets of all grants, as far as blocks of them are leased to this gateway. */
export type LeasedBudgets = {
  /** @throws CodedError when the server does not answer */
  readonly reserve: (grantId: string, tokens: number) => Promise<Reserved>;
  /** Gives back what is left of a grant's blocks, as soon as no call runs on them. */
  readonly retire: (grantId: string) => void;
  /** Gives back blocks on which no call was made for some time. */
  readonly retireIdle: () => void;
  readonly retireAll: () => void;
};

export type BudgetOptions = {
  readonly client: Client;
  readonly gateway: string;
  readonly monotonicMs: () => number;
  /** Resolves when the server has booked what the gateway before this one left, and ended its leases: only then may new ones be taken. */
  readonly recovered: Promise<void>;
  /** Told of a block that no call runs on any more and none will: the server gives back what is left. Never before what it spent is told. */
  readonly ended: (lease: LeaseName) => void;
  /** Resolves when the server has taken all that was told so far. */
  readonly flush: () => Promise<void>;
};

type Lease = {
  readonly id: string;
  readonly requests: number;
  readonly tokens: number;
  requestsLeft: number;
  tokensLeft: number;
  running: number;
  usedMs: number;
  isRetired: boolean;
};

type Grant = {
  readonly leases: Lease[];
  readonly waiting: Set<{ readonly tokens: number }>;
  fetching: Promise<Fetched> | undefined;
  /** Asked for, and the server has not answered: it may have been taken, so that the same one is asked for again. */
  unanswered: string | undefined;
  /** What calls reserved lately, on average. */
  usualTokens: number;
  /** Calls since the newest block was asked for, and when that was. */
  calls: number;
  fetchedMs: number | undefined;
  /** Requests of a block now: more of them the faster calls come. */
  blockRequests: number;
  exhausted: { readonly requestsLeft: number; readonly tokensLeft: number; readonly atMs: number } | undefined;
};

type Fetched =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly reason: "budget" | "ended"; readonly requestsLeft: number; readonly tokensLeft: number };

const BLOCK_REQUESTS = 20;
const MOST_BLOCK_REQUESTS = 2000;
const MOST_REQUESTS = 10_000;
/** Of a block, and so of one call. */
const MOST_TOKENS = 1_000_000_000;
const IDLE_MS = 30_000;
const ATTEMPTS = 5;
const LEASE_ANSWER_MS = 5000;
/** How long the server's word that nothing is left is not asked for again. */
const EXHAUSTED_MS = 500;

export function createLeasedBudgets({ client, gateway, monotonicMs, recovered, ended, flush }: BudgetOptions): LeasedBudgets {
  const grants = new Map<string, Grant>();

  return {
    reserve,
    retire: (grantId) => retireWhere(grantId, () => true),
    retireIdle: () => {
      const idleMs = monotonicMs() - IDLE_MS;
      for (const grantId of grants.keys()) retireWhere(grantId, ({ running, usedMs }) => running === 0 && usedMs < idleMs);
    },
    retireAll: () => {
      for (const [grantId, { unanswered }] of grants) {
        retireWhere(grantId, () => true);
        if (unanswered !== undefined) ended({ grant: grantId, lease: unanswered });
      }
    },
  };

  async function reserve(grantId: string, tokens: number): Promise<Reserved> {
    const grant = grantOf(grantId);
    if (tokens > MOST_TOKENS) return { kind: "exhausted", requestsLeft: 1, tokensLeft: MOST_TOKENS };
    grant.usualTokens = grant.usualTokens === 0 ? tokens : grant.usualTokens * 0.9 + tokens * 0.1;
    grant.calls += 1;
    const waiter = { tokens };
    let gaveBack = false;
    for (let attempt = 1; ; attempt++) {
      const taken = take(grantId, grant, tokens);
      if (taken !== undefined) return { kind: "reserved", reservation: taken };
      const known = grant.exhausted;
      if (known !== undefined && monotonicMs() - known.atMs < EXHAUSTED_MS && known.tokensLeft < tokens) {
        return { kind: "exhausted", requestsLeft: known.requestsLeft, tokensLeft: known.tokensLeft };
      }
      grant.waiting.add(waiter);
      const fetched = await fetch(grantId, grant, tokens).finally(() => grant.waiting.delete(waiter));
      if (fetched.kind === "taken") continue;
      if (fetched.reason === "ended") return { kind: "ended" };
      const late = take(grantId, grant, tokens);
      if (late !== undefined) return { kind: "reserved", reservation: late };
      // The refusal may have been of a larger call that waited too.
      const wouldFit = fetched.requestsLeft >= 1 && fetched.tokensLeft >= tokens;
      if (wouldFit && attempt < ATTEMPTS) continue;
      // What is left may lie in blocks of this gateway that are too small each.
      if (!gaveBack && retireWhere(grantId, ({ running }) => running === 0) > 0) {
        gaveBack = true;
        await flush();
        continue;
      }
      grant.exhausted = { requestsLeft: fetched.requestsLeft, tokensLeft: fetched.tokensLeft, atMs: monotonicMs() };
      return { kind: "exhausted", requestsLeft: fetched.requestsLeft, tokensLeft: fetched.tokensLeft };
    }
  }

  function take(grantId: string, grant: Grant, tokens: number): Reservation | undefined {
    const lease = grant.leases.find(({ requestsLeft, tokensLeft, isRetired }) => !isRetired && requestsLeft >= 1 && tokensLeft >= tokens);
    if (lease === undefined) return undefined;
    lease.requestsLeft -= 1;
    lease.tokensLeft -= tokens;
    lease.running += 1;
    lease.usedMs = monotonicMs();
    fetchAhead(grantId, grant, tokens);
    let isSettled = false;
    return {
      leaseId: lease.id,
      tokens,
      settle: (charged) => {
        if (isSettled) return;
        isSettled = true;
        lease.running -= 1;
        lease.requestsLeft += 1 - charged.requests;
        lease.tokensLeft += tokens - charged.tokens;
        if (lease.requestsLeft <= 0 || lease.tokensLeft <= 0) lease.isRetired = true;
        endWhenDone(grantId, grant, lease);
      },
    };
  }

  /** At half of what there is, the next block is on its way before it is needed. */
  function fetchAhead(grantId: string, grant: Grant, tokens: number): void {
    const live = grant.leases.filter(({ isRetired }) => !isRetired);
    const of = (part: (lease: Lease) => number): number => live.reduce((sum, lease) => sum + part(lease), 0);
    const half = grant.blockRequests / 2;
    const isPlenty = of((l) => l.requestsLeft) > half && of((l) => l.tokensLeft) > grant.usualTokens * half;
    const wasRefused = grant.exhausted !== undefined && monotonicMs() - grant.exhausted.atMs < IDLE_MS;
    if (isPlenty || wasRefused || grant.fetching !== undefined) return;
    void fetchQuietly(grantId, grant, tokens);
  }

  /** Whoever needs the block asks again, and is told why there is none. */
  async function fetchQuietly(grantId: string, grant: Grant, tokens: number): Promise<void> {
    const fetched = await fetch(grantId, grant, tokens).catch(() => undefined);
    if (fetched?.kind === "refused") grant.exhausted = { ...fetched, atMs: monotonicMs() };
  }

  function fetch(grantId: string, grant: Grant, tokens: number): Promise<Fetched> {
    grant.fetching ??= fetchBlock(grantId, grant, tokens).finally(() => {
      grant.fetching = undefined;
    });
    return grant.fetching;
  }

  async function fetchBlock(grantId: string, grant: Grant, tokensAtLeast: number): Promise<Fetched> {
    const lease = { grant: grantId, lease: grant.unanswered ?? randomUUID() };
    const signal = AbortSignal.timeout(LEASE_ANSWER_MS);
    await unless(signal, recovered);
    sizeBlock(grant);
    const waitingTokens = [...grant.waiting].reduce((sum, { tokens }) => sum + tokens, 0);
    const block = {
      requests: Math.min(MOST_REQUESTS, grant.blockRequests + grant.waiting.size),
      tokens: Math.min(MOST_TOKENS, Math.max(1, tokensAtLeast, waitingTokens + Math.ceil(grant.usualTokens * grant.blockRequests))),
    };
    grant.unanswered = lease.lease;
    const answer = await client(takeLease, { body: { gateway, ...lease, ...block, tokensAtLeast }, signal });
    grant.unanswered = undefined;
    if (answer.kind === "refused") return answer;
    const { requests, tokens } = answer;
    grant.exhausted = undefined;
    grant.leases.push({
      id: lease.lease,
      requests,
      tokens,
      requestsLeft: requests,
      tokensLeft: tokens,
      running: 0,
      usedMs: monotonicMs(),
      isRetired: false,
    });
    retireLeftovers(grantId, grant);
    return { kind: "taken" };
  }

  /** A block lasts about a second: fewer questions to the server when calls come fast, little held when they do not. */
  function sizeBlock(grant: Grant): void {
    const nowMs = monotonicMs();
    const seconds = (nowMs - (grant.fetchedMs ?? 0)) / 1000;
    // A few calls are no rate.
    const isRate = grant.fetchedMs !== undefined && grant.calls >= BLOCK_REQUESTS / 2;
    const aSecond = isRate ? Math.ceil(grant.calls / Math.max(0.01, seconds)) : BLOCK_REQUESTS;
    grant.blockRequests = Math.min(MOST_BLOCK_REQUESTS, Math.max(BLOCK_REQUESTS, aSecond));
    grant.calls = 0;
    grant.fetchedMs = nowMs;
  }

  /** Of old blocks, those too small for a usual call. */
  function retireLeftovers(grantId: string, grant: Grant): void {
    const newest = grant.leases.at(-1);
    retireWhere(grantId, (lease) => lease !== newest && lease.tokensLeft < grant.usualTokens && lease.running === 0);
  }

  function retireWhere(grantId: string, isDue: (lease: Lease) => boolean): number {
    const grant = grants.get(grantId);
    if (grant === undefined) return 0;
    const due = grant.leases.filter((lease) => !lease.isRetired && isDue(lease));
    for (const lease of due) {
      lease.isRetired = true;
      endWhenDone(grantId, grant, lease);
    }
    return due.length;
  }

  function endWhenDone(grantId: string, grant: Grant, lease: Lease): void {
    if (!lease.isRetired || lease.running > 0) return;
    const at = grant.leases.indexOf(lease);
    if (at === -1) return;
    grant.leases.splice(at, 1);
    ended({ grant: grantId, lease: lease.id });
  }

  function grantOf(grantId: string): Grant {
    const held = grants.get(grantId);
    if (held !== undefined) return held;
    const grant: Grant = {
      leases: [],
      waiting: new Set(),
      fetching: undefined,
      unanswered: undefined,
      usualTokens: 0,
      calls: 0,
      fetchedMs: undefined,
      blockRequests: BLOCK_REQUESTS,
      exhausted: undefined,
    };
    grants.set(grantId, grant);
    return grant;
  }
}

/** @throws the signal's reason when it comes first */
async function unless(signal: AbortSignal, awaited: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const aborted = (): void => reject(signal.reason);
  signal.addEventListener("abort", aborted);
  try {
    await Promise.race([awaited, promise]);
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}
