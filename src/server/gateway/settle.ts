import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { SettledExchange, settleExchanges } from "../../contract/endpoints/gateway.ts";
import type { Database, Transaction } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import { holdGateway } from "./ended-gateway-store.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import {
  bookSpending,
  type GrantChange,
  type LeaseChange,
  type LeaseRow,
  lockGrants,
  type MeteredGrant,
  readGrantsLeasedBy,
  readLeases,
} from "./lease-store.ts";
import {
  addUse,
  type BookedExchange,
  type HourOfUse,
  insertExchanges,
  keepHeads,
  type NewHead,
  readHeads,
  readSettled,
  readTokensById,
  type TokenUse,
  touchTokens,
} from "./settlement-store.ts";

export type Settlement = Omit<BodyOf<typeof settleExchanges>, "gateway"> & {
  readonly gateway: string;
  readonly scope: GatewayScope;
  readonly atMs: number;
};
type SettlementAnswer = AnswerOf<typeof settleExchanges>;

const HOUR_MS = 3_600_000;

/** Books what became of exchanges and leases in one transaction. A batch that was sent before, whole or in part, changes nothing. @throws CodedError `credential-refused` */
export async function settle(database: Database, settlement: Settlement): Promise<SettlementAnswer> {
  return database.transaction("gateway", async (transaction) => {
    const { exchanges, endedLeases, heads, gateway, scope } = settlement;
    await holdGateway(transaction, scope);
    const leased = settlement.endsAllLeases ? await readGrantsLeasedBy(transaction, gateway) : [];
    const named = [...exchanges, ...endedLeases, ...heads].map(({ grant }) => grant);
    const grants = new Map((await lockGrants(transaction, scope, unique([...named, ...leased]))).map((grant) => [grant.id, grant]));
    const { booked, refused } = await sortOut(transaction, exchanges, grants);
    const leases = await readLeases(
      transaction,
      [...grants.values()],
      unique([...booked.map(({ stated }) => stated.lease), ...endedLeases.map(({ lease }) => lease)]),
      settlement.endsAllLeases ? gateway : undefined,
    );
    const isEnded = (lease: LeaseRow): boolean =>
      (settlement.endsAllLeases && lease.gateway === gateway) ||
      endedLeases.some((one) => one.lease === lease.id && one.grant === lease.grant_id);
    const { leaseChanges, grantChanges } = changesOf(booked, leases, grants, isEnded);
    if (booked.length > 0) {
      await insertExchanges(transaction, gateway, booked);
      await addUse(transaction, hoursOf(booked));
      await touchTokens(transaction, lastUses(booked));
    }
    if (leaseChanges.length > 0 || grantChanges.length > 0)
      await bookSpending(transaction, leaseChanges, grantChanges, new Date(settlement.atMs));
    await stateHeads(transaction, settlement, grants);
    return { settled: booked.length, refused };
  });
}

/** What is new and this gateway's to state. */
async function sortOut(
  transaction: Transaction,
  exchanges: readonly SettledExchange[],
  grants: ReadonlyMap<string, MeteredGrant>,
): Promise<{ readonly booked: readonly BookedExchange[]; readonly refused: SettlementAnswer["refused"] }> {
  if (exchanges.length === 0) return { booked: [], refused: [] };
  const grantees = unique([...grants.values()].map((grant) => grant.grantee_organisation_id));
  const known = await readTokensById(transaction, grantees, unique(exchanges.map(({ token }) => token)));
  const tokens = new Map(known.map((token) => [token.id, token]));
  const settled = new Set(
    await readSettled(
      transaction,
      grantees,
      exchanges.map(({ id }) => id),
    ),
  );
  const booked: BookedExchange[] = [];
  const refused: SettlementAnswer["refused"] = [];
  for (const stated of exchanges) {
    const grant = grants.get(stated.grant);
    const token = tokens.get(stated.token);
    if (grant === undefined) refused.push({ id: stated.id, why: "grant" });
    else if (token?.grant_id !== grant.id || token.organisation_id !== grant.grantee_organisation_id)
      refused.push({ id: stated.id, why: "token" });
    else if (!settled.has(stated.id)) {
      settled.add(stated.id);
      booked.push({ stated, grant, token });
    }
  }
  return { booked, refused };
}

/**
 * What a lease covers moves from reserved to spent; what is above it is spent all the same; what is left when it ends goes back. What was charged because
 * its gateway was ended is the first that an exchange stated after all is taken from: it was charged already.
 */
