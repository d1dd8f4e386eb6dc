import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { type Cosignature, cosignaturesOf } from "./cosignature.ts";
import { HASH_BYTES, isIncluded, leafHash } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import { fromBase64, type VerifierKey } from "./signed-note.ts";

/** c2sp.org/tlog-proof@v1: that a leaf is in a log, checked without asking anybody. */
export type LogProof = { readonly index: number; readonly hashes: readonly Uint8Array[]; readonly checkpoint: string };

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_HASHES = 63;

export function formatLogProof({ index, hashes, checkpoint }: LogProof): string {
  const lines = hashes.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  return `${HEADER}\nindex ${index}\n${lines}\n${checkpoint}`;
}

/** Extra data is passed over: nothing vouches for it. @throws SealingError `proof-refused` */
export function parseLogProof(text: string): LogProof {
  const split = text.indexOf("\n\n");
  const [header, ...rest] = text.slice(0, Math.max(split, 0)).split("\n");
  const lines = rest[0]?.startsWith("extra ") === true ? rest.slice(1) : rest;
  const [, indexText] = /^index (0|[1-9]\d{0,15})$/.exec(lines[0] ?? "") ?? [];
  if (header !== HEADER || indexText === undefined || lines.length - 1 > MAX_HASHES) {
    throw new SealingError("proof-refused", `expected a proof that begins with ${HEADER} and an index`, { place: "proof" });
  }
  const hashes = lines.slice(1).map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES)
      throw new SealingError("proof-refused", `expected a hash of 32 bytes in base64, got ${JSON.stringify(line.slice(0, 60))}`, {
        place: "proof",
      });
    return hash;
  });
  return { index: Number(indexText), hashes, checkpoint: text.slice(split + 2) };
}

export type VerifiedProof = { readonly index: number; readonly checkpoint: Checkpoint; readonly cosignatures: readonly Cosignature[] };

/** @throws SealingError `proof-refused` with what does not hold */
export function verifyLogProof(
  proofText: string,
  leaf: Uint8Array,
  trusted: { readonly log: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] },
): VerifiedProof {
  const proof = parseLogProof(proofText);
  const checkpoint = verifyCheckpoint(proof.checkpoint, trusted.log);
  const cosignatures = cosignaturesOf(checkpoint, trusted.witnesses);
  if (!isIncluded(leafHash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)) {
    throw new SealingError(
      "proof-refused",
      `the proof does not show this leaf at index ${proof.index} of the tree of ${checkpoint.size} leaves`,
      { place: "proof" },
    );
  }
  return { index: proof.index, checkpoint, cosignatures };
}
