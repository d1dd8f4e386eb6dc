import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import {
  randomAffected,
  randomMavenVersion,
  randomPypiVersion,
  randomRpmVersion,
  randomVersion,
} from "../../tests/support/random-affected.ts";
import { seededRandom } from "../../tests/support/seeded-random.ts";
import { factsOf, NOW, npmStanding, statedSnapshot } from "../../tests/support/stated-snapshot.ts";
import { zipEntries } from "../../tests/support/zip-entries.ts";
import { readOsvRecord } from "../formats/osv/osv.ts";
import type { AffectedPackage } from "../vocabulary/advisory.ts";
import { allEcosystems, baseEcosystemName, ecosystemOf } from "./ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "./ecosystems/ecosystem.ts";
import { isAffectedByFold, type FoldVerdict } from "./evaluate.ts";
import { compileAffected, isVersionRange } from "./interval.ts";
import { createMatcher, type Matcher, type MatchOutcome } from "./match.ts";
import { isSameRelease } from "./package-lookup.ts";
import { explainMatch } from "./scan/explain-match.ts";
import { Snapshot } from "./snapshot/snapshot.ts";
import { SnapshotBuilder } from "./snapshot/snapshot-builder.ts";
import { encodeVersion } from "./versions/encode-version.ts";
import { compareKeys } from "./versions/key-writer.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 60 : 6000;
const FEEDS = process.env["SLUICE_FEEDS"];

/** What one advisory states of one package: its entries stand alone. */
type Stated = { readonly id: string; readonly entries: readonly AffectedPackage[] };

test("a component is hit by the advisories that hold its version, each once", () => {
  const match = matcherOf({
    A: "introduced 0, fixed 1.0.0; introduced 2.0.0",
    B: "introduced 0, fixed 3.0.0; introduced 0, fixed 2.5.0; =2.1.0",
    C: "introduced 9.0.0",
  });
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["0.5.0", ["A", "B"]],
    ["1.0.0", ["B"]],
    ["2.1.0", ["A", "B"]],
    ["3.0.0", ["A"]],
    ["9.0.0", ["A", "C"]],
    ["9.0.0-rc.1", ["A"]],
  ];
  for (const [version, ids] of cases) assert.deepEqual(hitsOf(match("x", version)), ids, version);
});

test("a package that no advisory names, in its own spelling, is hit by none", () => {
  const match = matcherOf({ A: "introduced 0" });
  for (const name of ["y", "X", "x ", "", "@x/x"])
    assert.deepEqual(match(name, "1.0.0").outcome, { kind: "compared", hits: [], setAside: [] }, name);
});

test("what cannot be compared is said, and is never nothing", () => {
  const match = matcherOf({ A: "introduced 0, fixed 1.0.0; =nightly", B: "introduced 0, fixed unknown" });
  const cases: readonly (readonly [string, string | undefined, string, readonly string[]])[] = [
    ["x", "latest", "expected a digit at the start, or after a leading v", []],
    ["x", "nightly", "expected a digit at the start, or after a leading v", ["A"]],
    ["x", "", "the document does not say which version", []],
    ["x", undefined, "the document does not say which version", []],
    ["y", "latest", "expected a digit at the start, or after a leading v", []],
    ["y", undefined, "the document does not say which version", []],
  ];
  for (const [name, version, reason, ids] of cases) {
    const found = match(name, version);
    assert.equal(found.outcome.kind, "cannot-compare", `${name} ${version}`);
    assert.equal("reason" in found.outcome && found.outcome.reason, reason);
    assert.deepEqual(hitsOf(found), ids);
  }
});

