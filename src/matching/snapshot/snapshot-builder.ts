import type { AdvisoryKind } from "../../vocabulary/advisory.ts";
import type { DataStanding } from "../../vocabulary/data-standing.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { CompiledPackage, Interval } from "../interval.ts";
import { compareKeys } from "../versions/key-writer.ts";
import {
  ALIGNMENT,
  type Checksum,
  ELEMENT_BYTES,
  type ExploitedStanding,
  FLAG_EXPLOITED,
  FLAG_HAS_PATCH,
  FLAG_MALWARE,
  FORMAT_VERSION,
  HI_KINDS,
  MAGIC,
  NO_SCORE,
  packageHash,
  PREAMBLE_BYTES,
  SECTIONS,
  type SectionName,
  type SnapshotHeader,
} from "./layout.ts";
import { ColumnU32, KeyPool, StringPool } from "./pools.ts";

/** What a snapshot keeps of one advisory beside its intervals. Withdrawn advisories never enter. */
export type SnapshotAdvisory = {
  readonly id: string;
  readonly vulnerability: string;
  /** Every id of the vulnerability, best known first. */
  readonly vulnerabilityIds: readonly string[];
  readonly title: string;
  readonly kind: AdvisoryKind;
  readonly exploited: boolean;
  readonly hasPatch: boolean;
  readonly score: number | undefined;
  readonly vector: string;
  readonly weaknesses: readonly string[];
  /** RFC 3339 as received. */
  readonly modified: string;
  readonly number: number;
};

