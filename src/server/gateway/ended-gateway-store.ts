import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { gatewayRefused } from "../http/gateway-caller.ts";
import type { GatewayScope } from "./gateway-scope.ts";

/**
 * Keeps a lab's own gateway in force until the transaction ends, so that none takes or states anything once it was ended: what it had taken is
 * charged then. @throws CodedError `credential-refused`
 */
export async function holdGateway(transaction: Transaction, scope: GatewayScope): Promise<void> {
  if (scope.custody === "here") return;
  const [row] = await transaction.query<{ revoked_at: Date | null }>(
    sql`select revoked_at from gateway where organisation_id = ${scope.lab} and id = ${scope.gateway} for share`,
  );
  if (row === undefined || row.revoked_at !== null) throw gatewayRefused();
}

const ofEnded = sql`l.ended_at is null and exists (select from gateway t where t.organisation_id = l.organisation_id
  and t.id::text = split_part(l.gateway, '/', 1) and t.revoked_at is not null)`;

/**
 * Ends the leases of gateways that were ended, and charges what is left of them in full: nobody can say what of it was spent, so nothing goes back.
 * One transaction, and once for each lease. Returns how many there were.
 */
export async function chargeEndedGateways(database: Database, at: Date): Promise<number> {
  return database.transaction("gateway", async (transaction) => {
    const grants = await transaction.query<{ id: string }>(
      // In the order in which whoever settles locks them.
      sql`select g.id from access_grant g where exists (
            select from budget_lease l where l.organisation_id = g.organisation_id and l.grant_id = g.id and ${ofEnded})
          order by g.organisation_id, g.id for update`,
    );
    if (grants.length === 0) return 0;
    const [charged] = await transaction.query<{ leases: number }>(
      sql`with ended as (
            update budget_lease l set ended_at = ${at}, unaccounted_requests = greatest(0, l.requests - l.spent_requests),
              unaccounted_tokens = greatest(0, l.tokens - l.spent_tokens)
            where l.grant_id = any (${grants.map(({ id }) => id)}::uuid[]) and ${ofEnded}
            returning l.organisation_id, l.grant_id, l.unaccounted_requests as requests, l.unaccounted_tokens as tokens),
          charged as (
            select organisation_id, grant_id, sum(requests)::bigint as requests, sum(tokens)::bigint as tokens, count(*)::int as leases from ended group by 1, 2),
          booked as (
            update access_grant g set reserved_requests = g.reserved_requests - c.requests, reserved_tokens = g.reserved_tokens - c.tokens,
              spent_requests = g.spent_requests + c.requests, spent_tokens = g.spent_tokens + c.tokens,
              unaccounted_requests = g.unaccounted_requests + c.requests, unaccounted_tokens = g.unaccounted_tokens + c.tokens
            from charged c where g.organisation_id = c.organisation_id and g.id = c.grant_id)
          select coalesce(sum(leases), 0)::int as leases from charged`,
    );
    return charged?.leases ?? 0;
  });
}
