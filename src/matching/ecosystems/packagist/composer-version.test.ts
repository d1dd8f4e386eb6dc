import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import { composer, normaliseComposer } from "./composer-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 20 10"],
    ["1.0-beta2", "21 20 20 20 04 22 10"],
    ["1.0-dev", "21 20 20 20 02 10"],
    ["1.0a", "21 20 20 20 03 10"],
    ["1.0-rc1-dev", "21 20 20 20 05 21 02 10"],
    ["1.0-STABLE", "21 20 20 20 01 10"],
    ["1.0-p1", "21 20 20 20 F0 21 10"],
    ["2010-01-02", "A1 07 DA 21 22 10"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, composer);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, composer);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [" ", /reads no version/],
    ["latest", /reads no version/],
    ["1.2.3.4.5", /reads no version/],
    ["12345678901234567890", /reads no version/],
    ["1.0-foo", /reads no version/],
    ["1.0-beta-x", /reads no version/],
    ["^1.0", /reads no version/],
    ["1.0 || 2.0", /reads no version/],
    ["dev", /reads no version/],
    ["feature-dev", /reads no version/],
    ["1.0 beta", /reads no version/],
    ["master", /names a branch/],
    ["dev-main", /names a branch/],
    ["DEV-1.0", /names a branch/],
    [`1.${"9".repeat(5000)}`, /reads no version/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, composer);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 30));
    assert.match(refused.reason, reason, version.slice(0, 30));
  }
});

test("a long text that is no version takes no longer than its length", () => {
  for (const part of [" ", "1", "1.", "-", "1-beta", ".dev", "dev", "x", "@dev"]) {
    assert.equal(normaliseComposer(`1.0-beta${part.repeat(100_000)}!`), undefined);
    assert.equal(normaliseComposer(`1.0-beta${part.repeat(40)}!`.slice(0, 256)), undefined, part);
  }
});

test(
  `the stated orderings and ${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are normalised and ordered or refused as Composer does`,
  { skip: skipWithout("php", "-rrequire '/usr/share/php/Composer/Semver/autoload.php';") },
  () => {
    const seed = 20_261_130;
    const random = seededRandom(seed);
    const pool = versionPool(random);
    const stated = readOrderings(ORDERINGS).map(({ a, b }): readonly [string, string] => [a, b]);
    const made = Array.from({ length: FUZZ_PAIRS }, () => pickPair(random, pool, { respelled, altered }));
    const pairs = [...stated, ...made].filter(([a, b]) => !/\d{19}/.test(a) && !/\d{19}/.test(b));
    const answers = askTool(
      "php",
      ["-r", COMPARE],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const ours = orderOf(a, b, composer);
      const found = typeof ours === "string" ? ours : "refused";
      const [theirs, normalisedA, normalisedB] = (answers[index] ?? "").split("\t");
      const place = `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`;
      assert.equal(normaliseComposer(a) ?? "refused", normalisedA, place);
      assert.equal(normaliseComposer(b) ?? "refused", normalisedB, place);
      assert.equal(found, theirs, place);
      seen[found]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

/** Branches are refused: Composer itself compares them with nothing. */
const COMPARE = `require '/usr/share/php/Composer/Semver/autoload.php';
$parser = new Composer\\Semver\\VersionParser();
$normalised = function ($text) use ($parser) {
  try { return $parser->normalize($text); } catch (UnexpectedValueException $e) { return 'refused'; }
};
while (($line = fgets(STDIN)) !== false) {
  [$a, $b] = array_map($normalised, explode("\\t", substr($line, 0, -1)));
  $known = $a !== 'refused' && $b !== 'refused' && strpos($a, 'dev-') !== 0 && strpos($b, 'dev-') !== 0;
  echo $known ? ['<', '=', '>'][version_compare($a, $b) + 1] : 'refused', "\\t", $a, "\\t", $b, "\\n";
}`;

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], composer);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    `v${version}`,
    ` ${version} `,
    version.toUpperCase(),
    `${version}+build.1`,
    `${version}@beta`,
    `${version} as 9.9`,
    version.replace(/^(\d+\.\d+)(?!\.)/, "$1.0"),
    version.replace("alpha", "a"),
    version.replace("-beta", ".b."),
    version.replace(/\.(\d)/, ".00$1"),
  ]);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "p", "x", "*", "-", ".", "_", "+", ":", " ", "@", ""]);
  return version.slice(0, at) + changed + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)]));
  const two = (): string => String(10 + random.below(20));
  const date = (): string => `20${two()}${random.pick(["", ".", "-", ":"])}${two()}${random.pick(["", ".", "-"])}${two()}`;
  const numbers = (): string => Array.from({ length: 1 + random.below(4) }, number).join(".");
  const base = random.oneIn(12) ? date() : random.oneIn(10) ? `${numbers()}.x` : numbers();
  const word = random.pick(["stable", "beta", "b", "RC", "rc", "alpha", "a", "patch", "pl", "p"]);
  const modifier = random.oneIn(2)
    ? ""
    : random.pick(["-", "-", ".", "_", ""]) + word + random.pick(["", "1", "2", ".1", "-3", "1.2", "10", "01"]);
  const dev = random.oneIn(5) || base.endsWith("x") ? random.pick(["-dev", ".dev", "dev"]) : "";
  return random.oneIn(40) ? `dev-${base}` : `${random.oneIn(12) ? "v" : ""}${base}${modifier}${dev}`;
}
