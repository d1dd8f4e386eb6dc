import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { orderOf } from "../../versions/encode-version.ts";
import { constraintAdmits } from "./pub-constraint.ts";
import { pub } from "./pub-version.ts";

test("what Dart does not read, whole or in part, cannot be told", () => {
  for (const constraint of [
    "",
    " ",
    "latest",
    "^",
    ">=",
    "^1.2",
    "1.2",
    "~1.2.3",
    "=1.2.3",
    "!=1.2.3",
    "1.2.x",
    "*",
    "any any",
    ">=1.0.0, <2.0.0",
    ">=1.0.0 || <2.0.0",
    "^1.0.0 <1.5.0",
    "<1.5.0 ^1.0.0",
    ">9.0.0 nothing",
    "> = 1.0.0",
    "1.0.0+",
    "1.2.3.4",
    "^1.0.0--5",
    ">9223372036854775808.0.0",
  ])
    assert.equal(constraintAdmits(constraint, "1.0.0"), undefined, constraint);
  for (const version of ["", "1.0", "v1.0.0", "9".repeat(5000)]) assert.equal(constraintAdmits("any", version), undefined, version);
});

test("no constraint, however long or odd, throws", () => {
  for (const part of ["1.0.0 ", "1.0.0", "^1.0.0", ">", " ", "9", "-a", "+a", "a.", "<1.0.0-a.b "]) {
    for (const count of [90, 100_000]) {
      assert.doesNotThrow(() => constraintAdmits(part.repeat(count), "1.0.0"));
      assert.doesNotThrow(() => constraintAdmits(`^1.0.0-${part.repeat(count)}!`, "1.0.0"));
    }
  }
});

test("a caret with the largest number that Dart has leaves it, and is not read", () => {
  assert.equal(constraintAdmits("^9223372036854775807.0.0", "1.0.0"), undefined);
  assert.equal(constraintAdmits("^9223372036854775806.0.0", "9223372036854775806.1.0"), true);
});

test("2000 ranges admit what lies between their bounds, and of prereleases only those below the end or beside a prerelease", () => {
  const seed = 20_261_204;
  const random = seededRandom(seed);
  const version = (): string => {
    const number = (): number => random.below(3);
    const ending = random.oneIn(3) ? random.pick(["-0", "-a", "-a.1", "+1", "-a+1"]) : "";
    return `${number()}.${number()}.${number()}${ending}`;
  };
  let admitted = 0;
  for (let round = 0; round < 2000; round++) {
    const [from, to, candidate] = [version(), version(), version()];
    const between = orderOf(candidate, from, pub) !== "<" && orderOf(candidate, to, pub) === "<";
    const base = (text: string): string => text.replace(/[-+].*/, "");
    const isOfEnd = candidate.includes("-") && base(candidate) === to && !(from.includes("-") && base(from) === to);
    assert.equal(constraintAdmits(`>=${from} <${to}`, candidate), between && !isOfEnd, `seed ${seed}: >=${from} <${to} and ${candidate}`);
    if (between) admitted++;
  }
  assert.ok(admitted > 100, `only ${admitted} admitted`);
});
