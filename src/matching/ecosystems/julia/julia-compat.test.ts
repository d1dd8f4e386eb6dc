import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { compatAdmits } from "./julia-compat.ts";

test("what Pkg does not read, whole or in part, cannot be told", () => {
  for (const compat of [
    "",
    " ",
    ",",
    "latest",
    "*",
    "^",
    "~",
    ">=",
    "> 1.2",
    "<= 1.2",
    "!= 1.2",
    "== 1.2",
    "~> 1.2",
    "1.2.3.4",
    "1.2.x",
    "1.2-rc",
    "^ 1.2",
    "1,",
    "1, nothing",
    "9, nothing",
    "1.0-2.0",
    "1.0 -2.0",
    "0.0.0",
    "^0.0.0",
    "= 0.0.0",
    "< 0",
    "< 0.0",
    "4294967296",
    "1 || 2",
  ])
    assert.equal(compatAdmits(compat, "1.0.0"), undefined, compat);
  for (const version of ["", "latest", "1.2.3.4", "9".repeat(5000)]) assert.equal(compatAdmits("1", version), undefined, version);
});

test("no entry, however long or odd, throws", () => {
  for (const part of [",", "~", "1.", "1,", "^1,", " ", "9", "1 - ", "≥", "\u2003"]) {
    for (const count of [90, 100_000]) {
      assert.doesNotThrow(() => compatAdmits(part.repeat(count), "1.0"));
      assert.doesNotThrow(() => compatAdmits(`1${part.repeat(count)}!`, "1.0"));
    }
  }
});

test("2000 carets and tildes admit what lies from the version to the first one that Pkg's documentation shuts out", () => {
  const seed = 20_261_206;
  const random = seededRandom(seed);
  const number = (): number => random.pick([0, 0, 1, 2, 3]);
  let admitted = 0;
  for (let round = 0; round < 2000; round++) {
    const given = Array.from({ length: 1 + random.below(3) }, number);
    const sign = random.pick(["", "^", "~"]);
    const version = [number(), number(), number()];
    if (given.length === 3 && given.every((part) => part === 0)) continue;
    const first = given.findIndex((part) => part > 0);
    const place = sign === "~" ? Math.min(given.length - 1, 1) : first === -1 ? given.length - 1 : first;
    const end = given.slice(0, place + 1).map((part, index) => (index === place ? part + 1 : part));
    const expected = compare(version, given) >= 0 && compare(version, end) < 0;
    assert.equal(
      compatAdmits(`${sign}${given.join(".")}`, version.join(".")),
      expected,
      `seed ${seed}: ${sign}${given.join(".")} and ${version.join(".")}`,
    );
    if (expected) admitted++;
  }
  assert.ok(admitted > 100, `only ${admitted} admitted`);
});

function compare(a: readonly number[], b: readonly number[]): number {
  const place = [0, 1, 2].find((index) => (a[index] ?? 0) !== (b[index] ?? 0));
  return place === undefined ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}
