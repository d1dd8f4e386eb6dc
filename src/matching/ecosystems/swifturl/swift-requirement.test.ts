import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { parseSwiftTag, requirementAdmits } from "./swift-requirement.ts";

test("what SwiftPM does not read, or what names no version, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    "1.2.3",
    '"1.2.3"',
    "from: 1.2.3",
    'from: "1.2"',
    'from: "v1.2.3"',
    'from: ""',
    'branch: "main"',
    '.branch("main")',
    'revision: "6879efc2c1596d11a6a6ad296f80063b558d5e0f"',
    'path: "../x"',
    '"1.0.0"..<',
    '"2.0.0"..<"1.0.0"',
    '"1.0.0"..<"1.0.0"',
    '"1.0.0"..<"2.0.0", from: "1.0.0"',
    '.upToNextMinor("1.0.0")',
    'from: "9007199254740991.0.0"',
    "^1.2.3",
    ">=1.0.0",
  ])
    assert.equal(requirementAdmits(requirement, "1.2.3"), undefined, requirement);
  for (const version of ["", "1", "main", "1.2.3.4", "01.2.3", "vv1.2.3", "V1.2.3", "release-1.2.3", "9".repeat(5000)])
    assert.equal(requirementAdmits('from: "0.0.0"', version), undefined, version);
});

test("a tag may have a v, and may leave out the third number", () => {
  assert.deepEqual(parseSwiftTag("v1.2.3-rc.1"), { numbers: [1, 2, 3], prerelease: "rc.1" });
  assert.deepEqual(parseSwiftTag("v1.2"), { numbers: [1, 2, 0], prerelease: undefined });
  assert.equal(parseSwiftTag("1.2-rc.1"), undefined);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of ['"', '"1.0.0"', "..<", "from:", " ", "9", '"1.0.0-', "a.", ".exact("]) {
    for (const count of [60, 100_000]) {
      assert.doesNotThrow(() => requirementAdmits(part.repeat(count), "1.0.0"));
      assert.doesNotThrow(() => requirementAdmits(`from: "1.0.0-${part.repeat(count)}`, "1.0.0"));
    }
  }
});

test("2000 ranges admit the releases from their start to below their end, or to their end", () => {
  const seed = 20_261_208;
  const random = seededRandom(seed);
  const version = (): readonly number[] => [random.below(3), random.below(3), random.below(3)];
  const value = ([major = 0, minor = 0, patch = 0]: readonly number[]): number => major * 100 + minor * 10 + patch;
  let admitted = 0;
  for (let round = 0; round < 2000; round++) {
    const [from, to, candidate] = [version(), version(), version()];
    const isClosed = random.oneIn(2);
    const requirement = `"${from.join(".")}"${isClosed ? "..." : "..<"}"${to.join(".")}"`;
    const isBelow = isClosed ? value(candidate) <= value(to) : value(candidate) < value(to);
    const isRead = isClosed ? value(from) <= value(to) : value(from) < value(to);
    const expected = !isRead ? undefined : value(from) <= value(candidate) && isBelow;
    assert.equal(requirementAdmits(requirement, candidate.join(".")), expected, `seed ${seed}: ${requirement} and ${candidate.join(".")}`);
    if (expected === true) admitted++;
  }
  assert.ok(admitted > 100, `only ${admitted} admitted`);
});
