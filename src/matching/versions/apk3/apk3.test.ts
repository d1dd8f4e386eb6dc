import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf, type Order } from "../encode-version.ts";
import { MAX_KEY_BYTES } from "../key-writer.ts";
import { apk3 } from "./apk3.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.2.3-r4", "21 22 23 07 24 06"],
    ["1", "21 06"],
    ["007.0.05", "27 10 30 00 10 30 35 00 06"],
    ["1.2b_rc1_p-r0", "21 22 0F 62 04 09 21 0E 07 20 06"],
    ["1_git20240101~0af", "21 0C 09 A3 01 34 D6 E5 08 30 61 66 00 06"],
    ["1_alpha_beta_pre_cvs_svn_hg", "21 01 02 03 0A 0B 0D 06"],
    ["1-", "21 05 31 2D 00"],
    ["1.é", "21 05 31 2E C3 A9 00"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, apk3);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(Buffer.from(key).toString("hex").toUpperCase(), expected.replaceAll(" ", ""), version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, apk3);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["latest", /expected a digit/],
    ["v1.0", /expected a digit/],
    [" 1.0", /expected a digit/],
    [".1", /expected a digit/],
    ["-r0", /expected a digit/],
    ["1.0\0", /NUL/],
    ["1.0\ud800", /well-formed/],
    [`1~${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    [`1 ${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    ["9".repeat(70_000), /longer than 2048/],
    ["1" + ".1".repeat(MAX_KEY_BYTES), /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, apk3);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test(`${FUZZ_PAIRS} pairs, adjacent, near, random and altered, are ordered as a comparison of their tokens orders them`, () => {
  const seed = 20_261_125;
  const random = seededRandom(seed);
  const pool = versionPool(random);
  const seen = { "<": 0, "=": 0, ">": 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [a, b] = pickPair(random, pool, { respelled, altered });
    const ours = orderOf(a, b, apk3);
    if (typeof ours !== "string") continue;
    const expected = orderOfTokens(a, b);
    // Two that break the grammar at one place are one version to apk; the key tells them apart by their texts.
    if (expected === "both-invalid") assert.equal(ours === "=", a === b, `seed ${seed}, pair ${pair}: ${a} against ${b}`);
    else assert.equal(ours, expected, `seed ${seed}, pair ${pair}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
    seen[ours]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

type Token = { readonly kind: (typeof KINDS)[number]; readonly text: string };

/** From the highest to the lowest where two versions have different kinds of token at one place. */
const KINDS = ["component", "letter", "suffix", "suffix number", "hash", "revision", "end", "invalid"] as const;
const SUFFIXES = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];

/** Without keys: the grammar of apk-tools 3 as one expression, and the comparison token by token. */
function orderOfTokens(a: string, b: string): Order | "both-invalid" {
  const [tokensOfA, tokensOfB] = [tokensOf(a), tokensOf(b)];
  for (const [index, tokenOfA] of tokensOfA.entries()) {
    const tokenOfB = tokensOfB[index];
    assert.ok(tokenOfB !== undefined);
    if (tokenOfA.kind === "invalid" && tokenOfB.kind === "invalid") return "both-invalid";
    const difference = compareTokens(tokenOfA, tokenOfB, index === 0);
    if (difference !== 0) return difference < 0 ? "<" : ">";
    if (tokenOfA.kind === "end") break;
  }
  return "=";
}

function compareTokens(a: Token, b: Token, first: boolean): number {
  if (a.kind !== b.kind) {
    if (a.kind === "suffix" && SUFFIXES.indexOf(a.text) < 4) return -1;
    if (b.kind === "suffix" && SUFFIXES.indexOf(b.text) < 4) return 1;
    return KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind);
  }
  if (a.kind === "end") return 0;
  if (a.kind === "suffix") return SUFFIXES.indexOf(a.text) - SUFFIXES.indexOf(b.text);
  const hasLeadingZero = a.kind === "component" && !first && (a.text.startsWith("0") || b.text.startsWith("0"));
  if (a.kind === "letter" || a.kind === "hash" || hasLeadingZero) return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  const difference = BigInt(a.text) - BigInt(b.text);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function tokensOf(version: string): readonly Token[] {
  const parts =
    /^(?<numbers>\d+(?:\.\d+)*)(?<letter>[a-z])?(?<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])\d*)*)(?<hash>~[0-9a-f]+)?(?<revision>-r\d+)?(?<rest>.*)$/s.exec(
      version,
    )?.groups ?? {};
  const numbers = (parts["numbers"] ?? "").split(".");
  return [
    ...numbers.map((text): Token => ({ kind: "component", text })),
    ...one("letter", parts["letter"]),
    ...[...(parts["suffixes"] ?? "").matchAll(/_([a-z]+)(\d*)/g)].flatMap(([, suffix, number]) => [
      ...one("suffix", suffix),
      ...one("suffix number", number),
    ]),
    ...one("hash", parts["hash"]?.slice(1)),
    ...one("revision", parts["revision"]?.slice(2)),
    { kind: parts["rest"] === "" ? "end" : "invalid", text: "" },
  ];
}

function one(kind: Token["kind"], text: string | undefined): readonly Token[] {
  return text === undefined || text === "" ? [] : [{ kind, text }];
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], apk3);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([`0${version}`, version.replace(/-r/, "-r0"), version.replace(/_([a-z]+)(\d)/, "_$10$2")]);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "f", "p", "Z", "-", "-r", ".", "~", "_", "_p", " ", ""]);
  return version.slice(0, at) + changed + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  const suffix = (): string => `_${random.pick(SUFFIXES)}${random.oneIn(3) ? "" : number()}`;
  return [
    number(),
    ...Array.from({ length: random.below(4) }, () => `.${random.oneIn(5) ? "0" : ""}${number()}`),
    random.oneIn(4) ? random.pick(["a", "b", "z"]) : "",
    ...Array.from({ length: random.below(3) }, suffix),
    random.oneIn(8) ? `~${random.pick(["0", "a", "ff", "0af1", "12"])}` : "",
    random.oneIn(3) ? "" : `-r${number()}`,
  ].join("");
}
