import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { randomAffected, randomVersion } from "../../../tests/support/random-affected.ts";
import { randomAdvisory, snapshotOf } from "../../../tests/support/random-snapshot.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { factsOf, NOW, npmStanding, statedSnapshot, statedSnapshotFile } from "../../../tests/support/stated-snapshot.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { compileAffected, type CompiledPackage, type Interval } from "../interval.ts";
import { encodeVersion } from "../versions/encode-version.ts";
import { compareKeys } from "../versions/key-writer.ts";
import { packageHash } from "./layout.ts";
import { Snapshot } from "./snapshot.ts";
import { SnapshotBuilder, type SnapshotPackage } from "./snapshot-builder.ts";

const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 20 : 2000;

test("what goes in comes out: facts, rows, texts and set-asides of random advisories", () => {
  const seed = 20_261_124;
  const random = seededRandom(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const stated = Array.from({ length: random.below(60) }, (_, index) => randomAdvisory(random, index));
    const snapshot = snapshotOf(stated);
    assert.equal(snapshot.advisoryCount, stated.length);
    for (const [index, { facts }] of stated.entries()) assert.deepEqual(snapshot.advisory(index), facts, `seed ${seed}, round ${round}`);
    const packages = Map.groupBy(
      stated.flatMap(({ packages: all }, advisory) => all.map((entry) => ({ ...entry, advisory }))),
      ({ ecosystem, name }) => `${ecosystem}\0${name}`,
    );
    assert.equal(snapshot.packageCount, packages.size);
    for (const entries of packages.values()) assertHolds(snapshot, entries, `seed ${seed}, round ${round}`);
  }
});

test("the header says what the file rests on", () => {
  const exploited = { source: "https://kev.example/", entries: 3, statedAtMs: NOW };
  const snapshot = statedSnapshot(
    [
      { id: "A", affects: { x: "introduced 0, fixed 1.0.0" } },
      { id: "B", vulnerability: "v", vulnerabilityIds: ["B", "C"], affects: { x: "introduced 1.0.0, fixed 1.0.0", "Other y": "=1" } },
      { id: "C", vulnerability: "v", vulnerabilityIds: ["B", "C"], affects: {} },
    ],
    { exploited },
  );
  const { builtAtMs, standings, exploited: read, counts, ecosystems, tlp } = snapshot.header;
  assert.deepEqual({ builtAtMs, standings, exploited: read, tlp }, { builtAtMs: NOW, standings: [npmStanding], exploited, tlp: "CLEAR" });
  assert.deepEqual(counts, { advisories: 3, vulnerabilities: 2, packages: 2, rows: 1 });
  assert.deepEqual(ecosystems, [{ name: "npm", scheme: "semver" }, { name: "Other" }]);
});

test("an empty snapshot is whole and knows nothing", () => {
  const snapshot = statedSnapshot([]);
  assert.deepEqual([snapshot.advisoryCount, snapshot.packageCount, snapshot.findPackage("npm", "lodash")], [0, 0, -1]);
});

test("names are told apart by every character, whatever script they are in", () => {
  const names = [
    "é",
    "e\u0301",
    "E",
    "e",
    "日本",
    "日本語",
    "𝒳",
    "\u{1F600}",
    "a".repeat(500),
    "",
    "@scope/name",
    "name",
    "\u0000",
    "x\u0000y",
  ];
  const snapshot = snapshotOf(names.map((name, index) => ({ facts: factsOf({ id: `A${index}` }), packages: [packageNamed(name)] })));
  for (const [index, name] of names.entries()) {
    const found = snapshot.findPackage("npm", name);
    assert.equal(snapshot.packageName(found), name);
    assert.deepEqual(snapshot.advisoriesOf(found), [index]);
    assert.equal(snapshot.findPackage("Other", name), -1);
  }
  for (const name of ["Name", "lodash", "日", "\uD800", "@scope", "name "]) assert.equal(snapshot.findPackage("npm", name), -1, name);
});

