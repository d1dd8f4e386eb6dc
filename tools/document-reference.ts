import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { crc32 } from "node:zlib";

import { filesBeside } from "../src/cli/scan/files-beside.ts";
import type { InputDocument } from "../src/formats/inventory-format.ts";
import { readOsvRecord } from "../src/formats/osv/osv.ts";
import { allInventoryFormats } from "../src/formats/read-inventory.ts";
import { unreadForm } from "../src/formats/unread-forms.ts";
import { baseEcosystemName, ecosystemOf, packageOfPurl } from "../src/matching/ecosystems/ecosystem-of.ts";
import { answerScan } from "../src/matching/scan/answer-scan.ts";
import { findExposures } from "../src/matching/scan/exposures.ts";
import { Snapshot } from "../src/matching/snapshot/snapshot.ts";
import { SnapshotBuilder } from "../src/matching/snapshot/snapshot-builder.ts";
import { compileAdvisory } from "../src/server/advisories/compile-advisory.ts";
import { isCodedError } from "../src/vocabulary/coded-error.ts";
import type { Inventory } from "../src/vocabulary/component.ts";
import type { DataStanding } from "../src/vocabulary/data-standing.ts";
import { zipEntries } from "../tests/support/zip-entries.ts";

/** The day of the feeds, which is also the day of the question: what is older or newer than its data is another matter. */
const STATED_AT_MS = Date.UTC(2026, 7, 22);
const FOLDERS = ["lockfiles", "sbom"] as const;

type Read = { readonly path: string; readonly inventory: Inventory };
type Refused = { readonly path: string; readonly reason: string };

/** Every component is counted in one column: the first of these that is true of it. */
type Outcomes = { readonly affected: number; readonly cannotSay: number; readonly cannotCompare: number; readonly notAffected: number };

/** docs/reference/read-documents.md: what becomes of every lockfile and SBOM of the feeds, read and matched with all their advisories. */
export async function documentReference(feeds: string): Promise<string> {
  const snapshot = await snapshotOf(join(feeds, "osv"));
  const outcomes = documentsIn(feeds).map(readOne);
  const read = outcomes.flatMap((outcome) => ("inventory" in outcome ? [outcome] : []));
  const refused = outcomes.flatMap((outcome) => ("reason" in outcome ? [outcome] : []));
  const matched = read.map((document) => ({ ...document, counts: outcomesOf(snapshot, document) }));
  const rows = matched.map(({ path, inventory, counts }) =>
    cells([path, inventory.format, inventory.components.length, inventory.problems.length, ...columns(counts)]),
  );
  const sum = (of: (one: (typeof matched)[number]) => number): number => matched.reduce((total, one) => total + of(one), 0);
  const total = cells([
    `**${matched.length} documents**`,
    "",
    sum(({ inventory }) => inventory.components.length),
    sum(({ inventory }) => inventory.problems.length),
    sum(({ counts }) => counts.affected),
    sum(({ counts }) => counts.notAffected),
    sum(({ counts }) => counts.cannotSay),
    sum(({ counts }) => counts.cannotCompare),
  ]);
  return `# Documents read

Made by \`SLUICE_FEEDS=DIR npm run generate\` and, where that is set, held by \`npm run check\`; not edited by hand. Every lockfile and SBOM of the feeds' sample,
read with what lies beside it, as \`sluice scan\` reads a directory, and matched with all ${snapshot.header.counts.advisories} advisories of the sample that are not withdrawn.

| document | format | components | kept aside | affected | not affected | cannot say | cannot compare |
|---|---|---:|---:|---:|---:|---:|---:|
${[...rows, total].join("\n")}

**Kept aside**: entries of the document that cannot be used, each with its place and reason; the rest is read.

**Affected**, **not affected**, **cannot say**, **cannot compare**: components, each in one column. *Affected*: at least one advisory holds its version. *Cannot say*:
no ecosystem is known for it, or no data of its ecosystem is in the sample. *Cannot compare*: its version, or a range of an advisory of its package, has no place in
the order. *Not affected*: the package was looked up, and no advisory of the sample holds its version. The sample is far smaller than the public feeds, so that these are
counts for a test and not a judgement of the projects.

## Not read

| document | refused, because |
|---|---|
${refused.map(({ path, reason }) => cells([path, reason])).join("\n")}
`;
}

