import type { Checkpoint } from "./checkpoint.ts";
import { SealingError } from "./sealing-error.ts";
import { isSignature, type NoteSignature, SIGNATURE_TYPES, type VerifierKey } from "./signed-note.ts";

/** c2sp.org/tlog-cosignature: a witness states that this is the largest consistent tree it has seen of this log. */
export type Cosignature = { readonly witness: VerifierKey; readonly signature: NoteSignature; readonly timestampMs: number };

const TIMESTAMP_BYTES = 8;

/**
 * The cosignatures of these witnesses among a checkpoint's signatures; those of others are ignored.
 * @throws SealingError `proof-refused` when one of a known witness does not verify
 */
export function cosignaturesOf(
  checkpoint: Checkpoint,
  witnesses: readonly VerifierKey[],
  signatures: readonly NoteSignature[] = checkpoint.note.signatures,
): readonly Cosignature[] {
  return witnesses.flatMap((witness) => {
    const signature = signatures.find(({ name, keyId }) => name === witness.name && keyId === witness.keyId);
    return signature === undefined ? [] : [verified(checkpoint, witness, signature)];
  });
}

function verified(checkpoint: Checkpoint, witness: VerifierKey, signature: NoteSignature): Cosignature {
  const bytes = Buffer.from(signature.signature);
  const seconds = bytes.length > TIMESTAMP_BYTES ? bytes.readBigUInt64BE(0) : 0n;
  const message = cosignedMessage(checkpoint, witness, seconds);
  // Witnesses must state a time for a whole tree (tlog-witness, add-checkpoint), of at most 2^63 - 1.
  if (seconds === 0n || seconds >= 2n ** 63n || !isSignature(message, witness, bytes.subarray(TIMESTAMP_BYTES))) {
    throw new SealingError("proof-refused", `the cosignature of ${witness.name} does not verify`, { place: "checkpoint" });
  }
  return { witness, signature, timestampMs: Number(seconds) * 1000 };
}

function cosignedMessage({ origin, size, root, note }: Checkpoint, witness: VerifierKey, seconds: bigint): Uint8Array {
  switch (witness.type) {
    case SIGNATURE_TYPES.cosignature:
      return Buffer.from(`cosignature/v1\ntime ${seconds}\n${note.text}`, "utf8");
    case SIGNATURE_TYPES.mlDsaCosignature:
      return Buffer.concat([
        Buffer.from("subtree/v1\n\0", "latin1"),
        shortText(witness.name),
        uint64(seconds),
        shortText(origin),
        uint64(0n),
        uint64(BigInt(size)),
        root,
      ]);
    default:
      throw new SealingError("proof-refused", `expected a witness's key (type 4 or 6), got type ${witness.type}`, { place: witness.name });
  }
}

function shortText(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === 0 || bytes.length > 255)
    throw new SealingError("proof-refused", `expected a name of 1 to 255 bytes, got ${bytes.length}`);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

function uint64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
