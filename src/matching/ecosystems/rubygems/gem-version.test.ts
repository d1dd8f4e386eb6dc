import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { gem, parseGemVersion } from "./gem-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 04"],
    ["1.0.0", "21 04"],
    ["0", "04"],
    ["0.0.1", "05 FD 21 04"],
    ["1.0.0.1", "21 05 FD 21 04"],
    ["1.0.0.rc1", "21 02 72 63 00 21 04"],
    ["1.a.0.0.b", "21 02 61 00 03 02 02 62 00 04"],
    ["1.a.0.2", "21 02 61 00 05 FE 22 04"],
    ["1.a.0", "21 02 61 00 04"],
    ["1-1", "21 02 70 72 65 00 21 04"],
    ["1.128", "21 A0 80 04"],
    [" 1.2\n", "21 22 04"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, gem);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, gem);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [" ", /expected a digit at the start/],
    ["latest", /expected a digit at the start/],
    ["v1.0", /expected a digit at the start/],
    ["-1", /expected a digit at the start/],
    [".1", /expected a digit at the start/],
    ["١.٢", /expected a digit at the start/],
    ["1a", /between dots/],
    ["1.", /between dots/],
    ["1..2", /between dots/],
    ["1-", /between dots/],
    ["1-.a", /between dots/],
    ["1.0_1", /between dots/],
    ["1.0+build", /between dots/],
    ["1.0 1", /between dots/],
    ["1.0.é", /between dots/],
    ["1.0\0", /between dots/],
    [`1${".0".repeat(255)}.1`, /254 zeros/],
    [`1.a${".0".repeat(255)}.b`, /254 zeros/],
    ["9".repeat(70_000), /longer than 2048/],
    [`1.${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    ["1.".repeat(MAX_KEY_BYTES).slice(0, -1), /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, gem);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("zeros count where something follows them, up to the most that a key can hold", () => {
  const most = ".0".repeat(254);
  const fewer = ".0".repeat(253);
  assert.equal(orderOf(`1${most}.1`, `1${fewer}.1`, gem), "<");
  assert.equal(orderOf(`1.a${most}.b`, `1.a${fewer}.b`, gem), ">");
  assert.equal(orderOf(`1${".0".repeat(1000)}`, "1", gem), "=");
  assert.equal(orderOf(`1${".0".repeat(1000)}.a`, "1.a", gem), "=");
});

test("a version's release is its numbers before the first letters", () => {
  const cases: readonly (readonly [string, readonly string[], boolean])[] = [
    ["1.2.3", ["1", "2", "3"], false],
    ["1.02.0", ["1", "2", "0"], false],
    ["007", ["7"], false],
    ["0.0", ["0", "0"], false],
    ["1.2.rc1", ["1", "2"], true],
    ["1.2rc1.5", ["1", "2"], true],
    ["1.2-3", ["1", "2"], true],
    [" 1.0\n", ["1", "0"], false],
  ];
  for (const [text, release, isPrerelease] of cases)
    assert.deepEqual(parseGemVersion(text), { text: text.trim(), release, isPrerelease }, text);
  for (const text of ["", "v1", "1a", "1.0_1"]) assert.equal(parseGemVersion(text), undefined, text);
});

test("a long text that is no version only at its end is refused", () => {
  for (const part of [" ", "1", "1.", "1-", "a.", "-", "0.", "1.a-"]) {
    const long = `1${part.repeat(100_000)}!`;
    assert.equal(parseGemVersion(long), undefined);
    assert.ok(!(encodeVersion(long, gem) instanceof Uint8Array));
  }
});

test(
  `${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered or refused as Ruby's Gem::Version does`,
  { skip: skipWithout("ruby") },
  () => {
    const seed = 20_261_124;
    const random = seededRandom(seed);
    const pool = versionPool(random);
    const pairs = Array.from({ length: FUZZ_PAIRS }, () => pickPair(random, pool, { respelled, altered }));
    const answers = askTool(
      "ruby",
      ["-e", COMPARE],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const ours = orderOf(a, b, gem);
      const found = typeof ours === "string" ? ours : "refused";
      assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      seen[found]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

const COMPARE = `STDIN.each_line do |line|
  a, b = line.chomp.split("\\t", -1)
  known = [a, b].all? { |text| Gem::Version.correct?(text) }
  puts known ? { -1 => "<", 0 => "=", 1 => ">" }[Gem::Version.new(a) <=> Gem::Version.new(b)] : "refused"
end`;

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], gem);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    `${version}.0`,
    version.replace("-", ".pre."),
    version.replace(/([0-9])([a-z])/i, "$1.$2"),
    version.replace(/\.([a-z])/i, ".0.0.$1"),
    version.replace(/\.(\d)/, ".00$1"),
    ` ${version} `,
  ]);
}

/** One character changed, so that what is and what is no version lie close together. Never empty: Gem reads nothing as 0. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "Z", "-", ".", "_", "+", " ", ""]);
  const text = version.slice(0, at) + changed + version.slice(at + random.below(2));
  return text.trim() === "" ? version : text;
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  const word = (): string => random.pick(["a", "b", "beta", "rc", "pre", "alpha", "A", "RC", "rc1", "1b", "0a", "a0", "beta2x", "Z"]);
  const parts = Array.from({ length: random.below(6) }, () => (random.oneIn(4) ? word() : number()));
  const hyphen = random.oneIn(8) ? `-${random.pick([word(), number(), `${word()}.${number()}`, "a-b", "-"])}` : "";
  return [number(), ...parts].join(".") + hyphen;
}
