import type { UpperBoundKind } from "../interval.ts";
import type { AdvisoryFacts } from "./advisory-columns.ts";
import {
  type Checksum,
  FLAG_EXPLOITED,
  FLAG_HAS_PATCH,
  FLAG_MALWARE,
  HI_KINDS,
  NO_SCORE,
  packageHash,
  shortestInstant,
  type SnapshotHeader,
} from "./layout.ts";
import { type Columns, readSections } from "./sections.ts";
import { createDecoder } from "./text-codec.ts";

export type { AdvisoryFacts } from "./advisory-columns.ts";

/** One interval of one advisory, with its bounds as spelled there. */
export type RowFacts = {
  readonly advisory: number;
  readonly loText: string;
  readonly hiText: string | undefined;
  readonly hiKind: UpperBoundKind;
};

/** Numbers are indexes into the snapshot; they mean nothing outside it. */
export class Snapshot {
  readonly header: SnapshotHeader;
  readonly byteLength: number;
  /** As they lie in the file, for merging. */
  readonly columns: Columns;
  readonly #ecosystemIndex: ReadonlyMap<string, number>;
  readonly #decoder = new TextDecoder();
  readonly #decodeText: ReturnType<typeof createDecoder>;

  /** @throws CodedError `snapshot-invalid` */
  constructor(file: Uint8Array, checksum: Checksum) {
    const { header, columns } = readSections(file, checksum);
    this.header = header;
    this.byteLength = file.byteLength;
    this.columns = columns;
    this.#decodeText = createDecoder({ start: columns.symbolStart, bytes: columns.symbolBytes });
    this.#ecosystemIndex = new Map(header.ecosystems.map(({ name }, index) => [name, index]));
  }

  get advisoryCount(): number {
    return this.columns.advisoryId.length;
  }

  get vulnerabilityCount(): number {
    return this.columns.vulnerabilityId.length;
  }

  get packageCount(): number {
    return this.columns.packageEcosystem.length;
  }