function changesOf(
  booked: readonly BookedExchange[],
  leases: readonly LeaseRow[],
  grants: ReadonlyMap<string, MeteredGrant>,
  isEnded: (lease: LeaseRow) => boolean,
): { readonly leaseChanges: readonly LeaseChange[]; readonly grantChanges: readonly GrantChange[] } {
  const spendings = Map.groupBy(booked, ({ stated }) => `${stated.grant} ${stated.lease}`);
  const leaseChanges: LeaseChange[] = [];
  const byGrant = new Map<string, { -readonly [Amount in keyof typeof NOTHING]: number }>();
  const changeOf = (grant: string) => {
    const change = byGrant.get(grant) ?? { ...NOTHING };
    byGrant.set(grant, change);
    return change;
  };
  for (const { stated } of booked) {
    const change = changeOf(stated.grant);
    change.spentRequests += 1;
    change.spentTokens += stated.chargedTokens;
  }
  for (const lease of leases) {
    const grant = grants.get(lease.grant_id);
    const spending = spendings.get(`${lease.grant_id} ${lease.id}`) ?? [];
    const ends = lease.ended_at === null && isEnded(lease);
    if (grant === undefined || (spending.length === 0 && !ends)) continue;
    const requests = spending.length;
    const tokens = spending.reduce((sum, { stated }) => sum + stated.chargedTokens, 0);
    const chargedRequests = Math.min(lease.unaccounted_requests, requests);
    const chargedTokens = Math.min(lease.unaccounted_tokens, tokens);
    leaseChanges.push({
      organisation: grant.organisation_id,
      grant: grant.id,
      lease: lease.id,
      spentRequests: requests,
      spentTokens: tokens,
      unaccountedRequests: -chargedRequests,
      unaccountedTokens: -chargedTokens,
      ended: ends,
    });
    const change = changeOf(grant.id);
    change.spentRequests -= chargedRequests;
    change.spentTokens -= chargedTokens;
    change.unaccountedRequests -= chargedRequests;
    change.unaccountedTokens -= chargedTokens;
    if (lease.ended_at !== null) continue;
    const heldRequests = Math.max(0, lease.requests - lease.spent_requests);
    const heldTokens = Math.max(0, lease.tokens - lease.spent_tokens);
    change.reservedRequests -= ends ? heldRequests : Math.min(heldRequests, requests);
    change.reservedTokens -= ends ? heldTokens : Math.min(heldTokens, tokens);
  }
  const grantChanges = [...byGrant].flatMap(([id, change]) => {
    const grant = grants.get(id);
    return grant === undefined ? [] : [{ organisation: grant.organisation_id, grant: id, ...change }];
  });
  return { leaseChanges, grantChanges };
}

const NOTHING = {
  reservedRequests: 0,
  reservedTokens: 0,
  spentRequests: 0,
  spentTokens: 0,
  unaccountedRequests: 0,
  unaccountedTokens: 0,
} as const;

function hoursOf(booked: readonly BookedExchange[]): readonly HourOfUse[] {
  const groups = Map.groupBy(booked, ({ stated, grant, token }) => `${grant.id} ${token.id} ${hourOf(stated.startedMs)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { grant, token, stated } = first;
    const sum = (of: (exchange: SettledExchange) => number): number => group.reduce((total, one) => total + of(one.stated), 0);
    return [
      {
        organisation: grant.organisation_id,
        grant: grant.id,
        enrolment: grant.enrolment_id,
        desk: grant.desk_organisation_id,
        grantee: grant.grantee_organisation_id,
        token: token.id,
        purpose: token.purpose,
        hour: isoOf(hourOf(stated.startedMs)),
        requests: group.length,
        incomplete: sum(({ outcome }) => (outcome === "complete" ? 0 : 1)),
        inputTokens: sum(({ inputTokens }) => inputTokens ?? 0),
        outputTokens: sum(({ outputTokens }) => outputTokens ?? 0),
        chargedTokens: sum(({ chargedTokens }) => chargedTokens),
        unknownUsage: sum(({ inputTokens, outputTokens }) => (inputTokens === undefined || outputTokens === undefined ? 1 : 0)),
        firstAt: isoOf(Math.min(...group.map((one) => one.stated.startedMs))),
        lastAt: isoOf(Math.max(...group.map((one) => one.stated.startedMs))),
      },
    ];
  });
}

function lastUses(booked: readonly BookedExchange[]): readonly TokenUse[] {
  const groups = Map.groupBy(booked, ({ token }) => token.id);
  return [...groups].map(([token, group]) => ({
    token,
    organisation: group[0]?.token.organisation_id ?? "",
    at: isoOf(Math.max(...group.map(({ stated }) => stated.startedMs))),
  }));
}

/**
 * One statement for each organisation that used: the transcripts are its own, and so is the proof that nobody changed them since.
 * A head with fewer frames than were stated is an older batch come late.
 */
async function stateHeads(
  transaction: Transaction,
  { heads, gateway, atMs }: Settlement,
  grants: ReadonlyMap<string, MeteredGrant>,
): Promise<void> {
  if (heads.length === 0) return;
  const stated = new Map(
    (
      await readHeads(
        transaction,
        gateway,
        unique([...grants.values()].map((grant) => grant.grantee_organisation_id)),
        unique(heads.map(({ segment }) => segment)),
      )
    ).map((row) => [`${row.grant_id} ${row.segment}`, row]),
  );
  const grown = new Map<
    string,
    { readonly grant: MeteredGrant; readonly segment: string; readonly frames: number; readonly sha256: string }
  >();
  for (const head of heads) {
    const grant = grants.get(head.grant);
    const key = `${head.grant} ${head.segment}`;
    const before = stated.get(key);
    const isNew =
      before === undefined ||
      head.frames > before.frames ||
      (head.frames === before.frames && head.sha256 !== Buffer.from(before.sha256).toString("hex"));
    if (grant === undefined || !isNew || head.frames < (grown.get(key)?.frames ?? 0)) continue;
    grown.set(key, { grant, segment: head.segment, frames: head.frames, sha256: head.sha256 });
  }
  const kept: NewHead[] = [];
  for (const [organisation, group] of Map.groupBy(grown.values(), ({ grant }) => grant.grantee_organisation_id)) {
    const facts = {
      gateway,
      heads: group.map(({ grant, segment, frames, sha256 }) => ({ lab: grant.organisation_id, grant: grant.id, segment, frames, sha256 })),
    };
    const { id } = await recordStatement(transaction, { organisationId: organisation, kind: "exchanges.recorded", facts, atMs });
    for (const { grant, segment, frames, sha256 } of group) {
      kept.push({ organisation, lab: grant.organisation_id, grant: grant.id, segment, frames, sha256, statement: id });
    }
  }
  if (kept.length > 0) await keepHeads(transaction, gateway, kept, new Date(atMs));
}

function hourOf(ms: number): number {
  return ms - (ms % HOUR_MS);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
