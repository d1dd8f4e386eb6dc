import { ADDED, cameFrom, NONE, type Order, type Renumbering, type Sides } from "./merge-order.ts";
import { packageTable } from "./package-table.ts";
import { ColumnU32, StringPool } from "./pools.ts";
import type { Columns } from "./sections.ts";
import type { Snapshot } from "./snapshot.ts";

export type MergedPackages = {
  readonly order: Order;
  readonly rows: Order;
  readonly texts: Order;
  readonly asides: Order;
  readonly starts: Pick<Columns, "packageRowStart" | "packageTextStart" | "packageAsideStart">;
};

export type MergedNumbers = { readonly advisories: Renumbering; readonly keys: Renumbering };

/** Packages of which anything is left, each with its entries of both sides in the order that a file built anew has them in. */
export function mergedPackages(base: Snapshot, added: Snapshot, numbers: MergedNumbers): MergedPackages {
  const sides: Sides = [base.columns, added.columns];
  const rows = createEntries(sides, "packageRowStart", "rowAdvisory", numbers.advisories, rowOrder(sides, numbers));
  const texts = createEntries(sides, "packageTextStart", "textAdvisory", numbers.advisories, advisoryOrder(sides, "textAdvisory", numbers));
  const asides = createEntries(
    sides,
    "packageAsideStart",
    "asideAdvisory",
    numbers.advisories,
    advisoryOrder(sides, "asideAdvisory", numbers),
  );
  const order = new ColumnU32();
  const add = (inBase: number | undefined, inAdded: number | undefined): void => {
    const counts = [rows, texts, asides].map((entries) => entries.add(inBase, inAdded));
    if (inAdded === undefined && counts.every((count) => count === 0)) return;
    for (const entries of [rows, texts, asides]) entries.close();
    order.push(inBase ?? ADDED + (inAdded ?? 0));
  };

  const { counterparts, onlyAdded } = findCounterparts(base, added);
  for (let index = 0; index < base.packageCount; index++) add(index, counterparts.get(index));
  for (const index of onlyAdded) add(undefined, index);
  return {
    order: order.all(),
    rows: rows.order(),
    texts: texts.order(),
    asides: asides.order(),
    starts: { packageRowStart: rows.starts(), packageTextStart: texts.starts(), packageAsideStart: asides.starts() },
  };
}

/** The sections that find a package by its name. */
export function packageNames(
  base: Snapshot,
  added: Snapshot,
  order: Order,
): Pick<Columns, "packageName" | "packageNameStart" | "packageTable"> {
  const names = new StringPool();
  for (const place of order) {
    const [side, number] = cameFrom(place);
    names.append((side === 0 ? base : added).packageName(number));
  }
  const table = packageTable(order.length, (index) => {
    const [side, number] = cameFrom(order[index] ?? 0);
    const snapshot = side === 0 ? base : added;
    return { ecosystem: snapshot.packageEcosystem(number), name: snapshot.packageName(number) };
  });
  return { packageNameStart: names.starts(), packageName: names.bytes(), packageTable: table };
}

function findCounterparts(
  base: Snapshot,
  added: Snapshot,
): { readonly counterparts: ReadonlyMap<number, number>; readonly onlyAdded: readonly number[] } {
  const counterparts = new Map<number, number>();
  const onlyAdded: number[] = [];
  for (let index = 0; index < added.packageCount; index++) {
    const known = base.findPackage(added.packageEcosystem(index), added.packageName(index));
    if (known < 0) onlyAdded.push(index);
    else counterparts.set(known, index);
  }
  return { counterparts, onlyAdded };
}

type StartName = "packageRowStart" | "packageTextStart" | "packageAsideStart";
type AdvisoryName = "rowAdvisory" | "textAdvisory" | "asideAdvisory";
type InOrder = (placeA: number, placeB: number) => number;

type Entries = {
  /** Adds a package's entries that stay, of one side or both; how many there are. */
  readonly add: (inBase: number | undefined, inAdded: number | undefined) => number;
  /** Makes what was added since the last call one package. */
  readonly close: () => void;
  readonly order: () => Order;
  readonly starts: () => Uint32Array;
};

function createEntries([base, added]: Sides, start: StartName, advisory: AdvisoryName, advisories: Renumbering, inOrder: InOrder): Entries {
  const [order, starts] = [new ColumnU32(), new ColumnU32()];
  let closed = 0;
  return {
    add: (inBase, inAdded) => {
      const kept =
        inBase === undefined ? [] : placesOf(base[start], inBase).filter((at) => advisories[0][base[advisory][at] ?? 0] !== NONE);
      const come = inAdded === undefined ? [] : placesOf(added[start], inAdded).map((at) => ADDED + at);
      const both = kept.length > 0 && come.length > 0 ? [...kept, ...come].sort(inOrder) : kept.length > 0 ? kept : come;
      for (const place of both) order.push(place);
      return both.length;
    },
    close: () => {
      starts.push(closed);
      closed = order.length;
    },
    order: () => order.all(),
    starts: () => starts.startsTo(closed),
  };
}

/** Upper bounds descending, then lower bounds, then as the advisories stand. */
function rowOrder(sides: Sides, numbers: MergedNumbers): InOrder {
  const byAdvisory = advisoryOrder(sides, "rowAdvisory", numbers);
  const rank = (name: "rowLo" | "rowHi", place: number): number => newNumber(sides, name, numbers.keys, place);
  return (a, b) => rank("rowHi", b) - rank("rowHi", a) || rank("rowLo", a) - rank("rowLo", b) || byAdvisory(a, b);
}

function advisoryOrder(sides: Sides, name: AdvisoryName, { advisories }: MergedNumbers): InOrder {
  return (a, b) => newNumber(sides, name, advisories, a) - newNumber(sides, name, advisories, b);
}

function newNumber(sides: Sides, name: AdvisoryName | "rowLo" | "rowHi", renumbering: Renumbering, place: number): number {
  const [side, number] = cameFrom(place);
  return renumbering[side][sides[side][name][number] ?? 0] ?? 0;
}

function placesOf(starts: Uint32Array, index: number): number[] {
  const start = starts[index] ?? 0;
  return Array.from({ length: (starts[index + 1] ?? start) - start }, (_, at) => start + at);
}
