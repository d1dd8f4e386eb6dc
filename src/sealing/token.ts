import { createHash, createHmac, randomBytes } from "node:crypto";

/** What a token begins with: `slu` for the API, `slm` for a model through a gateway, `slg` for a gateway on a lab's own premises. */
export type TokenKind = "slu" | "slm" | "slg";

const SECRET_BYTES = 32;
const CHECK_CHARACTERS = 6;
const SHAPE = /^(sl[umg])_[A-Za-z0-9_-]{49}$/;

/** A new token's text: `slu_`, 256 random bits in base64url, six check characters. It is shown once and kept as its digest. */
export function makeToken(kind: TokenKind = "slu"): string {
  const body = `${kind}_${randomSecret()}`;
  return body + checkOf(body);
}

/** True when the check characters are right: a text that was cut, mistyped or made up needs no look at the database. */
export function isToken(text: string, kind: TokenKind = "slu"): boolean {
  if (SHAPE.exec(text)?.[1] !== kind) return false;
  const body = text.slice(0, -CHECK_CHARACTERS);
  return text.endsWith(checkOf(body));
}

/** What a gateway is told of a token, in hex. Without a key, so that it may be told: 256 random bits are not found by trying. */
export function tokenDigest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** 256 random bits in base64url: for sessions, links and challenges. */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** What stands in the database for a secret: of no use without the key, which is not there. 32 bytes. */
export function secretDigest(key: Uint8Array, text: string): Uint8Array {
  return new Uint8Array(createHmac("sha256", key).update(text, "utf8").digest());
}

function checkOf(body: string): string {
  return createHash("sha256").update(body, "latin1").digest("base64url").slice(0, CHECK_CHARACTERS);
}
