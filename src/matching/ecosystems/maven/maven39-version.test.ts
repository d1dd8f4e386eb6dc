import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { askMaven, skipWithoutMaven } from "../../../../tests/support/maven-artifact.ts";
import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { maven39 } from "./maven39-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const CYCLES = new URL("testdata/cycles.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 04"],
    ["1.0.0", "21 04"],
    ["0", "04"],
    ["0.0.1", "20 20 21 04"],
    ["10.100", "2A 84 04"],
    ["1.128", "21 A0 80 04"],
    ["1.0-Final", "21 04"],
    ["1.0-rc1", "21 02 04 07 21 04"],
    ["1.0-SNAPSHOT", "21 02 05 04"],
    ["1-sp", "21 06 07 04"],
    ["1-foo", "21 06 08 66 6F 6F 00 04"],
    ["1-1", "21 07 21 04"],
    ["1-0-1", "21 07 07 21 04"],
    ["1-0-foo", "21 06 09 06 08 66 6F 6F 00 04"],
    ["1.rc.1", "21 01 04 21 04"],
    ["1-0.1", "21 07 20 21 04"],
    ["1.ga.rc.1", "21 01 06 01 04 21 04"],
    ["0000000001.1", "21 21 04"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, maven39);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, maven39);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["${project.version}", /property/],
    ["1.0-${revision}", /property/],
    ["[1.0,2.0)", /range/],
    ["(,1.0]", /range/],
    ["]1.0,2.0[", /range/],
    ["LATEST", /the newest/],
    ["RELEASE", /the newest/],
    ["latest.release", /the newest/],
    ["latest.integration", /the newest/],
    ["1.+", /the newest/],
    ["+", /the newest/],
    ["1.0 ", /character/],
    [" 1.0", /character/],
    ["1.0\n", /character/],
    ["1.0\u001b[2J", /character/],
    ["1/2", /character/],
    ["1\\2", /character/],
    ["1:2", /character/],
    ["*", /character/],
    ["<1", /character/],
    ["1.0\0", /NUL/],
    ["١.٢", /digits 0 to 9/],
    ["1.2𝟛", /digits 0 to 9/],
    ["1-\ud800", /beyond U\+FFFF/],
    ["1-😀", /beyond U\+FFFF/],
    ["3.0.0.alpha.1.0", /contradicts itself/],
    ["1-0.rc.1", /contradicts itself/],
    ["1-0-rc", /contradicts itself/],
    ["1.sp.1", /contradicts itself/],
    ["1.0.ga.1", /contradicts itself/],
    ["Finchley.SR2", /contradicts itself/],
    ["1.0000000000.1", /contradicts itself/],
    ["main-SNAPSHOT", /contradicts itself/],
    ["9".repeat(70_000), /longer than 2048/],
    [`1-${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    [`1-${"é".repeat(MAX_KEY_BYTES / 2)}`, /longer than 2048/],
    [`1${".1".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    ["1-".repeat(MAX_KEY_BYTES), /longer than 2048/],
    [`1${".0".repeat(MAX_KEY_BYTES)}.1`, /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, maven39);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("words that only begin like a stand-in for the newest version are versions", () => {
  for (const version of ["1.0-latest", "1.0.RELEASE", "2.0-LATEST", "1.0+build"])
    assert.ok(encodeVersion(version, maven39) instanceof Uint8Array, version);
});

test("zeros count where something follows them, however many", () => {
  assert.equal(orderOf(`1${".0".repeat(1000)}.1`, `1${".0".repeat(999)}.1`, maven39), "<");
  assert.equal(orderOf(`1${".0".repeat(10_000)}`, "1", maven39), "=");
  assert.equal(orderOf(`1${".0".repeat(10_000)}-rc1`, "1-rc1", maven39), "=");
  assert.equal(orderOf(`1${".ga.0".repeat(10_000)}-ga`, "1", maven39), "=");
});

test("a long text of what versions are made of has a key or is refused, in time that does not grow with its square", () => {
  for (const part of ["1", "0", ".", "-", "a", "1a", "1-", ".0", ".ga", "ga-", "0.ga.", "-0", "rc.", "é", "$", "${"]) {
    for (const end of ["", ".1", ".rc.1", "-rc", "!"]) {
      const long = part.repeat(40_000) + end;
      const key = encodeVersion(long, maven39);
      assert.ok(key instanceof Uint8Array ? key.length > 0 : key.reason.length > 0);
    }
  }
});

for (const { cycle, refused, line } of statedCycles()) {
  test(`cycles.txt:${line}: ${refused} cannot be compared, and what is left of the circle is in order`, () => {
    const key = encodeVersion(refused, maven39);
    assert.match(key instanceof Uint8Array ? "" : key.reason, /contradicts itself/);
    for (const [a, b] of stepsOf(cycle).filter((step) => step.every(isWellOrdered)))
      assert.equal(orderOf(a, b, maven39), "<", `${a} < ${b}`);
  });
}

test("what Maven publishes in the usual forms stands in no circle", () => {
  const usual = ["1.0", "1.0-SNAPSHOT", "1.0.0.RC1", "4.1.83.Final", "2.0.0.M3", "1.0.0-alpha.1", "31.1-jre", "9.4.41.v20210516"];
  for (const version of [...usual, "1.0.0.Final-redhat-00001", "3.21.0-rc-1", "0.0.0-alpha", "1.0+build"])
    assert.ok(encodeVersion(version, maven39) instanceof Uint8Array, version);
});

test("Maven's own comparison runs in every circle that is named, and answers every stated ordering", { skip: skipWithoutMaven() }, () => {
  const steps = statedCycles().flatMap(({ cycle }) => stepsOf(cycle));
  assert.ok(steps.length > 0);
  for (const [index, answer] of askMaven("compare", steps).entries()) assert.equal(answer, "<", (steps[index] ?? []).join(" < "));
  const orderings = readOrderings(ORDERINGS);
  const answers = askMaven(
    "compare",
    orderings.map(({ a, b }) => [a, b]),
  );
  for (const [index, { a, order, b, line }] of orderings.entries()) assert.equal(answers[index], order, `line ${line}: ${a} ${order} ${b}`);
});

test(
  `${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, none of them in a circle, are ordered as Maven orders them`,
  { skip: skipWithoutMaven() },
  () => {
    const seed = 20_261_201;
    const random = seededRandom(seed);
    const pool = versionPool(random);
    const pairs: (readonly [string, string])[] = [];
    while (pairs.length < FUZZ_PAIRS) {
      const pair = pickPair(random, pool, { respelled, altered });
      if (pair.every(isWellOrdered)) pairs.push(pair);
    }
    const answers = askMaven("compare", pairs);
    const seen: Record<string, number> = { "<": 0, "=": 0, ">": 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const ours = orderOf(a, b, maven39);
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      seen[String(ours)] = (seen[String(ours)] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

function isWellOrdered(version: string): boolean {
  return encodeVersion(version, maven39) instanceof Uint8Array;
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 4000 }, () => randomVersion(random)), ...stated], maven39);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    `${version}.0`,
    `${version}-ga`,
    `${version}.Final`,
    version.toUpperCase(),
    version.replace("-", ".0-"),
    version.replace("rc", "cr"),
    version.replace(/([0-9])-?([a-z])/i, "$1.$2"),
    version.replace(/\.(\d)/, ".00$1"),
    version.replace(/[.-]/, "-0-"),
  ]);
}

