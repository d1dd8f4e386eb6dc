import { createHmac } from "node:crypto";

/** HMAC-SHA-256 over the UTF-8 bytes of `payload`, in base64url. */
export function actorMac(key: Uint8Array, payload: string): string {
  return createHmac("sha256", key).update(payload, "utf8").digest("base64url");
}

const BLOCK_BYTES = 64;

/** The two blocks that HMAC-SHA-256 (RFC 2104) hashes before and around a text, for a verifier that has SHA-256 alone. `key` is at most 64 bytes. */
export function hmacBlocks(key: Uint8Array): { readonly inner: Uint8Array; readonly outer: Uint8Array } {
  const padded = new Uint8Array(BLOCK_BYTES);
  padded.set(key);
  return { inner: padded.map((byte) => byte ^ 0x36), outer: padded.map((byte) => byte ^ 0x5c) };
}
