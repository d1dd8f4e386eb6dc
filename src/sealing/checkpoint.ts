import { HASH_BYTES } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import { fromBase64, parseNote, type SignedNote, type VerifierKey, findSignature, signNoteText, formatNote } from "./signed-note.ts";

/** c2sp.org/tlog-checkpoint: a tree's head. */
export type TreeHead = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

export type Checkpoint = TreeHead & { readonly note: SignedNote };

/** The note's text, without extension lines. */
export function treeHeadText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/** A checkpoint signed by each of these keys (several while one takes over from another), under the origin's name. @param privateKeys Ed25519 in PKCS #8 */
export function signCheckpoint(head: TreeHead, privateKeys: readonly Uint8Array[]): string {
  const text = treeHeadText(head);
  return formatNote({ text, signatures: privateKeys.map((key) => signNoteText(text, head.origin, key)) });
}

/** What a checkpoint says, whoever signed it. @throws SealingError `proof-refused` */
export function parseCheckpoint(checkpoint: string): Checkpoint {
  const note = parseNote(checkpoint);
  const [origin = "", sizeText = "", rootText = "", ...extensions] = note.text.slice(0, -1).split("\n");
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  const root = fromBase64(rootText);
  if (origin === "" || !Number.isSafeInteger(size) || root?.length !== HASH_BYTES || extensions.some((line) => line === "")) {
    throw new SealingError("proof-refused", "expected a checkpoint: origin, size and root hash, a line each", { place: "checkpoint" });
  }
  return { origin, size, root, note };
}

/**
 * The same, signed by one of the log's keys, each of which must be named as the origin is.
 * @throws SealingError `proof-refused` when none of them signed it, or a signature does not verify
 */
export function verifyCheckpoint(checkpoint: string, keys: readonly VerifierKey[]): Checkpoint {
  const parsed = parseCheckpoint(checkpoint);
  const own = keys.filter(({ name }) => name === parsed.origin);
  if (own.filter((key) => findSignature(parsed.note, key) !== undefined).length === 0) {
    throw new SealingError(
      "proof-refused",
      `expected a signature by ${keys.map(({ name, keyId }) => `${name} (${keyId})`).join(" or ")}, got none`,
      {
        place: "checkpoint",
      },
    );
  }
  return parsed;
}
