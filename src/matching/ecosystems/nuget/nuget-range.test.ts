import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom, type SeededRandom } from "../../../../tests/support/seeded-random.ts";
import { orderOf } from "../../versions/encode-version.ts";
import { rangeAdmits } from "./nuget-range.ts";
import { nuget, parseNugetVersion } from "./nuget-version.ts";

const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what NuGet does not read cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    "latest",
    "^1.0",
    ">=1.0",
    "(>= 1.0.0)",
    "1.0 - 2.0",
    "1.x",
    "(1.0)",
    "(1.0]",
    "[1.0)",
    "[]",
    "[,]",
    "(,)",
    "[1.0",
    "1.0]",
    "[1.0,2.0,3.0]",
    "[1.0,2.0],[3.0,4.0]",
    "[2.0,1.0]",
    "[1.0,1.0)",
    "(1.0,1.0]",
    "[latest,)",
    "[1.0,latest]",
    "[1.0,2.*)",
    "[1.*]",
    "1*",
    "1.2*",
    "1.*.3",
    "1.2.3.4.*",
    "**",
    "1.*-",
    "1.*-rc",
    "1.0.0-*rc",
    "1.0.0-rc*.1",
    "1.0.0-a..*",
    "1.*-a_*",
    "1.0.*+build",
    "*-**",
    "$(Version)",
  ])
    assert.equal(rangeAdmits(requirement, "1.0"), undefined, requirement);
  for (const version of ["", "latest", "v1.0", "1.*", "[1.0]", "9".repeat(5000)])
    assert.equal(rangeAdmits("1.0", version), undefined, version);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of ["[", "(", "]", ",", "*", "1.", "-", " ", "9", "a.", "*-"]) {
    assert.doesNotThrow(() => rangeAdmits(part.repeat(100_000), "1.0"));
    assert.doesNotThrow(() => rangeAdmits(`[1.0,${part.repeat(100_000)}]`, "1.0"));
    assert.doesNotThrow(() => rangeAdmits(`1.0-${part.repeat(100_000)}*`, "1.0"));
  }
});

test(`${FUZZ_PAIRS} random requirements mean what NuGet's reference says of their bounds and stars`, () => {
  const seed = 20_261_204;
  const random = seededRandom(seed);
  const seen: Record<string, number> = { true: 0, false: 0, undefined: 0 };
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const [requirement, means] = random.oneIn(2) ? randomInterval(random) : randomFloating(random);
    const version = randomVersion(random);
    const ours = rangeAdmits(requirement, version);
    assert.equal(ours, means(version), `seed ${seed}, pair ${pair}: ${JSON.stringify(requirement)} and ${version}`);
    seen[String(ours)] = (seen[String(ours)] ?? 0) + 1;
  }
  for (const [answer, count] of Object.entries(seen)) assert.ok(count > FUZZ_PAIRS / 50, `${answer} only ${count} times`);
});

type Meaning = (version: string) => boolean | undefined;

function randomInterval(random: SeededRandom): readonly [string, Meaning] {
  const [lower, upper] = [random.oneIn(5) ? "" : randomVersion(random), random.oneIn(5) ? "" : randomVersion(random)];
  const [open, close] = [random.pick(["[", "("]), random.pick(["]", ")"])];
  const order = lower === "" || upper === "" ? "<" : orderOf(lower, upper, nuget);
  const isNone = (lower === "" && upper === "") || order === ">" || (order === "=" && (open === "[") !== (close === "]"));
  const means: Meaning = (version) => {
    if (isNone) return undefined;
    const above = lower === "" ? ">" : orderOf(version, lower, nuget);
    const below = upper === "" ? "<" : orderOf(version, upper, nuget);
    return (above === ">" || (above === "=" && open === "[")) && (below === "<" || (below === "=" && close === "]"));
  };
  return [`${open}${lower},${upper}${close}`, means];
}

/** A star in place of the last number shown, of the end of the prerelease, or of both. */
function randomFloating(random: SeededRandom): readonly [string, Meaning] {
  const shown = Array.from({ length: random.below(4) }, () => String(random.below(3)));
  const prefix = random.oneIn(3) ? undefined : random.pick(["", "a", "rc", "rc.", "Beta"]);
  const starInNumbers = shown.length === 0 || prefix === undefined || random.oneIn(2);
  const numbers = starInNumbers ? [...shown, "*"] : shown;
  const means: Meaning = (version) => {
    const parsed = parseNugetVersion(version);
    assert.ok(parsed !== undefined);
    const held = starInNumbers ? shown : [...shown, "0", "0", "0"].slice(0, 4);
    if (held.some((number, place) => number !== parsed.numbers[place])) return false;
    return parsed.prerelease === undefined || (prefix !== undefined && parsed.prerelease.toUpperCase().startsWith(prefix.toUpperCase()));
  };
  return [`${numbers.join(".")}${prefix === undefined ? "" : `-${prefix}*`}`, means];
}

function randomVersion(random: SeededRandom): string {
  const numbers = Array.from({ length: 1 + random.below(4) }, () => random.below(3)).join(".");
  return numbers + (random.oneIn(3) ? `-${random.pick(["a", "A.1", "beta", "rc", "rc.1", "RC.2", "rc1", "0"])}` : "");
}
