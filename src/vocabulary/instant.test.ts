import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInstant } from "./instant.ts";

test("an RFC 3339 instant is read to the millisecond, with any zone and any fraction", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["2026-08-22", "2026-08-22T00:00:00.000Z"],
    ["2026-08-22T10:11:12Z", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22t10:11:12z", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22 10:11:12Z", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22T10:11:12.5Z", "2026-08-22T10:11:12.500Z"],
    ["2026-08-22T10:11:12.123456789Z", "2026-08-22T10:11:12.123Z"],
    ["2026-08-22T00:30:00+02:00", "2026-08-21T22:30:00.000Z"],
    ["2026-08-22T23:30:00-02:00", "2026-08-23T01:30:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
  ];
  for (const [text, expected] of cases) assert.equal(new Date(parseInstant(text) ?? NaN).toISOString(), expected, text);
});

test("what is no instant, or none that there is, is none", () => {
  for (const text of [
    "",
    "now",
    "2026",
    "2026-8-22",
    "22.08.2026",
    "2026-08-22T10:11:12",
    "2026-08-22T10:11Z",
    "2026-13-01",
    "2026-00-01",
    "2026-02-30",
    "2026-02-29",
    "2026-04-31T00:00:00Z",
    "2026-08-22T25:00:00Z",
    "2026-08-22T10:60:00Z",
    "2026-08-22T10:11:12.1234567890Z",
    " 2026-08-22",
    "2026-08-22\n",
    "1787392272000",
  ]) {
    assert.equal(parseInstant(text), undefined, JSON.stringify(text));
  }
});
