import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { type Client, createClient } from "../../src/contract/client.ts";
import type { AnswerOf, BodyOf } from "../../src/contract/endpoint.ts";
import {
  gatewayEndpoints,
  type OrderedGrant,
  type OrderedWindow,
  readDestroyedRecords,
  readOrders,
  settleExchanges,
  type SettledExchange,
  stateDestruction,
  stateProbe,
  takeLease,
} from "../../src/contract/endpoints/gateway.ts";
import { sealCredential } from "../../src/sealing/sealed-credential.ts";
import { makeToken } from "../../src/sealing/token.ts";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { invariant } from "../../src/vocabulary/invariant.ts";

/**
 * The server's side of gateways with its tables in memory, for tests of what a gateway does with orders, budgets and outages: an adapter of the
 * contract behind a socket of its own. Each method of it acts at once, as a person at the console would.
 */
export type Steward = {
  /** A client through the socket, as a gateway beside the server has one. */
  readonly client: Client;
  readonly closeClient: () => void;
  readonly openWindow: (more: NewWindow) => StewardWindow;
  readonly openGrant: (window: StewardWindow, more?: NewGrant) => StewardGrant;
  readonly issueToken: (grant: StewardGrant, more?: { readonly purpose?: string; readonly expiresMs?: number }) => StewardToken;
  readonly changeWindow: (window: StewardWindow, change: Partial<ToldWindow>) => void;
  readonly changeGrant: (grant: StewardGrant, change: Partial<OrderedGrant>) => void;
  readonly endWindow: (window: StewardWindow) => void;
  readonly endGrant: (grant: StewardGrant) => void;
  /** The grant's record key is gone from the host; nobody has stated so. */
  readonly loseRecordKey: (grant: StewardGrant) => void;
  /** There is a certificate of the destruction of the grant's record key. */
  readonly certify: (grant: StewardGrant) => void;
  readonly revokeToken: (token: StewardToken) => void;
  /** Answers nothing from now on, or again. Connections stay. */
  readonly silence: (isSilent: boolean) => void;
  /** Answers each call only after so long. */
  readonly delay: (ms: number) => void;
  /** Refuses calls of an endpoint with this status until told otherwise. */
  readonly refuse: (endpointId: string, status: number | undefined) => void;
  /** Does what the next calls of an endpoint ask, and breaks off before it answers. */
  readonly loseAnswers: (endpointId: string, count: number) => void;
  readonly socketPath: string;
  readonly credentialKey: (windowId: string) => Uint8Array | undefined;
  readonly recordKey: (grantId: string) => Uint8Array | undefined;
  readonly meter: (grant: StewardGrant) => Meter;
  readonly exchanges: () => readonly SettledExchange[];
  readonly leases: () => readonly Lease[];
  readonly heads: () => BodyOf<typeof settleExchanges>["heads"];
  readonly probes: () => readonly BodyOf<typeof stateProbe>[];
  readonly destructions: () => readonly BodyOf<typeof stateDestruction>[];
  /** How often each endpoint was called. */
  readonly calls: (endpointId: string) => number;
  readonly stop: () => Promise<void>;
};

export type StewardWindow = { readonly id: string; readonly credential: string };
export type StewardGrant = { readonly id: string; readonly window: string };
export type StewardToken = { readonly id: string; readonly text: string };
export type NewWindow = {
  readonly wire: ModelWire;
  readonly baseUrl: string;
  readonly credential: string;
  readonly models?: readonly (readonly [name: string, upstreamName: string])[];
  /** Absent = nothing is said of it, as by a server that does not know it. */
  readonly asksStreamUsage?: boolean;
  readonly closesMs?: number;
  readonly passLabHeaders?: boolean;
  readonly probes?: OrderedWindow["probes"];
};
export type NewGrant = {
  readonly requests?: number;
  readonly tokens?: number;
  readonly requestsPerMinute?: number;
  readonly outside?: OrderedGrant["outside"];
};
export type Meter = Readonly<Record<"reservedRequests" | "reservedTokens" | "spentRequests" | "spentTokens", number>>;
export type Lease = {
  readonly grant: string;
  readonly id: string;
  readonly gateway: string;
  readonly requests: number;
  readonly tokens: number;
  readonly ended: boolean;
};

