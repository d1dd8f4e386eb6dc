import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { KnownPasskey, NewPasskey } from "./passkey-ceremony.ts";

export type StoredPasskey = KnownPasskey & { readonly id: string; readonly onlyOrganisation: string | undefined };

type PasskeyRow = {
  readonly id: string;
  readonly credential_id: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly only_organisation_id: string | null;
};

export async function insertPasskey(
  transaction: Transaction,
  passkey: NewPasskey & {
    readonly person: string;
    readonly name: string;
    readonly onlyOrganisation: string | undefined;
    readonly atMs: number;
  },
): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into passkey (person_id, credential_id, public_key, counter, transports, synced, name, only_organisation_id, created_at)
        values (${passkey.person}, ${passkey.credentialId}, ${passkey.publicKey}, ${passkey.counter}, ${passkey.transports}, ${passkey.synced},
          ${passkey.name}, ${passkey.onlyOrganisation ?? null}, ${new Date(passkey.atMs)})
        returning id`,
  );
  return row?.id ?? "";
}

/** Found by whom it says it belongs to and its id together: nobody's id tells anything of another's. */
export async function findPasskey(transaction: Transaction, person: string, credentialId: string): Promise<StoredPasskey | undefined> {
  const [row] = await transaction.query<PasskeyRow>(
    sql`select id, credential_id, public_key, counter, transports, only_organisation_id from passkey
        where person_id = ${person} and credential_id = ${credentialId} and revoked_at is null`,
  );
  return row === undefined ? undefined : toPasskey(row);
}

export async function passkeysOf(transaction: Transaction, person: string): Promise<readonly StoredPasskey[]> {
  const rows = await transaction.query<PasskeyRow>(
    sql`select id, credential_id, public_key, counter, transports, only_organisation_id from passkey
        where person_id = ${person} and revoked_at is null`,
  );
  return rows.map(toPasskey);
}

/** False when another answer of the same passkey was there first: two answers with one counter are a copy. */
export async function advancePasskey(
  transaction: Transaction,
  use: {
    readonly person: string;
    readonly id: string;
    readonly from: number;
    readonly counter: number;
    readonly synced: boolean;
    readonly atMs: number;
  },
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update passkey set counter = ${use.counter}, synced = ${use.synced}, last_used_at = ${new Date(use.atMs)}
        where person_id = ${use.person} and id = ${use.id} and counter = ${use.from} and revoked_at is null`,
  );
  return changed === 1;
}

export type OwnPasskey = {
  readonly id: string;
  readonly name: string;
  readonly synced: boolean;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly only_organisation_id: string | null;
};

export async function readOwnPasskeys(database: Database, actor: Actor): Promise<readonly OwnPasskey[]> {
  return database.query<OwnPasskey>(
    actor,
    sql`select id, name, synced, created_at, last_used_at, only_organisation_id from passkey
        where person_id = (select actor_person()) and revoked_at is null order by created_at`,
  );
}

export async function revokeOwnPasskey(transaction: Transaction, id: string, atMs: number): Promise<boolean> {
  return (
    (await transaction.run(
      sql`update passkey set revoked_at = ${new Date(atMs)} where person_id = (select actor_person()) and id = ${id} and revoked_at is null`,
    )) === 1
  );
}

function toPasskey(row: PasskeyRow): StoredPasskey {
  return {
    id: row.id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: row.transports,
    onlyOrganisation: row.only_organisation_id ?? undefined,
  };
}
