import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../../versions/key-writer.ts";
import { parsePep440, pep440, publicText } from "./pep440-version.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.0", "20 21 05"],
    ["1.0.post1.dev2", "20 21 06 21 02 22"],
    ["0", "20 05"],
    ["0.0.1", "20 20 20 21 05"],
    ["2!1.10", "22 21 2A 05"],
    ["1.dev3", "20 21 01 23"],
    ["1a2", "20 21 02 22 03"],
    ["1b", "20 21 03 20 03"],
    ["1rc1.dev2", "20 21 04 21 02 22"],
    ["1rc1.post2", "20 21 04 21 04 22 03"],
    ["1rc1.post2.dev3", "20 21 04 21 04 22 02 23"],
    ["1.post1", "20 21 06 21 03"],
    ["1+ab.7", "20 21 05 07 61 62 00 27 01"],
    ["1.128", "20 21 A0 80 05"],
    [" 1.2\n", "20 21 22 05"],
    ["1x", `00 ${hexOf("00000001\u0001*x\u0001*final")} 00`],
    ["1.0-x", `00 ${hexOf("00000001\u0001*final-\u0001*x\u0001*final")} 00`],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, pep440);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(hex(key), expected, version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, pep440);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [" ", /empty/],
    ...[
      "latest",
      "unspecified",
      "dev",
      "trunk",
      "main",
      "a3",
      "v",
      "-1.0",
      ".1",
      "*",
      ">=1.0",
      "==1.0",
      "${VERSION}",
      "v1.0-x",
      "x".repeat(5000),
    ].map((version) => [version, /does not begin with a number/] as const),
    ["1a\0b", /control/],
    ["1a\u0001b", /control/],
    ["1x\ud800", /well-formed/],
    ["1".concat("x".repeat(MAX_KEY_BYTES)), /longer than 2048 characters/],
    ["1x".repeat(MAX_KEY_BYTES / 2), /longer than 2048 bytes/],
    ["9".repeat(70_000), /longer than 2048 bytes/],
    [`1+${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048 bytes/],
    ["1.".repeat(MAX_KEY_BYTES).slice(0, -1), /longer than 2048 bytes/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, pep440);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("a hit of what PEP 440 does not read is doubtful, and none of what it reads", () => {
  for (const version of ["2019-09-12", "0.8.1p1", "1.0-x", "latest"])
    assert.match(pep440.doubtOf?.(version) ?? "", /^PEP 440 does not read it/, version);
  for (const version of ["1.0", "v1.0-RC.1", " 1.0+x "]) assert.equal(pep440.doubtOf?.(version), undefined, version);
});

test("a version has one normal form, and its parts are those of the form", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1.0", "1.0"],
    ["V01.0-C.02", "1.0rc2"],
    ["1.0-1", "1.0.post1"],
    ["0!1", "1"],
    ["2!1.0beta", "2!1.0b0"],
    ["1.0_rev_3.DEV+local.1", "1.0.post3.dev0"],
  ];
  for (const [version, expected] of cases) {
    const parsed = parsePep440(version);
    assert.ok(parsed !== undefined, version);
    assert.equal(publicText(parsed), expected);
    assert.deepEqual(parsePep440(expected), { ...parsed, local: [] }, version);
  }
});

test("a long text that is no version only at its end takes no longer than its length", () => {
  for (const part of [" ", "1", "1.", "1-", "a.", "-", "0.", "1a", "post", "dev1"]) {
    for (const long of [`1${part.repeat(100_000)}!`, `1+${part.repeat(100_000)}!`]) {
      assert.equal(parsePep440(long), undefined);
      assert.ok(!(encodeVersion(long, pep440) instanceof Uint8Array));
    }
  }
});

test(
  `${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered or refused as Python's packaging does`,
  { skip: skipWithout("python3", "-cimport packaging.version") },
  () => {
    const seed = 20_261_126;
    const random = seededRandom(seed);
    const pool = versionPool(random);
    const pairs = Array.from({ length: FUZZ_PAIRS }, () => pickPair(random, pool, { respelled, altered }));
    const answers = askTool(
      "python3",
      ["-c", COMPARE],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const found = parsePep440(a) === undefined || parsePep440(b) === undefined ? "refused" : orderOf(a, b, pep440);
      assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      assert.ok(typeof found === "string");
      seen[found]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

const LEGACY_PACKAGING = ["setuptools._vendor.packaging.version", "pip._vendor.packaging.version", "packaging.version"] as const;
const IMPORT_LEGACY = `
import importlib, sys, warnings
warnings.simplefilter("ignore")
for name in ${JSON.stringify(LEGACY_PACKAGING)}:
    try:
        version = importlib.import_module(name)
        version.LegacyVersion
        break
    except (ImportError, AttributeError):
        version = None
if version is None:
    sys.exit(1)
`;

test(
  `${FUZZ_PAIRS} pairs, at least one of them no version of PEP 440, are ordered as setuptools and pip ordered them until 2022`,
  { skip: skipWithout("python3", `-c${IMPORT_LEGACY}`) },
  () => {
    const seed = 20_261_210;
    const random = seededRandom(seed);
    const pairs: (readonly [string, string])[] = [];
    while (pairs.length < FUZZ_PAIRS) {
      const a = legacyVersion(random);
      const b = random.pick([legacyVersion, altered, altered, randomVersion])(random, a);
      if (/^\s*[0-9]/.test(a) && /^\s*[0-9]/.test(b) && (parsePep440(a) === undefined || parsePep440(b) === undefined)) pairs.push([a, b]);
    }
    const answers = askTool(
      "python3",
      ["-c", IMPORT_LEGACY + COMPARE_LEGACY],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen: Record<string, number> = { "<": 0, "=": 0, ">": 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const found = orderOf(a, b, pep440);
      assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      assert.ok(typeof found === "string");
      seen[found] = (seen[found] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 100, `${answer} only ${count} times`);
  },
);

const COMPARE_LEGACY = `
for line in sys.stdin:
    a, b = (version.parse(text.strip()) for text in line.rstrip("\\n").split("\\t"))
    assert isinstance(a, version.LegacyVersion) or isinstance(b, version.LegacyVersion)
    print("<" if a < b else ">" if a > b else "=")
`;

/** As old projects named their releases: numbers with words, dates, hyphens and what people took for them. */
function legacyVersion(random: SeededRandom): string {
  const number = (): string => random.pick(["0", "0", "1", "2", "9", "10", "01", "20190912", "123456789", "00"]);
  const word = (): string =>
    random.pick(["x", "p", "final", "dev", "pre", "preview", "rc", "c", "a", "alpha", "b", "m", "svn", "fin", "git", "X", "z", "é"]);
  const release = Array.from({ length: 1 + random.below(3) }, number).join(random.pick([".", ".", "-"]));
  const tail = Array.from(
    { length: 1 + random.below(4) },
    () => random.pick(["-", "-", ".", "", "_", "+", "--", ".."]) + random.pick([word, word, number])(),
  );
  return release + tail.join("");
}

const COMPARE = `
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    a, b = line.rstrip("\\n").split("\\t")
    try:
        a, b = Version(a), Version(b)
        print("<" if a < b else ">" if a > b else "=")
    except InvalidVersion:
        print("refused")
`;

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], pep440);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    version.toUpperCase(),
    `v${version.replace(/^v/i, "")}`,
    ` ${version} `,
    version.replace(/^(\d+(?:\.\d+)*)/, "$1.0"),
    version.replace("a", "alpha"),
    version.replace("rc", "c"),
    version.replace("rc", ".pre-"),
    version.replace(".post", "-"),
    version.replace(".dev", "_dev"),
    version.replace(/\.(\d)/, ".00$1"),
  ]);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "c", "r", "-", ".", "_", "+", "!", " ", ""]);
  return version.slice(0, at) + changed + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  const small = (): string => random.pick(["", "0", "1", "2", "10", "01", number()]);
  const epoch = random.oneIn(12) ? `${random.below(3)}!` : "";
  const release = Array.from({ length: 1 + random.below(4) }, number).join(".");
  const pre = random.oneIn(3) ? random.pick(["a", "b", "rc", "c", ".alpha", "-beta.", "_pre", "preview-"]) + small() : "";
  const post = random.oneIn(4) ? random.pick([".post", "-", "rev", ".r", "-post-"]) + small() : "";
  const dev = random.oneIn(4) ? random.pick([".dev", "dev", "-dev.", "_dev"]) + small() : "";
  const part = (): string => random.pick(["a", "ab", "0", "1", "10", "ubuntu", "1a", "01"]);
  const local = random.oneIn(6) ? `+${Array.from({ length: 1 + random.below(3) }, part).join(random.pick([".", "-", "_"]))}` : "";
  return `${random.oneIn(12) ? "v" : ""}${epoch}${release}${pre}${post}${dev}${local}`;
}

function hexOf(text: string): string {
  return hex(new TextEncoder().encode(text));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