export type SnapshotPackage = { readonly ecosystem: string; readonly name: string; readonly scheme: string | undefined; readonly compiled: CompiledPackage };

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
  readonly #keys = new KeyPool();
  readonly #ecosystems = new Map<string, { readonly index: number; readonly scheme: string | undefined }>();
  readonly #packages = new Map<string, PackageRows>();
  readonly #vulnerabilities = new Map<string, number>();
  readonly #vulnerabilityIds = new ColumnU32();
  readonly #vulnerabilityStarts = new ColumnU32();
  readonly #vulnerabilityNames = new ColumnU32();
  readonly #advisory = {
    id: new ColumnU32(),
    vulnerability: new ColumnU32(),
    title: new ColumnU32(),
    vector: new ColumnU32(),
    weaknesses: new ColumnU32(),
    modifiedText: new ColumnU32(),
  };
  readonly #modifiedMs: number[] = [];
  readonly #numbers: number[] = [];
  readonly #scores: number[] = [];
  readonly #flags: number[] = [];
  readonly #row = { lo: new ColumnU32(), hi: new ColumnU32(), advisory: new ColumnU32(), loText: new ColumnU32(), hiText: new ColumnU32(), hiKind: new ColumnU32() };
  readonly #text = { version: new ColumnU32(), advisory: new ColumnU32() };
  readonly #aside = { advisory: new ColumnU32(), reason: new ColumnU32() };
  #emptyIntervals = 0;

  addAdvisory(advisory: SnapshotAdvisory, packages: readonly SnapshotPackage[]): void {
    const index = this.#addFacts(advisory);
    for (const entry of packages) this.#addPackage(index, entry);
  }

  finish(statement: SnapshotStatement, checksum: Checksum): Uint8Array {
    const keyRank = this.#keys.ranks();
    const packages = [...this.#packages.values()];
    for (const entry of packages) this.#sortRows(entry, keyRank);
    const order = packages.flatMap((entry) => entry.rows);
    const texts = packages.flatMap((entry) => entry.texts);
    const asides = packages.flatMap((entry) => entry.asides);
    const names = new StringPool();
    for (const entry of packages) names.append(entry.name);
    const row = this.#row;
    const columns: Readonly<Record<SectionName, Uint8Array | Uint16Array | Uint32Array | Float64Array>> = {
      packageTable: this.#packageTable(packages),
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
      stringStart: this.#strings.starts(),
      stringBytes: this.#strings.bytes(),
      advisoryId: this.#advisory.id.all(),
      advisoryVulnerability: this.#advisory.vulnerability.all(),
      advisoryTitle: this.#advisory.title.all(),
      advisoryVector: this.#advisory.vector.all(),
      advisoryWeaknesses: this.#advisory.weaknesses.all(),
      advisoryModifiedText: this.#advisory.modifiedText.all(),
      advisoryModifiedMs: Float64Array.from(this.#modifiedMs),
      advisoryNumber: Float64Array.from(this.#numbers),
      advisoryScore: Uint8Array.from(this.#scores),
      advisoryFlags: Uint8Array.from(this.#flags),
      vulnerabilityId: this.#vulnerabilityNames.all(),
      vulnerabilityIdsStart: this.#vulnerabilityStarts.all(),
      vulnerabilityIds: this.#vulnerabilityIds.all(),
    };
    const counts = {
      advisories: this.#numbers.length,
      vulnerabilities: this.#vulnerabilities.size,
      packages: packages.length,
      rows: order.length,
      emptyIntervals: this.#emptyIntervals,
    };
    const ecosystems = [...this.#ecosystems].map(([name, { scheme }]) => ({ name, scheme }));
    return writeFile({ ...statement, tlp: "CLEAR", ecosystems, counts }, columns, checksum);
  }

  #addFacts(advisory: SnapshotAdvisory): number {
    const index = this.#numbers.length;
    const modifiedMs = Date.parse(advisory.modified);
    this.#advisory.id.push(this.#strings.intern(advisory.id));
    this.#advisory.vulnerability.push(this.#vulnerability(advisory));
    this.#advisory.title.push(this.#strings.intern(advisory.title));
    this.#advisory.vector.push(this.#strings.intern(advisory.vector));
    this.#advisory.weaknesses.push(this.#strings.intern(advisory.weaknesses.join(" ")));
    this.#advisory.modifiedText.push(shortestInstant(modifiedMs) === advisory.modified ? 0 : this.#strings.intern(advisory.modified));
    this.#modifiedMs.push(modifiedMs);
    this.#numbers.push(advisory.number);
    this.#scores.push(advisory.score === undefined ? NO_SCORE : Math.round(advisory.score * 10));
    this.#flags.push((advisory.kind === "malware" ? FLAG_MALWARE : 0) | (advisory.exploited ? FLAG_EXPLOITED : 0) | (advisory.hasPatch ? FLAG_HAS_PATCH : 0));
    return index;
  }

  #vulnerability(advisory: SnapshotAdvisory): number {
    const known = this.#vulnerabilities.get(advisory.vulnerability);
    if (known !== undefined) return known;
    const index = this.#vulnerabilities.size;
    this.#vulnerabilities.set(advisory.vulnerability, index);
    this.#vulnerabilityNames.push(this.#strings.intern(advisory.vulnerability));
    if (index === 0) this.#vulnerabilityStarts.push(0);
    for (const id of advisory.vulnerabilityIds) this.#vulnerabilityIds.push(this.#strings.intern(id));
    this.#vulnerabilityStarts.push(this.#vulnerabilityIds.length);
    return index;
  }

  #addPackage(advisory: number, entry: SnapshotPackage): void {
    const rows = this.#packageRows(entry);
    const { intervals, texts, setAside, empty } = entry.compiled;
    this.#emptyIntervals += empty;
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

  #packageTable(packages: readonly PackageRows[]): Uint32Array {
    const slots = tableSlots(packages.length);
    const table = new Uint32Array(slots * 2);
    const names = [...this.#ecosystems.keys()];
    for (const [index, entry] of packages.entries()) {
      const hash = packageHash(names[entry.ecosystem] ?? "", entry.name);
      let slot = hash & (slots - 1);
      while (table[slot * 2 + 1] !== 0) slot = (slot + 1) & (slots - 1);
      table[slot * 2] = hash;
      table[slot * 2 + 1] = index + 1;
    }
    return table;
  }
}

/** The shortest RFC 3339 form of an instant: no fraction when it is zero. */
export function shortestInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.000Z$/, "Z");
}

/** A listed version inside another interval of the same advisory adds nothing to any answer. */
function isCovered(interval: Interval, all: readonly Interval[]): boolean {
  if (interval.hiKind !== "listed") return false;
  return all.some((other) => other.hiKind !== "listed" && compareKeys(other.lo, interval.lo) <= 0 && compareKeys(interval.hi, other.hi) <= 0);
}

function tableSlots(packages: number): number {
  let slots = 8;
  while (slots < packages * 2) slots *= 2;
  return slots;
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

function writeFile(
  header: Omit<SnapshotHeader, "sections">,
  columns: Readonly<Record<SectionName, Uint8Array | Uint16Array | Uint32Array | Float64Array>>,
  checksum: Checksum,
): Uint8Array {
  const names = Object.keys(SECTIONS) as SectionName[];
  // Section starts count from the end of the header, so that the header's own length does not move them.
  const sections = {} as Record<SectionName, { start: number; length: number }>;
  let at = 0;
  for (const name of names) {
    const length = columns[name].length;
    sections[name] = { start: at, length };
    at = aligned(at + length * ELEMENT_BYTES[SECTIONS[name]]);
  }
  const json = new TextEncoder().encode(JSON.stringify({ ...header, sections } satisfies SnapshotHeader));
  const bodyStart = aligned(PREAMBLE_BYTES + json.length);
  const file = new Uint8Array(bodyStart + at);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(MAGIC), 0);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, json.length, true);
  file.set(json, PREAMBLE_BYTES);
  for (const name of names) {
    const column = columns[name];
    file.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), bodyStart + sections[name].start);
  }
  view.setUint32(16, checksum(file.subarray(PREAMBLE_BYTES)), true);
  return file;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
