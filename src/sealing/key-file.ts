import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { jsonFields } from "./json-fields.ts";
import { SealingError } from "./sealing-error.ts";

export const KEY_PURPOSES = ["actor", "advisory", "ledger", "sealing", "token"] as const;
/** What the installation always has a current key for. */
export type StandingPurpose = (typeof KEY_PURPOSES)[number];
/** `grant`: a key of one grant, that can be destroyed without touching another. */
export type KeyPurpose = StandingPurpose | "grant";

export type KeyDescription = {
  /** Such as `ledger-2-9f31c07a`; unique across directories. */
  readonly id: string;
  readonly purpose: KeyPurpose;
  /** Which of its purpose this is, from 1; a grant's key is always 1. */
  readonly sequence: number;
  readonly createdMs: number;
  /** Set: it neither verifies nor opens any more. */
  readonly retiredMs: number | undefined;
};

export type Key = KeyDescription & {
  /** actor, token, grant: 32 bytes; advisory, ledger: an Ed25519 private key in PKCS #8; sealing: the text of an age identity. */
  readonly secret: Uint8Array;
};

const FORMAT = "sluice-key@1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** One key as a file's text, its secret sealed with AES-256-GCM; what describes it is authenticated with it. */
export function sealKey(master: Uint8Array, key: Key): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", master, nonce);
  cipher.setAAD(describedBytes(key));
  const sealed = Buffer.concat([nonce, cipher.update(key.secret), cipher.final(), cipher.getAuthTag()]);
  const { id, purpose, sequence, createdMs, retiredMs } = key;
  return `${JSON.stringify({ format: FORMAT, id, purpose, sequence, createdMs, retiredMs: retiredMs ?? null, sealed: sealed.toString("base64") }, null, 2)}\n`;
}

/** @throws SealingError `key-store-refused` for a text that is no key file, `master-key-refused` when this master key does not open it */
export function openSealedKey(master: Uint8Array, text: string, place: string): Key {
  const { description, sealed } = readKeyFile(text, place);
  try {
    const decipher = createDecipheriv("aes-256-gcm", master, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(describedBytes(description));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const secret = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return { ...description, secret: new Uint8Array(secret) };
  } catch (cause) {
    throw new SealingError(
      "master-key-refused",
      `${place}: expected a key that this master key sealed, got one that it does not open: either the master key is another, or the file was changed`,
      { cause, place },
    );
  }
}

function readKeyFile(text: string, place: string): { readonly description: KeyDescription; readonly sealed: Buffer } {
  const { format, id, purpose, sequence, createdMs, retiredMs, sealed } = jsonFields(text);
  if (
    format !== FORMAT ||
    typeof id !== "string" ||
    !isPurpose(purpose) ||
    typeof sequence !== "number" ||
    typeof createdMs !== "number" ||
    !(retiredMs === null || typeof retiredMs === "number") ||
    typeof sealed !== "string"
  ) {
    throw new SealingError("key-store-refused", `${place}: expected a key file in the format ${FORMAT}, got something else`, { place });
  }
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) {
    throw new SealingError("key-store-refused", `${place}: expected a sealed key, got ${bytes.length} bytes`, { place });
  }
  return { description: { id, purpose, sequence, createdMs, retiredMs: retiredMs ?? undefined }, sealed: bytes };
}

function isPurpose(value: unknown): value is KeyPurpose {
  return value === "grant" || KEY_PURPOSES.some((purpose) => purpose === value);
}

/** Threat: a file renamed or edited so that one purpose's key is taken for another's. */
function describedBytes({ id, purpose, sequence, createdMs, retiredMs }: KeyDescription): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, id, purpose, sequence, createdMs, retiredMs ?? null]), "utf8");
}
