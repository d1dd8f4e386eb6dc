import assert from "node:assert/strict";
import { test } from "node:test";

import { askTool, skipWithout } from "../../../../tests/support/own-tool.ts";
import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { inOrder, pickPair } from "../../../../tests/support/version-pairs.ts";
import { orderOf } from "../../versions/encode-version.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { hex } from "./hex.ts";

const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("a package's name is in lower case, behind its organisation where it has one", () => {
  assert.equal(hex.nameFromPurl(undefined, "Phoenix", undefined), "phoenix");
  assert.equal(hex.nameFromPurl("Acme", "Tools", undefined), "acme/tools");
  assert.equal(hex.normaliseName("Phoenix_HTML"), "phoenix_html");
  assert.equal(hex.purlOf("phoenix_html"), "pkg:hex/phoenix_html");
  assert.equal(hex.purlOf("acme/tools"), "pkg:hex/acme/tools");
});

test("a change may break where the first number that is not 0 changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.0.3", "0.0.4", true],
    ["1.0.0-rc.1", "1.0.0", false],
    ["1.0", "1.1.0", true],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(hex.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release", () => {
  for (const version of ["1.0.0-rc.1", "1.0.0-0+build"]) assert.equal(hex.isPrerelease(version), true, version);
  for (const version of ["1.0.0", "1.0.0+build-a", "", "latest"]) assert.equal(hex.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const step: UpgradeStep = { name: "plug_cowboy", version: "2.7.1", above: false, direct: true, development: false, blocked: false };
  const update = "mix deps.update plug_cowboy";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [update]],
    [{ direct: false }, [update]],
    [{ direct: undefined }, [update]],
    [{ development: true }, [update]],
    [{ above: true }, [update]],
    [{ blocked: true }, ['# mix.exs: {:plug_cowboy, "~> 2.7.1"}', update]],
    [{ blocked: true, version: "2.8.0-rc.1+b" }, ['# mix.exs: {:plug_cowboy, "~> 2.8.0-rc.1"}', update]],
    [{ blocked: true, above: true }, ['# mix.exs: {:plug_cowboy, "> 2.7.1"}', update]],
    [{ blocked: true, direct: false }, ['# mix.exs: {:plug_cowboy, "~> 2.7.1", override: true}', "mix deps.get"]],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(hex.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("what mix.exs is told to ask for admits the version", () => {
  for (const version of ["1.2.3", "0.2.0", "0.0.3", "1.0.0-rc.1", "1.0.0+build"]) {
    const [edit = ""] = hex.commandsFor({ name: "x", version, above: false, direct: true, development: false, blocked: true });
    assert.equal(hex.admits(/"(.*)"/.exec(edit)?.[1] ?? "", version), true, edit);
  }
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(hex.removalCommands({ name: "evil", direct: true }), [
    "# mix.exs: deps without {:evil, …}",
    "mix deps.clean evil --unlock",
  ]);
  assert.deepEqual(hex.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(hex.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(hex.removalCommands({ name: "--all", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = ["--all", "-a", "../x", "/etc", "a b", "a\nb", "$(id)", "`id`", "a;id", 'a"b', "a/b", "a-b", "A", "1a", "é", "a}", ""];
  for (const name of hostile) {
    for (const blocked of [true, false])
      assert.deepEqual(hex.commandsFor({ name, version: "1.0.0", above: false, direct: true, development: false, blocked }), [], name);
  }
  for (const version of ["latest", "1.0", "v1.0.0", "1.0.0;id", "~> 1.0", "1.0.0\n", "", "$(id)", `1.0.0-${"a".repeat(300)}`]) {
    for (const blocked of [true, false])
      assert.deepEqual(
        hex.commandsFor({ name: "a", version, above: false, direct: true, development: false, blocked }),
        [],
        JSON.stringify(version),
      );
  }
});

test(
  `${FUZZ_PAIRS} pairs of versions that Elixir reads, adjacent, near, random and respelled, are ordered as Elixir orders them`,
  { skip: skipWithout("elixir") },
  () => {
    const seed = 20_261_202;
    const random = seededRandom(seed);
    const pool = versionPool(random);
    const pairs = Array.from({ length: FUZZ_PAIRS }, () => pickPair(random, pool, { respelled, altered }));
    const answers = askTool(
      "elixir",
      ["-e", COMPARE],
      pairs.map(([a, b]) => `${a}\t${b}`),
    );
    const seen: Record<string, number> = { "<": 0, "=": 0, ">": 0, refused: 0 };
    for (const [index, [a, b]] of pairs.entries()) {
      const theirs = answers[index] ?? "";
      seen[theirs] = (seen[theirs] ?? 0) + 1;
      // What Elixir refuses is read here as leniently as in every ecosystem of SemVer.
      if (theirs !== "refused") assert.equal(orderOf(a, b, semver), theirs, `seed ${seed}, pair ${index}: ${a} against ${b}`);
    }
    for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
  },
);

const COMPARE = `
for line <- IO.stream(:stdio, :line) do
  [a, b] = line |> String.trim_trailing("\\n") |> String.split("\\t")
  answer =
    with {:ok, a} <- Version.parse(a), {:ok, b} <- Version.parse(b) do
      case Version.compare(a, b) do
        :lt -> "<"
        :eq -> "="
        :gt -> ">"
      end
    else
      _ -> "refused"
    end
  IO.puts(answer)
end`;

function versionPool(random: SeededRandom): readonly string[] {
  return inOrder(
    Array.from({ length: 2000 }, () => randomVersion(random)),
    semver,
  );
}

function respelled(random: SeededRandom, version: string): string {
  return `${version.replace(/\+.*/, "")}+${random.pick(["a", "1", "x.y"])}`;
}

function altered(random: SeededRandom, version: string): string {
  const at = random.below(version.length);
  return version.slice(0, at) + random.pick(["0", "1", "9", "a", "Z", "-", ".", "+", ""]) + version.slice(at + random.below(2));
}

function randomVersion(random: SeededRandom): string {
  const number = (): number => random.pick([0, 1, 2, random.below(12), random.below(300), 20_240_000 + random.below(1000)]);
  const identifier = (): string => random.pick(["alpha", "beta", "rc", "rc1", "a", "A", "-", "-5", "x-1", "0a", String(number()), "dev"]);
  const prerelease = random.oneIn(2) ? "" : `-${Array.from({ length: 1 + random.below(3) }, identifier).join(".")}`;
  return `${number()}.${number()}.${number()}${prerelease}${random.oneIn(6) ? "+build.1" : ""}`;
}
