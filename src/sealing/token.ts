import { createHash, createHmac, randomBytes } from "node:crypto";

const PREFIX = "slu_";
const SECRET_BYTES = 32;
const CHECK_CHARACTERS = 6;
const SHAPE = /^slu_[A-Za-z0-9_-]{49}$/;

/** A new token's text: `slu_`, 256 random bits in base64url, six check characters. It is shown once and kept as its digest. */
export function makeToken(): string {
  const body = PREFIX + randomSecret();
  return body + checkOf(body);
}

/** True when the check characters are right: a text that was cut, mistyped or made up needs no look at the database. */
export function isToken(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const body = text.slice(0, -CHECK_CHARACTERS);
  return text.endsWith(checkOf(body));
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
