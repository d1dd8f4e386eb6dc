import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { requirementAdmits } from "./cargo-requirement.ts";

const FUZZ_PAIRS = process.env["SLUICE_SOAK"] === undefined ? 500 : 50_000;

test("what Cargo does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    ",",
    "latest",
    "1.2.3,",
    ",1",
    "1.2.3 || 2",
    "1.2 - 2",
    "!=1",
    "==1",
    "=>1",
    "~>1",
    ">=",
    "1.2.3.4",
    "01.2",
    "1.02",
    "1.*.3",
    "*.1",
    "*, 1",
    ">*",
    "v1.2.3",
    "1.2-rc.1",
    "1.2+build",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3-a..b",
    "1.2.*-rc.1",
    ">9, nothing",
    "99999999999999999999",
    "1. 2",
    Array.from({ length: 33 }, () => ">0").join(","),
  ])
    assert.equal(requirementAdmits(requirement, "1.2.3"), undefined, requirement);
  for (const version of ["", "1", "1.2", "v1.2.3", "latest", "1.2.3.4", "9".repeat(5000)])
    assert.equal(requirementAdmits("*", version), undefined);
});

test("no requirement, however long or odd, throws", () => {
  for (const part of [",", "~", "1.", "1.0.0,", "^1,", " ", "9", "-a.", "*."]) {
    assert.doesNotThrow(() => requirementAdmits(part.repeat(100_000), "1.0.0"));
    assert.doesNotThrow(() => requirementAdmits(`^1.2.3-${part.repeat(100_000)}`, "1.0.0"));
  }
});

test(`${FUZZ_PAIRS} random requirements mean what the Cargo Book's ranges for them mean`, () => {
  const seed = 20_261_129;
  const random = seededRandom(seed);
  let admitted = 0;
  for (let pair = 0; pair < FUZZ_PAIRS; pair++) {
    const numbers = Array.from({ length: 1 + random.below(3) }, () => random.pick([0, 0, 1, 2, 10]));
    const operator = random.pick(["", "^", "~", "=", ".*"] as const);
    const requirement = operator === ".*" ? `${numbers.slice(0, 2).join(".")}.*` : `${operator}${numbers.join(".")}`;
    const version = Array.from({ length: 3 }, () => random.pick([0, 0, 1, 2, 3, 10, 11]));
    const [from, end] = bookRange(operator, operator === ".*" ? numbers.slice(0, 2) : numbers);
    const expected = compare(version, from) >= 0 && compare(version, end) < 0;
    const place = `seed ${seed}, pair ${pair}: "${requirement}" and ${version.join(".")}`;
    assert.equal(requirementAdmits(requirement, version.join(".")), expected, place);
    const written = `>=${from.join(".")}, <${end.join(".")}`;
    assert.equal(requirementAdmits(written, version.join(".")), expected, `${place}, written ${written}`);
    if (expected) admitted++;
  }
  assert.ok(admitted > FUZZ_PAIRS / 20, `only ${admitted} admitted`);
});

/** From the numbers, what is missing as 0, to where the number that the operator lets rise least has risen by one. */
function bookRange(operator: "" | "^" | "~" | "=" | ".*", numbers: readonly number[]): readonly [readonly number[], readonly number[]] {
  const last = numbers.length - 1;
  const first = numbers.findIndex((number) => number > 0);
  const place = operator === "" || operator === "^" ? (first === -1 ? last : first) : operator === "~" ? Math.min(last, 1) : last;
  return [pad(numbers), pad([...numbers.slice(0, place), (numbers[place] ?? 0) + 1])];
}

function pad(numbers: readonly number[]): readonly number[] {
  return [...numbers, 0, 0].slice(0, 3);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((number, index) => number !== b[index]);
  return place === -1 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}