test("where Maven's own order runs in a circle nothing is said but what is listed, of versions and of bounds", () => {
  const snapshot = statedSnapshot([
    { id: "A", affects: { "Maven g:a": "introduced 0, fixed 4.0; =3.17.0.rc.1" } },
    { id: "B", affects: { "Maven g:a": "introduced 0, fixed 4.0" } },
    { id: "C", affects: { "Maven g:a": "introduced 0, fixed 3.17.0.rc.1; introduced 5.0, fixed 6.0" } },
  ]);
  const ask = (version: string): MatchOutcome => createMatcher(snapshot, ecosystemOf)({ ecosystem: "Maven", name: "g:a", version });
  const inCircle = ask("3.17.0.rc.1");
  assert.match(inCircle.kind === "cannot-compare" ? inCircle.reason : "", /contradicts itself/);
  assert.deepEqual(hitIds(snapshot, inCircle), ["A"]);
  const bound = ask("3.0");
  assert.deepEqual(hitIds(snapshot, bound).toSorted(), ["A", "B"]);
  assert.match(bound.kind === "compared" ? (bound.setAside[0]?.reason ?? "") : "", /^fixed "3\.17\.0\.rc\.1" has no place in the order/);
  assert.deepEqual(hitIds(snapshot, ask("5.5")), ["C"]);
});

test("a version that may lie above its place is not outside a range that begins there", () => {
  const snapshot = statedSnapshot([
    { id: "A", affects: { "PyPI x": "introduced 0, fixed 1.0" } },
    { id: "B", affects: { "PyPI x": "introduced 2.0, fixed 2.5; introduced 3.0" } },
    { id: "C", affects: { "PyPI x": "introduced 2.0; =3.0-odd" } },
    { id: "D", affects: { "PyPI x": "=2.0" } },
    { id: "E", affects: { "Rocky Linux:9 x": "introduced 1.0-3.el9, fixed 1.0-9.el9" } },
    { id: "F", affects: { "Rocky Linux:9 x": "introduced 0, fixed 0.9-1.el9" } },
  ]);
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ["PyPI", "3.0-odd", ["A", "C"], ["B"]],
    ["PyPI", "1.5", [], []],
    ["Rocky Linux:9", "1.0", [], ["E"]],
    ["Rocky Linux:9", "1.0-1.el9", [], []],
  ];
  for (const [ecosystem, version, hits, asides] of cases) {
    const outcome = createMatcher(snapshot, ecosystemOf)({ ecosystem, name: "x", version });
    assert.deepEqual(hitIds(snapshot, outcome).toSorted(), hits, version);
    const aside = outcome.kind === "compared" ? outcome.setAside : [];
    assert.deepEqual(
      aside.map(({ advisory }) => snapshot.advisoryId(advisory)),
      asides,
      version,
    );
    for (const { reason } of aside) assert.match(reason, /PEP 440 does not read it|it has no release/);
    const verdicts = ["A", "B", "C", "D", "E", "F"].flatMap((id) =>
      explainMatch(snapshot, ecosystemOf, [documentOf(ecosystem, version)], id),
    );
    for (const { advisory, verdict } of verdicts) {
      const expected = hits.includes(advisory) ? "affected" : asides.includes(advisory) ? "cannot-compare" : "not-affected";
      assert.equal(verdict, expected, `${version} explained for ${advisory}`);
    }
    assert.ok(verdicts.length > 0);
  }
  const listedAlone = createMatcher(statedSnapshot([{ id: "G", affects: { "PyPI x": "=3.0-odd" } }]), ecosystemOf);
  assert.deepEqual(listedAlone({ ecosystem: "PyPI", name: "x", version: "3.0-odd" }), {
    kind: "compared",
    hits: [{ advisory: 0, row: 0 }],
    setAside: [],
  });
});

test("an ecosystem without an order is asked by exact text, and cannot be compared otherwise", () => {
  const snapshot = statedSnapshot([{ id: "A", affects: { "Other x": "introduced 0; =1.0" } }]);
  const match = createMatcher(snapshot, ecosystemOf);
  const reason = "no version order is known for Other";
  assert.deepEqual(match({ ecosystem: "Other", name: "x", version: "1.0" }), {
    kind: "cannot-compare",
    reason,
    hits: [{ advisory: 0, row: undefined }],
  });
  assert.deepEqual(match({ ecosystem: "Other", name: "x", version: "1.0.0" }), { kind: "cannot-compare", reason, hits: [] });
  assert.deepEqual(match({ ecosystem: "Other", name: "unknown", version: "1" }), { kind: "cannot-compare", reason, hits: [] });
});

