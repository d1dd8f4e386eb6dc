import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf, type Order } from "../../versions/encode-version.ts";
import { nuget, parseNugetVersion } from "./nuget-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1", "21 20 20 20 10"],
    ["1.2.3", "21 22 23 20 10"],
    ["1.2.3.4", "21 22 23 24 10"],
    ["1.2.3-RC.1", "21 22 23 20 02 B0 72 63 00 21 01"],
    ["1.0-0", "21 20 20 20 02 20 01"],
    ["1.0.0-2147483648", "21 20 20 20 02 B0 32 31 34 37 34 38 33 36 34 38 00 01"],
    ["1.0.0+build", "21 20 20 20 10"],
    ["1.128", "21 A0 80 20 20 10"],
    [" 1.0\n", "21 20 20 20 10"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, nuget);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal([...key].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" "), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, nuget);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [" ", /empty/],
    ["latest", /one to four numbers/],
    ["v1.0", /one to four numbers/],
    ["1.", /one to four numbers/],
    [".1", /one to four numbers/],
    ["1..2", /one to four numbers/],
    ["1.2.3.4.5", /one to four numbers/],
    ["-1", /one to four numbers/],
    ["1.-1", /one to four numbers/],
    ["1. 0", /one to four numbers/],
    ["1.0-", /one to four numbers/],
    ["1.0-a..b", /one to four numbers/],
    ["1.0-a_b", /one to four numbers/],
    ["1.0-é", /one to four numbers/],
    ["1.0+", /one to four numbers/],
    ["1.0-a+", /one to four numbers/],
    ["1.0+a+b", /one to four numbers/],
    ["1.0rc1", /one to four numbers/],
    ["1.*", /one to four numbers/],
    ["[1.0]", /one to four numbers/],
    ["$(Version)", /one to four numbers/],
    ["١.٢", /one to four numbers/],
    ["1.0\0", /one to four numbers/],
    ["1.0-01", /leading zero/],
    ["1.0-a.00", /leading zero/],
    ["1.0--5", /below 0/],
    ["2147483648", /2\^31/],
    ["1.0.0.99999999999", /2\^31/],
    ["9".repeat(5000), /256 characters/],
    [`1.0-${"a.".repeat(200_000)}b`, /256 characters/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, nuget);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("a version's numbers are four, and its prerelease is what stands behind the hyphen", () => {
  assert.deepEqual(parseNugetVersion(" 01.2-RC.1+x-y "), { numbers: ["1", "2", "0", "0"], prerelease: "RC.1", text: "01.2-RC.1" });
  assert.deepEqual(parseNugetVersion("1.2.3.4+x"), { numbers: ["1", "2", "3", "4"], prerelease: undefined, text: "1.2.3.4" });
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered or refused as a second reading of NuGet's rules`, () => {
  const seed = 20_261_203;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool, { respelled, altered });
    const ours = orderOf(a, b, nuget);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, secondReading(a, b), `seed ${seed}, pair ${pair}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

type Read = { readonly numbers: readonly number[]; readonly labels: readonly string[] };

/** NuGet's comparison as its source has it, part by part, without keys and without the parser under test. */
function secondReading(a: string, b: string): Order | "refused" {
  const [left, right] = [read(a), read(b)];
  if (left === undefined || right === undefined) return "refused";
  const difference = compareRead(left, right);
  return difference < 0 ? "<" : difference > 0 ? ">" : "=";
}

function read(version: string): Read | undefined {
  const text = version.trim();
  const plus = text.indexOf("+");
  const metadata = plus === -1 ? undefined : text.slice(plus + 1);
  const rest = plus === -1 ? text : text.slice(0, plus);
  const hyphen = rest.indexOf("-");
  const labels = hyphen === -1 ? [] : rest.slice(hyphen + 1).split(".");
  const numbers = (hyphen === -1 ? rest : rest.slice(0, hyphen)).split(".");
  const isWord = (label: string): boolean => /^[0-9a-z-]+$/i.test(label);
  if (numbers.length > 4 || !numbers.every((number) => /^[0-9]+$/.test(number) && Number(number) < 2 ** 31)) return undefined;
  if (!labels.every((label) => isWord(label) && !/^(?:0|-)[0-9]+$/.test(label))) return undefined;
  if (metadata !== undefined && !metadata.split(".").every(isWord)) return undefined;
  return { numbers: [...numbers.map(Number), 0, 0, 0].slice(0, 4), labels };
}

function compareRead(a: Read, b: Read): number {
  for (const [place, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[place] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.labels.length === 0 || b.labels.length === 0) return b.labels.length - a.labels.length;
  for (const [place, label] of a.labels.entries()) {
    const other = b.labels[place];
    if (other === undefined) return 1;
    const difference = compareLabels(label.toUpperCase(), other.toUpperCase());
    if (difference !== 0) return difference;
  }
  return a.labels.length - b.labels.length;
}

function compareLabels(a: string, b: string): number {
  const [numberA, numberB] = [a, b].map((label) => (/^[0-9]+$/.test(label) && Number(label) < 2 ** 31 ? Number(label) : undefined));
  if (numberA !== undefined && numberB !== undefined) return numberA - numberB;
  if (numberA !== undefined || numberB !== undefined) return numberA === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], nuget);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    version.toUpperCase(),
    `${version.replace(/\+.*/, "")}+${random.below(100)}.x-y`,
    version.replace(/^(\d+(?:\.\d+){0,2})(?=$|[+-])/, "$1.0"),
    version.replace(/\.(\d+)/, ".00$1"),
    ` ${version} `,
  ]);
}

function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "Z", "-", ".", "+", "_", " ", "*", ""]);
  return version.slice(0, at) + changed + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string => String(random.pick([0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000)]));
  const label = (): string =>
    random.pick([
      "alpha",
      "Beta",
      "rc",
      "RC1",
      "preview-1",
      "a",
      "A-",
      "0a",
      number(),
      String(2 ** 31 - 3 + random.below(6)),
      `2024010112000${random.below(10)}`,
    ]);
  const numbers = Array.from({ length: 1 + random.below(4) }, number).join(".");
  const prerelease = random.oneIn(2) ? "" : `-${Array.from({ length: 1 + random.below(3) }, label).join(".")}`;
  return `${numbers}${prerelease}${random.oneIn(6) ? `+${random.pick(["build", "1", "sha.5114f85", "a-b"])}` : ""}`;
}
