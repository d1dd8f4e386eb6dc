import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { requirementAdmits } from "./gem-requirement.ts";

const ADMITS = new URL("testdata/admits.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what Gem does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    ",",
    "!",
    "latest",
    "~>",
    ">=",
    "=> 1",
    "== 1",
    "~ 1",
    "^1.2",
    "*",
    "1.0 2.0",
    ">= 1 < 2",
    "~> 1.0,",
    "~> 1.0, nothing",
    "> 9, nothing",
    "~> v1",
    "1 || 2",
  ]) {
    assert.equal(requirementAdmits(requirement, "1.0"), undefined, requirement);
  }
  for (const version of ["", "v1.0", "1.0_1", "9".repeat(5000)]) assert.equal(requirementAdmits(">= 0", version), undefined, version);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of [",", "~> ", "1.", "1.0,", "~>1,", " ", "9"]) {
    assert.doesNotThrow(() => requirementAdmits(part.repeat(100_000), "1.0"));
    assert.doesNotThrow(() => requirementAdmits(`~> ${part.repeat(100_000)}`, "1.0"));
  }
});

test(
  `the stated requirements and ${FUZZ_PAIRS} random ones are answered as Ruby's Gem::Requirement answers them`,
  { skip: skipWithout("ruby") },
  () => {
    const seed = 20_261_125;
    const random = seededRandom(seed);
    const made = Array.from({ length: FUZZ_PAIRS }, () => ({ requirement: randomRequirement(random), version: randomVersion(random) }));
    const pairs = [...readAdmits(ADMITS), ...made];
    const answers = askTool(
      "ruby",
      ["-e", ADMIT],
      pairs.map(({ requirement, version }) => `${requirement}\t${version}`),
    );
    const seen: Record<string, number> = { true: 0, false: 0, undefined: 0 };
    for (const [index, { requirement, version }] of pairs.entries()) {
      const ours = String(requirementAdmits(requirement, version));
      assert.equal(ours, answers[index], `seed ${seed}, pair ${index}: ${JSON.stringify(requirement)} and ${version}`);
      seen[ours] = (seen[ours] ?? 0) + 1;
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

const ADMIT = `STDIN.each_line do |line|
  requirement, version = line.chomp.split("\\t", -1)
  begin
    puts Gem::Requirement.new(*requirement.split(",", -1)).satisfied_by?(Gem::Version.new(version))
  rescue ArgumentError
    puts "undefined"
  end
end`;

function randomRequirement(random: SeededRandom): string {
  const constraint = (): string =>
    random.pick(["~>", "~>", "~>", ">", ">=", "<", "<=", "=", "!=", "", "==", "^"]) + random.pick(["", " ", "  "]) + randomVersion(random);
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, constraint).join(random.pick([",", ", "]));
}

function randomVersion(random: SeededRandom): string {
  const number = (): string => random.pick(["0", "0", "1", "1", "2", "3", "10", "01"]);
  const numbers = Array.from({ length: random.pick([1, 2, 2, 3, 3, 4]) }, number).join(".");
  return numbers + (random.oneIn(3) ? random.pick([".a", ".rc1", ".beta.2", "a", "-1", "-rc.1", ".a.0.1", "_1"]) : "");
}