test("a name that is not well-formed Unicode is never taken for another", () => {
  const snapshot = snapshotOf([{ facts: factsOf({ id: "A" }), packages: [packageNamed("\uD800")] }]);
  assert.equal(snapshot.findPackage("npm", "\uD800"), -1);
  assert.equal(snapshot.findPackage("npm", "\uDC00"), -1);
});

test("names with one hash are told apart", () => {
  const [a, b] = ["package-52vu", "package-guea"] as const;
  assert.equal(packageHash("npm", a), packageHash("npm", b));
  const snapshot = snapshotOf([a, b].map((name) => ({ facts: factsOf({ id: `of ${name}` }), packages: [packageNamed(name)] })));
  for (const name of [a, b])
    assert.equal(snapshot.advisoryId(snapshot.advisoriesOf(snapshot.findPackage("npm", name))[0] ?? -1), `of ${name}`);
  const onlyOne = snapshotOf([{ facts: factsOf({ id: "A" }), packages: [packageNamed(a)] }]);
  assert.equal(onlyOne.findPackage("npm", b), -1);
});

test("an upper bound named by a fixed event, a last affected version or nothing keeps its kind and spelling", () => {
  const snapshot = statedSnapshot([
    { id: "A", affects: { x: "introduced 0, fixed 1.2" } },
    { id: "B", affects: { x: "introduced v1, last_affected 2.0.0+build" } },
    { id: "C", affects: { x: "introduced 3.0.0-rc.1" } },
    { id: "D", affects: { x: "introduced 1.0.0, limit 9.0.0" } },
    { id: "E", affects: { x: "=5.0" } },
  ]);
  const rows = snapshot.rowsOf(snapshot.findPackage("npm", "x")).map((row) => snapshot.row(row));
  assert.deepEqual(
    rows.map(({ advisory, loText, hiText, hiKind }) => [snapshot.advisoryId(advisory), loText, hiText, hiKind]),
    [
      ["C", "3.0.0-rc.1", undefined, "none"],
      ["D", "1.0.0", "9.0.0", "limit"],
      ["E", "5.0", "5.0", "listed"],
      ["B", "v1", "2.0.0+build", "last_affected"],
      ["A", "0", "1.2", "fixed"],
    ],
  );
});

test("one ecosystem cannot have two version orders", () => {
  const builder = new SnapshotBuilder();
  builder.addAdvisory(factsOf({ id: "A" }), [packageNamed("x")]);
  assert.throws(
    () => builder.addAdvisory(factsOf({ id: "B" }), [{ ...packageNamed("y"), scheme: "other" }]),
    /two version orders under npm/,
  );
});

test("it is read from wherever its bytes lie", () => {
  const file = statedSnapshotFile([{ id: "A", score: 7.5, affects: { x: "introduced 0, fixed 1.0.0" } }]);
  for (let offset = 0; offset <= 9; offset++) {
    const larger = new Uint8Array(file.length + offset + 3).fill(0xaa);
    larger.set(file, offset);
    const snapshot = new Snapshot(larger.subarray(offset, offset + file.length), crc32);
    assert.deepEqual(rowsHolding(snapshot, "x", "0.9.0"), [0], `offset ${offset}`);
    assert.deepEqual(rowsHolding(snapshot, "x", "1.0.0"), [], `offset ${offset}`);
    assert.equal(snapshot.advisoryScore(0), 7.5);
    assert.equal(snapshot.byteLength, file.length);
  }
});

