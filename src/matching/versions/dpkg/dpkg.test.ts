import assert from "node:assert/strict";
import { test } from "node:test";

import { assertOrderings, readOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { encodeVersion, orderOf } from "../encode-version.ts";
import { MAX_KEY_BYTES } from "../key-writer.ts";
import { dpkg } from "./dpkg.ts";

const ORDERINGS = new URL("testdata/orderings.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

/** dpkg answers one question a process. */
const DPKG_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 200 : 4000;

test("a version becomes the bytes of the key format", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["1", "20 21 02 20 02"],
    ["1-0", "20 21 02 20 02"],
    ["1-0~", "20 21 02 20 01 20 02"],
    ["1:1.2.3-4", "21 21 E8 22 E8 23 02 24 02"],
    ["~1", "20 01 21 02 20 02"],
    ["1a", "20 21 CA 20 02 20 02"],
    ["1Zz+b1", "20 21 C9 E3 E5 CB 21 02 20 02"],
    ["0:1:2-3-4", "20 21 EA 22 E7 23 02 24 02"],
    ["1!1", "20 21 E4 21 21 02 20 02"],
    ["1,1/1_1", "20 21 E6 2C 21 E9 2F 21 EB 5F 21 02 20 02"],
    ["128:20240101-1", "A0 80 A3 01 34 D6 E5 02 21 02"],
  ];
  for (const [version, expected] of cases) {
    const key = encodeVersion(version, dpkg);
    assert.ok(key instanceof Uint8Array, version);
    assert.equal(Buffer.from(key).toString("hex").toUpperCase(), expected.replaceAll(" ", ""), version);
  }
});

test("every stated ordering holds in both directions", () => {
  assertOrderings(ORDERINGS, dpkg);
});

