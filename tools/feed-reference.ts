import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openZipRecords } from "../src/connectors/zip/zip-records.ts";
import { readOsvRecord } from "../src/formats/osv/osv.ts";
import { isOsvEcosystem } from "../src/matching/ecosystems/ecosystem-of.ts";
import { compileAdvisory, type CompiledAdvisory } from "../src/server/advisories/compile-advisory.ts";
import { isCodedError } from "../src/vocabulary/coded-error.ts";

/** What became of one ecosystem's records. */
type Taken = {
  readonly ecosystem: string;
  readonly records: number;
  readonly keptAside: readonly Place[];
  readonly withdrawn: number;
  readonly packages: number;
  readonly intervals: number;
  /** Listed versions that have no place in the order, and are matched by their text alone. */
  readonly texts: readonly Place[];
  /** Ranges that cannot be compared. */
  readonly setAside: readonly Place[];
  /** Ranges that hold nothing: they end where they begin, or before. */
  readonly empty: number;
  /** Records in force that name no package and no commit, so that nothing can match them. */
  readonly silent: number;
};

type Place = { readonly place: string; readonly reason: string };

/** docs/reference/feed-problems.md: what of the feeds' records cannot be used, or not as it stands, and why. */
export async function feedReference(feeds: string): Promise<string> {
  const osv = join(feeds, "osv");
  const ids = new Set<string>();
  const taken: Taken[] = [];
  for (const ecosystem of readdirSync(osv).toSorted()) {
    const archive = join(osv, ecosystem, "all.zip");
    if (isOsvEcosystem(ecosystem) && existsSync(archive)) taken.push(await takeArchive(ecosystem, archive, ids));
  }
  const sum = (of: (one: Taken) => number): number => taken.reduce((total, one) => total + of(one), 0);
  const row = (name: string, of: (count: (one: Taken) => number) => number): string =>
    cells([
      name,
      of(({ records }) => records),
      of(({ keptAside }) => keptAside.length),
      of(({ withdrawn }) => withdrawn),
      of(({ packages }) => packages),
      of(({ intervals }) => intervals),
      of(({ setAside }) => setAside.length),
      of(({ texts }) => texts.length),
      of(({ empty }) => empty),
      of(({ silent }) => silent),
    ]);
  return `# Problems of the feeds

Made by \`SLUICE_FEEDS=DIR npm run generate\` and, where that is set, held by \`npm run check\`; not edited by hand. What
\`sluice sync --malware --from DIR/osv --stated-at DATE\` takes of every record of the feeds' sample: ${ids.size} different ones, some of them in several ecosystems.

| ecosystem | records | kept aside | withdrawn | packages | intervals | ranges set aside | versions by text | empty ranges | nothing to match |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${taken.map((one) => row(one.ecosystem, (count) => count(one))).join("\n")}
${row("**in all**", sum)}

**Kept aside**: records that cannot be read; what was readable before stays in force. **Ranges set aside**: components get "cannot compare" for them. **Versions by
text**: listed versions without a place in the ecosystem's order, matched where a document writes them exactly so. **Empty ranges** hold nothing: they end where they begin, or before.
**Nothing to match**: records in force that name neither a package nor a commit; they are kept, and found by id.

## Kept aside

${listOf(taken.flatMap(({ keptAside }) => keptAside))}

## Ranges set aside

${grouped(taken, ({ setAside }) => setAside)}

## Versions by text

${grouped(taken, ({ texts }) => texts)}
`;
}

async function takeArchive(ecosystem: string, archive: string, ids: Set<string>): Promise<Taken> {
  const keptAside: Place[] = [];
  const compiled: CompiledAdvisory[] = [];
  let records = 0;
  const zip = await openZipRecords(archive, `${ecosystem}/all.zip`);
  const problem = ({ place, reason }: Place): void => void keptAside.push({ place, reason });
  for await (const { id, bytes, place } of zip.records({
    signal: new AbortController().signal,
    onProblem: problem,
    onProgress: () => {},
  })) {
    records++;
    ids.add(id);
    try {
      compiled.push(compileAdvisory(readOsvRecord(bytes, place)));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      problem({ place: error.place ?? place, reason: error.message });
    }
  }
  await zip.close();
  const inForce = compiled.filter(({ advisory }) => advisory.withdrawn === undefined);
  const statements = inForce.flatMap(({ advisory, packages }) => packages.map((named) => ({ id: advisory.id, ...named })));
  return {
    ecosystem,
    records,
    keptAside,
    withdrawn: compiled.length - inForce.length,
    packages: new Set(statements.map((named) => `${named.ecosystem}\0${named.name}`)).size,
    intervals: statements.reduce((total, { compiled: { intervals } }) => total + intervals.length, 0),
    texts: statements.flatMap(({ id, scheme, compiled: { texts } }) =>
      texts.map((text) => ({
        place: `${id}: ${text}`,
        reason: scheme === undefined ? "no order is known" : `no place in the order ${scheme}`,
      })),
    ),
    setAside: statements.flatMap(({ id, compiled: { setAside } }) => setAside.map(({ reason }) => ({ place: id, reason }))),
    empty: statements.reduce((total, { compiled: { empty } }) => total + empty, 0),
    silent: inForce.filter(({ packages }) => packages.length === 0).length,
  };
}

function listOf(places: readonly Place[]): string {
  if (places.length === 0) return "None.";
  return ["| record | reason |", "|---|---|", ...places.map(({ place, reason }) => cells([place, reason]))].join("\n");
}

/** One line a reason and ecosystem, with the first places. */
function grouped(taken: readonly Taken[], placesOf: (one: Taken) => readonly Place[]): string {
  const rows = taken.flatMap((one) =>
    [...Map.groupBy(placesOf(one), ({ reason }) => withoutQuotes(reason))].map(([reason, places]) =>
      cells([one.ecosystem, reason, places.length, [...new Set(places.map(({ place }) => place))].slice(0, MAX_EXAMPLES).join(", ")]),
    ),
  );
  return rows.length === 0 ? "None." : ["| ecosystem | reason | count | such as |", "|---|---|---:|---|", ...rows].join("\n");
}

const MAX_EXAMPLES = 3;

/** What differs from record to record is left out of a reason that many share. */
function withoutQuotes(reason: string): string {
  return reason.replaceAll(/"(?:[^"\\]|\\.)*"/g, "…");
}

function cells(values: readonly (string | number)[]): string {
  return `| ${values.map((value) => String(value).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
