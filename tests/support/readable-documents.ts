import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readCsaf } from "../../src/formats/csaf/csaf.ts";
import { readKevCatalogue } from "../../src/formats/kev/kev.ts";
import { readOsRelease } from "../../src/formats/os-release/os-release.ts";
import { readOsvRecord } from "../../src/formats/osv/osv.ts";
import { allInventoryFormats, readInventory } from "../../src/formats/read-inventory.ts";
import { packageOfPurl } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { assertHoldsTogether, orRefusal } from "./inventory-holds-together.ts";
import type { SourceDocument } from "./mutated-document.ts";
import { zipEntries } from "./zip-entries.ts";

/** What reads one kind of document, and documents of that kind. */
export type Readable = {
  readonly id: string;
  /** Throws where the document is neither read nor refused as a document may be. How many components it has; undefined where it was refused. */
  readonly read: (document: SourceDocument, label: string) => number | undefined;
  readonly sources: () => Promise<readonly SourceDocument[]>;
};

const FORMATS = new URL("../../src/formats/", import.meta.url);
const FEEDS = process.env["SLUICE_FEEDS"];

/** Larger ones take most of the time and hold little that smaller ones do not. */
const MAX_REAL_BYTES = 24 * 1024;
const RECORDS_OF_EACH_ECOSYSTEM = 5;

export const allReadables: readonly Readable[] = [
  ...allInventoryFormats.map((format): Readable => {
    return {
      id: format.id,
      read: (document, label) => {
        const byName = orRefusal(() => readInventory(document, packageOfPurl), label);
        if (byName !== undefined) assertHoldsTogether(byName, label);
        if (byName !== undefined && format.recognises(document)) return byName.components.length;
        const inventory = orRefusal(() => format.read(document, packageOfPurl), label);
        if (inventory !== undefined) assertHoldsTogether(inventory, label);
        return inventory?.components.length;
      },
      sources: async () => [...testdataOf(format.id), ...realDocuments().filter((document) => format.recognises(document))],
    };
  }),
  {
    id: "csaf",
    read: isRead((bytes) => readCsaf(bytes, "test", { resolvePurl: packageOfPurl, vulnerability: "CVE-2026-99999" })),
    sources: async () => testdataOf("csaf"),
  },
  { id: "kev", read: isRead(readKevCatalogue), sources: async () => testdataOf("kev") },
  { id: "os-release", read: isRead(readOsRelease), sources: async () => testdataOf("os-release") },
  {
    id: "osv",
    read: isRead((bytes) => readOsvRecord(bytes, "test")),
    sources: async () => [...testdataOf("osv"), ...(await realRecords())],
  },
];

function isRead(read: (bytes: Uint8Array) => unknown): Readable["read"] {
  return ({ bytes }, label) => orRefusal(() => [read(bytes)].length, label);
}

function testdataOf(folder: string): readonly SourceDocument[] {
  const testdata = new URL(`${folder}/testdata/`, FORMATS);
  return readdirSync(testdata).map((name) => ({ name, bytes: readFileSync(new URL(name, testdata)) }));
}

function realDocuments(): readonly SourceDocument[] {
  if (FEEDS === undefined) return [];
  return ["sbom", "lockfiles"].flatMap((folder) => {
    const found = readdirSync(join(FEEDS, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return found
      .map((entry) => ({ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }))
      .filter(({ bytes }) => bytes.length <= MAX_REAL_BYTES);
  });
}

async function realRecords(): Promise<readonly SourceDocument[]> {
  if (FEEDS === undefined) return [];
  const records: SourceDocument[] = [];
  for (const { name: ecosystem } of readdirSync(join(FEEDS, "osv"), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const archive = join(FEEDS, "osv", ecosystem, "all.zip");
    if (!existsSync(archive)) continue;
    let taken = 0;
    for await (const record of zipEntries(archive)) {
      if (record.bytes.length <= MAX_REAL_BYTES) records.push(record);
      if (++taken === RECORDS_OF_EACH_ECOSYSTEM) break;
    }
  }
  return records;
}
