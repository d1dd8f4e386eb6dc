import { createHmac } from "node:crypto";

/**
 * The name under which sealed content is kept: 64 hex digits from its SHA-256 and from where it belongs, by a key. Whoever has the file names
 * and a copy of the content cannot tell that it is there, nor that two places have the same.
 */
export function contentAddress(key: Uint8Array, belongsTo: readonly string[], sha256: Uint8Array): string {
  const hmac = createHmac("sha256", key);
  for (const part of ["sluice-content@1", ...belongsTo]) hmac.update(`${part.length}:${part}`, "utf8");
  return hmac.update(sha256).digest("hex");
}
