import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { assertOrderings } from "../../../../tests/support/orderings.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import { goOrder, isPseudoVersion, parseGoVersion } from "./go-version.ts";

const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("every stated ordering holds in both directions", () => {
  assertOrderings(new URL("testdata/orderings.txt", import.meta.url), goOrder);
});

test("a release of Go is read by the first word of its tag", () => {
  for (const version of ["go1.21.3 X:boringcrypto", "go1.21.3 X:a,b linux/amd64", "go1.21.3-vendor.5", "go1.21.3"])
    assert.equal(orderOf(version, "1.21.3", goOrder), "=", version);
});

test("a version that has no place in the order is refused with the reason", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["latest", /expected a digit/],
    ["devel", /expected a digit/],
    ["devel go1.22-abcdef Mon Jan 1", /expected a digit/],
    ["go", /release of Go/],
    ["go1.0", /release of Go/],
    ["go1.", /release of Go/],
    ["go1.021", /release of Go/],
    ["go1.9.2rc2", /release of Go/],
    ["go1.18.10b7", /release of Go/],
    ["go1.21.3.4", /release of Go/],
    ["go1.21RC2", /release of Go/],
    ["golang", /release of Go/],
    [`go1.${"9".repeat(5000)}`, /longer than 2048/],
  ];
  for (const [version, reason] of cases) {
    const refused = encodeVersion(version, goOrder);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 30));
    assert.match(refused.reason, reason, version.slice(0, 30));
  }
});

test("a commit between versions is told by its time and hash", () => {
  const cases: readonly (readonly [string, boolean | undefined])[] = [
    ["v0.0.0-20200101120000-abcdef123456", true],
    ["v1.2.4-0.20200101120000-abcdef123456", true],
    ["v1.2.3-pre.0.20200101120000-abcdef123456", true],
    ["v1.2.3-pre", false],
    ["v1.2.3-20200101120000", false],
    ["v1.2.3", false],
    ["v1.2", undefined],
    ["01.2.3", undefined],
  ];
  for (const [version, expected] of cases) {
    const parsed = parseGoVersion(version);
    assert.equal(parsed === undefined ? undefined : isPseudoVersion(parsed), expected, version);
  }
});

test(
  `${FUZZ_PAIRS} pairs of releases of Go are ordered or refused as Go's own go/version does`,
  { skip: skipWithout("go", "version") },
  () => {
    const seed = 20_261_128;
    const random = seededRandom(seed);
    const pairs = Array.from({ length: FUZZ_PAIRS }, () => {
      const a = randomRelease(random);
      return [a, random.oneIn(3) ? altered(random, a) : randomRelease(random)] as const;
    }).filter(([a, b]) => !isLanguage(a) && !isLanguage(b));
    const folder = mkdtempSync(join(tmpdir(), "go-version-"));
    try {
      const program = join(folder, "compare.go");
      writeFileSync(program, COMPARE);
      const answers = askTool(
        "go",
        ["run", program],
        pairs.map(([a, b]) => `${a}\t${b}`),
      );
      const seen = { "<": 0, "=": 0, ">": 0, refused: 0 };
      for (const [index, [a, b]] of pairs.entries()) {
        const ours = orderOf(a, b, goOrder);
        const found = typeof ours === "string" ? ours : "refused";
        assert.equal(found, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
        seen[found]++;
      }
      for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

const COMPARE = `package main

import (
	"bufio"
	"fmt"
	"go/version"
	"os"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\\t")
		if !version.IsValid(a) || !version.IsValid(b) {
			fmt.Println("refused")
		} else {
			fmt.Println([]string{"<", "=", ">"}[version.Compare(a, b)+1])
		}
	}
}
`;

/** Since 1.21 the name of a language, below its release candidates; and `go1.0`, which never was. */
function isLanguage(version: string): boolean {
  const [, minor, more] = /^go\d+\.(\d+)(.*)$/.exec(version.replace(/-.*/, "")) ?? [];
  return minor === "0" || (minor !== undefined && more === "" && Number(minor) >= 21);
}

function randomRelease(random: SeededRandom): string {
  const minor = random.pick([1, 9, 10, 18, 20, 21, 22, random.below(140)]);
  const small = (): number => random.pick([0, 1, 2, 3, 10, random.below(300)]);
  return random.pick([
    "go1",
    `go1.${minor}`,
    `go1.${minor}.${small()}`,
    `go1.${minor}.${small()}`,
    `go1.${minor}rc${small()}`,
    `go1.${minor}beta${small()}`,
    `go1.${minor}.${small()}-vendor`,
    `go2.${minor}.${small()}`,
  ]);
}

/** One character changed behind the `go`. */
function altered(random: SeededRandom, version: string): string {
  const at = 2 + random.below(version.length - 2);
  return version.slice(0, at) + random.pick(["0", "1", "9", "a", "rc", ".", "-", "R", ""]) + version.slice(at + random.below(2));
}
