import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIdentifiers, compareNumberLists, orderOfSign, type Identifiers } from "../../../../tests/support/identifier-order.ts";
import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { encodeVersion, orderOf, type Order } from "../../versions/encode-version.ts";
import { bitnami } from "./bitnami-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 10"],
    ["1.2.3-0", "21 22 23 10"],
    ["1.2.3-4", "21 22 23 10 24 01"],
    ["1.2.3-4.a", "21 22 23 10 24 B0 61 00 01"],
    ["1.2.3-rc.1", "21 22 23 02 B0 72 63 00 21 01"],
    ["1.2.3-4+build", "21 22 23 10 24 01"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, bitnami);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, bitnami);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["latest", /three numbers/],
    ["1", /three numbers/],
    ["1.2", /three numbers/],
    ["1.2-5", /three numbers/],
    ["1.2.3.4", /three numbers/],
    ["v1.2.3", /three numbers/],
    ["1.2.3-", /three numbers/],
    ["1.2.3-é", /three numbers/],
    ["1.2.3-1\n", /three numbers/],
    ["9007199254740992.0.0", /three numbers/],
    [`1.0.0-${"9".repeat(3000)}`, /three numbers/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, bitnami);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 30));
    assert.match(refused.reason, reason, version.slice(0, 30));
  }
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random and altered, are ordered as the rules order their parts one by one`, () => {
  const seed = 20_261_209;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool);
    const ours = orderOf(a, b, bitnami);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, byParts(a, b) ?? "refused", `seed ${seed}, pair ${pair}: ${a} against ${b}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

type Parts = { readonly numbers: readonly bigint[]; readonly rank: -1 | 0 | 1; readonly suffix: Identifiers };

function byParts(a: string, b: string): Order | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const difference = compareNumberLists(left.numbers, right.numbers) || left.rank - right.rank;
  return orderOfSign(difference || compareIdentifiers(left.suffix, right.suffix));
}

function partsOf(version: string): Parts | undefined {
  const plus = version.indexOf("+");
  const core = plus === -1 ? version : version.slice(0, plus);
  if (plus !== -1 && !/^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*$/.test(version.slice(plus + 1))) return undefined;
  const hyphen = core.indexOf("-");
  const numbers = (hyphen === -1 ? core : core.slice(0, hyphen)).split(".");
  if (numbers.length !== 3 || !numbers.every((number) => /^[0-9]+$/.test(number) && BigInt(number) < 2n ** 53n)) return undefined;
  const words = hyphen === -1 ? [] : core.slice(hyphen + 1).split(".");
  if (!words.every((word) => /^[0-9A-Za-z-]+$/.test(word))) return undefined;
  const suffix = words.map((word) => (/^[0-9]+$/.test(word) ? BigInt(word) : word));
  const isRelease = suffix.length === 0 || (suffix.length === 1 && suffix[0] === 0n);
  const rank = isRelease ? 0 : typeof suffix[0] === "bigint" ? 1 : -1;
  return { numbers: numbers.map(BigInt), rank, suffix: isRelease ? [] : suffix };
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return [...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated].toSorted((a, b) =>
    byParts(a, b) === "<" ? -1 : byParts(a, b) === ">" ? 1 : 0,
  );
}

function pickPair(random: SeededRandom, pool: readonly string[]): readonly [string, string] {
  const at = random.below(pool.length);
  const a = pool[at] ?? "0.0.0";
  const kind = random.below(4);
  if (kind === 0) return [a, pool[at + 1] ?? a];
  if (kind === 1) return [a, pool[Math.max(0, at - 8 + random.below(17))] ?? a];
  if (kind === 2) return [a, random.pick(pool)];
  const place = random.below(a.length);
  return [a, a.slice(0, place) + random.pick(["0", "1", "9", "a", "-", ".", "+", "_", ""]) + a.slice(place + random.below(2))];
}

function randomVersion(random: SeededRandom): string {
  const number = (): number => random.pick([0, 1, 2, random.below(12), random.below(300), 20_240_000 + random.below(1000)]);
  const identifier = (): string => random.pick(["rc1", "beta", "a", "A", "-", "x-1", "0a", "8-g210218", String(number())]);
  const suffix = random.pick(["", "-0", `-${number()}`, `-${number()}`, `-${identifier()}.${identifier()}`, `-${identifier()}`]);
  return `${number()}.${number()}.${number()}${suffix}${random.oneIn(8) ? "+build" : ""}`;
}
