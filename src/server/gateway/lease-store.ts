import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { servedBy } from "./served-store.ts";

export type MeteredGrant = {
  readonly organisation_id: string;
  readonly id: string;
  readonly window_id: string;
  readonly enrolment_id: string;
  readonly desk_organisation_id: string;
  readonly grantee_organisation_id: string;
  readonly budget_requests: number;
  readonly budget_tokens: number;
  readonly reserved_requests: number;
  readonly reserved_tokens: number;
  readonly spent_requests: number;
  readonly spent_tokens: number;
  readonly ended_at: Date | null;
};

/** Grants that the gateway serves, locked in one order until the transaction ends: what is read and written of their budgets is one after the other. */
export async function lockGrants(
  transaction: Transaction,
  scope: GatewayScope,
  grants: readonly string[],
): Promise<readonly MeteredGrant[]> {
  return transaction.query<MeteredGrant>(
    sql`select g.organisation_id, g.id, g.window_id, g.enrolment_id, g.desk_organisation_id, g.grantee_organisation_id, g.budget_requests, g.budget_tokens,
          g.reserved_requests, g.reserved_tokens, g.spent_requests, g.spent_tokens, g.ended_at
        from access_grant g
        where g.id = any (${grants}::uuid[]) and exists (
          select from enrolment e where e.organisation_id = g.organisation_id and e.id = g.enrolment_id and ${servedBy(scope)})
        order by g.organisation_id, g.id for update`,
  );
}

/** True while the lab or the desk has stopped the model, or this organisation's use of it. */
export async function isStopped(transaction: Transaction, grant: MeteredGrant): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from access_stop where organisation_id = ${grant.organisation_id} and enrolment_id = ${grant.enrolment_id} and lifted_at is null
          and token_id is null and (grantee_organisation_id is null or grantee_organisation_id = ${grant.grantee_organisation_id}) limit 1`,
  );
  return rows.length > 0;
}

export type LeaseRow = {
  readonly grant_id: string;
  readonly id: string;
  readonly gateway: string;
  readonly requests: number;
  readonly tokens: number;
  readonly spent_requests: number;
  readonly spent_tokens: number;
  readonly unaccounted_requests: number;
  readonly unaccounted_tokens: number;
  readonly ended_at: Date | null;
};

const leaseColumns = sql`grant_id, id, gateway, requests, tokens, spent_requests, spent_tokens, unaccounted_requests, unaccounted_tokens, ended_at`;

export async function findLease(transaction: Transaction, grant: MeteredGrant, lease: string): Promise<LeaseRow | undefined> {
  const [row] = await transaction.query<LeaseRow>(
    sql`select ${leaseColumns} from budget_lease where organisation_id = ${grant.organisation_id} and grant_id = ${grant.id} and id = ${lease}`,
  );
  return row;
}

export type NewLease = {
  readonly id: string;
  readonly gateway: string;
  readonly requests: number;
  readonly tokens: number;
  readonly at: Date;
};

export async function insertLease(transaction: Transaction, grant: MeteredGrant, lease: NewLease): Promise<void> {
  const { organisation_id: organisation, id } = grant;
  await transaction.queryAll([
    sql`insert into budget_lease (organisation_id, grant_id, id, gateway, requests, tokens, taken_at)
        values (${organisation}, ${id}, ${lease.id}, ${lease.gateway}, ${lease.requests}, ${lease.tokens}, ${lease.at})`,
    sql`update access_grant set reserved_requests = reserved_requests + ${lease.requests}, reserved_tokens = reserved_tokens + ${lease.tokens}
        where organisation_id = ${organisation} and id = ${id}`,
  ]);
}

/** Of locked grants: the named leases, and every one that a gateway still holds where `ofGateway` says so. */
export async function readLeases(
  transaction: Transaction,
  grants: readonly MeteredGrant[],
  leases: readonly string[],
  ofGateway: string | undefined,
): Promise<readonly LeaseRow[]> {
  const held = ofGateway === undefined ? sql`false` : sql`gateway = ${ofGateway} and ended_at is null`;
  const labs = grants.map((grant) => grant.organisation_id);
  const ids = grants.map(({ id }) => id);
  return transaction.query<LeaseRow>(
    sql`select ${leaseColumns} from budget_lease
        where organisation_id = any (${labs}::uuid[]) and grant_id = any (${ids}::uuid[]) and id = any (${leases}::uuid[])
        union select ${leaseColumns} from budget_lease where grant_id = any (${ids}::uuid[]) and ${held}`,
  );
}

/** The grants on which a gateway holds leases. */
export async function readGrantsLeasedBy(transaction: Transaction, gateway: string): Promise<readonly string[]> {
  const rows = await transaction.query<{ grant_id: string }>(
    sql`select distinct grant_id from budget_lease where gateway = ${gateway} and ended_at is null`,
  );
  return rows.map(({ grant_id }) => grant_id);
}

export type LeaseChange = {
  readonly organisation: string;
  readonly grant: string;
  readonly lease: string;
  readonly spentRequests: number;
  readonly spentTokens: number;
  readonly unaccountedRequests: number;
  readonly unaccountedTokens: number;
  readonly ended: boolean;
};
export type GrantChange = {
  readonly organisation: string;
  readonly grant: string;
  readonly reservedRequests: number;
  readonly reservedTokens: number;
  readonly spentRequests: number;
  readonly spentTokens: number;
  readonly unaccountedRequests: number;
  readonly unaccountedTokens: number;
};

/** Adds to what leases and grants have spent and reserved, and to what of it nobody accounts for. */
export async function bookSpending(
  transaction: Transaction,
  leases: readonly LeaseChange[],
  grants: readonly GrantChange[],
  at: Date,
): Promise<void> {
  await transaction.queryAll([
    sql`update budget_lease l set spent_requests = l.spent_requests + c."spentRequests", spent_tokens = l.spent_tokens + c."spentTokens",
          unaccounted_requests = l.unaccounted_requests + c."unaccountedRequests", unaccounted_tokens = l.unaccounted_tokens + c."unaccountedTokens",
          ended_at = case when c.ended then coalesce(l.ended_at, ${at}) else l.ended_at end
        from jsonb_to_recordset(${JSON.stringify(leases)}::jsonb)
          as c (organisation uuid, "grant" uuid, lease uuid, "spentRequests" bigint, "spentTokens" bigint, "unaccountedRequests" bigint, "unaccountedTokens" bigint,
            ended boolean)
        where l.organisation_id = c.organisation and l.grant_id = c."grant" and l.id = c.lease`,
    sql`update access_grant g set reserved_requests = g.reserved_requests + c."reservedRequests", reserved_tokens = g.reserved_tokens + c."reservedTokens",
          spent_requests = g.spent_requests + c."spentRequests", spent_tokens = g.spent_tokens + c."spentTokens",
          unaccounted_requests = g.unaccounted_requests + c."unaccountedRequests", unaccounted_tokens = g.unaccounted_tokens + c."unaccountedTokens"
        from jsonb_to_recordset(${JSON.stringify(grants)}::jsonb)
          as c (organisation uuid, "grant" uuid, "reservedRequests" bigint, "reservedTokens" bigint, "spentRequests" bigint, "spentTokens" bigint,
            "unaccountedRequests" bigint, "unaccountedTokens" bigint)
        where g.organisation_id = c.organisation and g.id = c."grant"`,
  ]);
}
