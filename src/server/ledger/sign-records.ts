import { createHash } from "node:crypto";
import { signAdvisory } from "../../sealing/advisory-signature.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { readBodyInForce } from "../advisories/advisory-service.ts";
import type { Database, Transaction } from "../database/database.ts";
import { insertSignature, readUnsigned } from "./signature-store.ts";

export type SigningKeys = Pick<KeyRing, "accepted" | "current">;

export type PublishedRecord = {
  readonly advisoryId: string;
  readonly version: number;
  /** As it is served. */
  readonly bytes: Uint8Array;
  readonly atMs: number;
};

/** Signs a revision with every key that is accepted, in the transaction that publishes it: whoever has the older key alone verifies it too. */
export async function signRecord(
  transaction: Transaction,
  keys: SigningKeys,
  { advisoryId, version, bytes, atMs }: PublishedRecord,
): Promise<void> {
  for (const key of keys.accepted("advisory")) {
    const { keyId, signature } = signAdvisory(bytes, key);
    await insertSignature(transaction, { advisoryId, version, keyId, signature, atMs });
  }
}

const AT_ONCE = 100;

/**
 * Signs with the current key every record in force that it has not signed: after a rotation, and what was published before there were signatures.
 * Answers with the ids whose record is not the one that the ledger has: those are never signed.
 */
export async function signRecordsInForce(database: Database, keys: SigningKeys, atMs: number): Promise<readonly string[]> {
  const key = keys.current("advisory");
  const unlike: string[] = [];
  for (let after = ""; ;) {
    const unsigned = await readUnsigned(database, key.id, after, AT_ONCE);
    for (const { advisoryId, version, sha256 } of unsigned) {
      after = advisoryId;
      const body = await readBodyInForce(database, advisoryId);
      const bytes = body === undefined ? undefined : Buffer.from(body, "utf8");
      if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== sha256) {
        unlike.push(advisoryId);
        continue;
      }
      const { keyId, signature } = signAdvisory(bytes, key);
      await database.transaction("releaser", (transaction) =>
        insertSignature(transaction, { advisoryId, version, keyId, signature, atMs }),
      );
    }
    if (unsigned.length < AT_ONCE) return unlike;
  }
}
