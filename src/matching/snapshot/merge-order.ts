import { ColumnU32 } from "./pools.ts";
import type { Columns } from "./sections.ts";

/** The two files to be merged, the base first. */
export type Sides = readonly [base: Columns, added: Columns];

/** Where each entry of the merged file comes from: its number in the base, or `ADDED` plus its number in the other. */
export type Order = Uint32Array;

/** From the number in each side to the number in the merged file; `NONE` = left out. */
export type Renumbering = readonly [base: Uint32Array, added: Uint32Array];

export type Merged = { readonly order: Order; readonly renumbering: Renumbering };

export const NONE = 0xffff_ffff;
export const ADDED = 0x8000_0000;

/** The side and the number there that a place in an order means. */
export function cameFrom(place: number): readonly [side: 0 | 1, number: number] {
  return place >= ADDED ? [1, place - ADDED] : [0, place];
}

/** What is kept of the base, then everything that is added. */
export function joined(baseCount: number, isKept: (number: number) => boolean, addedCount: number): Merged {
  const order = new ColumnU32();
  for (let number = 0; number < baseCount; number++) if (isKept(number)) order.push(number);
  for (let number = 0; number < addedCount; number++) order.push(ADDED + number);
  return merged(order.all(), baseCount, addedCount);
}

export function merged(order: Order, baseCount: number, addedCount: number): Merged {
  const base = new Uint32Array(baseCount).fill(NONE);
  const added = new Uint32Array(addedCount).fill(NONE);
  for (const [index, place] of order.entries()) {
    if (place >= ADDED) added[place - ADDED] = index;
    else base[place] = index;
  }
  return { order, renumbering: [base, added] };
}

/** One column of the merged file; `renumber` for those that hold numbers of other entries. */
export function take<N extends keyof Columns>(sides: Sides, order: Order, name: N, renumber?: Renumbering): Columns[N] {
  const [base, added] = [sides[0][name], sides[1][name]];
  const column = new (base.constructor as new (length: number) => Columns[N])(order.length);
  for (let index = 0; index < order.length; index++) {
    const place = order[index] ?? 0;
    const value = (place >= ADDED ? added[place - ADDED] : base[place]) ?? 0;
    column[index] = renumber === undefined ? value : (renumber[place >= ADDED ? 1 : 0][value] ?? 0);
  }
  return column;
}