test("blanks around a version do not count", () => {
  for (const spelling of [" 1.0-1", "1.0-1\n", "\t1.0-1 \r\n"]) assert.equal(orderOf(spelling, "1.0-1", dpkg), "=");
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    [" \n", /empty/],
    [":1", /epoch is empty/],
    ["a:1", /epoch is not a number/],
    ["-1:1", /epoch is not a number/],
    ["+1:1", /epoch is not a number/],
    ["1.0:1", /epoch is not a number/],
    ["2147483648:1", /epoch is above/],
    [`${"9".repeat(5000)}:1`, /epoch is above/],
    ["1:", /no upstream/],
    ["-1", /no upstream/],
    ["1:-1", /no upstream/],
    ["-", /no upstream/],
    ["1 0", /found U\+0020/],
    ["1.0\0", /found U\+0000/],
    ["1.0\u001b", /found U\+001B/],
    ["1.0é", /found U\+00E9/],
    ["\u00a01.0", /found U\+00A0/],
    ["1.0\ud800", /found U\+D800/],
    [`1.${"a".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    ["9".repeat(70_000), /longer than 2048/],
    ["1.".repeat(MAX_KEY_BYTES), /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, dpkg);
    assert.ok(!(refused instanceof Uint8Array), JSON.stringify(version.slice(0, 30)));
    assert.match(refused.reason, reason, JSON.stringify(version.slice(0, 30)));
  }
});

test(
  `${FUZZ_PAIRS} pairs, adjacent, near, random, respelled and altered, are ordered as libapt orders them`,
  { skip: skipWithout("/usr/bin/python3", "-cimport apt_pkg") },
  () => {
    const seed = 20_261_125;
    const pairs = pairsOf(seed, FUZZ_PAIRS).filter(([a, b]) => isAskedOfLibapt(a) && isAskedOfLibapt(b));
    const answers = askTool(
      "/usr/bin/python3",
      ["-c", LIBAPT],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen = { "<": 0, "=": 0, ">": 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const ours = orderOf(a, b, dpkg);
      assert.ok(typeof ours === "string");
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
      seen[ours]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

test(`${DPKG_PAIRS} pairs are ordered or refused as dpkg does`, { skip: skipWithout("dpkg") }, () => {
  const seed = 20_261_126;
  const pairs = pairsOf(seed, DPKG_PAIRS).filter(([a, b]) => !dpkgReadsOtherwise(a) && !dpkgReadsOtherwise(b));
  const answers = askTool(
    "sh",
    ["-c", DPKG],
    pairs.map(([a, b]) => `${a}\t${b}`),
  );
  const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
  for (const [index, [a, b]] of pairs.entries()) {
    const ours = orderOf(a, b, dpkg);
    const found = typeof ours === "string" ? ours : "refused";
    assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
    seen[found]++;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > DPKG_PAIRS / 100, `${answer} only ${count} times`);
});

const LIBAPT = `import sys, apt_pkg
apt_pkg.init()
for line in sys.stdin:
    a, b = (text.strip() for text in line.rstrip("\\n").split("\\t"))
    order = apt_pkg.version_compare(a, b)
    print("<" if order < 0 else ">" if order > 0 else "=")
`;

const DPKG = `tab=$(printf '\\t')
while IFS="$tab" read -r a b; do
  dpkg --compare-versions "$a" lt "$b" 2>/dev/null; less=$?
  if [ $less -gt 1 ]; then echo refused
  elif [ $less -eq 0 ]; then echo '<'
  elif dpkg --compare-versions "$a" eq "$b" 2>/dev/null; then echo '='
  else echo '>'
  fi
done`;

/** libapt refuses nothing; it takes an empty revision for one below 0. */
function isAskedOfLibapt(version: string): boolean {
  return encodeVersion(version, dpkg) instanceof Uint8Array && !/-\s*$/.test(version);
}

/** dpkg refuses an empty revision, and reads a sign before an epoch; what begins with a hyphen is an option to it. */
function dpkgReadsOtherwise(version: string): boolean {
  return /-\s*$|^\s*[+-]/.test(version);
}

function pairsOf(seed: number, count: number): readonly (readonly [string, string])[] {
  const random = seededRandom(seed);
  const pool = versionPool(random);
  return Array.from({ length: count }, () => pickPair(random, pool, { respelled, altered }));
}

function versionPool(random: SeededRandom): readonly string[] {
  const stated = readOrderings(ORDERINGS).flatMap(({ a, b }) => [a, b]);
  return inOrder([...Array.from({ length: 2000 }, () => randomVersion(random)), ...stated], dpkg);
}

function respelled(random: SeededRandom, version: string): string {
  return random.pick([
    version.includes(":") ? `0${version}` : `0:${version}`,
    version.includes("-") ? version : `${version}-0`,
    version.replace(/\.(\d)/, ".00$1"),
    version.replace(/(\D)0*$/, "$10"),
    ` ${version} `,
  ]);
}

/** One character changed, so that what is and what is no version lie close together. */
function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  const changed = random.pick(["0", "1", "9", "a", "Z", "-", ".", "~", "+", ":", " ", "_", ""]);
  const text = version.slice(0, at) + changed + version.slice(at + random.below(2));
  return text.trim() === "" ? version : text;
}

function randomVersion(random: SeededRandom): string {
  const number = (): string =>
    String(random.pick([0, 0, 1, 2, random.below(12), random.below(300), random.below(70_000), 20_240_000 + random.below(1000)])) +
    (random.oneIn(40) ? "0".repeat(random.below(30)) : "");
  const joint = (): string =>
    random.pick([".", ".", ".", "~", "~~", "+", "a", "rc", "Z", "~rc", "+b", "+deb", "+dfsg", "ubuntu", "-", "_"]);
  const part = (most: number): string => number() + Array.from({ length: random.below(most) }, () => joint() + number()).join("");
  const end = (): string => random.pick(["", "", "", "a", "~", ".", "+"]);
  return `${random.oneIn(5) ? `${number().slice(0, 9)}:` : ""}${part(5)}${end()}${random.oneIn(3) ? "" : `-${part(3)}${end()}`}`;
}
