import type { WitnessAnswer, WitnessClient } from "../../connectors/tlog-witness/tlog-witness.ts";
import { parseCheckpoint } from "../../sealing/checkpoint.ts";
import { type Cosignature, cosignaturesOf } from "../../sealing/cosignature.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { parseSignatureLines } from "../../sealing/signed-note.ts";
import type { Witness } from "../config.ts";

/** How one witness took a checkpoint. */
export type Cosigning =
  | { readonly kind: "cosigned"; readonly cosignature: Cosignature }
  /** Nothing is wrong with the ledger: the witness is away, or its operator does not know this log. Tried again. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The witness has seen a tree that this one does not continue: somebody must look. */
  | { readonly kind: "contradicted"; readonly reason: string };

export type CosignParts = {
  readonly client: WitnessClient;
  readonly witness: Witness;
  readonly checkpoint: string;
  /** The size that this witness cosigned last, as far as is known here. */
  readonly knownSize: number;
  /** Hashes of the consistency proof from a size to the checkpoint's. */
  readonly prove: (from: number) => Promise<readonly Uint8Array[]>;
  readonly signal: AbortSignal;
};

/** c2sp.org/tlog-witness, add-checkpoint: once with the size that is known, and once more with the one that the witness answers. */
export async function cosign(parts: CosignParts): Promise<Cosigning> {
  const { size } = parseCheckpoint(parts.checkpoint);
  const first = await ask(parts, parts.knownSize);
  if (first.kind === "unreachable") return { kind: "failed", reason: first.reason };
  if (first.status !== 409) return outcome(parts, first);
  const stated = /^(0|[1-9]\d{0,15})\n?$/.exec(first.text)?.[1];
  if (stated === undefined) return { kind: "failed", reason: "the witness has cosigned another size and does not say which" };
  if (Number(stated) > size) {
    return { kind: "contradicted", reason: `the witness has cosigned a tree of ${stated} leaves, and this one has ${size}` };
  }
  const second = await ask(parts, Number(stated));
  return second.kind === "unreachable" ? { kind: "failed", reason: second.reason } : outcome(parts, second);
}

async function ask({ client, witness, checkpoint, prove, signal }: CosignParts, from: number): Promise<WitnessAnswer> {
  const hashes = await prove(from);
  const proof = hashes.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  return client.addCheckpoint(witness.url, `old ${from}\n${proof}\n${checkpoint}`, signal);
}

function outcome({ witness, checkpoint }: CosignParts, { status, text }: Extract<WitnessAnswer, { kind: "answered" }>): Cosigning {
  switch (status) {
    case 200:
      return cosigned(witness, checkpoint, text);
    case 404:
      return { kind: "failed", reason: "the witness does not know this ledger: its operator adds the origin and the verifier key" };
    case 403:
      return { kind: "failed", reason: "the witness knows this ledger by another key" };
    case 422:
      return { kind: "contradicted", reason: "the witness has seen a tree that this one does not continue" };
    default:
      return { kind: "failed", reason: `expected status 200, got ${status}` };
  }
}

function cosigned(witness: Witness, checkpoint: string, text: string): Cosigning {
  try {
    const [cosignature] = cosignaturesOf(parseCheckpoint(checkpoint), [witness.key], parseSignatureLines(text));
    return cosignature === undefined
      ? { kind: "failed", reason: `expected a signature by ${witness.key.name} (${witness.key.keyId}), got others` }
      : { kind: "cosigned", cosignature };
  } catch (error) {
    if (error instanceof SealingError) return { kind: "failed", reason: error.message };
    throw error;
  }
}
