import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { SealingError } from "./sealing-error.ts";

/** c2sp.org/signed-note. */
export type SignedNote = {
  /** With its final newline, without the blank line behind it. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};

export type NoteSignature = {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
};

/** The assigned type bytes that are read here. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04, mlDsaCosignature: 0x06 } as const;

export type VerifierKey = { readonly name: string; readonly keyId: string; readonly type: number; readonly publicKey: Uint8Array };

/** At least 16 signatures must be read, of up to 5 kB each (clause of the specification); an attacker may send no more than this. */
const MAX_NOTE_CHARACTERS = 256 * 1024;
const MAX_SIGNATURES = 32;
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;

/** @throws SealingError `proof-refused` */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_CHARACTERS) throw refused(`expected a note of at most ${MAX_NOTE_CHARACTERS} characters, got ${note.length}`);
  // oxlint-disable-next-line no-control-regex -- the specification forbids exactly these
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw refused("expected a note without control characters");
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw refused("expected a text, a blank line and signature lines, each ended by a newline");
  return { text: note.slice(0, split + 1), signatures: parseSignatureLines(note.slice(split + 2)) };
}

/** Lines of `— name base64`, such as a witness answers with. @throws SealingError `proof-refused` */
export function parseSignatureLines(text: string): readonly NoteSignature[] {
  if (text.length > MAX_NOTE_CHARACTERS) throw refused(`expected at most ${MAX_NOTE_CHARACTERS} characters, got ${text.length}`);
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length > MAX_SIGNATURES) throw refused(`expected at most ${MAX_SIGNATURES} signatures, got ${lines.length}`);
  return lines.map((line) => {
    const [, name = "", encoded = ""] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (!isKeyName(name) || bytes === undefined || bytes.length < 5)
      throw refused(`expected a signature line, got ${JSON.stringify(line.slice(0, 80))}`);
    return { name, keyId: Buffer.from(bytes.subarray(0, 4)).toString("hex"), signature: bytes.slice(4) };
  });
}

export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map((signature) => `${signatureLine(signature)}\n`).join("")}`;
}

export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(keyId, "hex"), signature]).toString("base64")}`;
}

/** @param privateKey Ed25519 in PKCS #8 */
export function signNoteText(text: string, name: string, privateKey: Uint8Array): NoteSignature {
  const key = privateKeyFrom(privateKey);
  const { keyId } = verifierKeyOf(name, privateKey);
  return { name, keyId, signature: new Uint8Array(sign(null, Buffer.from(text, "utf8"), key)) };
}

/** The public half of a log's signing key. @param privateKey Ed25519 in PKCS #8 */
export function verifierKeyOf(name: string, privateKey: Uint8Array): VerifierKey {
  const { x } = createPublicKey(privateKeyFrom(privateKey)).export({ format: "jwk" });
  return verifierKey(name, SIGNATURE_TYPES.ed25519, new Uint8Array(Buffer.from(x ?? "", "base64url")));
}

export function verifierKey(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  const hash = createHash("sha256").update(`${name}\n`, "utf8").update(Uint8Array.of(type)).update(publicKey).digest();
  return { name, keyId: hash.subarray(0, 4).toString("hex"), type, publicKey };
}

/** `name+keyid+base64(type || public key)`. */
export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${Buffer.concat([Uint8Array.of(type), publicKey]).toString("base64")}`;
}

/** @throws SealingError `proof-refused` for a text that is no verifier key, a type that is not known, or an id that is not the key's */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = "", keyId = "", encoded = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  const type = bytes?.[0];
  if (!isKeyName(name) || bytes === undefined || type === undefined)
    throw refused(`expected a verifier key, got ${JSON.stringify(text.slice(0, 80))}`);
  const expectedLength = type === SIGNATURE_TYPES.mlDsaCosignature ? 1312 : 32;
  if (!Object.values(SIGNATURE_TYPES).some((known) => known === type) || bytes.length !== expectedLength + 1) {
    throw refused(`expected an Ed25519 key, or one of a witness (Ed25519, ML-DSA-44), got type ${type} with ${bytes.length - 1} bytes`);
  }
  const key = verifierKey(name, type, bytes.slice(1));
  if (key.keyId !== keyId) throw refused(`expected the key id ${key.keyId} for this name and key, got ${keyId}`);
  return key;
}

/**
 * The signature of this key, or undefined when the note has none.
 * @throws SealingError `proof-refused` when one is there and does not verify: the whole note is to be rejected then
 */
export function findSignature(note: SignedNote, key: VerifierKey): NoteSignature | undefined {
  const found = note.signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId);
  if (found === undefined) return undefined;
  if (!isSignature(Buffer.from(note.text, "utf8"), key, found.signature)) throw refused(`the signature of ${key.name} does not verify`);
  return found;
}

/** Verifies over the very bytes given, with Ed25519 or ML-DSA-44 as the key's type says. */
export function isSignature(message: Uint8Array, key: VerifierKey, signature: Uint8Array): boolean {
  return verify(null, message, publicKeyFrom(key), signature);
}

export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}

function publicKeyFrom({ type, publicKey }: VerifierKey): KeyObject {
  const encoded = Buffer.from(publicKey).toString("base64url");
  const isMlDsa = type === SIGNATURE_TYPES.mlDsaCosignature;
  // RFC 9964 for the second: the types of Node do not have `pub` yet.
  const key: JsonWebKey = isMlDsa ? mlDsaKey(encoded) : { kty: "OKP", crv: "Ed25519", x: encoded };
  return createPublicKey({ format: "jwk", key });
}

function mlDsaKey(pub: string): JsonWebKey & { readonly pub: string } {
  return { kty: "AKP", alg: "ML-DSA-44", pub };
}

function privateKeyFrom(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
}

function isKeyName(name: string): boolean {
  return name !== "" && !/[\s+]/u.test(name);
}

function refused(message: string): SealingError {
  return new SealingError("proof-refused", message);
}