function columns({ affected, notAffected, cannotSay, cannotCompare }: Outcomes): readonly number[] {
  return [affected, notAffected, cannotSay, cannotCompare];
}

/** In the order of their paths, which is the same everywhere. */
function documentsIn(feeds: string): readonly InputDocument[] {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(feeds, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".zip"))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const paths = found.map((file) => ({ file, name: relative(feeds, file).replaceAll("\\", "/") }));
  return paths
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ file, name }) => ({ name, bytes: readFileSync(file), beside: filesBeside(file, feeds) }));
}

function readOne(document: InputDocument): Read | Refused {
  const path = document.name;
  const format = allInventoryFormats.find((candidate) => candidate.recognises(document));
  if (format === undefined) return { path, reason: unreadForm(document)?.found ?? "it is of no format that is read" };
  try {
    return { path, inventory: format.read(document, packageOfPurl) };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { path, reason: `${format.title}: ${error.message}` };
  }
}

/** As `sluice scan` answers: what it finds, what it cannot compare, and of which ecosystems it cannot say anything. */
function outcomesOf(snapshot: Snapshot, { path: name, inventory }: Read): Outcomes {
  const documents = [{ name, inventory }];
  const { exposures, cannotCompare } = findExposures(snapshot, ecosystemOf, documents);
  const answer = answerScan({ snapshot, ecosystemOf, documents, unreadable: [], nowMs: STATED_AT_MS });
  const silent = new Set(answer.ecosystems.flatMap(({ ecosystem, cannotSay }) => (cannotSay === undefined ? [] : [ecosystem])));
  const hit = new Set(exposures.map(({ component }) => component.ref));
  const notCompared = new Set(cannotCompare.map(({ place }) => place));
  const counts = { affected: 0, cannotSay: 0, cannotCompare: 0, notAffected: 0 };
  for (const { ref, place, ecosystem } of inventory.components) {
    if (hit.has(ref)) counts.affected++;
    else if (ecosystem === undefined || silent.has(baseEcosystemName(ecosystem))) counts.cannotSay++;
    else if (notCompared.has(`${name}: ${place}`)) counts.cannotCompare++;
    else counts.notAffected++;
  }
  return counts;
}

/** All records of all archives, each once, compiled as the server compiles them. Alias groups change no count, so that each advisory is a vulnerability here. */
async function snapshotOf(bucket: string): Promise<Snapshot> {
  const builder = new SnapshotBuilder();
  const standings: DataStanding[] = [];
  const taken = new Set<string>();
  const ecosystems = readdirSync(bucket, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name: ecosystem } of ecosystems.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const archive = join(bucket, ecosystem, "all.zip");
    if (!existsSync(archive)) continue;
    let advisories = 0;
    for await (const { name, bytes } of zipEntries(archive)) {
      advisories++;
      const { advisory, packages } = compileAdvisory(readOsvRecord(bytes, name));
      if (taken.has(advisory.id) || advisory.withdrawn !== undefined) continue;
      taken.add(advisory.id);
      builder.addAdvisory(
        {
          id: advisory.id,
          vulnerability: advisory.id,
          vulnerabilityIds: [advisory.id],
          title: "",
          kind: "vulnerability",
          exploited: false,
          hasPatch: false,
          score: undefined,
          vector: "",
          weaknesses: [],
          modified: advisory.modified,
          number: taken.size,
          digest: 0,
        },
        packages,
      );
    }
    standings.push({ ecosystem, source: "the feeds", advisories, statedAtMs: STATED_AT_MS, sample: false });
  }
  return new Snapshot(builder.finish({ builtAtMs: STATED_AT_MS, standings, exploited: undefined }, crc32), crc32);
}

function cells(texts: readonly (string | number)[]): string {
  return `| ${texts.map((text) => String(text).replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}
