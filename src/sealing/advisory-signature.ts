import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Key } from "./key-file.ts";
import { SealingError } from "./sealing-error.ts";
import { fromBase64 } from "./signed-note.ts";

/** Ed25519 (RFC 8032) over the very bytes of a published record: what `openssl pkeyutl -verify -rawin` checks. */
export type AdvisorySignature = { readonly keyId: string; readonly signature: Uint8Array };

/** An advisory key's public half. */
export type AdvisoryKey = {
  readonly id: string;
  /** SubjectPublicKeyInfo (RFC 8410) as PEM, one line of base64. */
  readonly pem: string;
};

/** Keys of this purpose sign published records and nothing else, so that the bytes need no mark of what they are. */
export function signAdvisory(record: Uint8Array, key: Key): AdvisorySignature {
  return { keyId: key.id, signature: new Uint8Array(sign(null, record, privateKeyOf(key))) };
}

export function advisoryKeyOf(key: Key): AdvisoryKey {
  return { id: key.id, pem: createPublicKey(privateKeyOf(key)).export({ format: "pem", type: "spki" }) };
}

/** True when the holder of one of these keys signed these bytes. */
export function isAdvisorySigned(record: Uint8Array, signature: Uint8Array, keys: readonly KeyObject[]): boolean {
  return keys.some((key) => verify(null, record, key, signature));
}

/** Public keys in PEM, one after another. @throws SealingError `proof-refused` for a text without one, or with one that is not Ed25519 */
export function parseAdvisoryKeys(text: string): readonly KeyObject[] {
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw refused("expected public keys in PEM, got none");
  return blocks.map((block) => {
    const key = readPublicKey(block);
    if (key?.asymmetricKeyType !== "ed25519")
      throw refused(`expected Ed25519 public keys, got ${key?.asymmetricKeyType ?? "what is none"}`);
    return key;
  });
}

/** @throws SealingError `proof-refused` for what is no base64 of 64 bytes */
export function parseAdvisorySignature(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes?.length !== 64) throw refused(`expected a signature of 64 bytes in base64, got ${JSON.stringify(text.slice(0, 100))}`);
  return bytes;
}

function readPublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function privateKeyOf({ id, purpose, secret }: Key): KeyObject {
  if (purpose !== "advisory") throw new SealingError("key-unknown", `expected a key for advisories, got ${id}`, { place: id });
  return createPrivateKey({ key: Buffer.from(secret), format: "der", type: "pkcs8" });
}

function refused(message: string): SealingError {
  return new SealingError("proof-refused", message, { place: "signature" });
}
