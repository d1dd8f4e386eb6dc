import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { binomialAtLeast, binomialAtMost, upperBound } from "./binomial.ts";

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `expected ${expected}, got ${actual}`);

describe("binomial chances", () => {
  it("add up the terms of a coin thrown ten times", () => {
    near(binomialAtMost(0, 10, 0.5), 1 / 1024);
    near(binomialAtMost(5, 10, 0.5), 638 / 1024);
    near(binomialAtLeast(9, 10, 0.5), 11 / 1024);
  });

  it("hold at the ends", () => {
    for (const [k, n, p, expected] of [
      [-1, 5, 0.3, 0],
      [5, 5, 0.3, 1],
      [0, 5, 0, 1],
      [4, 5, 1, 0],
      [5, 5, 1, 1],
    ] as const) {
      near(binomialAtMost(k, n, p), expected);
    }
    near(binomialAtLeast(0, 5, 0.3), 1);
  });

  it("agree with a sum over all outcomes", () => {
    for (const p of [0.01, 0.2, 0.5, 0.9]) {
      for (let k = 0; k <= 12; k += 1) {
        let sum = 0;
        for (let outcome = 0; outcome < 4096; outcome += 1) {
          const ones = outcome.toString(2).replaceAll("0", "").length;
          if (ones <= k) sum += p ** ones * (1 - p) ** (12 - ones);
        }
        near(binomialAtMost(k, 12, p), sum);
      }
    }
  });
});

describe("the exact upper bound", () => {
  it("is 1 - alpha^(1/n) when nothing was seen", () => {
    for (const n of [1, 5, 10, 20, 59, 1000]) near(upperBound(0, n), 1 - 0.05 ** (1 / n));
    near(upperBound(0, 50, 0.025), 1 - 0.025 ** (1 / 50));
  });

  it("leaves just alpha to what was seen or less", () => {
    for (const [k, n] of [
      [1, 10],
      [3, 10],
      [9, 10],
      [7, 120],
    ] as const) {
      near(binomialAtMost(k, n, upperBound(k, n)), 0.05);
    }
  });

  it("is 1 when everything or nothing at all was seen", () => {
    assert.equal(upperBound(10, 10), 1);
    assert.equal(upperBound(0, 0), 1);
  });

  it("holds: over many rates it is passed by the true one in at most 5 of 100 cases", () => {
    for (const rate of [0.02, 0.1, 0.26, 0.5, 0.8]) {
      let missed = 0;
      for (let k = 0; k <= 10; k += 1) {
        if (upperBound(k, 10) < rate) missed += binomialAtMost(k, 10, rate) - binomialAtMost(k - 1, 10, rate);
      }
      assert.ok(missed <= 0.05, `${rate}: ${missed}`);
    }
  });
});
