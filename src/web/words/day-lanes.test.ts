import assert from "node:assert/strict";
import { test } from "node:test";
import { layInLanes } from "./day-lanes.ts";

const lay = (days: readonly number[], lanes = 4) =>
  layInLanes(
    days.map((day, thing) => ({ thing, day })),
    14,
    3,
    lanes,
  );

test("words that do not meet share a lane, words that do get another", () => {
  assert.deepEqual(
    lay([0, 1, 3, 9]).laid.map(({ first, last, lane }) => [first, last, lane]),
    [
      [0, 2, 0],
      [1, 3, 1],
      [3, 5, 0],
      [9, 11, 0],
    ],
  );
});

test("near the end words reach back, and the day stays what it is", () => {
  assert.deepEqual(
    lay([13]).laid.map(({ day, first, last }) => [day, first, last]),
    [[13, 11, 13]],
  );
});

test("what finds no lane is left over, in the order of days", () => {
  const { laid, over } = lay([5, 5, 4, 5], 2);
  assert.deepEqual(
    laid.map(({ thing }) => thing),
    [2, 0],
  );
  assert.deepEqual(over, [1, 3]);
});