/** As they travel, before a gateway reads them. */
type ToldOrders = z.input<(typeof readOrders)["answer"]>;
type ToldWindow = Extract<ToldOrders, { kind: "orders" }>["orders"]["windows"][number];
type LeaseRow = { -readonly [field in keyof Lease]: Lease[field] } & { spentRequests: number; spentTokens: number };
type GrantRow = { ordered: OrderedGrant; readonly requests: number; readonly tokens: number; spentRequests: number; spentTokens: number };

const DAY_MS = 86_400_000;

export async function openSteward(clock: () => number = Date.now): Promise<Steward> {
  const windows = new Map<string, ToldWindow>();
  const grants = new Map<string, GrantRow>();
  const openGrants = new Set<string>();
  const keys = new Map<string, Uint8Array>();
  const leases = new Map<string, LeaseRow>();
  const exchanges = new Map<string, SettledExchange>();
  const heads: BodyOf<typeof settleExchanges>["heads"] = [];
  const probes: BodyOf<typeof stateProbe>[] = [];
  const destructions: BodyOf<typeof stateDestruction>[] = [];
  const certified = new Set<string>();
  const calls = new Map<string, number>();
  const refusals = new Map<string, number>();
  const losses = new Map<string, number>();
  let isSilent = false;
  let delayMs = 0;

  const directory = mkdtempSync(join(tmpdir(), "sluice-steward-"));
  const socketPath = join(directory, "door");
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const door = createDoorTransport(socketPath);

  return {
    client: createClient(door.transport),
    closeClient: door.close,
    openWindow,
    openGrant,
    issueToken,
    changeWindow: ({ id }, change) => void windows.set(id, { ...known(windows, id), ...change }),
    changeGrant: ({ id }, change) => {
      const row = known(grants, id);
      row.ordered = { ...row.ordered, ...change };
    },
    endWindow: ({ id }) => {
      windows.delete(id);
      keys.delete(`${id}-credential`);
      for (const [grantId, { ordered }] of grants) if (ordered.window === id) openGrants.delete(grantId);
    },
    endGrant: ({ id }) => void openGrants.delete(id),
    loseRecordKey: ({ id }) => void keys.delete(`${id}-record`),
    certify: ({ id }) => void certified.add(id),
    revokeToken: ({ id }) => {
      for (const row of grants.values()) row.ordered = { ...row.ordered, tokens: row.ordered.tokens.filter((token) => token.id !== id) };
    },
    silence: (next) => {
      isSilent = next;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    refuse: (endpointId, status) => {
      if (status === undefined) refusals.delete(endpointId);
      else refusals.set(endpointId, status);
    },
    loseAnswers: (endpointId, lost) => void losses.set(endpointId, lost),
    socketPath,
    credentialKey: (windowId) => keys.get(`${windowId}-credential`),
    recordKey: (grantId) => keys.get(`${grantId}-record`),
    meter: ({ id }) => meterOf(id),
    exchanges: () => [...exchanges.values()],
    leases: () => [...leases.values()],
    heads: () => heads,
    probes: () => probes,
    destructions: () => destructions,
    calls: (endpointId) => calls.get(endpointId) ?? 0,
    stop: async () => {
      door.close();
      await closed(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };

  function openWindow({ wire, baseUrl, credential, models = [["aurora-1", "aurora-1-internal"]], ...more }: NewWindow): StewardWindow {
    const id = randomUUID();
    const key = new Uint8Array(randomBytes(32));
    keys.set(`${id}-credential`, key);
    windows.set(id, {
      id,
      lab: randomUUID(),
      enrolment: randomUUID(),
      wire,
      models: models.map(([name, upstreamName]) => ({
        name,
        upstreamName,
        baseUrl,
        ...(more.asksStreamUsage === undefined ? {} : { asksStreamUsage: more.asksStreamUsage }),
      })),
      closesMs: more.closesMs ?? clock() + DAY_MS,
      sealedCredential: sealCredential(key, id, credential),
      credentialKeyId: `grant-${id}-credential`,
      passLabHeaders: more.passLabHeaders ?? false,
      ...(more.probes === undefined ? {} : { probes: more.probes }),
    });
    return { id, credential };
  }

  function openGrant({ id: window }: StewardWindow, more: NewGrant = {}): StewardGrant {
    const id = randomUUID();
    keys.set(`${id}-record`, new Uint8Array(randomBytes(32)));
    const ordered: OrderedGrant = {
      id,
      window,
      grantee: randomUUID(),
      requestsPerMinute: more.requestsPerMinute ?? 1e5,
      outside: more.outside ?? [],
      tokens: [],
      afterDifferent: false,
    };
    grants.set(id, {
      ordered,
      requests: more.requests ?? 1_000_000,
      tokens: more.tokens ?? 1_000_000_000,
      spentRequests: 0,
      spentTokens: 0,
    });
    openGrants.add(id);
    return { id, window };
  }

  function issueToken({ id }: StewardGrant, more: { readonly purpose?: string; readonly expiresMs?: number } = {}): StewardToken {
    const token = { id: randomUUID(), text: makeToken("slm") };
    const row = known(grants, id);
    const sha256 = createHash("sha256").update(token.text).digest("hex");
    const ordered = { id: token.id, sha256, purpose: more.purpose ?? "cyber evaluation", expiresMs: more.expiresMs ?? clock() + DAY_MS };
    row.ordered = { ...row.ordered, tokens: [...row.ordered.tokens, ordered] };
    return token;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const id = gatewayEndpoints.find(({ path }) => path === request.url)?.id ?? "";
    calls.set(id, (calls.get(id) ?? 0) + 1);
    if (isSilent) return;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const status = refusals.get(id) ?? 200;
    const answer = status === 200 ? answerTo(id, JSON.parse(Buffer.concat(pieces).toString("utf8"))) : problem(status);
    const lost = losses.get(id) ?? 0;
    if (lost > 0) {
      losses.set(id, lost - 1);
      return void request.socket.destroy();
    }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  function answerTo(id: string, body: unknown): object {
    switch (id) {
      case readOrders.id:
        return ordersFor(readOrders.body.parse(body));
      case takeLease.id:
        return lease(takeLease.body.parse(body));
      case settleExchanges.id:
        return settle(settleExchanges.body.parse(body));
      case stateProbe.id:
        return { taken: takeProbe(stateProbe.body.parse(body)) };
      case stateDestruction.id:
        return { taken: isFirst(destructions, stateDestruction.body.parse(body)) };
      case readDestroyedRecords.id:
        return { destroyed: readDestroyedRecords.body.parse(body).grants.filter((grant) => certified.has(grant)) };
      default:
        throw new Error(`no endpoint ${id}`);
    }
  }

  function ordersFor({ since }: BodyOf<typeof readOrders>): ToldOrders {
    const nowMs = clock();
    const open = [...windows.values()].filter(({ closesMs }) => closesMs > nowMs);
    const standing = [...grants.values()].map(({ ordered }) => ordered).filter(({ id }) => openGrants.has(id));
    const told = standing.map((grant) => ({ ...grant, tokens: grant.tokens.filter(({ expiresMs }) => expiresMs > nowMs) }));
    const revision = createHash("sha256")
      .update(JSON.stringify([open, told]))
      .digest("hex");
    return revision === since ? { kind: "unchanged", nowMs } : { kind: "orders", orders: { nowMs, revision, windows: open, grants: told } };
  }

  function lease({ grant: id, lease: leaseId, gateway, ...asked }: BodyOf<typeof takeLease>): AnswerOf<typeof takeLease> {
    const { requests: requestBudget, tokens: tokenBudget } = known(grants, id);
    const meter = meterOf(id);
    const requestsLeft = Math.max(0, requestBudget - meter.spentRequests - meter.reservedRequests);
    const tokensLeft = Math.max(0, tokenBudget - meter.spentTokens - meter.reservedTokens);
    const before = leases.get(leaseId);
    if (before !== undefined && !before.ended) return { kind: "taken", requests: before.requests, tokens: before.tokens };
    if (before !== undefined || !openGrants.has(id)) return { kind: "refused", reason: "ended", requestsLeft, tokensLeft };
    const [requests, tokens] = [Math.min(asked.requests, requestsLeft), Math.min(asked.tokens, tokensLeft)];
    if (requests < 1 || tokens < Math.max(1, asked.tokensAtLeast)) return { kind: "refused", reason: "budget", requestsLeft, tokensLeft };
    leases.set(leaseId, { grant: id, id: leaseId, gateway, requests, tokens, ended: false, spentRequests: 0, spentTokens: 0 });
    return { kind: "taken", requests, tokens };
  }

  function settle(stated: BodyOf<typeof settleExchanges>): AnswerOf<typeof settleExchanges> {
    const fresh = stated.exchanges.filter(({ id }) => !exchanges.has(id));
    for (const exchange of fresh) {
      exchanges.set(exchange.id, exchange);
      const row = known(grants, exchange.grant);
      row.spentRequests += 1;
      row.spentTokens += exchange.chargedTokens;
      const from = leases.get(exchange.lease);
      if (from === undefined) continue;
      from.spentRequests += 1;
      from.spentTokens += exchange.chargedTokens;
    }
    for (const one of leases.values()) {
      if (stated.endedLeases.some(({ lease: id }) => id === one.id) || (stated.endsAllLeases && one.gateway === stated.gateway))
        one.ended = true;
    }
    heads.push(...stated.heads);
    return { settled: fresh.length, refused: [] };
  }

  function takeProbe(stated: BodyOf<typeof stateProbe>): boolean {
    if (!isFirst(probes, stated)) return false;
    const { id, occasion, verdict, atMs } = stated;
    const window = known(windows, stated.window);
    const paid = window.probes;
    windows.set(window.id, {
      ...window,
      newestProbe: { id, occasion, verdict, atMs },
      ...(paid === undefined
        ? {}
        : { probes: { ...paid, callsToday: paid.callsToday + stated.calls, tokensToday: paid.tokensToday + stated.tokens } }),
    });
    for (const row of grants.values()) {
      if (row.ordered.window === window.id) row.ordered = { ...row.ordered, afterDifferent: verdict === "different" };
    }
    return true;
  }

  function meterOf(id: string): Meter {
    const { spentRequests, spentTokens } = known(grants, id);
    const standing = [...leases.values()].filter(({ grant, ended }) => grant === id && !ended);
    const sum = (of: (row: LeaseRow) => number): number => standing.reduce((total, row) => total + Math.max(0, of(row)), 0);
    return {
      reservedRequests: sum((row) => row.requests - row.spentRequests),
      reservedTokens: sum((row) => row.tokens - row.spentTokens),
      spentRequests,
      spentTokens,
    };
  }
}

function isFirst<Stated extends { readonly id: string } | { readonly keyId: string }>(rows: Stated[], stated: Stated): boolean {
  const nameOf = (row: Stated): string => ("id" in row ? row.id : row.keyId);
  if (rows.some((row) => nameOf(row) === nameOf(stated))) return false;
  rows.push(stated);
  return true;
}

function problem(status: number): object {
  return {
    type: "/docs#database-unavailable",
    title: "refused",
    status,
    code: "database-unavailable",
    detail: "expected an answer, got a scripted refusal",
  };
}

function known<Row>(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id);
  invariant(row !== undefined, `no row ${id}`);
  return row;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
