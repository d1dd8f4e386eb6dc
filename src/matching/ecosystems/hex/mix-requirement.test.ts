import assert from "node:assert/strict";
import { test } from "node:test";

import { readAdmits } from "../../../../tests/support/admits.ts";
import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { requirementAdmits } from "./mix-requirement.ts";

const ADMITS = new URL("testdata/admits.txt", import.meta.url);
const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what Elixir does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    "latest",
    "~>",
    ">=",
    "1.0",
    ">= 1.0",
    "~> 1",
    "~> 1.2.3.4",
    "~> v1.2",
    "^1.2.3",
    "*",
    "= 1.0.0",
    "!= 1.0.0",
    "1.0.0 2.0.0",
    ">= 1.0.0 < 2.0.0",
    "> 1.0.0, < 2.0.0",
    "1.0.0 or",
    "1.0.0 or ",
    " or 1.0.0",
    "1.0.0 || 2.0.0",
    "> 9.0.0 or nothing",
    "> 9.0.0 and nothing",
    "~>\t1.0",
    "~> 01.0",
  ])
    assert.equal(requirementAdmits(requirement, "1.0.0"), undefined, requirement);
  for (const version of ["", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "9".repeat(5000)])
    assert.equal(requirementAdmits(">= 0.0.0", version), undefined, version);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of [" or ", " and ", "~> ", "1.", "1.0.0", " ", "9", "-a", "+"]) {
    for (const count of [60, 100_000]) {
      assert.doesNotThrow(() => requirementAdmits(part.repeat(count), "1.0.0"));
      assert.doesNotThrow(() => requirementAdmits(`~> 1.0-${part.repeat(count)}!`, "1.0.0"));
    }
  }
});

test(
  `the stated requirements and ${FUZZ_PAIRS} random ones are answered as Elixir's Version answers them`,
  { skip: skipWithout("elixir") },
  () => {
    const seed = 20_261_201;
    const random = seededRandom(seed);
    const made = Array.from({ length: FUZZ_PAIRS }, () => ({ requirement: randomRequirement(random), version: randomVersion(random) }));
    const pairs = [...readAdmits(ADMITS), ...made];
    const answers = askTool(
      "elixir",
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

const ADMIT = `
for line <- IO.stream(:stdio, :line) do
  [requirement, version] = line |> String.trim_trailing("\\n") |> String.split("\\t")
  answer =
    with {:ok, read} <- Version.parse_requirement(requirement), {:ok, _} <- Version.parse(version) do
      Version.match?(version, read)
    else
      _ -> "undefined"
    end
  IO.puts(answer)
end`;

/** Never with \`!\`, which Elixir still reads with a warning and Hex does not. */
function randomRequirement(random: SeededRandom): string {
  const term = (): string =>
    random.pick(["~>", "~>", "~>", ">", ">=", "<", "<=", "==", "", ">=", "<", ">=", random.pick(["", "=", "^"])]) +
    random.pick(["", " ", " ", "  "]) +
    (random.oneIn(3)
      ? random.pick(["1.0", "1.2", "0.1", "2.0-rc", "1.2-0", "0.0.0", "0.0.1", "9.0.0", random.pick(["1", "0.0", "1.2.x"])])
      : randomVersion(random));
  const terms = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3, 4]) }, term);
  return (
    random.pick(["", "", "", " "]) +
    terms.reduce(
      (before, next) => `${before}${random.pick([" and ", " and ", " or ", " or ", " or ", "  or ", random.pick([" ", ", "])])}${next}`,
    ) +
    random.pick(["", "", "", "", "", "", " ", " or"])
  );
}

function randomVersion(random: SeededRandom): string {
  const number = (): string => random.pick(["0", "0", "1", "1", "2", "3", "10", "0", "1", "2", random.pick(["01", "4"])]);
  const numbers = Array.from({ length: random.pick([3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2]) }, number).join(".");
  return (
    numbers +
    (random.oneIn(3)
      ? random.pick(["-rc", "-rc.1", "-rc.2", "-0", "-a.b", "-1a", "-rc.10", "-9", random.pick(["-", "-01", "-a..b"])])
      : "") +
    (random.oneIn(8) ? random.pick(["+a", "+01", "+a.b", "+"]) : "")
  );
}
