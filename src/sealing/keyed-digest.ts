import { createHmac, hash } from "node:crypto";

/** HMAC with SHA-256 under one key, many times over. */
export type KeyedDigest = { readonly of: (message: Uint8Array) => Buffer; readonly destroy: () => void };

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Longer ones are not worth a copy. */
const SHORT_BYTES = 4096;

/** RFC 2104 from two plain hashes for short messages: an Hmac object for each costs more in collecting it than in digesting. `key`: 32 bytes. */
export function keyedDigest(key: Uint8Array): KeyedDigest {
  const inner = new Uint8Array(BLOCK_BYTES + SHORT_BYTES).fill(0x36, 0, BLOCK_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES).fill(0x5c, 0, BLOCK_BYTES);
  for (const [at, byte] of key.entries()) {
    inner[at] = (inner[at] ?? 0) ^ byte;
    outer[at] = (outer[at] ?? 0) ^ byte;
  }
  return {
    of: (message) => {
      if (message.length > SHORT_BYTES) return createHmac("sha256", key).update(message).digest();
      inner.set(message, BLOCK_BYTES);
      outer.set(sha256(inner.subarray(0, BLOCK_BYTES + message.length)), BLOCK_BYTES);
      return sha256(outer);
    },
    destroy: () => {
      inner.fill(0);
      outer.fill(0);
    },
  };
}

/** Through a text into memory of the pool: a buffer of its own for each digest costs as much again, and all of it once more in collecting it. */
export function sha256(message: Uint8Array): Buffer {
  return Buffer.from(hash("sha256", message, "latin1"), "latin1");
}
