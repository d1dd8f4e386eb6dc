import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIdentifiers, compareNumberLists, orderOfSign, type Identifiers } from "../../../../tests/support/identifier-order.ts";
import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf, type Order } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { parsePubVersion, pub } from "./pub-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3", "21 22 23 10"],
    ["1.2.3-rc.1", "21 22 23 02 B0 72 63 00 21 01"],
    ["1.2.3+4", "21 22 23 10 24 01"],
    ["1.2.3-dev.0+build.5", "21 22 23 02 B0 64 65 76 00 20 01 B0 62 75 69 6C 64 00 25 01"],
    ["01.02.03-01", "21 22 23 02 21 01"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, pub);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, pub);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["1", /three numbers/],
    ["1.2", /three numbers/],
    ["1.2.3.4", /three numbers/],
    ["v1.2.3", /three numbers/],
    ["1.2.3-", /three numbers/],
    ["1.2.3+", /three numbers/],
    ["1.2.3-a..b", /three numbers/],
    ["1.2.3-a_b", /three numbers/],
    ["1.2.3-é", /three numbers/],
    [" 1.2.3", /three numbers/],
    ["1.2.3\n", /three numbers/],
    ["1x2x3", /three numbers/],
    ["9223372036854775808.0.0", /over 2\^63/],
    ["1.2.3--5", /identifier -5/],
    ["1.2.3+0x1F", /identifier 0x1F/],
    [`1.0.0-${"a".repeat(MAX_KEY_BYTES)}`, /longer than 256/],
    [`1.0.0-${"a.".repeat(200_000)}!`, /longer than 256/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, pub);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 30));
    assert.match(refused.reason, reason, version.slice(0, 30));
  }
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered as the rules order their parts one by one`, () => {
  const seed = 20_261_203;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool, { respelled, altered });
    const ours = orderOf(a, b, pub);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, byParts(a, b) ?? "refused", `seed ${seed}, pair ${pair}: ${a} against ${b}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

/** pub_semver's README read anew, without keys: part by part, and identifier by identifier. */
function byParts(a: string, b: string): Order | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const difference = compareNumberLists(left.numbers, right.numbers);
  if (difference !== 0) return orderOfSign(difference);
  if (left.prerelease.length > 0 !== right.prerelease.length > 0) return left.prerelease.length > 0 ? "<" : ">";
  return orderOfSign(compareIdentifiers(left.prerelease, right.prerelease) || compareIdentifiers(left.build, right.build));
}

type Parts = {
  readonly numbers: readonly bigint[];
  readonly prerelease: Identifiers;
  readonly build: Identifiers;
};

function partsOf(version: string): Parts | undefined {
  const [core = "", build] = cut(version, "+");
  const [release = "", prerelease] = cut(core, "-");
  const numbers = release.split(".");
  const lists = [prerelease, build].flatMap((list) => list?.split(".") ?? []);
  if (numbers.length !== 3 || !numbers.every((number) => /^[0-9]+$/.test(number))) return undefined;
  if (!lists.every((identifier) => /^[0-9A-Za-z-]+$/.test(identifier) && !/^-[0-9]+$|^-?0x[0-9a-f]+$/i.test(identifier))) return undefined;
  const identifiers = (list: string | undefined): Identifiers =>
    list?.split(".").map((identifier) => (/^[0-9]{1,18}$/.test(identifier) ? BigInt(identifier) : identifier)) ?? [];
  return { numbers: numbers.map(BigInt), prerelease: identifiers(prerelease), build: identifiers(build) };
}

function cut(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return [...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated]
    .filter((version) => parsePubVersion(version) !== undefined && !/\d{19}/.test(version))
    .toSorted((a, b) => (byParts(a, b) === "<" ? -1 : byParts(a, b) === ">" ? 1 : 0));
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([version.replace(/\.(\d)/, ".0$1"), version, `0${version}`]);
}

function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  return version.slice(0, at) + random.pick(["0", "1", "9", "a", "Z", "-", ".", "+", "_", ""]) + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): number => random.pick([0, 1, 2, random.below(12), random.below(300), 20_240_000 + random.below(1000)]);
  const identifier = (): string => random.pick(["dev", "beta", "rc1", "a", "A", "-", "x-1", "0a", "01", String(number()), "nullsafety"]);
  const list = (): string => Array.from({ length: 1 + random.below(3) }, identifier).join(".");
  return `${number()}.${number()}.${number()}${random.oneIn(2) ? "" : `-${list()}`}${random.oneIn(2) ? "" : `+${list()}`}`;
}