  /** The package's number, or -1. */
  findPackage(ecosystem: string, name: string): number {
    const { packageTable, packageEcosystem } = this.columns;
    const wanted = this.#ecosystemIndex.get(ecosystem);
    if (wanted === undefined) return -1;
    const hash = packageHash(ecosystem, name);
    const slots = packageTable.length / 2;
    let slot = hash & (slots - 1);
    for (let probes = 0; probes < slots; probes++) {
      const found = packageTable[slot * 2 + 1] ?? 0;
      if (found === 0) return -1;
      if (packageTable[slot * 2] === hash && packageEcosystem[found - 1] === wanted && this.#isNamed(found - 1, name)) return found - 1;
      slot = (slot + 1) & (slots - 1);
    }
    return -1;
  }

  packageName(index: number): string {
    const { packageName, packageNameStart } = this.columns;
    return this.#decoder.decode(packageName.subarray(packageNameStart[index], packageNameStart[index + 1]));
  }

  packageEcosystem(index: number): string {
    return this.header.ecosystems[this.columns.packageEcosystem[index] ?? 0]?.name ?? "";
  }

  /** Appends to `rows` each row of the package whose interval holds the key in `bytes[0, length)`. */
  rowsHolding(packageIndex: number, bytes: Uint8Array, length: number, rows: number[]): void {
    const { packageRowStart, rowLo, rowHi, keyStart, keyBytes } = this.columns;
    const end = packageRowStart[packageIndex + 1] ?? 0;
    for (let row = packageRowStart[packageIndex] ?? 0; row < end; row++) {
      if (compareToKey(bytes, length, keyBytes, keyStart, rowHi[row] ?? 0) >= 0) return;
      if (compareToKey(bytes, length, keyBytes, keyStart, rowLo[row] ?? 0) >= 0) rows.push(row);
    }
  }

  /** Every row of the package, upper bounds descending. */
  rowsOf(packageIndex: number): readonly number[] {
    return range(this.columns.packageRowStart, packageIndex);
  }

  /** Advisories that list exactly this text among the versions that have no key. */
  advisoriesListing(packageIndex: number, version: string): readonly number[] {
    const { packageTextStart, textVersion, textAdvisory } = this.columns;
    return range(packageTextStart, packageIndex)
      .filter((at) => this.#text(textVersion[at] ?? 0) === version)
      .map((at) => textAdvisory[at] ?? 0);
  }

  /** Every text that `advisoriesListing` knows of the package. */
  textsListed(packageIndex: number): readonly { readonly version: string; readonly advisory: number }[] {
    const { packageTextStart, textVersion, textAdvisory } = this.columns;
    return range(packageTextStart, packageIndex).map((at) => ({
      version: this.#text(textVersion[at] ?? 0),
      advisory: textAdvisory[at] ?? 0,
    }));
  }

  /** Advisories with a range that cannot be compared, each with the reason. */
  setAside(packageIndex: number): readonly { readonly advisory: number; readonly reason: string }[] {
    const { packageAsideStart, asideAdvisory, asideReason } = this.columns;
    return range(packageAsideStart, packageIndex).map((at) => ({
      advisory: asideAdvisory[at] ?? 0,
      reason: this.#text(asideReason[at] ?? 0),
    }));
  }

  /** Every advisory that names the package, once. */
  advisoriesOf(packageIndex: number): readonly number[] {
    const { packageTextStart, textAdvisory, packageAsideStart, asideAdvisory } = this.columns;
    return [
      ...new Set([
        ...this.rowsOf(packageIndex).map((row) => this.rowAdvisory(row)),
        ...range(packageTextStart, packageIndex).map((at) => textAdvisory[at] ?? 0),
        ...range(packageAsideStart, packageIndex).map((at) => asideAdvisory[at] ?? 0),
      ]),
    ];
  }

  rowAdvisory(row: number): number {
    return this.columns.rowAdvisory[row] ?? 0;
  }

  row(row: number): RowFacts {
    const columns = this.columns;
    const hiKind = HI_KINDS[columns.rowHiKind[row] ?? 0] ?? "none";
    return {
      advisory: columns.rowAdvisory[row] ?? 0,
      loText: this.#text(columns.rowLoText[row] ?? 0),
      hiText: hiKind === "none" ? undefined : this.#text(columns.rowHiText[row] ?? 0),
      hiKind,
    };
  }

  /** The row's bounds as keys. */
  rowKeys(row: number): { readonly lo: Uint8Array; readonly hi: Uint8Array } {
    return { lo: this.#key(this.columns.rowLo[row] ?? 0), hi: this.#key(this.columns.rowHi[row] ?? 0) };
  }

  advisoryId(index: number): string {
    return this.#text(this.columns.advisoryId[index] ?? 0);
  }

  advisoryModified(index: number): string {
    const text = this.columns.advisoryModifiedText[index] ?? 0;
    return text === 0 ? shortestInstant(this.columns.advisoryModifiedMs[index] ?? 0) : this.#text(text);
  }

  advisoryScore(index: number): number | undefined {
    const score = this.columns.advisoryScore[index] ?? NO_SCORE;
    return score === NO_SCORE ? undefined : score / 10;
  }

  /** The id of vulnerability number `index`. */
  vulnerability(index: number): string {
    return this.#text(this.columns.vulnerabilityId[index] ?? 0);
  }

  advisoryVulnerability(index: number): number {
    return this.columns.advisoryVulnerability[index] ?? 0;
  }

  isMalware(index: number): boolean {
    return ((this.columns.advisoryFlags[index] ?? 0) & FLAG_MALWARE) !== 0;
  }

  /** What ranks an advisory. */
  advisoryRank(index: number): { readonly exploited: boolean; readonly malware: boolean; readonly score: number | undefined } {
    const exploited = ((this.columns.advisoryFlags[index] ?? 0) & FLAG_EXPLOITED) !== 0;
    return { exploited, malware: this.isMalware(index), score: this.advisoryScore(index) };
  }

  advisory(index: number): AdvisoryFacts {
    const columns = this.columns;
    const { exploited, malware, score } = this.advisoryRank(index);
    const vulnerability = columns.advisoryVulnerability[index] ?? 0;
    const weaknesses = this.#text(columns.advisoryWeaknesses[index] ?? 0);
    return {
      id: this.advisoryId(index),
      title: this.#text(columns.advisoryTitle[index] ?? 0),
      kind: malware ? "malware" : "vulnerability",
      exploited,
      hasPatch: ((columns.advisoryFlags[index] ?? 0) & FLAG_HAS_PATCH) !== 0,
      score,
      vector: this.#text(columns.advisoryVector[index] ?? 0),
      weaknesses: weaknesses === "" ? [] : weaknesses.split(" "),
      modified: this.advisoryModified(index),
      number: columns.advisoryNumber[index] ?? 0,
      digest: columns.advisoryDigest[index] ?? 0,
      vulnerability: this.vulnerability(vulnerability),
      vulnerabilityIds: this.vulnerabilityIds(vulnerability),
    };
  }

  /** Every id the vulnerability goes by. */
  vulnerabilityIds(vulnerability: number): readonly string[] {
    const { vulnerabilityIdsStart, vulnerabilityIds } = this.columns;
    return range(vulnerabilityIdsStart, vulnerability).map((at) => this.#text(vulnerabilityIds[at] ?? 0));
  }

  #isNamed(index: number, name: string): boolean {
    const { packageName, packageNameStart } = this.columns;
    const start = packageNameStart[index] ?? 0;
    const length = (packageNameStart[index + 1] ?? 0) - start;
    if (length === name.length) {
      let i = 0;
      while (i < length && packageName[start + i] === name.charCodeAt(i) && name.charCodeAt(i) < 0x80) i++;
      if (i === length) return true;
    }
    return length > name.length && this.packageName(index) === name;
  }

  #text(id: number): string {
    const { stringBytes, stringStart } = this.columns;
    return this.#decoder.decode(this.#decodeText(stringBytes, stringStart[id] ?? 0, stringStart[id + 1] ?? 0));
  }

  #key(id: number): Uint8Array {
    const { keyBytes, keyStart } = this.columns;
    return keyBytes.subarray(keyStart[id], keyStart[id + 1]);
  }
}

/** Sign of the order of the key in `bytes[0, length)` against key number `id`. */
function compareToKey(bytes: Uint8Array, length: number, keyBytes: Uint8Array, keyStart: Uint32Array, id: number): number {
  const start = keyStart[id] ?? 0;
  const otherLength = (keyStart[id + 1] ?? 0) - start;
  const shared = length < otherLength ? length : otherLength;
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[i] ?? 0) - (keyBytes[start + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return length - otherLength;
}

function range(starts: Uint32Array, index: number): number[] {
  const start = starts[index] ?? 0;
  return Array.from({ length: (starts[index + 1] ?? start) - start }, (_, at) => start + at);
}
