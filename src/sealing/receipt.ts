import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { jsonFields } from "./json-fields.ts";
import { type VerifiedProof, verifyLogProof } from "./log-proof.ts";
import { SealingError } from "./sealing-error.ts";
import { fromBase64, type VerifierKey } from "./signed-note.ts";
import { NONCE_BYTES, statementLeaf } from "./statement-leaf.ts";

export const RECEIPT_FORMAT = "sluice-receipt@1";

/** What a participant keeps of a statement: enough to show what was stated, and once it is in the tree, since when. */
export type Receipt = {
  readonly format: typeof RECEIPT_FORMAT;
  /** The text itself, not a JSON object: its bytes are what was hashed. */
  readonly statement: string;
  /** Base64. */
  readonly nonce: string;
  /** Base64 of SHA-256(nonce ‖ statement). */
  readonly leaf: string;
  /** The newest when the receipt was made; whoever keeps it can prove a later fork. */
  readonly checkpoint: string;
  /** c2sp.org/tlog-proof@v1; absent = not in the tree yet. */
  readonly proof?: string;
};

export type VerifiedReceipt = {
  readonly statement: string;
  readonly checkpoint: Checkpoint;
  /** Undefined: the receipt was made before its batch. It shows what was stated, and not yet that it is in the ledger. */
  readonly included: VerifiedProof | undefined;
};

/** @throws SealingError `proof-refused` for what is no receipt */
export function parseReceipt(text: string): Receipt {
  const { format, statement, nonce, leaf, checkpoint, proof } = jsonFields(text);
  if (
    format !== RECEIPT_FORMAT ||
    typeof statement !== "string" ||
    typeof nonce !== "string" ||
    typeof leaf !== "string" ||
    typeof checkpoint !== "string" ||
    !(proof === undefined || typeof proof === "string")
  ) {
    throw refused(`expected a receipt in the format ${RECEIPT_FORMAT}`);
  }
  return { format, statement, nonce, leaf, checkpoint, ...(proof === undefined ? {} : { proof }) };
}

/**
 * Checks a receipt offline against keys that came another way.
 * @throws SealingError `proof-refused` with what does not hold
 */
export function verifyReceipt(
  receipt: Receipt,
  trusted: { readonly log: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] },
): VerifiedReceipt {
  const nonce = fromBase64(receipt.nonce);
  if (nonce?.length !== NONCE_BYTES) throw refused("expected a nonce of 32 bytes in base64");
  const leaf = statementLeaf(nonce, receipt.statement);
  if (Buffer.from(leaf).toString("base64") !== receipt.leaf) throw refused("nonce and statement do not make the leaf");
  const checkpoint = verifyCheckpoint(receipt.checkpoint, trusted.log);
  return {
    statement: receipt.statement,
    checkpoint,
    included: receipt.proof === undefined ? undefined : verifyLogProof(receipt.proof, leaf, trusted),
  };
}

function refused(message: string): SealingError {
  return new SealingError("proof-refused", message, { place: "receipt" });
}
