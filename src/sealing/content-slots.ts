import { createHmac, randomFillSync } from "node:crypto";

/** How many exchanges begin or go on in one segment at most. */
export const SLOTS_IN_SEGMENT = 4096;
const SLOT_BYTES = 32;

/** The table beside a segment: random bytes without which an exchange's content cannot be opened. Of no use alone. */
export function makeContentSlots(): Uint8Array {
  return randomFillSync(new Uint8Array(SLOTS_IN_SEGMENT * SLOT_BYTES));
}

/** Where a slot stands in the table; writing zeros there, and syncing, redacts the exchange's content for good. */
export function contentSlotRange(slot: number): { readonly offset: number; readonly length: number } {
  return { offset: slot * SLOT_BYTES, length: SLOT_BYTES };
}

/** The key of an exchange's content, or undefined when its slot was emptied or is not there. */
export function contentKey(contents: Uint8Array, slots: Uint8Array, slot: number): Uint8Array | undefined {
  const { offset, length } = contentSlotRange(slot);
  const seed = slots.subarray(offset, offset + length);
  if (seed.length < length || seed.every((byte) => byte === 0)) return undefined;
  return createHmac("sha256", contents).update(`content ${slot} `, "utf8").update(seed).digest();
}
