import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { specifierAdmits } from "./pep440-specifier.ts";

const ADMITS = new URL("testdata/admits.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a requirement without a version asks for any", () => {
  for (const requirement of ["", " ", "*", ","]) assert.equal(specifierAdmits(requirement, "1.0"), true, requirement);
});

test("what packaging does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "latest",
    "1.0",
    "=1.0",
    "===1.0",
    "^1.2",
    "~1.2",
    ">=",
    ">1.*",
    "~=1",
    "~=1.2.*",
    ">=1.0+local",
    "<1.0+local",
    "==1.0a1.*",
    "==1.0.*.*",
    "==1.0.post1.*",
    ">=1.0 <2.0",
    ">=1.0 || <0.5",
    ">=1.0,nothing",
    ">9,nothing",
    "(>=1.0)",
    ">=1.0; python_version<'3'",
    "@ https://example.org/x.whl",
  ])
    assert.equal(specifierAdmits(requirement, "1.0"), undefined, requirement);
  for (const version of ["", "latest", "2019-09-12", "1.0-x", "9".repeat(5000)])
    assert.equal(specifierAdmits(">=0", version), undefined, version);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of [",", "~=", "1.", "==1.0,", ">1,", " ", "9", ".*"]) {
    assert.doesNotThrow(() => specifierAdmits(part.repeat(100_000), "1.0"));
    assert.doesNotThrow(() => specifierAdmits(`==${part.repeat(100_000)}`, "1.0"));
  }
});

test(
  `the stated requirements and ${FUZZ_PAIRS} random ones are answered as Python's packaging answers them`,
  { skip: skipWithout("python3", "-cimport packaging.specifiers") },
  () => {
    const seed = 20_261_127;
    const random = seededRandom(seed);
    const made = Array.from({ length: FUZZ_PAIRS }, () => ({ requirement: randomRequirement(random), version: randomVersion(random) }));
    const pairs = [...readAdmits(ADMITS).filter(({ requirement }) => requirement !== "*"), ...made];
    const answers = askTool(
      "python3",
      ["-c", ADMIT],
      pairs.map(({ requirement, version }) => `${requirement}\t${version}`),
    );
    const [release = ""] = askTool("python3", ["-c", "import packaging; print(packaging.__version__)"], [""]);
    const seen: Record<string, number> = { true: 0, false: 0, undefined: 0 };
    for (const [index, { requirement, version }] of pairs.entries()) {
      if (Number.parseInt(release, 10) < 26 && isReadAnew(requirement, version)) continue;
      const ours = String(specifierAdmits(requirement, version));
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(requirement)} and ${version}`);
      seen[ours] = (seen[ours] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

/** Packaging 26 reads anew an epoch beside `~=` or `.*`, and `<`, `>` and `~=` where what stands behind them is no final release. */
function isReadAnew(requirement: string, version: string): boolean {
  if (/![0-9]/.test(requirement) || version.includes("!")) return true;
  return requirement.split(",").some((part) => /^\s*(?:[<>](?!=)|~=)/.test(part) && /[a-z-]/.test(part));
}

const ADMIT = `
import sys
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    requirement, version = line.rstrip("\\n").split("\\t")
    try:
        print(str(SpecifierSet(requirement).contains(Version(version), prereleases=True)).lower())
    except (InvalidSpecifier, InvalidVersion):
        print("undefined")
`;

function randomRequirement(random: SeededRandom): string {
  const specifier = (): string =>
    random.pick(["==", "==", "!=", ">=", ">=", "<=", "<", "<", ">", ">", "~=", "~=", "=", "^"]) +
    random.pick(["", "", " ", "  "]) +
    randomVersion(random) +
    (random.oneIn(5) ? ".*" : "");
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, specifier).join(random.pick([",", ", ", " , "]));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string => random.pick(["0", "0", "1", "1", "2", "3", "10", "01"]);
  const release = Array.from({ length: random.pick([1, 2, 2, 3, 3, 4]) }, number).join(".");
  const suffix = random.oneIn(3) ? random.pick(["a1", "rc1", ".dev0", ".post1", "-1", "a1.dev2", ".post1.dev0", "b", "x"]) : "";
  return `${random.oneIn(20) ? "1!" : ""}${release}${suffix}${random.oneIn(12) ? random.pick(["+x", "+1", "+x.1"]) : ""}`;
}