test("a range that was set aside is named for every version but those the advisory holds otherwise", () => {
  const match = matcherOf({ A: "introduced 0, fixed unknown; introduced 5.0.0, fixed 6.0.0", B: "introduced 0, fixed 1.0.0" });
  const asidesAt = (version: string): readonly string[] => {
    const { outcome, snapshot } = match("x", version);
    return outcome.kind === "compared" ? outcome.setAside.map(({ advisory, reason }) => `${snapshot.advisoryId(advisory)}: ${reason}`) : [];
  };
  assert.match(asidesAt("2.0.0")[0] ?? "", /^A: fixed "unknown" has no place in the order/);
  assert.match(asidesAt("0.1.0")[0] ?? "", /^A: /);
  assert.deepEqual(asidesAt("5.5.0"), []);
});

test("one matcher asked again and again gives the same answers as a new one each time", () => {
  const snapshot = statedSnapshot([{ id: "A", affects: { x: "introduced 1.0.0-rc.1, fixed 2.0.0" } }]);
  const kept = createMatcher(snapshot, ecosystemOf);
  for (const version of ["1.5.0", "not a version", "1.0.0-rc.1", "", "2.0.0", "1.5.0", `1.0.0-${"a".repeat(5000)}`, "1.5.0"]) {
    const asked = { ecosystem: "npm", name: "x", version };
    assert.deepEqual(kept(asked), createMatcher(snapshot, ecosystemOf)(asked), version.slice(0, 40));
  }
});

for (const { ecosystem, versionOf } of [
  { ecosystem: "npm", versionOf: randomVersion },
  { ecosystem: "Maven", versionOf: randomMavenVersion },
  { ecosystem: "PyPI", versionOf: randomPypiVersion },
  { ecosystem: "Rocky Linux:9", versionOf: randomRpmVersion },
]) {
  test(`forward, in reverse and by the literal fold: ${ROUNDS} random sets of ${ecosystem} advisories, one answer`, () => {
    const seed = 424_242;
    const random = seededRandom(seed);
    const named = { ecosystem, name: "x" };
    const seen: Record<FoldVerdict, number> = { affected: 0, "not-affected": 0, "cannot-compare": 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const stated = Array.from({ length: 1 + random.below(6) }, (_, index): Stated => {
        return { id: `A${index}`, entries: Array.from({ length: 1 + random.below(2) }, () => randomAffected(random, named, versionOf)) };
      });
      const snapshot = snapshotOf(stated);
      const match = createMatcher(snapshot, ecosystemOf);
      for (let asked = 0; asked < 30; asked++) {
        const version = versionOf(random);
        for (const verdict of assertOneAnswer(snapshot, match, stated, { ...named, version }, `seed ${seed}, round ${round}`))
          seen[verdict]++;
      }
    }
    for (const [verdict, count] of Object.entries(seen)) assert.ok(count > ROUNDS, `${verdict} only ${count} times`);
  });
}

const archives = FEEDS === undefined ? [] : feedArchives(FEEDS);

test("the feed has archives of ecosystems whose order is known", { skip: FEEDS === undefined && "SLUICE_FEEDS is not set" }, () => {
  assert.ok(archives.length > 5, archives.map(({ ecosystem }) => ecosystem.id).join());
});

