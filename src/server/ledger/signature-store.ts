import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type KeptSignature = {
  readonly version: number;
  readonly keyId: string;
  readonly signature: Uint8Array;
  readonly signedAt: Date;
};

export type NewSignature = Omit<KeptSignature, "signedAt"> & { readonly advisoryId: string; readonly atMs: number };

/** A signature that is there already is the same: Ed25519 signs the same bytes alike. */
export async function insertSignature(
  transaction: Transaction,
  { advisoryId, version, keyId, signature, atMs }: NewSignature,
): Promise<void> {
  await transaction.run(sql`insert into advisory_signature (advisory_id, version, key_id, signature, signed_at)
    values (${advisoryId}, ${version}, ${keyId}, ${signature}, ${new Date(atMs)}) on conflict (advisory_id, version, key_id) do nothing`);
}

/** Every signature over an advisory's revisions, the newest revision and then the newest signature first. */
export async function readSignatures(transaction: Transaction, advisoryId: string): Promise<readonly KeptSignature[]> {
  return transaction.query<KeptSignature>(sql`select version, key_id as "keyId", signature, signed_at as "signedAt"
    from advisory_signature where advisory_id = ${advisoryId} order by version desc, signed_at desc, key_id desc`);
}

export type UnsignedRevision = { readonly advisoryId: string; readonly version: number; readonly sha256: string };

/** The newest revisions of advisories that this key has not signed, behind `after` in the order of their ids. */
export async function readUnsigned(database: Database, keyId: string, after: string, atMost: number): Promise<readonly UnsignedRevision[]> {
  return database.query<UnsignedRevision>(
    "releaser",
    sql`select r.advisory_id as "advisoryId", r.version, r.sha256 from ledger_revision r
        where r.advisory_id > ${after}
          and not exists (select from ledger_revision n where n.advisory_id = r.advisory_id and n.version > r.version)
          and not exists (select from advisory_signature s where s.advisory_id = r.advisory_id and s.version = r.version and s.key_id = ${keyId})
        order by r.advisory_id limit ${atMost}`,
  );
}
