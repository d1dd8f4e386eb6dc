import { createHash, randomBytes } from "node:crypto";

export const NONCE_BYTES = 32;

export function newNonce(): Uint8Array {
  return new Uint8Array(randomBytes(NONCE_BYTES));
}

/**
 * The leaf of a confidential statement: SHA-256(nonce ‖ statement), 32 bytes that tell nothing without the nonce.
 * Whoever has both can show what was stated; once the nonce is destroyed nobody can, and the leaf is noise.
 */
export function statementLeaf(nonce: Uint8Array, statement: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(nonce).update(statement, "utf8").digest());
}

/** A leaf that stands for nothing and looks like any other: what a batch is padded with. */
export function paddingLeaf(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
