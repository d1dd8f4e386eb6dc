import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIdentifiers, compareNumberLists, orderOfSign, type Identifiers } from "../../../../tests/support/identifier-order.ts";
import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf, type Order } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { julia } from "./julia-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 10"],
    ["v1.2", "21 22 20 10"],
    ["1.2.3rc1", "21 22 23 02 B0 72 63 31 00 01"],
    ["1.2.3-", "21 22 23 02 01"],
    ["1.2.3+0", "21 22 23 10 20 01"],
    ["1.2.3-rc.1+2", "21 22 23 02 B0 72 63 00 21 01 22 01"],
    ["1.2.3+", "21 22 23 10 FE"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, julia);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, julia);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["v", /reads no version/],
    ["latest", /reads no version/],
    ["1.2.3.4", /reads no version/],
    ["1..2", /reads no version/],
    ["1.2.", /reads no version/],
    ["1.2.3-a..b", /reads no version/],
    ["1.2.3-+1", /reads no version/],
    ["1.2.3_1", /reads no version/],
    ["1.2.3.rc1", /reads no version/],
    ["1.2.3-\u212a", /reads no version/],
    ["1.٢", /reads no version/],
    [" 1.2.3", /reads no version/],
    ["1.2.3\n", /reads no version/],
    ["4294967296.0.0", /over 2\^32/],
    ["1.0.0-18446744073709551616", /over 2\^64/],
    ["1.0.0+18446744073709551616", /over 2\^64/],
    [`1.0.0-${"a".repeat(MAX_KEY_BYTES)}`, /longer than 256/],
    [`1.0.0-${"a.".repeat(200_000)}!`, /longer than 256/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, julia);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 30));
    assert.match(refused.reason, reason, version.slice(0, 30));
  }
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered as the rules order their parts one by one`, () => {
  const seed = 20_261_205;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool, { respelled, altered });
    const ours = orderOf(a, b, julia);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, byParts(a, b) ?? "refused", `seed ${seed}, pair ${pair}: ${a} against ${b}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

type Parts = { readonly numbers: readonly bigint[]; readonly prerelease: Identifiers; readonly build: Identifiers };

/** The comparison of `VersionNumber` read anew, without keys. */
function byParts(a: string, b: string): Order | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const difference = compareNumberLists(left.numbers, right.numbers);
  if (difference !== 0) return orderOfSign(difference);
  if (left.prerelease.length > 0 !== right.prerelease.length > 0) return left.prerelease.length > 0 ? "<" : ">";
  const before = compareLeastFirst(left.prerelease, right.prerelease);
  if (before !== 0) return orderOfSign(before);
  const [leftIsLast, rightIsLast] = [left.build[0] === "", right.build[0] === ""];
  if (leftIsLast !== rightIsLast) return leftIsLast ? ">" : "<";
  return orderOfSign(compareIdentifiers(left.build, right.build));
}

function compareLeastFirst(a: Identifiers, b: Identifiers): number {
  if ((a[0] === "") !== (b[0] === "")) return a[0] === "" ? -1 : 1;
  return compareIdentifiers(a, b);
}

/** Cut at its marks, where `parseJuliaVersion` reads one expression. */
function partsOf(version: string): Parts | undefined {
  const plus = version.indexOf("+");
  const core = plus === -1 ? version : version.slice(0, plus);
  const digits = /^v?[0-9.]*/i.exec(core)?.[0] ?? "";
  const numbers = digits.replace(/^v/i, "").split(".");
  const ending = core.slice(digits.length);
  const hasMinus = ending.startsWith("-");
  const prerelease = ending === "" ? undefined : hasMinus ? ending.slice(1) : ending;
  const build = plus === -1 ? undefined : version.slice(plus + 1);
  if (numbers.length > 3 || !numbers.every((number) => /^[0-9]+$/.test(number) && BigInt(number) < 2n ** 32n)) return undefined;
  if (prerelease === "" && build !== undefined) return undefined;
  for (const list of [prerelease, build])
    if (list !== undefined && list !== "" && !list.split(".").every((identifier) => /^[0-9A-Za-z-]+$/.test(identifier))) return undefined;
  return { numbers: [...numbers, "0", "0"].slice(0, 3).map(BigInt), prerelease: identifiersOf(prerelease), build: identifiersOf(build) };
}

function identifiersOf(list: string | undefined): Identifiers {
  return list?.split(".").map((identifier) => (/^[0-9]+$/.test(identifier) ? BigInt(identifier) : identifier)) ?? [];
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return [...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated].toSorted((a, b) =>
    byParts(a, b) === "<" ? -1 : byParts(a, b) === ">" ? 1 : 0,
  );
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    `v${version.replace(/^v/, "")}`,
    version.replace(/\.(\d)/, ".0$1"),
    version.replace(/^(\d+\.\d+)\.0/, "$1"),
    version,
  ]);
}

function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  return version.slice(0, at) + random.pick(["0", "1", "9", "a", "Z", "-", ".", "+", "_", ""]) + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): number => random.pick([0, 1, 2, random.below(12), random.below(300), 20_240_000 + random.below(1000)]);
  const identifier = (): string => random.pick(["DEV", "beta", "rc1", "a", "A", "-", "x-1", "0a", "01", String(number())]);
  const list = (): string => Array.from({ length: 1 + random.below(2) }, identifier).join(".");
  const prerelease = random.oneIn(2) ? "" : random.pick([`-${list()}`, `-${list()}`, "rc1", "beta.2"]);
  const build = random.oneIn(2) ? "" : random.pick(["+0", "+1", `+${number()}`, `+${list()}`]);
  const whole = `${random.oneIn(10) ? "v" : ""}${Array.from({ length: random.pick([2, 3, 3, 3]) }, number).join(".")}${prerelease}${build}`;
  return random.oneIn(30) ? whole.replace(/[-+a-zA-Z].*$/, "") + random.pick(["-", "+"]) : whole;
}
