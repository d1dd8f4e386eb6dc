import assert from "node:assert/strict";
import { test } from "node:test";
import { type CannotSayReason, cannotSayReason, cannotSaySentence, type DataStanding, MAX_DATA_AGE_MS } from "./data-standing.ts";

const NOW = Date.UTC(2026, 10, 24);
const MINUTE = 60_000;

test("data carries an answer when it is there, whole, dated and at most 7 days old", () => {
  const cases: readonly (readonly [Partial<DataStanding> | undefined, CannotSayReason | undefined])[] = [
    [undefined, "no-data"],
    [{ advisories: 0 }, "no-data"],
    [{ sample: true }, "sample"],
    [{ statedAtMs: undefined }, "undated"],
    [{ statedAtMs: NOW }, undefined],
    [{ statedAtMs: NOW - MAX_DATA_AGE_MS }, undefined],
    [{ statedAtMs: NOW - MAX_DATA_AGE_MS - 1 }, "stale"],
    [{ statedAtMs: NOW + 5 * MINUTE }, undefined],
    [{ statedAtMs: NOW + 5 * MINUTE + 1 }, "future"],
    [{ statedAtMs: 0 }, "stale"],
    [{ sample: true, statedAtMs: NOW }, "sample"],
  ];
  for (const [stated, expected] of cases) {
    const standing =
      stated === undefined ? undefined : { ecosystem: "npm", source: "s", advisories: 1, statedAtMs: NOW, sample: false, ...stated };
    assert.equal(cannotSayReason(standing, NOW), expected, JSON.stringify(stated));
  }
});

test("each reason names the ecosystem and what would change it", () => {
  const reasons: readonly CannotSayReason[] = ["no-data", "no-scheme", "sample", "undated", "future", "stale"];
  const sentences = reasons.map((reason) => cannotSaySentence(reason, "npm"));
  assert.equal(new Set(sentences).size, reasons.length);
  for (const sentence of sentences) assert.match(sentence, /\bnpm\b/);
  for (const reason of ["no-data", "sample", "stale"] as const) assert.match(cannotSaySentence(reason, "npm"), /sluice sync npm$/);
});
