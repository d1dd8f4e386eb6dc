import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type GatewayRow = {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen_at: Date | null;
};

/** Of the actor's lab. */
export async function readGateways(transaction: Transaction): Promise<readonly GatewayRow[]> {
  return transaction.query<GatewayRow>(
    sql`select id, name, created_at, revoked_at, last_seen_at from gateway where organisation_id = (select actor_organisation())
        order by created_at desc, id limit 1000`,
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
