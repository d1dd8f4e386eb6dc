import type { Cosignature } from "../../sealing/cosignature.ts";
import type { VerifiedRevision } from "../../sealing/published-revision.ts";
import type { VerifiedReceipt } from "../../sealing/receipt.ts";
import type { VerifiedLog } from "../../sealing/verify-log.ts";
import { counted } from "../age-words.ts";
import { printableLine } from "../printable.ts";

/** What a verified log shows, and what it does not. */
export function logLines(
  { checkpoint, cosignatures, publicLeaves, confidentialLeaves }: VerifiedLog,
  isContinued: boolean,
): readonly string[] {
  return [
    `${printableLine(checkpoint.origin)}: ${counted(checkpoint.size, "leaf", "leaves")}, root ${Buffer.from(checkpoint.root).toString("base64")}`,
    `  ${counted(publicLeaves, "public leaf", "public leaves")}, ${confidentialLeaves.toLocaleString("en")} confidential (statements and padding, which nobody can tell apart)`,
    "  Every entry was taken, and together they make the root that was signed",
    isContinued
      ? "  It continues the checkpoint that was kept: nothing before was changed or taken away"
      : "  No earlier checkpoint was given: keep this one (--keep FILE), and give it next time (--since FILE)",
    ...witnessLines(cosignatures),
  ];
}

/** What a receipt shows. The statement itself comes first: it is what is to be shown. */
export function receiptLines({ statement, included, checkpoint }: VerifiedReceipt): readonly string[] {
  return [
    printableLine(statement),
    included === undefined
      ? `  The receipt was made before its batch: it shows what was stated, and not yet that ${printableLine(checkpoint.origin)} holds it. Take the receipt again`
      : `  Leaf ${included.index.toLocaleString("en")} of ${printableLine(included.checkpoint.origin)}, proven in the tree of ${counted(included.checkpoint.size, "leaf", "leaves")}`,
    ...(included === undefined ? [] : witnessLines(included.cosignatures)),
  ];
}

/** What an advisory's revisions show. */
export function revisionLines(
  revisions: readonly VerifiedRevision[],
  { isRecordChecked, isSigned }: { readonly isRecordChecked: boolean; readonly isSigned: boolean },
): readonly string[] {
  const newest = revisions.at(-1);
  return [
    ...revisions.map(
      ({ id, version, sha256, proof }) =>
        `${printableLine(id)}, revision ${version}: leaf ${proof.index.toLocaleString("en")}, SHA-256 ${printableLine(sha256)}`,
    ),
    ...(isRecordChecked ? ["  The record is the newest revision, byte for byte"] : []),
    ...(isSigned ? ["  It was signed by a key that you named"] : []),
    ...(newest === undefined ? [] : witnessLines(newest.proof.cosignatures)),
  ];
}

function witnessLines(cosignatures: readonly Cosignature[]): readonly string[] {
  if (cosignatures.length === 0) {
    return ["  No witness that you named has cosigned: whoever runs the log could show other people another tree"];
  }
  return cosignatures.map(
    ({ witness, timestampMs }) =>
      `  Cosigned by ${printableLine(witness.name)} at ${new Date(timestampMs).toISOString()}: it has seen no other tree`,
  );
}