test("random versions find in the file what the intervals hold", () => {
  const random = seededRandom(7);
  for (let round = 0; round < ROUNDS; round++) {
    const affected = randomAffected(random);
    const scheme = ecosystemOf("npm")?.scheme ?? assert.fail("npm has an order");
    const compiled = compileAffected(affected, scheme);
    const snapshot = snapshotOf([
      { facts: factsOf({ id: "A" }), packages: [{ ecosystem: "npm", name: "x", scheme: scheme.id, compiled }] },
    ]);
    for (let asked = 0; asked < 20; asked++) {
      const version = randomVersion(random);
      const key = encodeVersion(version, scheme);
      if (!(key instanceof Uint8Array)) continue;
      const holds = compiled.intervals.some(({ lo, hi }) => compareKeys(lo, key) <= 0 && compareKeys(key, hi) < 0);
      assert.equal(rowsHolding(snapshot, "x", version).length > 0, holds, `${version} in ${JSON.stringify(affected)}`);
    }
  }
});

function packageNamed(name: string): SnapshotPackage {
  const affected = { package: { ecosystem: "npm", name }, purl: undefined, ranges: [], versions: ["1.0.0"] };
  return { ecosystem: "npm", name, scheme: "semver", compiled: compileAffected(affected, ecosystemOf("npm")?.scheme) };
}

/** Every row, text and set-aside of one package, and nothing else; a listed version inside a range of its own advisory is left out. */
function assertHolds(snapshot: Snapshot, entries: readonly (SnapshotPackage & { readonly advisory: number })[], label: string): void {
  const { ecosystem, name } = entries[0] ?? assert.fail("no entry");
  const index = snapshot.findPackage(ecosystem, name);
  assert.equal(snapshot.packageEcosystem(index), ecosystem);
  const rows = snapshot.rowsOf(index).map((row) => ({ ...snapshot.row(row), ...snapshot.rowKeys(row) }));
  const expected = entries.flatMap(({ advisory, compiled }) =>
    compiled.intervals.filter((interval) => !isInsideARange(interval, compiled)).map((interval) => ({ advisory, ...interval })),
  );
  assert.deepEqual(rows.map(rowText).sort(), expected.map(rowText).sort(), label);
  for (const [place, { hi }] of rows.entries()) {
    const before = rows[place - 1];
    assert.ok(before === undefined || compareKeys(before.hi, hi) >= 0, `${label}: upper bounds fall`);
  }
  for (const text of new Set(["1.0.0", ...entries.flatMap(({ compiled }) => compiled.texts)])) {
    const listing = entries.filter(({ compiled }) => compiled.texts.includes(text)).map(({ advisory }) => advisory);
    assert.deepEqual(snapshot.advisoriesListing(index, text), listing, label);
  }
  assert.deepEqual(
    snapshot.setAside(index),
    entries.flatMap(({ advisory, compiled }) => compiled.setAside.map(({ reason }) => ({ advisory, reason }))),
    label,
  );
  const naming = entries.filter(({ compiled }) => compiled.intervals.length + compiled.texts.length + compiled.setAside.length > 0);
  assert.deepEqual([...snapshot.advisoriesOf(index)].sort(), [...new Set(naming.map(({ advisory }) => advisory))].sort(), label);
}

function isInsideARange(interval: Interval, { intervals }: Pick<CompiledPackage, "intervals">): boolean {
  const holds = (other: Interval): boolean => compareKeys(other.lo, interval.lo) <= 0 && compareKeys(interval.hi, other.hi) <= 0;
  return interval.hiKind === "listed" && intervals.some((other) => other.hiKind !== "listed" && holds(other));
}

function rowText({ advisory, lo, hi, loText, hiText, hiKind }: Interval & { readonly advisory: number }): string {
  return JSON.stringify([advisory, lo.join(), hi.join(), loText, hiText, hiKind]);
}

function rowsHolding(snapshot: Snapshot, name: string, version: string): readonly number[] {
  const scheme = ecosystemOf("npm")?.scheme ?? assert.fail("npm has an order");
  const key = encodeVersion(version, scheme);
  assert.ok(key instanceof Uint8Array);
  const rows: number[] = [];
  snapshot.rowsHolding(snapshot.findPackage("npm", name), key, key.length, rows);
  return rows;
}