for (const { ecosystem, archive } of archives) {
  test(`forward, in reverse and by the literal fold: every ${ecosystem.id} record of the feed, one answer around every bound`, async () => {
    const stated: Stated[] = [];
    for await (const { name, bytes } of zipEntries(archive)) {
      const record = readOsvRecord(bytes, name);
      if (record.withdrawn === undefined) stated.push({ id: record.id, entries: record.affected });
    }
    const snapshot = snapshotOf(stated);
    const match = createMatcher(snapshot, ecosystemOf);
    let asked = 0;
    for (const [name, naming] of byPackage(stated, ecosystem.id)) {
      for (const release of new Set(naming.flatMap(({ entries }) => entries.map((entry) => entry.package?.ecosystem ?? "")))) {
        const about = naming.flatMap(({ id, entries }) => {
          const same = entries.filter((entry) => isSameRelease(ecosystem, entry.package?.ecosystem ?? "", release));
          return same.length === 0 ? [] : [{ id, entries: same }];
        });
        for (const version of someOf([...new Set(about.flatMap(({ entries }) => entries.flatMap(versionsAround)))], about.length))
          asked += assertOneAnswer(snapshot, match, about, { ecosystem: release, name, version }, `${ecosystem.id} feed`).length;
      }
    }
    assert.ok(asked > 0, `only ${asked} asked`);
  });
}

/** The kernel alone has hundreds of records with as many bounds, and each is held against each: in soak all of them. */
function someOf(versions: readonly string[], advisories: number): readonly string[] {
  const step = process.env["SLUICE_SOAK"] === undefined ? Math.ceil((versions.length * advisories) / 150) : 1;
  return versions.filter((_, index) => index % step === 0);
}

function feedArchives(feeds: string): readonly { readonly ecosystem: Ecosystem; readonly archive: string }[] {
  return allEcosystems.flatMap((ecosystem) => {
    const archive = join(feeds, "osv", ecosystem.id, "all.zip");
    return existsSync(archive) ? [{ ecosystem, archive }] : [];
  });
}

type Asked = { readonly ecosystem: string; readonly name: string; readonly version: string };

/** Asserts that matcher, rows and fold say the same of each advisory that names the package; gives what they say. */
function assertOneAnswer(
  snapshot: Snapshot,
  match: Matcher,
  stated: readonly Stated[],
  asked: Asked,
  label: string,
): readonly FoldVerdict[] {
  const outcome = match(asked);
  const scheme = schemeOf(asked.ecosystem);
  const hits = new Set(hitIds(snapshot, outcome));
  const aside = new Set(outcome.kind === "cannot-compare" ? [] : outcome.setAside.map(({ advisory }) => snapshot.advisoryId(advisory)));
  const reverse = rowsHoldingByScan(snapshot, stated, asked, scheme);
  return stated.map(({ id, entries }) => {
    const expected = foldOf(entries, asked.version, scheme);
    const place = `${label}: ${id}, ${asked.ecosystem} ${asked.name} ${asked.version}`;
    const compared = outcome.kind === "cannot-compare" || aside.has(id) ? "cannot-compare" : "not-affected";
    assert.equal(hits.has(id) ? "affected" : compared, expected, place);
    assert.equal(reverse.has(id), hits.has(id), `${place}, in reverse`);
    return expected;
  });
}

function foldOf(entries: readonly AffectedPackage[], version: string, scheme: VersionScheme): FoldVerdict {
  const verdicts = new Set(entries.map((entry) => isAffectedByFold(entry, version, scheme).verdict));
  if (verdicts.has("affected")) return "affected";
  return verdicts.has("cannot-compare") ? "cannot-compare" : "not-affected";
}

/** Every interval and listed version of the package is looked at, in no order. */
function rowsHoldingByScan(
  snapshot: Snapshot,
  stated: readonly Stated[],
  { name, version }: Asked,
  scheme: VersionScheme,
): ReadonlySet<string> {
  const key = encodeVersion(version, scheme);
  const releases = new Set(stated.flatMap(({ entries }) => entries.map((entry) => entry.package?.ecosystem ?? "")));
  const holding = [...releases].flatMap((release) => {
    const number = snapshot.findPackage(release, name);
    const rows = snapshot.rowsOf(number).filter((row) => {
      const { lo, hi } = snapshot.rowKeys(row);
      return key instanceof Uint8Array && compareKeys(lo, key) <= 0 && compareKeys(key, hi) < 0;
    });
    return [...rows.map((row) => snapshot.rowAdvisory(row)), ...snapshot.advisoriesListing(number, version)];
  });
  return new Set(holding.map((advisory) => snapshot.advisoryId(advisory)));
}

