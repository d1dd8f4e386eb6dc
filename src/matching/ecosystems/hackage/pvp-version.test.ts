import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { encodeVersion, orderOf, type Order } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { parsePvp, pvp } from "./pvp-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1", "21"],
    ["0", "20"],
    ["1.0", "21 20"],
    ["2.0.1.0", "22 20 21 20"],
    ["6.20170818", "26 A3 01 33 C8 42"],
    ["1.02", "21 22"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, pvp);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(Buffer.from(key).toString("hex").toUpperCase(), expected.replaceAll(" ", ""), version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, pvp);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [".", /at the start/],
    ["v1.0", /at the start/],
    ["-1", /at the start/],
    [" 1", /at the start/],
    ["١.٢", /at the start/],
    ["1.", /behind every dot/],
    ["1..2", /behind every dot/],
    ["1.0-rc1", /nothing but numbers/],
    ["1.0-1", /nothing but numbers/],
    ["1.0+1", /nothing but numbers/],
    ["1.0 ", /nothing but numbers/],
    ["1.0\0", /nothing but numbers/],
    ["1.*", /behind every dot/],
    ["9".repeat(70_000), /longer than 2048/],
    [`${"1.".repeat(MAX_KEY_BYTES)}1`, /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, pvp);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("a version's numbers are read without leading zeros", () => {
  assert.deepEqual(parsePvp("1.02.000"), ["1", "2", "0"]);
  for (const text of ["", "1.", "v1", "1.0-1", "1.0\n", "1".repeat(300)]) assert.equal(parsePvp(text), undefined, text);
});

test(`${FUZZ_PAIRS} pairs are ordered as lists of whole numbers are, which is the specification's order`, () => {
  const seed = 20_261_129;
  const seen = { "<": 0, "=": 0, ">": 0 };
  for (const [index, [a, b]] of pairsOf(seed, FUZZ_PAIRS).entries()) {
    const expected = orderOfLists(a.split(".").map(BigInt), b.split(".").map(BigInt));
    assert.equal(orderOf(a, b, pvp), expected, `seed ${seed}, pair ${index}: ${a} against ${b}`);
    seen[expected]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

test(`${FUZZ_PAIRS} pairs are ordered or refused as GHC's Data.Version does`, { skip: skipWithout("ghc") }, () => {
  const seed = 20_261_130;
  const random = seededRandom(seed);
  const pairs = pairsOf(seed, FUZZ_PAIRS)
    .map(([a, b]) => (random.oneIn(4) ? ([a, altered(random, b)] as const) : ([a, b] as const)))
    .filter(([a, b]) => isAskedOfGhc(a) && isAskedOfGhc(b));
  const answers = askTool(
    "ghc",
    ["-e", ":m + Data.Version Text.ParserCombinators.ReadP", "-e", COMPARE],
    pairs.map(([a, b]) => `${a}\t${b}`),
  );
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (const [index, [a, b]] of pairs.entries()) {
    const ours = orderOf(a, b, pvp);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

/** A version with tags (`1.0-rc1`), which Data.Version can read, is none on Hackage. */
const COMPARE = String.raw`interact (unlines . map (\line ->
  let { (a, b) = break (== '\t') line
      ; parse text = [versionBranch v | (v, "") <- readP_to_S parseVersion text, null (versionTags v)] }
  in case (parse a, parse (drop 1 b)) of
    ([x], [y]) -> case compare x y of { LT -> "<"; EQ -> "="; GT -> ">" }
    _ -> "refused") . lines)`;

/** Data.Version keeps numbers in 64 bits. */
function isAskedOfGhc(version: string): boolean {
  return (version.match(/\d+/g) ?? []).every((number) => number.length <= 18);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  return version.slice(0, at) + random.pick(["0", "1", "9", ".", "-", "a", "+", " ", "_", ""]) + version.slice(at + random.below(2));
}

function orderOfLists(a: readonly bigint[], b: readonly bigint[]): Order {
  for (const [index, number] of a.entries()) {
    const other = b[index];
    if (other === undefined || number > other) return ">";
    if (number < other) return "<";
  }
  return a.length < b.length ? "<" : "=";
}

function pairsOf(seed: number, count: number): readonly (readonly [string, string])[] {
  const random = seededRandom(seed);
  const pool = [
    ...Array.from({ length: 2000 }, () => randomVersion(random)),
    ...readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]),
  ].toSorted((a, b) => ({ "<": -1, "=": 0, ">": 1 })[orderOfLists(a.split(".").map(BigInt), b.split(".").map(BigInt))]);
  return Array.from({ length: count }, () => {
    const at = random.below(pool.length);
    const a = pool[at] ?? "0";
    const kind = random.below(4);
    if (kind === 0) return [a, pool[at + 1] ?? a];
    if (kind === 1) return [a, pool[Math.max(0, at - 8 + random.below(17))] ?? a];
    if (kind === 2) return [a, random.pick(pool)];
    return [a, random.pick([a.replace(/(\d+)$/, "00$1"), `0${a}`, `${a}.0`, a.replace(/\d$/, String(random.below(10)))])];
  });
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  return [number(), ...Array.from({ length: random.below(5) }, number)].join(".");
}
