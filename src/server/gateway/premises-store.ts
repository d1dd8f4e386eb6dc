import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type GatewayRow = {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly reserved_requests: number;
  readonly reserved_tokens: number;
  readonly unaccounted_requests: number;
  readonly unaccounted_tokens: number;
};

/** Of the actor's lab, with what they hold of budgets and what was charged for them. */
export async function readGateways(transaction: Transaction): Promise<readonly GatewayRow[]> {
  return transaction.query<GatewayRow>(
    sql`select t.id, t.name, t.created_at, t.revoked_at, t.last_seen_at, coalesce(l.reserved_requests, 0)::bigint as reserved_requests,
          coalesce(l.reserved_tokens, 0)::bigint as reserved_tokens, coalesce(l.unaccounted_requests, 0)::bigint as unaccounted_requests,
          coalesce(l.unaccounted_tokens, 0)::bigint as unaccounted_tokens
        from gateway t left join (
          select split_part(gateway, '/', 1) as id, sum(unaccounted_requests) as unaccounted_requests, sum(unaccounted_tokens) as unaccounted_tokens,
            sum(greatest(0, requests - spent_requests)) filter (where ended_at is null) as reserved_requests,
            sum(greatest(0, tokens - spent_tokens)) filter (where ended_at is null) as reserved_tokens
          from budget_lease where organisation_id = (select actor_organisation())
            and (ended_at is null or unaccounted_requests > 0 or unaccounted_tokens > 0) group by 1) l on l.id = t.id::text
        where t.organisation_id = (select actor_organisation()) order by t.created_at desc, t.id limit 1000`,
  );
}

export type NewGateway = {
  readonly id: string;
  readonly name: string;
  readonly digest: Uint8Array;
  readonly digestKeyId: string;
  readonly at: Date;
};

export async function insertGateway(transaction: Transaction, gateway: NewGateway): Promise<void> {
  await transaction.run(
    sql`insert into gateway (organisation_id, id, name, digest, digest_key_id, created_by, created_at)
        values ((select actor_organisation()), ${gateway.id}, ${gateway.name}, ${gateway.digest}, ${gateway.digestKeyId}, (select actor_person()), ${gateway.at})`,
  );
}

/** Its name; undefined = the actor administers no such gateway in force. */
export async function revokeGatewayRow(transaction: Transaction, id: string, at: Date): Promise<string | undefined> {
  const [row] = await transaction.query<{ name: string }>(
    sql`update gateway set revoked_at = ${at} where organisation_id = (select actor_organisation()) and id = ${id} and revoked_at is null returning name`,
  );
  return row?.name;
}

export type KnownGateway = { readonly organisation_id: string; readonly id: string; readonly last_seen_at: Date | null };

export async function findGateway(database: Database, digests: readonly Uint8Array[]): Promise<KnownGateway | undefined> {
  const [row] = await database.query<KnownGateway>(
    "gateway",
    sql`select organisation_id, id, last_seen_at from gateway where digest = any (${digests}::bytea[]) and revoked_at is null`,
  );
  return row;
}

export async function touchGateway(database: Database, { organisation_id, id }: KnownGateway, at: Date): Promise<void> {
  await database.query(
    "gateway",
    sql`update gateway set last_seen_at = ${at} where organisation_id = ${organisation_id} and id = ${id} and (last_seen_at is null or last_seen_at < ${at})`,
  );
}
