import assert from "node:assert/strict";
import { test } from "node:test";
import { ageWords, counted, durationWords } from "./age-words.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("a length of time is said in one unit", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "less than a minute"],
    [MINUTE - 1, "less than a minute"],
    [MINUTE, "1 minute"],
    [38 * MINUTE, "38 minutes"],
    [2 * HOUR - MINUTE, "119 minutes"],
    [2 * HOUR, "2 hours"],
    [47 * HOUR, "47 hours"],
    [2 * DAY, "2 days"],
    [12.4 * DAY, "12 days"],
    [400 * DAY, "400 days"],
  ];
  for (const [ms, words] of cases) assert.equal(durationWords(ms), words);
});

test("an age is from the moment that was stated; a clock a little ahead is no future", () => {
  const now = Date.UTC(2026, 10, 24);
  const cases: readonly (readonly [number | undefined, string])[] = [
    [undefined, "age unknown"],
    [now, "less than a minute old"],
    [now - 3 * DAY, "3 days old"],
    [now + 5 * MINUTE, "less than a minute old"],
    [now + 6 * MINUTE, "6 minutes in the future"],
  ];
  for (const [statedAtMs, words] of cases) assert.equal(ageWords(statedAtMs, now), words);
});

test("a count agrees with its noun", () => {
  assert.deepEqual(
    [counted(0, "record"), counted(1, "record"), counted(2, "record"), counted(12_345, "advisory", "advisories")],
    ["0 records", "1 record", "2 records", "12,345 advisories"],
  );
});
