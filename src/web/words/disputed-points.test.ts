import assert from "node:assert/strict";
import { test } from "node:test";
import { disputedPoints, isDisputed } from "./disputed-points.ts";

const lodash = { ecosystem: "npm", name: "lodash" };
const disagreements = [
  { about: "affected versions of npm lodash" },
  { about: "fixed version of npm lodash" },
  { about: "fixed version of npm lodash-es" },
  { about: "weaknesses" },
];

test("the package's own points are named without it, those of others are counted", () => {
  assert.deepEqual(disputedPoints(disagreements, lodash), [
    "affected versions",
    "fixed version",
    "weaknesses",
    "one point about another package",
  ]);
});

const asked: readonly (readonly [RegExp, { readonly ecosystem: string; readonly name: string }, boolean])[] = [
  [/^fixed version/, lodash, true],
  [/^fixed version/, { ecosystem: "npm", name: "other" }, false],
  [/^weaknesses$/, { ecosystem: "npm", name: "other" }, true],
  [/^withdrawn$/, lodash, false],
];
for (const [point, chosen, expected] of asked) {
  test(`${point.source} is ${expected ? "" : "not "}disputed for ${chosen.name}`, () =>
    assert.equal(isDisputed(disagreements, chosen, point), expected));
}
