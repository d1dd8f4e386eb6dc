import assert from "node:assert/strict";
import { test } from "node:test";

import { randomAffected, randomVersion } from "../../tests/support/random-affected.ts";
import { seededRandom } from "../../tests/support/seeded-random.ts";
import type { AffectedPackage, AffectedRange, RangeEvent, RangeEventKind } from "../vocabulary/advisory.ts";
import { isAffectedByFold, type FoldVerdict } from "./evaluate.ts";
import { compileAffected, type CompiledPackage } from "./interval.ts";
import { encodeVersion } from "./versions/encode-version.ts";
import { compareKeys } from "./versions/key-writer.ts";
import { semver } from "./versions/semver/semver.ts";

const ENTRIES = process.env["SLUICE_SOAK"] === undefined ? 1000 : 100_000;

test("the fold says what a person reads in the events, and which of them decided", () => {
  const cases: readonly (readonly [string, string, FoldVerdict, string | undefined])[] = [
    ["introduced 0", "0.0.0-0", "affected", "introduced 0"],
    ["introduced 0, fixed 1.0.0", "0.9.0", "affected", "introduced 0"],
    ["introduced 0, fixed 1.0.0", "1.0.0-rc.1", "affected", "introduced 0"],
    ["introduced 0, fixed 1.0.0", "1.0.0", "not-affected", "fixed 1.0.0"],
    ["introduced 0, last_affected 1.0.0", "1.0.0+build", "affected", "introduced 0"],
    ["introduced 0, last_affected 1.0.0", "1.0.1-0", "not-affected", "last_affected 1.0.0"],
    ["introduced 2.0.0", "1.0.0", "not-affected", undefined],
    ["introduced 2.0.0, fixed 2.1.0, introduced 0, fixed 1.0.0", "2.0.5", "affected", "introduced 2.0.0"],
    ["introduced 2.0.0, fixed 2.1.0, introduced 0, fixed 1.0.0", "1.5.0", "not-affected", "fixed 1.0.0"],
    ["introduced 1.0.0, limit 2.0.0", "2.0.0", "not-affected", "limit 2.0.0"],
    ["introduced 1.0.0, limit 2.0.0, limit *", "2.0.0", "affected", "introduced 1.0.0"],
    ["introduced 0, last_affected 1.0.0, fixed 1.0.0", "1.0.0", "not-affected", "fixed 1.0.0"],
    ["introduced 0, fixed unknown", "1.0.0", "cannot-compare", undefined],
    ["fixed 1.0.0", "0.5.0", "cannot-compare", undefined],
    ["introduced 0", "latest", "cannot-compare", undefined],
  ];
  for (const [text, version, verdict, decidedBy] of cases) {
    const outcome = isAffectedByFold(entry([range(text)], []), version, semver);
    const event = outcome.ranges[0]?.decidedBy;
    assert.equal(outcome.verdict, verdict, `${version} in ${text}`);
    assert.equal(event === undefined ? undefined : `${event.kind} ${event.version}`, decidedBy, `${version} in ${text}`);
  }
});

test("a listed version matches by order or by text, even where nothing can be compared", () => {
  const affected = entry([range("introduced 0, fixed unknown")], ["1.0", "nightly"]);
  assert.deepEqual(isAffectedByFold(affected, "1.0.0", semver).listed, "1.0");
  assert.equal(isAffectedByFold(affected, "1.0.0", semver).verdict, "affected");
  assert.equal(isAffectedByFold(affected, "nightly", semver).verdict, "affected");
  assert.equal(isAffectedByFold(affected, "nightly-2", semver).verdict, "cannot-compare");
  assert.equal(isAffectedByFold(affected, "1.0", undefined).verdict, "affected");
  assert.equal(isAffectedByFold(affected, "1.0.0", undefined).verdict, "cannot-compare");
  assert.match(isAffectedByFold(affected, "2.0.0", semver).ranges[0]?.reason ?? "", /^fixed "unknown"/);
});

test("an entry that states commits only cannot be compared with a version, and says so", () => {
  const git = { ...range("introduced 0, fixed 0123456789abcdef0123456789abcdef01234567"), type: "GIT" };
  const outcome = isAffectedByFold(entry([git], []), "1.0.0", semver);
  assert.equal(outcome.verdict, "cannot-compare");
  assert.match(outcome.ranges[0]?.reason ?? "", /^it states commits only/);
  assert.equal(isAffectedByFold(entry([git], ["1.0.0"]), "1.0", semver).verdict, "affected");
  assert.equal(isAffectedByFold(entry([git], ["1.0.0"]), "2.0.0", semver).verdict, "not-affected");
  assert.equal(isAffectedByFold(entry([git, range("introduced 3.0.0")], []), "1.0.0", semver).verdict, "not-affected");
  assert.equal(isAffectedByFold(entry([{ ...git, type: "SOON" }], []), "1.0.0", semver).verdict, "cannot-compare");
});

test("a commit is no version, whatever the order would read in it", () => {
  const commit = `1${"e".repeat(39)}`;
  const outcome = isAffectedByFold(entry([range("introduced 0, fixed 1.0.0")], []), commit, semver);
  assert.equal(outcome.verdict, "cannot-compare");
  assert.match(outcome.reason ?? "", /^it is a commit/);
  assert.equal(isAffectedByFold(entry([], [commit]), commit, semver).verdict, "affected");
});

test(`the intervals of ${ENTRIES} random entries hold exactly the versions that the fold calls affected`, () => {
  const seed = 20_260_824;
  const random = seededRandom(seed);
  const seen: Record<FoldVerdict, number> = { affected: 0, "not-affected": 0, "cannot-compare": 0 };
  for (let number = 0; number < ENTRIES; number++) {
    const affected = randomAffected(random);
    const compiled = compileAffected(affected, semver);
    for (let asked = 0; asked < 8; asked++) {
      const version = randomVersion(random);
      const expected = isAffectedByFold(affected, version, semver).verdict;
      assert.equal(
        verdictByIntervals(compiled, version),
        expected,
        `seed ${seed}, entry ${number}: ${version} in ${JSON.stringify(affected)}`,
      );
      seen[expected]++;
    }
  }
  for (const [verdict, count] of Object.entries(seen)) assert.ok(count > ENTRIES / 10, `${verdict} only ${count} times`);
});

function verdictByIntervals({ intervals, texts, setAside }: CompiledPackage, version: string): FoldVerdict {
  if (texts.includes(version)) return "affected";
  const key = encodeVersion(version, semver);
  if (!(key instanceof Uint8Array)) return "cannot-compare";
  if (intervals.some(({ lo, hi }) => compareKeys(lo, key) <= 0 && compareKeys(key, hi) < 0)) return "affected";
  return setAside.length > 0 ? "cannot-compare" : "not-affected";
}

function range(text: string): AffectedRange {
  const events = text.split(", ").map((event): RangeEvent => {
    const [kind, version = ""] = event.split(" ");
    return { kind: kind as RangeEventKind, version };
  });
  return { type: "SEMVER", repository: undefined, events };
}

function entry(ranges: readonly AffectedRange[], versions: readonly string[]): AffectedPackage {
  return { package: { ecosystem: "npm", name: "x" }, purl: undefined, ranges, versions };
}
