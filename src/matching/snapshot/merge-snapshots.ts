import { invariant } from "../../vocabulary/invariant.ts";
import type { Checksum } from "./layout.ts";
import { ADDED, cameFrom, joined, type Merged, merged, NONE, type Order, type Renumbering, type Sides, take } from "./merge-order.ts";
import { mergedPackages, packageNames } from "./merge-packages.ts";
import { mergedKeys, mergedStrings } from "./merge-pools.ts";
import { ColumnU32 } from "./pools.ts";
import { type Columns, writeSections } from "./sections.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SnapshotStatement } from "./snapshot-builder.ts";

export type MergeOptions = {
  /** Whether a vulnerability of the base stays, by its number there, with all its advisories. */
  readonly isKept: (vulnerability: number) => boolean;
  readonly statement: SnapshotStatement;
  readonly checksum: Checksum;
};

/**
 * One file of two: what is kept of `base`, and everything in `added`. It answers as one built anew from the same advisories does, at the price
 * of a copy: columns are renumbered and hardly anything is decoded. The two may share packages but no vulnerability: that is replaced whole.
 */
export function mergeSnapshots(base: Snapshot, added: Snapshot, { isKept, statement, checksum }: MergeOptions): Uint8Array {
  const sides: Sides = [base.columns, added.columns];
  const vulnerabilities = joined(base.columns.vulnerabilityId.length, isKept, added.columns.vulnerabilityId.length);
  const advisories = mergedAdvisories(base, added, vulnerabilities);
  const ecosystems = mergedEcosystems(base, added);
  const keys = mergedKeys(sides, (advisory) => advisories.renumbering[0][advisory] !== NONE);
  const packages = mergedPackages(base, added, { advisories: advisories.renumbering, keys: keys.renumbering });
  const { rows, texts, asides } = packages;
  const strings = mergedStrings(
    sides,
    [
      { order: advisories.order, names: ["advisoryId", "advisoryTitle", "advisoryVector", "advisoryWeaknesses", "advisoryModifiedText"] },
      { order: rows, names: ["rowLoText", "rowHiText"] },
      { order: texts, names: ["textVersion"] },
      { order: asides, names: ["asideReason"] },
      { order: vulnerabilities.order, names: ["vulnerabilityId"] },
    ],
    textsOfIds(base.columns, vulnerabilities.order),
  );
  const taken = <N extends keyof Columns>(order: Order, name: N, renumber?: Renumbering): Columns[N] => take(sides, order, name, renumber);
  const columns: Columns = {
    ...packageNames(base, added, packages.order),
    packageEcosystem: taken(packages.order, "packageEcosystem", ecosystems.renumbering),
    ...packages.starts,
    rowLo: taken(rows, "rowLo", keys.renumbering),
    rowHi: taken(rows, "rowHi", keys.renumbering),
    rowAdvisory: taken(rows, "rowAdvisory", advisories.renumbering),
    rowLoText: taken(rows, "rowLoText", strings.renumbering),
    rowHiText: taken(rows, "rowHiText", strings.renumbering),
    rowHiKind: taken(rows, "rowHiKind"),
    textVersion: taken(texts, "textVersion", strings.renumbering),
    textAdvisory: taken(texts, "textAdvisory", advisories.renumbering),
    asideAdvisory: taken(asides, "asideAdvisory", advisories.renumbering),
    asideReason: taken(asides, "asideReason", strings.renumbering),
    keyStart: keys.start,
    keyBytes: keys.bytes,
    symbolStart: base.columns.symbolStart,
    symbolBytes: base.columns.symbolBytes,
    stringStart: strings.start,
    stringBytes: strings.bytes,
    advisoryId: taken(advisories.order, "advisoryId", strings.renumbering),
    advisoryVulnerability: taken(advisories.order, "advisoryVulnerability", vulnerabilities.renumbering),
    advisoryTitle: taken(advisories.order, "advisoryTitle", strings.renumbering),
    advisoryVector: taken(advisories.order, "advisoryVector", strings.renumbering),
    advisoryWeaknesses: taken(advisories.order, "advisoryWeaknesses", strings.renumbering),
    advisoryModifiedText: taken(advisories.order, "advisoryModifiedText", strings.renumbering),
    advisoryModifiedMs: taken(advisories.order, "advisoryModifiedMs"),
    advisoryNumber: taken(advisories.order, "advisoryNumber"),
    advisoryDigest: taken(advisories.order, "advisoryDigest"),
    advisoryScore: taken(advisories.order, "advisoryScore"),
    advisoryFlags: taken(advisories.order, "advisoryFlags"),
    vulnerabilityId: taken(vulnerabilities.order, "vulnerabilityId", strings.renumbering),
    ...mergedIds(sides, vulnerabilities.order, strings.renumbering),
  };
  const counts = {
    advisories: advisories.order.length,
    vulnerabilities: vulnerabilities.order.length,
    packages: packages.order.length,
    rows: rows.length,
  };
  return writeSections({ ...statement, ecosystems: ecosystems.list, counts }, columns, checksum);
}

/** In id order, as both sides are. */
function mergedAdvisories(base: Snapshot, added: Snapshot, vulnerabilities: Merged): Merged {
  const order = new ColumnU32();
  let next = 0;
  for (let advisory = 0; advisory < base.advisoryCount; advisory++) {
    if (vulnerabilities.renumbering[0][base.advisoryVulnerability(advisory)] === NONE) continue;
    while (next < added.advisoryCount && added.advisoryId(next) < base.advisoryId(advisory)) order.push(ADDED + next++);
    order.push(advisory);
  }
  while (next < added.advisoryCount) order.push(ADDED + next++);
  return merged(order.all(), base.advisoryCount, added.advisoryCount);
}

function mergedEcosystems(
  base: Snapshot,
  added: Snapshot,
): { readonly list: Snapshot["header"]["ecosystems"]; readonly renumbering: Renumbering } {
  const list = [...base.header.ecosystems];
  const ofAdded = added.header.ecosystems.map((ecosystem) => {
    const index = list.findIndex(({ name }) => name === ecosystem.name);
    invariant(index < 0 || list[index]?.scheme === ecosystem.scheme, `two version orders under ${ecosystem.name}`);
    return index >= 0 ? index : list.push(ecosystem) - 1;
  });
  return { list, renumbering: [Uint32Array.from(base.header.ecosystems.keys()), Uint32Array.from(ofAdded)] };
}

/** The texts of all ids of the vulnerabilities that stay. */
function* textsOfIds({ vulnerabilityIds, vulnerabilityIdsStart }: Columns, order: Order): Generator<number> {
  for (const place of order) {
    if (place >= ADDED) continue;
    const end = vulnerabilityIdsStart[place + 1] ?? 0;
    for (let at = vulnerabilityIdsStart[place] ?? 0; at < end; at++) yield vulnerabilityIds[at] ?? 0;
  }
}

function mergedIds(sides: Sides, order: Order, strings: Renumbering): Pick<Columns, "vulnerabilityIds" | "vulnerabilityIdsStart"> {
  const [ids, starts] = [new ColumnU32(), new ColumnU32()];
  for (const place of order) {
    const [side, number] = cameFrom(place);
    const { vulnerabilityIds, vulnerabilityIdsStart } = sides[side];
    starts.push(ids.length);
    const end = vulnerabilityIdsStart[number + 1] ?? 0;
    for (let at = vulnerabilityIdsStart[number] ?? 0; at < end; at++) ids.push(strings[side][vulnerabilityIds[at] ?? 0] ?? 0);
  }
  return { vulnerabilityIds: ids.all(), vulnerabilityIdsStart: starts.startsTo(ids.length) };
}
