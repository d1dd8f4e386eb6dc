import type { DataStanding } from "../../vocabulary/data-standing.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { CompiledPackage, Interval } from "../interval.ts";
import { compareKeys } from "../versions/key-writer.ts";
import { AdvisoryColumns, type AdvisoryFacts } from "./advisory-columns.ts";
import { type Checksum, type ExploitedStanding, HI_KINDS } from "./layout.ts";
import { packageTable } from "./package-table.ts";
import { ColumnU32, KeyPool, StringPool } from "./pools.ts";
import { type Columns, writeSections } from "./sections.ts";
import { encodeTexts } from "./text-codec.ts";

export type SnapshotPackage = {
  readonly ecosystem: string;
  readonly name: string;
  readonly scheme: string | undefined;
  readonly compiled: Pick<CompiledPackage, "intervals" | "texts" | "setAside">;
};

export type SnapshotStatement = {
  readonly builtAtMs: number;
  readonly standings: readonly DataStanding[];
  readonly exploited: ExploitedStanding | undefined;
};

type PackageRows = {
  readonly ecosystem: number;
  readonly name: string;
  readonly rows: number[];
  readonly texts: number[];
  readonly asides: number[];
};

/** Collects advisories and writes them as one file. Used once: `add…`, then `finish`. */
export class SnapshotBuilder {
  readonly #strings = new StringPool();
  readonly #advisories = new AdvisoryColumns(this.#strings);
  readonly #keys = new KeyPool();
  readonly #ecosystems = new Map<string, { readonly index: number; readonly scheme: string | undefined }>();
  readonly #packages = new Map<string, PackageRows>();
  readonly #row = {
    lo: new ColumnU32(),
    hi: new ColumnU32(),
    advisory: new ColumnU32(),
    loText: new ColumnU32(),
    hiText: new ColumnU32(),
    hiKind: new ColumnU32(),
  };
  readonly #text = { version: new ColumnU32(), advisory: new ColumnU32() };
  readonly #aside = { advisory: new ColumnU32(), reason: new ColumnU32() };

  addAdvisory(advisory: AdvisoryFacts, packages: readonly SnapshotPackage[]): void {
    const index = this.#advisories.add(advisory);
    for (const entry of packages) this.#addPackage(index, entry);
  }

  finish(statement: SnapshotStatement, checksum: Checksum): Uint8Array {
    const keyRank = this.#keys.ranks();
    const packages = [...this.#packages.values()];
    for (const entry of packages) this.#sortRows(entry, keyRank);
    const order = packages.flatMap((entry) => entry.rows);
    const texts = packages.flatMap((entry) => entry.texts);
    const asides = packages.flatMap((entry) => entry.asides);
    const ecosystems = [...this.#ecosystems].map(([name, { scheme }]) => ({ name, scheme }));
    const names = new StringPool();
    for (const entry of packages) names.append(entry.name);
    const row = this.#row;
    const columns: Columns = {
      packageTable: packageTable(packages.length, (index) => ({
        ecosystem: ecosystems[packages[index]?.ecosystem ?? 0]?.name ?? "",
        name: packages[index]?.name ?? "",
      })),
      packageEcosystem: Uint16Array.from(packages, (entry) => entry.ecosystem),
      packageNameStart: names.starts(),
      packageName: names.bytes(),
      packageRowStart: startsOf(packages, (entry) => entry.rows.length),
      packageTextStart: startsOf(packages, (entry) => entry.texts.length),
      packageAsideStart: startsOf(packages, (entry) => entry.asides.length),
      rowLo: Uint32Array.from(order, (r) => keyRank[row.lo.at(r)] ?? 0),
      rowHi: Uint32Array.from(order, (r) => keyRank[row.hi.at(r)] ?? 0),
      rowAdvisory: row.advisory.pick(order),
      rowLoText: row.loText.pick(order),
      rowHiText: row.hiText.pick(order),
      rowHiKind: Uint8Array.from(order, (r) => row.hiKind.at(r)),
      textVersion: this.#text.version.pick(texts),
      textAdvisory: this.#text.advisory.pick(texts),
      asideAdvisory: this.#aside.advisory.pick(asides),
      asideReason: this.#aside.reason.pick(asides),
      keyStart: this.#keys.starts(),
      keyBytes: this.#keys.bytes(),
      ...encodeTexts(this.#strings.starts(), this.#strings.bytes()),
      ...this.#advisories.columns(),
    };
    const counts = {
      advisories: this.#advisories.count,
      vulnerabilities: this.#advisories.vulnerabilityCount,
      packages: packages.length,
      rows: order.length,
    };
    return writeSections({ ...statement, ecosystems, counts }, columns, checksum);
  }

  #addPackage(advisory: number, entry: SnapshotPackage): void {
    const rows = this.#packageRows(entry);
    const { intervals, texts, setAside } = entry.compiled;
    for (const interval of intervals) {
      if (!isCovered(interval, intervals)) rows.rows.push(this.#addRow(advisory, interval));
    }
    for (const version of texts) {
      rows.texts.push(this.#text.version.length);
      this.#text.version.push(this.#strings.intern(version));
      this.#text.advisory.push(advisory);
    }
    for (const { reason } of setAside) {
      rows.asides.push(this.#aside.advisory.length);
      this.#aside.advisory.push(advisory);
      this.#aside.reason.push(this.#strings.intern(reason));
    }
  }

  #addRow(advisory: number, interval: Interval): number {
    const row = this.#row.advisory.length;
    this.#row.advisory.push(advisory);
    this.#row.lo.push(this.#keys.intern(interval.lo));
    this.#row.hi.push(this.#keys.intern(interval.hi));
    this.#row.loText.push(this.#strings.intern(interval.loText));
    this.#row.hiText.push(this.#strings.intern(interval.hiText ?? ""));
    this.#row.hiKind.push(HI_KINDS.indexOf(interval.hiKind));
    return row;
  }

  #packageRows(entry: SnapshotPackage): PackageRows {
    const key = `${entry.ecosystem}\0${entry.name}`;
    const known = this.#packages.get(key);
    if (known !== undefined) return known;
    const made: PackageRows = { ecosystem: this.#ecosystem(entry), name: entry.name, rows: [], texts: [], asides: [] };
    this.#packages.set(key, made);
    return made;
  }

  #ecosystem(entry: SnapshotPackage): number {
    const known = this.#ecosystems.get(entry.ecosystem);
    if (known !== undefined) {
      invariant(known.scheme === entry.scheme, `two version orders under ${entry.ecosystem}`);
      return known.index;
    }
    const index = this.#ecosystems.size;
    this.#ecosystems.set(entry.ecosystem, { index, scheme: entry.scheme });
    return index;
  }

  #sortRows(entry: PackageRows, keyRank: Uint32Array): void {
    const rank = (column: ColumnU32, row: number): number => keyRank[column.at(row)] ?? 0;
    entry.rows.sort((a, b) => rank(this.#row.hi, b) - rank(this.#row.hi, a) || rank(this.#row.lo, a) - rank(this.#row.lo, b) || a - b);
  }
}

/** A listed version inside another interval of the same advisory adds nothing to any answer. */
function isCovered(interval: Interval, all: readonly Interval[]): boolean {
  if (interval.hiKind !== "listed") return false;
  return all.some(
    (other) => other.hiKind !== "listed" && compareKeys(other.lo, interval.lo) <= 0 && compareKeys(interval.hi, other.hi) <= 0,
  );
}

function startsOf(packages: readonly PackageRows[], size: (entry: PackageRows) => number): Uint32Array {
  const starts = new Uint32Array(packages.length + 1);
  let at = 0;
  for (const [index, entry] of packages.entries()) {
    starts[index] = at;
    at += size(entry);
  }
  starts[packages.length] = at;
  return starts;
}
