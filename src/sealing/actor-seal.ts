import { createHmac, timingSafeEqual } from "node:crypto";

/** HMAC-SHA-256 over the UTF-8 bytes of `payload`, in base64url. */
export function actorMac(key: Uint8Array, payload: string): string {
  return createHmac("sha256", key).update(payload, "utf8").digest("base64url");
}

/** In constant time for texts of the right length. */
export function isActorMac(key: Uint8Array, payload: string, mac: string): boolean {
  const expected = Buffer.from(actorMac(key, payload), "latin1");
  const given = Buffer.from(mac, "utf8");
  return expected.length === given.length && timingSafeEqual(expected, given);
}
