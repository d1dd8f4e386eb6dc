import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { readOrderings } from "../../../../tests/support/orderings.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { cran } from "./cran.ts";

const STEP: UpgradeStep = { name: "readxl", version: "1.4.2", above: false, direct: true, development: false, blocked: false };
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;
const LARGEST_INTEGER_OF_R = 2_147_483_647;

test("names stand as they are: case matters", () => {
  for (const name of ["A3", "rJava", "data.table"]) {
    assert.equal(cran.normaliseName(name), name);
    assert.equal(cran.purlOf(name), `pkg:cran/${name}`);
    assert.equal(cran.nameFromPurl(undefined, name, undefined), name);
  }
});

test("a change may break where the first number changes, and in 0.x where the second does", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.4.1", "1.4.2", false],
    ["1.4-1", "1.5.0", false],
    ["1.4", "2.0", true],
    ["0.9.22", "0.9.23", false],
    ["0.9.22", "0.10", true],
    ["01.2", "1.3", false],
    ["latest", "1.0", true],
    ["1.0", "", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(cran.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a version in development is told by its fourth number", () => {
  for (const version of ["1.4.2.9000", "0.0.0.9001"]) assert.equal(cran.isPrerelease(version), true, version);
  for (const version of ["1.4.2", "2.18.0.1", "9000.1", "", "1.4.2.9000x"]) assert.equal(cran.isPrerelease(version), false, version);
});

test("a requirement that R does not read, or a version, cannot be told", () => {
  for (const requirement of ["", "1.0", "= 1.0", "=> 1.0", "~> 1", ">= latest", ">= 1.", ">=", "(>= 1.0), (< 2)", `>= ${"9".repeat(9000)}`])
    assert.equal(cran.admits(requirement, "1.0"), undefined, requirement.slice(0, 20));
  for (const version of ["", "1.", "latest", `${"0.".repeat(200_000)}x`]) assert.equal(cran.admits(">= 1.0", version), undefined);
  assert.equal(cran.admits(">= 1.0", `1${".0".repeat(200_000)}`), true);
});

test("each kind of change has its line: CRAN has the newest version only", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(cran.commandsFor({ ...STEP, ...change }), [`Rscript -e 'install.packages("readxl")'`], JSON.stringify(change));
  assert.deepEqual(cran.removalCommands({ name: "evil", direct: undefined }), [`Rscript -e 'remove.packages("evil")'`]);
});

test("a name or version that is none of R's gets no command", () => {
  for (const name of ["--vanilla", "a b", "a'b", 'a"b', "$(id)", "1a", "a.", "x", "", "é1", "a_b", "a\\n"]) {
    assert.deepEqual(cran.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(cran.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1", "1.0;id"]) assert.deepEqual(cran.commandsFor({ ...STEP, version }), [], version);
});

test(
  `the stated requirements and ${FUZZ_PAIRS} random ones are answered as R's operators answer them`,
  { skip: skipWithout("Rscript") },
  () => {
    const seed = 20_261_128;
    const random = seededRandom(seed);
    const versions = readOrderings(new URL("testdata/orderings.txt", import.meta.url)).flatMap(({ a, b }) => [a, b, `${a}.0`, `${b}-0.00`]);
    const stated = readAdmits(new URL("testdata/admits.txt", import.meta.url)).map(
      ({ requirement, version }) => [requirement, version] as const,
    );
    const drawn = Array.from({ length: FUZZ_PAIRS }, () => {
      const version = (): string =>
        random.oneIn(2) ? random.pick(versions) : `${random.below(3)}.${random.below(3)}${random.pick(["", ".0", "-1"])}`;
      return [`${random.pick(["<", "<=", "==", "!=", ">=", ">"])} ${version()}`, version()] as const;
    });
    const asked = [...stated, ...drawn].filter(([requirement, version]) =>
      (`${requirement} ${version}`.match(/\d+/g) ?? []).every((number) => Number(number) <= LARGEST_INTEGER_OF_R),
    );
    const answers = askTool(
      "Rscript",
      ["--vanilla", "-e", ADMITS],
      asked.map(
        ([requirement, version]) =>
          `${requirement
            .replaceAll(/[()]/g, "")
            .trim()
            .replace(/\s*(?=\d)/, "\t")}\t${version}`,
      ),
    );
    const seen = { true: 0, false: 0 };
    for (const [index, [requirement, version]] of asked.entries()) {
      const ours = cran.admits(requirement, version);
      assert.ok(ours !== undefined, `${requirement} and ${version}`);
      assert.equal(String(ours).toUpperCase(), answers[index], `seed ${seed}, pair ${index}: ${requirement} and ${version}`);
      seen[ours ? "true" : "false"]++;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 10, `${answer} only ${count} times`);
  },
);

const ADMITS = String.raw`
parts <- strsplit(readLines(file("stdin")), "\t", fixed = TRUE)
part <- function(at) vapply(parts, function(each) each[at], "")
operator <- part(1); required <- numeric_version(part(2)); version <- numeric_version(part(3))
answers <- logical(length(parts))
for (each in unique(operator)) { at <- operator == each; answers[at] <- do.call(each, list(version[at], required[at])) }
writeLines(as.character(answers))
`;
