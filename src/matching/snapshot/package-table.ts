import { packageHash } from "./layout.ts";

/** The section `packageTable`: open addressing over `count` packages, never more than half full. */
export function packageTable(
  count: number,
  packageAt: (index: number) => { readonly ecosystem: string; readonly name: string },
): Uint32Array {
  const slots = slotsFor(count);
  const table = new Uint32Array(slots * 2);
  for (let index = 0; index < count; index++) {
    const { ecosystem, name } = packageAt(index);
    const hash = packageHash(ecosystem, name);
    let slot = hash & (slots - 1);
    while (table[slot * 2 + 1] !== 0) slot = (slot + 1) & (slots - 1);
    table[slot * 2] = hash;
    table[slot * 2 + 1] = index + 1;
  }
  return table;
}

function slotsFor(packages: number): number {
  let slots = 8;
  while (slots < packages * 2) slots *= 2;
  return slots;
}