function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "b", "m", "Z", "-", ".", "_", "+", "é", "", ".0", "-0", ".ga"]);
  return version.slice(0, at) + changed + version.slice(at + random.below(2));
}

/** Half in the forms that are published, half of the parts in any order. */
function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  const word = (): string =>
    random.pick([
      "alpha",
      "a",
      "beta",
      "b",
      "milestone",
      "M",
      "RC",
      "rc",
      "CR",
      "SNAPSHOT",
      "Final",
      "GA",
      "RELEASE",
      "SP",
      "jre",
      "v",
      "foo",
    ]);
  const separator = (): string => random.pick([".", ".", "-", ""]);
  if (random.oneIn(2)) {
    const parts = Array.from({ length: 1 + random.below(6) }, () => (random.oneIn(2) ? word() : number()) + separator());
    return parts.join("");
  }
  const numbers = Array.from({ length: 1 + random.below(4) }, number).join(".");
  if (random.oneIn(3)) return numbers;
  const tail = random.pick([word(), `${word()}${number()}`, `${word()}-${number()}`, `${word()}.${number()}`, number()]);
  return `${numbers}${random.pick([".", "-", ""])}${tail}${random.oneIn(4) ? `-${random.pick(["SNAPSHOT", "redhat-1", number()])}` : ""}`;
}

/** A line of `cycles.txt`: `A < B < C < A ; the one that cannot be compared`. */
function statedCycles(): readonly { readonly cycle: readonly string[]; readonly refused: string; readonly line: number }[] {
  return readFileSync(CYCLES, "utf8")
    .split("\n")
    .flatMap((text, index) => {
      if (text === "" || text.startsWith("#")) return [];
      const [cycle, refused, ...more] = text.split(" ; ");
      if (cycle === undefined || refused === undefined || more.length > 0) assert.fail(`cycles.txt:${index + 1}: ${text}`);
      const versions = cycle.split(" < ");
      assert.equal(versions[0], versions.at(-1), `cycles.txt:${index + 1} does not come back to where it began`);
      return [{ cycle: versions, refused, line: index + 1 }];
    });
}

function stepsOf(cycle: readonly string[]): readonly (readonly [string, string])[] {
  return cycle.slice(1).map((b, index) => [cycle[index] ?? "", b] as const);
}
