import assert from "node:assert/strict";
import { test } from "node:test";

import npmSemver from "semver";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { encodeVersion, orderOf } from "../encode-version.ts";
import { KeyWriter, MAX_KEY_BYTES } from "../key-writer.ts";
import { semver } from "./semver.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3-rc.1", "21 22 23 02 B0 72 63 00 21 01"],
    ["1.2.3", "21 22 23 10"],
    ["0.0.0-0", "20 20 20 02 20 01"],
    ["v1", "21 20 20 10"],
    ["1.2.3.4", "21 22 23 24 10"],
    ["1.2.3.4-a", "21 22 23 24 02 B0 61 00 01"],
    ["127.128.65535", "9F A0 80 A1 FF FF 10"],
    ["1.0.65536", "21 20 A2 01 00 00 10"],
    ["1.0.99999999999999", "21 20 A5 5A F3 10 7A 3F FF 10"],
    ["1.0.100000000000000", "21 20 A6 00 0F 31 30 30 30 30 30 30 30 30 30 30 30 30 30 30 10"],
    ["1.0.0-é", "21 20 20 02 B0 C3 A9 00 01"],
    ["1.0.0--", "21 20 20 02 B0 2D 00 01"],
    ["1.2.3+build", "21 22 23 10"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, semver);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(hex(key), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, semver);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["latest", /expected a digit/],
    ["v", /expected a digit/],
    ["vv1.0.0", /expected a digit/],
    ["V1.0.0", /expected a digit/],
    ["=1.0.0", /expected a digit/],
    [" 1.0.0", /expected a digit/],
    ["-1.0.0", /expected a digit/],
    [".1", /expected a digit/],
    ["+1", /expected a digit/],
    ["*", /expected a digit/],
    ["١.٢.٣", /digits 0 to 9/],
    ["1.٢.3", /digits 0 to 9/],
    ["1.2𝟛", /digits 0 to 9/],
    ["1.0.0-a\0b", /NUL/],
    ["1.0.0\0", /NUL/],
    ["1.0.0+a\0b", /NUL/],
    ["1.0.0-\ud800", /well-formed/],
    [`1.0.0-${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    [`1.0.0-${"é".repeat(MAX_KEY_BYTES / 2)}`, /longer than 2048/],
    ["9".repeat(MAX_KEY_BYTES), /longer than 2048/],
    ["9".repeat(70_000), /longer than 2048/],
    ["1.".repeat(MAX_KEY_BYTES), /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, semver);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("the longest key that fits is kept whole, and one character more is refused", () => {
  const room = MAX_KEY_BYTES - encodedLength("1.0.0-a") + 1;
  assert.equal(encodedLength(`1.0.0-${"a".repeat(room)}`), MAX_KEY_BYTES);
  assert.ok(!(encodeVersion(`1.0.0-${"a".repeat(room + 1)}`, semver) instanceof Uint8Array));
});

test("a key is written at the writer's position, and a refusal leaves the next one whole", () => {
  const out = new KeyWriter();
  out.byte(0x7f);
  assert.equal(semver.encode("1.2.3", out), undefined);
  assert.equal(hex(out.key()), "7F 21 22 23 10");
  assert.ok(!(encodeVersion("9".repeat(5000), semver) instanceof Uint8Array));
  assert.equal(encodedLength("1.2.3"), 4);
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random and equal, are ordered as npm's semver orders them`, () => {
  const seed = 20_260_822;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  let equal = 0;
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool);
    const theirs = npmSemver.compare(a, b, { loose: true });
    const expected = theirs === 0 ? "=" : theirs < 0 ? "<" : ">";
    if (theirs === 0) equal++;
    assert.equal(orderOf(a, b, semver), expected, `seed ${seed}, pair ${pair}: ${a} against ${b}`);
  }
  assert.ok(equal > FUZZ_PAIRS / 50, `only ${equal} equal pairs`);
});

/** Versions in npm's order, so that neighbours in the pool are neighbours in the order. */
function versionPool(random: SeededRandom): readonly string[] {
  const made = Array.from({ length: 2000 }, () => randomVersion(random));
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return [...made, ...stated].filter(npmReadsIt).toSorted((a, b) => npmSemver.compare(a, b, { loose: true }));
}

function pickPair(random: SeededRandom, pool: readonly string[]): readonly [string, string] {
  const at = random.below(pool.length);
  const a = pool[at] ?? "0.0.0";
  const kind = random.below(4);
  if (kind === 0) return [a, pool[at + 1] ?? a];
  if (kind === 1) return [a, pool[Math.max(0, at - 8 + random.below(17))] ?? a];
  if (kind === 2) return [a, random.pick(pool)];
  return random.oneIn(2) ? [a, respelled(random, a)] : [a, altered(random, a)];
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([`v${version.replace(/^v/, "")}`, `${version.replace(/\+.*/, "")}+${random.below(100)}.x-y`, version]);
}

/** One character changed: still a version to npm, or the original. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = version.slice(0, at) + random.pick(["0", "1", "9", "a", "Z", "-", "."]) + version.slice(at + (random.oneIn(2) ? 1 : 0));
  return npmReadsIt(changed) ? changed : version;
}

/**
 * Left out besides what npm refuses: numbers that npm rounds (over 2^53), and a fourth part after a dot,
 * where npm's expression splits the third number (`1.2.34.5` is `1.2.3-4.5` to it).
 */
function npmReadsIt(version: string): boolean {
  return npmSemver.valid(version, { loose: true }) !== null && !/\d{16}/.test(version) && !/^v?\d+\.\d+\.\d+\./.test(version);
}

function randomVersion(random: SeededRandom): string {
  const number = (): number =>
    random.pick([0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)]);
  const identifier = (): string =>
    random.pick(["alpha", "beta", "rc", "rc1", "a", "A", "-", "-5", "x-1", "0a", String(number()), `0${random.below(10)}`, "next"]);
  const prerelease = random.oneIn(2)
    ? ""
    : random.pick(["-", "-", "-", ""]) + Array.from({ length: 1 + random.below(3) }, identifier).join(".");
  const build = random.oneIn(6) ? `+${random.pick(["build", "1", "sha.5114f85", "a-b"])}` : "";
  return `${random.oneIn(8) ? "v" : ""}${number()}.${number()}.${number()}${prerelease}${build}`;
}

function encodedLength(version: string): number {
  const key = encodeVersion(version, semver);
  assert.ok(key instanceof Uint8Array, version);
  return key.length;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
