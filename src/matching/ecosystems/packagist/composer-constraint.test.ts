import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { constraintAdmits } from "./composer-constraint.ts";

const ADMITS = new URL("testdata/admits.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what Composer does not read, whole or in part, cannot be told", () => {
  for (const constraint of [
    "",
    " ",
    ",",
    "latest",
    "~>1.0",
    "=>1.0",
    "^",
    ">=",
    "1.0 ||",
    "1.0, nothing",
    ">9, nothing",
    "1.0 || nothing",
    "^1.0.0.0.0",
    "1.*.3",
    ">1.0 @Beta, nothing",
    "^1.0é",
    "1.0\u0000",
    `^1.0 ${"|| ^1.0 ".repeat(500)}`,
  ])
    assert.equal(constraintAdmits(constraint, "1.0"), undefined, constraint.slice(0, 40));
  for (const version of ["", "latest", "dev-main", "1.0-foo", "9".repeat(5000)])
    assert.equal(constraintAdmits("*", version), undefined, version);
});

test("no constraint, however long or odd, throws", () => {
  for (const part of [",", "~", "1.", "1.0,", "^1 ", " ", "9", "|", "-", "@dev", "as ", "1 - "]) {
    for (const count of [60, 100_000]) {
      assert.doesNotThrow(() => constraintAdmits(part.repeat(count), "1.0"));
      assert.doesNotThrow(() => constraintAdmits(`^1.0-beta${part.repeat(count)}!`, "1.0"));
    }
  }
});

test(
  `the stated constraints and ${FUZZ_PAIRS} random ones are answered as Composer answers them`,
  { skip: skipWithout("php", "-rrequire '/usr/share/php/Composer/Semver/autoload.php';") },
  () => {
    const seed = 20_261_131;
    const random = seededRandom(seed);
    const made = Array.from({ length: FUZZ_PAIRS }, () => ({ requirement: randomConstraint(random), version: randomVersion(random) }));
    const pairs = [...readAdmits(ADMITS), ...made];
    const answers = askTool(
      "php",
      ["-r", ADMIT],
      pairs.map(({ requirement, version }) => `${requirement}\t${version}`),
    );
    const seen: Record<string, number> = { true: 0, false: 0, undefined: 0 };
    for (const [index, { requirement, version }] of pairs.entries()) {
      const ours = String(constraintAdmits(requirement, version));
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(requirement)} and ${version}`);
      seen[ours] = (seen[ours] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

const ADMIT = `require '/usr/share/php/Composer/Semver/autoload.php';
while (($line = fgets(STDIN)) !== false) {
  [$constraint, $version] = explode("\\t", substr($line, 0, -1));
  try {
    echo Composer\\Semver\\Semver::satisfies($version, $constraint) ? "true\\n" : "false\\n";
  } catch (UnexpectedValueException $e) {
    echo "undefined\\n";
  }
}`;

function randomConstraint(random: SeededRandom): string {
  const one = (): string => {
    if (random.oneIn(12)) return `${randomVersion(random)} - ${randomVersion(random)}`;
    if (random.oneIn(15))
      return random.pick([
        "*",
        "x",
        "v*",
        "1.*",
        "0.*",
        "1.2.x",
        "1.x.x",
        "dev-main",
        "!=dev-main",
        "1.x-dev",
        "~1.x-dev",
        "^1.2.x-dev",
        "feature-dev",
      ]);
    const operator = random.pick(["^", "^", "^", "~", "~", ">", ">=", "<", "<=", "=", "==", "!=", "<>", "", "~>", "=>"]);
    return (
      operator +
      random.pick(["", "", "", " "]) +
      randomVersion(random) +
      (random.oneIn(10)
        ? random.pick(["@dev", "@beta", "@RC", "@rc", "@Beta", "@bETA", "@stable", "@STABLE", "+b", "#ref", " as 1.2"])
        : "")
    );
  };
  const all = (): string => Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, one).join(random.pick([",", ", ", " ", " , "]));
  return Array.from({ length: random.pick([1, 1, 1, 2]) }, all).join(random.pick(["||", " || ", "|", " | "]));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string => random.pick(["0", "0", "1", "1", "2", "3", "10", "01", "123456", "20100102"]);
  const numbers = Array.from({ length: random.pick([1, 2, 2, 3, 3, 4]) }, number).join(".");
  return (
    numbers +
    (random.oneIn(3)
      ? random.pick(["-dev", "-alpha1", "-beta", "-b2", "-RC1", "-rc2", "-p1", "-stable", "-beta1-dev", "-STABLE", "-x"])
      : "")
  );
}
