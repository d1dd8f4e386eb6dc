import assert from "node:assert/strict";
import { test } from "node:test";
import { compareIds, compareSets, compareWorstFirst, highestScore, type Ranked, worstOf } from "./ranking.ts";

test("exploited goes before malware, malware before any score, and no score stands between 6.9 and 7.0", () => {
  const order = [
    rank({ exploited: true, malware: true, score: 1 }),
    rank({ exploited: true, score: 1 }),
    rank({ malware: true }),
    rank({ score: 10 }),
    rank({ score: 7 }),
    rank({}),
    rank({ score: 6.9 }),
    rank({ score: 0 }),
  ];
  assert.deepEqual(order.toReversed().sort(compareWorstFirst), order);
});

test("of two sets the one with the worse at the first difference is the worse, and then the larger", () => {
  const [high, low] = [rank({ score: 9 }), rank({ score: 3 })];
  const cases: readonly (readonly [readonly Ranked[], readonly Ranked[], number])[] = [
    [[], [], 0],
    [[low], [], 1],
    [[high], [low, low, low], 1],
    [[high, low], [high], 1],
    [[high], [high], 0],
    [[low], [low, low], -1],
    [[rank({ exploited: true })], [high, high], 1],
  ];
  for (const [a, b, expected] of cases) {
    assert.equal(Math.sign(compareSets(a, b)), expected, JSON.stringify([a, b]));
    assert.equal(Math.sign(compareSets(b, a)), expected === 0 ? 0 : -expected, JSON.stringify([b, a]));
  }
});

test("one advisory without a score does not make the others' unknown", () => {
  assert.deepEqual(worstOf([rank({}), rank({ score: 4 }), rank({ score: 6, exploited: true })]), rank({ exploited: true, score: 6 }));
  assert.deepEqual(worstOf([rank({})]), rank({}));
});

test("the highest score is missing where something without one ranks above it", () => {
  assert.equal(highestScore([rank({ score: 5 }), rank({ score: 8 })]), 8);
  assert.equal(highestScore([rank({}), rank({ score: 8 })]), 8);
  assert.equal(highestScore([rank({}), rank({ score: 5 })]), undefined);
  assert.equal(highestScore([]), undefined);
});

test("the best known id is a CVE, the oldest of several, then a GHSA, then by name", () => {
  const order = ["CVE-2019-10744", "CVE-2020-999", "CVE-2020-8203", "CVE-2020-10000", "GHSA-aaaa", "GHSA-bbbb", "MAL-1", "PYSEC-1", "x_1"];
  assert.deepEqual(order.toReversed().sort(compareIds), order);
  assert.equal(compareIds("CVE-2020-1", "CVE-2020-1"), 0);
});

function rank(stated: Partial<Ranked>): Ranked {
  return { exploited: false, malware: false, score: undefined, ...stated };
}
