import { open } from "node:fs/promises";
import { contentSlotRange } from "./content-slots.ts";
import type { ExchangePlace } from "./exchange-place.ts";
import { SealingError } from "./sealing-error.ts";
import { type RecordAccess, segmentFrames } from "./segment-files.ts";
import { segmentPaths, sequencesIn } from "./segment-paths.ts";

/** What the owner of a redacted exchange can be told, and what nobody may promise. */
export type Redaction = { readonly files: readonly string[]; readonly cannotReach: readonly string[] };

const CANNOT_REACH = [
  "copies and backups of these files, together with the grant's record key",
  "blocks that the file system or the drive has not yet written over, and snapshots of either",
  "the keyed digests, the headers, the times and the counts of the exchange, which stay in the record",
  "what was read or exported before",
];

/**
 * Makes the bodies of an exchange that has ended unreadable for good, and leaves its digests: no byte of a segment changes, so that its chains
 * still verify; what is emptied is the slot without which the content's key cannot be made. On disk when this returns.
 * @throws SealingError `sealed-content-refused` when no exchange of that id stands there, or it has not ended
 */
export async function redactExchange(access: RecordAccess, place: ExchangePlace, exchangeId: string): Promise<Redaction> {
  const slots: { readonly file: string; readonly slot: number }[] = [];
  let hasEnded = false;
  for (const sequence of sequencesIn(access.directory)) {
    if (sequence < place.sequence || sequence > place.endSequence) continue;
    const paths = segmentPaths(access.directory, sequence);
    for await (const { frame, slot } of segmentFrames(access, sequence, { contentsOf: () => false })) {
      if (frame.kind === "settled" || frame.exchangeId !== exchangeId) continue;
      if (frame.kind === "spend" || frame.kind === "resume") slots.push({ file: paths.slots, slot });
      hasEnded ||= frame.kind === "close";
    }
  }
  if (!hasEnded) {
    throw new SealingError(
      "sealed-content-refused",
      `expected exchange ${exchangeId} to have ended where it is said to stand, got none that has`,
      {
        place: exchangeId,
      },
    );
  }
  for (const { file, slot } of slots) await empty(file, slot);
  return { files: [...new Set(slots.map(({ file }) => file))], cannotReach: CANNOT_REACH };
}

/** Zeros over the old bytes, never a new file: a rename would leave the old ones where they are. */
async function empty(path: string, slot: number): Promise<void> {
  const { offset, length } = contentSlotRange(slot);
  const file = await open(path, "r+");
  try {
    await file.write(new Uint8Array(length), 0, length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}
