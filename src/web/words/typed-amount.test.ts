import assert from "node:assert/strict";
import { test } from "node:test";
import { amountProblem, readAmount } from "./typed-amount.ts";

for (const [typed, amount] of [
  ["100000", 100_000],
  ["100,000", 100_000],
  ["500 000 000", 500_000_000],
  ["1.000", 1000],
  [" 60 ", 60],
  ["1.5", undefined],
  ["12,34", undefined],
  ["0", undefined],
  ["-1", undefined],
  ["1e6", undefined],
  ["9007199254740993", undefined],
  ["ten", undefined],
] as const) {
  test(`${JSON.stringify(typed)} is ${amount ?? "not a whole number from 1"}`, () => {
    assert.equal(readAmount(typed), amount);
    assert.equal(amountProblem(typed) === undefined, amount !== undefined);
  });
}

test("an empty field is incomplete, not wrong", () => assert.equal(amountProblem("  "), undefined));
