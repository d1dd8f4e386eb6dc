import assert from "node:assert/strict";
import { test } from "node:test";

import npmSemver from "semver";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { npm } from "./npm.ts";
import { parseNpmRange } from "./npm-range.ts";
import { parseNpmVersion } from "./npm-version.ts";

const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 1000 : 100_000;

test("the stated requirements admit the versions that npm would install for them, and no others", () => {
  const statements = readAdmits(new URL("testdata/admits.txt", import.meta.url)).filter(
    ({ requirement }) => !requirement.startsWith("npm:"),
  );
  for (const { requirement, version, expected, line } of statements)
    assert.equal(npmSemver.satisfies(version, requirement, { loose: true }), expected, `line ${line}: ${requirement} and ${version}`);
  assert.ok(statements.length > 200, `only ${statements.length} stated`);
});

test("what is not a range of versions cannot be told", () => {
  const requirements = [
    "latest",
    "next",
    "workspace:*",
    "workspace:^1.0.0",
    "file:../x",
    "link:../x",
    "git+https://example.org/x.git#semver:^1.0.0",
    "github:user/repo",
    "user/repo",
    "https://example.org/x.tgz",
    "npm:x@latest",
    "npm:x@npm:y@1",
    "1.2.3.4",
    "1.2.34.5",
    "x.1",
    ">=1.x.3",
    ">",
    "^",
    "1.2.",
    "1..2",
    "1.2.3 foo",
    "- 1",
    "1 - 2 - 3",
    ">=1 - 2",
    "99999999999999999999.0.0",
    `1.0.0-${"a".repeat(300)}`,
    "1.0.0 | 2.0.0",
    "1.0.0 \u0000",
  ];
  for (const requirement of requirements) assert.equal(npm.admits(requirement, "1.2.3"), undefined, requirement);
});

test("a version that npm does not read cannot be told", () => {
  for (const version of ["", "1.2", "latest", "1.2.3.4", "1.x.3", "1.2.3 - 2"]) assert.equal(npm.admits("*", version), undefined, version);
  assert.equal(npm.admits("*", " 1.2.3 "), true);
});

test(`${FUZZ_PAIRS} random requirements and versions are answered as npm's semver answers them`, () => {
  const seed = 20_260_823;
  const random = seededRandom(seed);
  let admitted = 0;
  let unread = 0;
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const requirement = randomRequirement(random);
    const version = randomVersion(random);
    const place = `seed ${seed}, pair ${pair}: "${requirement}" and ${version}`;
    const ours = npm.admits(requirement, version);
    const theirs = npmSemver.satisfies(version, requirement, { loose: true });
    if (ours === undefined) unread++;
    else assert.equal(ours, theirs, place);
    if (npmSemver.validRange(requirement) !== null) assert.notEqual(ours, undefined, `not read, ${place}`);
    if (ours === true) admitted++;
  }
  assert.ok(admitted > FUZZ_PAIRS / 10, `only ${admitted} admitted`);
  assert.ok(unread < FUZZ_PAIRS / 4, `${unread} not read`);
});

test("no requirement, however long or odd, throws", () => {
  const long = 100_000;
  const odd = [
    "1".repeat(long),
    " ".repeat(long),
    "1.2.3-".repeat(long),
    "^".repeat(long),
    "||".repeat(long),
    "~> ".repeat(long),
    "v=".repeat(long),
    `1.2.3-${"a.".repeat(long)}`,
  ];
  for (const requirement of odd) assert.doesNotThrow(() => npm.admits(requirement, "1.2.3"));
  assert.equal(parseNpmVersion("1".repeat(long)), undefined);
  assert.equal(parseNpmRange("1.0.0 ".repeat(1000))?.length, 1);
});

function randomRequirement(random: SeededRandom): string {
  const alternatives = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => {
    const kind = random.below(8);
    if (kind === 0) return `${partial(random)} - ${partial(random)}`;
    const count = random.pick([1, 1, 1, 2, 2, 3]);
    return Array.from(
      { length: count },
      () => random.pick(["^", "~", "~>", ">", ">=", "<", "<=", "=", "", "^", "~"]) + random.pick(["", "", "", " "]) + partial(random),
    ).join(" ");
  });
  return alternatives.join(random.pick([" || ", "||"]));
}

function partial(random: SeededRandom): string {
  if (random.oneIn(25)) return random.pick(["*", "x", "1.x.3", "x.2", "X"]);
  const whole = randomVersion(random);
  return random.pick([
    whole,
    whole,
    whole,
    whole.replace(/\.\d+[^.]*$/, ""),
    whole.replace(/\..*$/, ""),
    whole.replace(/\.\d+[^.]*$/, ".x"),
    whole.replace(/\..*$/, ".*"),
  ]);
}

function randomVersion(random: SeededRandom): string {
  const number = (): number => random.pick([0, 0, 1, 1, 2, 3, 10]);
  const prerelease = random.oneIn(3) ? random.pick(["-0", "-1", "-alpha", "-alpha.1", "-beta", "-rc.1", "beta", "-", "--1", "-0a"]) : "";
  const build = random.oneIn(12) ? "+b.1" : "";
  return `${random.oneIn(15) ? "v" : ""}${number()}.${number()}.${number()}${prerelease}${build}`;
}
