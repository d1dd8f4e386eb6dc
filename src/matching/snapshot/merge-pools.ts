import { compareKeys } from "../versions/key-writer.ts";
import { ADDED, NONE, type Order, type Renumbering, type Sides } from "./merge-order.ts";
import { ColumnU32 } from "./pools.ts";
import type { Columns } from "./sections.ts";
import { recodeTexts } from "./text-codec.ts";

/** Pieces of bytes laid end to end, and what became of the numbers that they had in each side. */
export type MergedPool = { readonly renumbering: Renumbering; readonly start: Uint32Array; readonly bytes: Uint8Array };

/** The keys that kept rows use and those of the other side, each once and in their order, so that a key's number is its rank. */
export function mergedKeys(sides: Sides, isKept: (advisory: number) => boolean): MergedPool {
  const [base, added] = sides;
  const isUsed = usedKeys(base, isKept);
  const [baseCount, addedCount] = [isUsed.length, added.keyStart.length - 1];
  const pool = createPool(base.keyBytes.length + added.keyBytes.length);
  const renumbering: Renumbering = [new Uint32Array(baseCount).fill(NONE), new Uint32Array(addedCount)];
  let next = 0;
  const comesNext = (before: Uint8Array): number => (next < addedCount ? compareKeys(keyOf(added, next), before) : 1);
  for (let key = 0; key < baseCount; key++) {
    if (isUsed[key] === 0) continue;
    const held = keyOf(base, key);
    for (; comesNext(held) < 0; next++) renumbering[1][next] = pool.add(keyOf(added, next));
    const number = pool.add(held);
    renumbering[0][key] = number;
    if (comesNext(held) === 0) renumbering[1][next++] = number;
  }
  for (; next < addedCount; next++) renumbering[1][next] = pool.add(keyOf(added, next));
  return { renumbering, ...pool.finish() };
}

/** Columns of texts by the entries that have them, and the order of these in the merged file. */
export type TextColumns = readonly { readonly order: Order; readonly names: readonly (keyof Columns)[] }[];

/** The texts of the base that are still used, then the other side's in the base's symbols: one that both have stands twice, until the next file that is built anew. */
export function mergedStrings(sides: Sides, columns: TextColumns, usedBesides: Iterable<number>): MergedPool {
  const [base, added] = sides;
  const isUsed = usedTexts(base, columns, usedBesides);
  const [baseCount, addedCount] = [isUsed.length, added.stringStart.length - 1];
  const addedCodes = recodeTexts(added, { start: base.symbolStart, bytes: base.symbolBytes });
  const pool = createPool(base.stringBytes.length + addedCodes.stringBytes.length);
  const renumbering: Renumbering = [new Uint32Array(baseCount).fill(NONE), new Uint32Array(addedCount)];
  for (let text = 0; text < baseCount; text++) {
    if (isUsed[text] === 0) continue;
    const first = text;
    while (text + 1 < baseCount && isUsed[text + 1] === 1) text++;
    // Neighbours are copied together: a million small copies would take most of the time.
    pool.addRun(base.stringBytes, base.stringStart, first, text + 1, (piece, number) => (renumbering[0][piece] = number));
  }
  // Text 0 is the empty one in every file, and means "none" in some columns.
  const { stringBytes, stringStart } = addedCodes;
  if (addedCount > 1) pool.addRun(stringBytes, stringStart, 1, addedCount, (piece, number) => (renumbering[1][piece] = number));
  return { renumbering, ...pool.finish() };
}

function usedKeys(base: Columns, isKept: (advisory: number) => boolean): Uint8Array {
  const isUsed = new Uint8Array(base.keyStart.length - 1);
  for (let row = 0; row < base.rowAdvisory.length; row++) {
    if (!isKept(base.rowAdvisory[row] ?? 0)) continue;
    isUsed[base.rowLo[row] ?? 0] = 1;
    isUsed[base.rowHi[row] ?? 0] = 1;
  }
  return isUsed;
}

function usedTexts(base: Columns, columns: TextColumns, usedBesides: Iterable<number>): Uint8Array {
  const isUsed = new Uint8Array(Math.max(1, base.stringStart.length - 1));
  isUsed[0] = 1;
  for (const { order, names } of columns) {
    for (const name of names) {
      const column = base[name];
      for (const place of order) if (place < ADDED) isUsed[column[place] ?? 0] = 1;
    }
  }
  for (const text of usedBesides) isUsed[text] = 1;
  return isUsed;
}

type Pool = {
  /** The piece's number. */
  readonly add: (piece: Uint8Array) => number;
  /** Adds the pieces from number `from` to before number `to` of another pool. */
  readonly addRun: (
    bytes: Uint8Array,
    starts: Uint32Array,
    from: number,
    to: number,
    onPiece: (piece: number, number: number) => void,
  ) => void;
  readonly finish: () => Omit<MergedPool, "renumbering">;
};

function createPool(largestBytes: number): Pool {
  const bytes = new Uint8Array(largestBytes);
  const start = new ColumnU32();
  let used = 0;
  const append = (piece: Uint8Array): void => {
    bytes.set(piece, used);
    used += piece.length;
  };
  return {
    add: (piece) => {
      const number = start.push(used);
      append(piece);
      return number;
    },
    addRun: (from, starts, first, end, onPiece) => {
      const runStart = starts[first] ?? 0;
      for (let piece = first; piece < end; piece++) onPiece(piece, start.push(used + (starts[piece] ?? 0) - runStart));
      append(from.subarray(runStart, starts[end]));
    },
    finish: () => ({ start: start.startsTo(used), bytes: bytes.slice(0, used) }),
  };
}

function keyOf({ keyBytes, keyStart }: Columns, key: number): Uint8Array {
  return keyBytes.subarray(keyStart[key], keyStart[key + 1]);
}