/** The name under which a snapshot has it. */
function nameOf({ package: named }: AffectedPackage): string {
  return named === undefined ? "" : (ecosystemOf(named.ecosystem)?.normaliseName(named.name) ?? named.name);
}

function schemeOf(ecosystem: string): VersionScheme {
  return ecosystemOf(ecosystem)?.scheme ?? assert.fail(`${ecosystem} has no order`);
}

/** What other ecosystems' packages a record names has no part in it. */
function snapshotOf(stated: readonly Stated[]): Snapshot {
  const builder = new SnapshotBuilder();
  const ecosystems = new Set<string>();
  for (const { id, entries } of stated) {
    builder.addAdvisory(
      factsOf({ id }),
      entries.flatMap((entry) => {
        const scheme = entry.package === undefined ? undefined : ecosystemOf(entry.package.ecosystem)?.scheme;
        if (entry.package === undefined || scheme === undefined) return [];
        ecosystems.add(entry.package.ecosystem);
        return [{ ecosystem: entry.package.ecosystem, name: nameOf(entry), scheme: scheme.id, compiled: compileAffected(entry, scheme) }];
      }),
    );
  }
  const standings = [...ecosystems].map((ecosystem) => ({ ...npmStanding, ecosystem }));
  return new Snapshot(builder.finish({ builtAtMs: NOW, standings, exploited: undefined }, crc32), crc32);
}

/** By the name alone, whatever the release. */
function byPackage(stated: readonly Stated[], ecosystem: string): ReadonlyMap<string, readonly Stated[]> {
  const packages = new Map<string, Stated[]>();
  for (const { id, entries } of stated) {
    const named = Map.groupBy(
      entries.filter((entry) => entry.package !== undefined && baseEcosystemName(entry.package.ecosystem) === ecosystem),
      nameOf,
    );
    for (const [name, own] of named) {
      const naming = packages.get(name);
      if (naming === undefined) packages.set(name, [{ id, entries: own }]);
      else naming.push({ id, entries: own });
    }
  }
  return packages;
}

/** The bounds and some listed versions themselves, and the nearest things above and below them that a registry may hold. */
function versionsAround(affected: AffectedPackage): readonly string[] {
  const step = Math.ceil(affected.versions.length / 20);
  const listed = affected.versions.filter((_, index) => index % step === 0);
  const bounds = affected.ranges.filter(isVersionRange).flatMap(({ events }) => events.map(({ version }) => version));
  return [
    "0.0.0-0",
    "999999999.0.0",
    ...[...bounds, ...listed].flatMap((version) => [version, `${version}-0`, `${version}.1`, `${version}+build`]),
  ];
}

function documentOf(ecosystem: string, version: string): Parameters<typeof explainMatch>[2][number] {
  const component = { ref: "c", ecosystem, packageType: "x", name: "x", version, purl: undefined, place: "c", development: false };
  return { name: "sbom", inventory: { format: "x", root: undefined, components: [component], dependencies: new Map(), problems: [] } };
}

type Found = { readonly snapshot: Snapshot; readonly outcome: MatchOutcome };

function matcherOf(affects: Readonly<Record<string, string>>): (name: string, version: string | undefined) => Found {
  const snapshot = statedSnapshot(Object.entries(affects).map(([id, text]) => ({ id, affects: { x: text } })));
  const match = createMatcher(snapshot, ecosystemOf);
  return (name, version) => ({ snapshot, outcome: match({ ecosystem: "npm", name, version }) });
}

function hitsOf({ snapshot, outcome }: Found): readonly string[] {
  return [...hitIds(snapshot, outcome)].sort();
}

function hitIds(snapshot: Snapshot, outcome: MatchOutcome): readonly string[] {
  return outcome.hits.map((hit) => snapshot.advisoryId(hit.advisory));
}
