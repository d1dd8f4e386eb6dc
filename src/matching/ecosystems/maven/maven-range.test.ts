import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askMaven, skipWithoutMaven } from "../../../../tests/support/maven-artifact.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { rangeAdmits } from "./maven-range.ts";

const ADMITS = new URL("testdata/admits.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what Maven does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    "[",
    "[1.0",
    "[1.0,2.0",
    "(1.0)",
    "[1.0)",
    "(1.0]",
    "[]",
    "[2.0,1.0]",
    "[1.0,1.0)",
    "(1.0,1.0]",
    "[1,3],[2,4]",
    "[1,2],(,3]",
    "[1,2],3",
    "[1,2] 3",
    "[1,2]]",
    "[1,2],,[3,4]",
    "]1.0,2.0[",
    "[${low},2.0)",
    "${version}",
    "LATEST",
    "latest.release",
    "1.+",
    "1.0!!",
    "[1.0,2.0)!!1.5",
    ">=1.0",
  ])
    assert.equal(rangeAdmits(requirement, "1.0"), undefined, requirement);
  for (const version of ["", "LATEST", "[1.0,2.0)", "${version}", "9".repeat(5000)]) {
    for (const requirement of ["[0,)", "1.0"]) assert.equal(rangeAdmits(requirement, version), undefined, version);
  }
});

test("where Maven's order contradicts itself no range admits or shuts out", () => {
  assert.equal(rangeAdmits("[1.0,2.0)", "1.0.0.rc.1"), undefined);
  assert.equal(rangeAdmits("[1.0.0.rc.1,2.0)", "1.5"), undefined);
  assert.equal(rangeAdmits("1.0.0.rc.1", "1.5"), undefined);
  assert.equal(rangeAdmits("1.5", "1.0.0.rc.1"), undefined);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of ["[", "(", "]", ",", "[1],", "[1,", " ", "9", "(,)", "[,],", "1."]) {
    assert.doesNotThrow(() => rangeAdmits(part.repeat(50_000), "1.0"));
    assert.doesNotThrow(() => rangeAdmits(`[1.0,${part.repeat(50_000)}]`, "1.0"));
  }
});

test(
  `the stated requirements and ${FUZZ_PAIRS} random ones are answered as Maven's VersionRange answers them`,
  { skip: skipWithoutMaven() },
  () => {
    const seed = 20_261_202;
    const random = seededRandom(seed);
    const stated = readAdmits(ADMITS).map(({ requirement, version }) => [requirement, version] as const);
    const made = Array.from({ length: FUZZ_PAIRS }, () => [randomRequirement(random), randomVersion(random)] as const);
    const pairs = [...stated, ...made];
    const answers = askMaven("admits", pairs);
    const seen: Record<string, number> = { true: 0, false: 0, undefined: 0 };
    for (const [index, [requirement, version]] of pairs.entries()) {
      const ours = String(rangeAdmits(requirement, version));
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(requirement)} and ${version}`);
      seen[ours] = (seen[ours] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

/** Without `[]`, which Maven takes for the empty version, and which is no version here. */
function randomRequirement(random: SeededRandom): string {
  if (random.oneIn(10)) return randomVersion(random);
  const blank = (): string => random.pick(["", "", " "]);
  const version = (): string => randomVersion(random);
  const range = (): string => {
    const inner = random.pick([`${version()},${version()}`, `,${blank()}${version()}`, `${version()}${blank()},`, version(), ",", "1,2,3"]);
    return random.pick(["[", "[", "("]) + blank() + inner + blank() + random.pick(["]", ")", ")"]);
  };
  const ranges = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, range);
  return ranges.join(random.pick([",", ",", ", ", "", " "])) + (random.oneIn(20) ? random.pick([",", "1", " ", "]"]) : "");
}

function randomVersion(random: SeededRandom): string {
  const numbers = Array.from({ length: 1 + random.below(3) }, () => random.pick(["0", "1", "1", "2", "2", "3", "10"])).join(".");
  return numbers + (random.oneIn(4) ? random.pick(["-rc1", "-SNAPSHOT", ".Final", "-alpha-1", ".ga", "-foo", "-1", ".RC2"]) : "");
}
