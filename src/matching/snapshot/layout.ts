import type { DataStanding } from "../../vocabulary/data-standing.ts";

/** First eight bytes of a snapshot file. */
export const MAGIC = "SLUICE\u0001\n";
/** Raised whenever a section changes its meaning; a reader takes its own version only. */
export const FORMAT_VERSION = 3;
/** Magic, u32 format version, u32 length of the JSON header, u32 checksum of everything after byte 20, all little-endian. */
export const PREAMBLE_BYTES = 20;
/** Every section starts at a multiple of this, so that it can be viewed as a typed array without a copy. */
export const ALIGNMENT = 8;

/** Checksum over bytes (CRC-32 as zlib has it). It finds damage, not forgery. Given by the caller: matching has no platform. */
export type Checksum = (bytes: Uint8Array) => number;

/** The sections of the file and how each is read. `u32` sections of *starts* have one more entry than what they count. */
export const SECTIONS = {
  /** Open addressing: pairs of (hash of ecosystem and name, package index + 1). */
  packageTable: "u32",
  packageEcosystem: "u16",
  packageNameStart: "u32",
  packageName: "u8",
  packageRowStart: "u32",
  packageTextStart: "u32",
  packageAsideStart: "u32",
  /** Rows of one package, by upper key descending: a scan stops at the first `hi <= k`. */
  rowLo: "u32",
  rowHi: "u32",
  rowAdvisory: "u32",
  rowLoText: "u32",
  rowHiText: "u32",
  rowHiKind: "u8",
  /** Listed versions that cannot be encoded: matched by text. */
  textVersion: "u32",
  textAdvisory: "u32",
  /** Ranges set aside: "cannot compare" for every version of the package. */
  asideAdvisory: "u32",
  asideReason: "u32",
  keyStart: "u32",
  keyBytes: "u8",
  /** Texts as codes of the symbols before them: see `text-codec.ts`. */
  symbolStart: "u32",
  symbolBytes: "u8",
  stringStart: "u32",
  stringBytes: "u8",
  advisoryId: "u32",
  advisoryVulnerability: "u32",
  advisoryTitle: "u32",
  advisoryVector: "u32",
  advisoryWeaknesses: "u32",
  /** 0 = the time in `advisoryModifiedMs` written in its shortest form. */
  advisoryModifiedText: "u32",
  advisoryModifiedMs: "f64",
  /** The stable whole number by which npm knows an advisory. */
  advisoryNumber: "f64",
  /** Of the record it was made from, to tell whether there is a later one. */
  advisoryDigest: "f64",
  /** Score times ten; 255 = none. */
  advisoryScore: "u8",
  advisoryFlags: "u8",
  vulnerabilityId: "u32",
  vulnerabilityIdsStart: "u32",
  vulnerabilityIds: "u32",
} as const;

export type SectionName = keyof typeof SECTIONS;
export type SectionType = (typeof SECTIONS)[SectionName];

/** Sections that have as many entries as another one. */
export const COUNTED_BY = {
  rowLo: "rowAdvisory",
  rowHi: "rowAdvisory",
  rowLoText: "rowAdvisory",
  rowHiText: "rowAdvisory",
  rowHiKind: "rowAdvisory",
  textAdvisory: "textVersion",
  asideReason: "asideAdvisory",
  advisoryVulnerability: "advisoryId",
  advisoryTitle: "advisoryId",
  advisoryVector: "advisoryId",
  advisoryWeaknesses: "advisoryId",
  advisoryModifiedText: "advisoryId",
  advisoryModifiedMs: "advisoryId",
  advisoryNumber: "advisoryId",
  advisoryDigest: "advisoryId",
  advisoryScore: "advisoryId",
  advisoryFlags: "advisoryId",
} as const satisfies Partial<Record<SectionName, SectionName>>;

/** Sections of starts: what they point into, and what they have an entry for each of. */
export const STARTS_INTO = {
  packageNameStart: { into: "packageName", each: "packageEcosystem" },
  packageRowStart: { into: "rowAdvisory", each: "packageEcosystem" },
  packageTextStart: { into: "textVersion", each: "packageEcosystem" },
  packageAsideStart: { into: "asideAdvisory", each: "packageEcosystem" },
  keyStart: { into: "keyBytes", each: undefined },
  symbolStart: { into: "symbolBytes", each: undefined },
  stringStart: { into: "stringBytes", each: undefined },
  vulnerabilityIdsStart: { into: "vulnerabilityIds", each: "vulnerabilityId" },
} as const satisfies Partial<Record<SectionName, { readonly into: SectionName; readonly each: SectionName | undefined }>>;

export const ELEMENT_BYTES: Readonly<Record<SectionType, number>> = { u8: 1, u16: 2, u32: 4, f64: 8 };

export const NO_SCORE = 255;
export const FLAG_MALWARE = 1;
export const FLAG_EXPLOITED = 2;
export const FLAG_HAS_PATCH = 4;

/** Order is part of the format: the byte in `rowHiKind`. */
export const HI_KINDS = ["fixed", "last_affected", "limit", "none", "listed"] as const;

/** What the header says in JSON: small, and all that is parsed. */
export type SnapshotHeader = {
  /** Only TLP:CLEAR ever enters a snapshot: it is read by the whole process and handed to strangers. */
  readonly tlp: "CLEAR";
  /** Of the numbers in the sections, which are read as they lie there. */
  readonly byteOrder: "little" | "big";
  readonly builtAtMs: number;
  /** Ecosystem names as they stand in `packageEcosystem`, each with the id of the order its keys were written in. */
  readonly ecosystems: readonly { readonly name: string; readonly scheme: string | undefined }[];
  readonly standings: readonly DataStanding[];
  readonly exploited: ExploitedStanding | undefined;
  readonly counts: {
    readonly advisories: number;
    readonly vulnerabilities: number;
    readonly packages: number;
    readonly rows: number;
  };
  readonly sections: Readonly<Record<SectionName, { readonly start: number; readonly length: number }>>;
};

/** The catalogue of exploited vulnerabilities that went into it. */
export type ExploitedStanding = { readonly source: string; readonly entries: number; readonly statedAtMs: number | undefined };

/** FNV-1a over the UTF-16 units of `ecosystem`, a zero, `name`. */
export function packageHash(ecosystem: string, name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < ecosystem.length; i++) hash = Math.imul(hash ^ ecosystem.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash, 0x01000193);
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

/** The shortest RFC 3339 form of an instant: no fraction when it is zero; empty when it is none. */
export function shortestInstant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/\.000Z$/, "Z");
}
