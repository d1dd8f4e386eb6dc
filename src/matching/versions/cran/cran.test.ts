import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../encode-version.ts";
import { compareKeys, MAX_KEY_BYTES } from "../key-writer.ts";
import { cran } from "./cran.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1", "21"],
    ["1.0", "21 20"],
    ["1.0-4", "21 20 24"],
    ["6.0.88", "26 20 78"],
    ["1.02", "21 22"],
    ["2013.12-4", "A1 07 DD 2C 24"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, cran);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(Buffer.from(key).toString("hex").toUpperCase(), expected.replaceAll(" ", ""), version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, cran);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [".", /at the start/],
    [".1", /at the start/],
    ["-1", /at the start/],
    ["v1.0", /at the start/],
    [" 1.0", /at the start/],
    ["latest", /at the start/],
    ["١.٢", /at the start/],
    ["1.", /behind every/],
    ["1-", /behind every/],
    ["1..2", /behind every/],
    ["1.-2", /behind every/],
    ["1.0 ", /nothing but numbers/],
    ["1.0\n", /nothing but numbers/],
    ["1.0\0", /nothing but numbers/],
    ["1.0_1", /nothing but numbers/],
    ["1.0rc1", /nothing but numbers/],
    ["1.0+1", /nothing but numbers/],
    ["1.0\ud800", /nothing but numbers/],
    ["9".repeat(70_000), /longer than 2048/],
    [`${"1.".repeat(MAX_KEY_BYTES)}1`, /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, cran);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test("numbers beyond what R has integers for are ordered by value", () => {
  assert.equal(orderOf("1.2147483647", "1.2147483648", cran), "<");
  assert.equal(orderOf(`1.${"9".repeat(40)}`, `1.1${"0".repeat(40)}`, cran), "<");
});

test(
  `${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered or refused as R does`,
  { skip: skipWithout("Rscript") },
  () => {
    const seed = 20_261_127;
    const pairs = pairsOf(seed, FUZZ_PAIRS).filter(([a, b]) => isAskedOfR(a) && isAskedOfR(b));
    const answers = askTool(
      "Rscript",
      ["--vanilla", "-e", COMPARE],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const ours = orderOf(a, b, cran);
      const found = typeof ours === "string" ? ours : "refused";
      assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      seen[found]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

/** `compareVersion`, and the operators of `numeric_version`, which take zeros at the end for nothing: where they differ otherwise the answer is neither sign. */
const COMPARE = String.raw`
lines <- readLines(file("stdin"))
a <- sub("\t.*", "", lines); b <- sub(".*\t", "", lines)
va <- numeric_version(a, strict = FALSE); vb <- numeric_version(b, strict = FALSE)
known <- !is.na(va) & !is.na(vb)
answers <- rep("refused", length(a))
words <- c("<", "=", ">")
for (i in which(known)) answers[i] <- words[utils::compareVersion(a[i], b[i]) + 2]
operators <- ifelse(va < vb, "<", ifelse(va > vb, ">", "="))
withoutZeros <- function(versions) sub("([.]0)*$", "", vapply(unclass(versions), paste, "", collapse = "."))
padded <- withoutZeros(va) == withoutZeros(vb)
contrary <- which(known & operators != answers & !(operators == "=" & padded))
answers[contrary] <- paste(answers[contrary], "but by its operators", operators[contrary])
writeLines(answers)
`;

/** R has no integer for a larger number, and takes blanks around a line away. */
function isAskedOfR(version: string): boolean {
  return version !== "" && (version.match(/\d+/g) ?? []).every((number) => Number(number) <= 2_147_483_647);
}

function pairsOf(seed: number, count: number): readonly (readonly [string, string])[] {
  const random = seededRandom(seed);
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  // In our order, which the test is about: where it is wrong, neighbours are too.
  const pool = [...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated]
    .flatMap((version) => {
      const key = encodeVersion(version, cran);
      return key instanceof Uint8Array ? [{ version, key }] : [];
    })
    .toSorted((a, b) => compareKeys(a.key, b.key))
    .map(({ version }) => version);
  return Array.from({ length: count }, () => pickPair(random, pool, { respelled, altered }));
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([version.replaceAll(".", "-"), version.replaceAll("-", "."), version.replace(/(\d+)$/, "00$1"), `0${version}`]);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  return version.slice(0, at) + random.pick(["0", "1", "9", ".", "-", "a", "+", " ", "_", ""]) + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    `${random.oneIn(12) ? "0" : ""}${random.pick([0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])}`;
  return number() + Array.from({ length: random.below(5) }, () => random.pick([".", ".", ".", "-"]) + number()).join("");
}
