import { createHmac, hash } from "node:crypto";

/** HMAC with SHA-256 under one key, many times over. */
export type KeyedDigest = { readonly of: (message: Uint8Array) => Buffer; readonly destroy: () => void };

const BLOCK_BYTES = 64;
/** Longer ones are not worth a copy. */
const SHORT_BYTES = 4096;

/** RFC 2104 from two plain hashes for short messages: an Hmac object for each costs more in collecting it than in digesting. `key`: 32 bytes. */
export function keyedDigest(key: Uint8Array): KeyedDigest {
  const inner = new Uint8Array(BLOCK_BYTES).fill(0x36);
  const outer = new Uint8Array(BLOCK_BYTES).fill(0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at] = (inner[at] ?? 0) ^ byte;
    outer[at] = (outer[at] ?? 0) ^ byte;
  }
  return {
    of: (message) =>
      message.length > SHORT_BYTES ? createHmac("sha256", key).update(message).digest() : sha256([outer, sha256([inner, message])]),
    destroy: () => {
      inner.fill(0);
      outer.fill(0);
    },
  };
}

function sha256(pieces: readonly Uint8Array[]): Buffer {
  return hash("sha256", Buffer.concat(pieces), "buffer");
}
