import assert from "node:assert/strict";
import { test } from "node:test";
import { readOsvRecord } from "./osv.ts";

function severitiesOf(fields: object): readonly (readonly [string, string, string | undefined])[] {
  const record = { id: "x_TEST-1", modified: "2026-01-01T00:00:00Z", ...fields };
  return readOsvRecord(new TextEncoder().encode(JSON.stringify(record)), "test").severities.map(({ type, score, package: named }) => [
    type,
    score,
    named?.name,
  ]);
}

test("a source's own word and numbers stand beside the vectors, with the package they are stated for", () => {
  const cases: readonly (readonly [object, readonly (readonly [string, string, string | undefined])[]])[] = [
    [{ database_specific: { severity: "MODERATE" } }, [["RATING", "MODERATE", undefined]]],
    [{ database_specific: { cvss_score: 6.5 } }, [["SCORE", "6.5", undefined]]],
    [{ database_specific: { cvss: { score: 7.5, vectorString: "CVSS:3.1/…" } } }, [["SCORE", "7.5", undefined]]],
    [
      { database_specific: { cvss_v2: 4.3, cvss_v3: "7.5", cvss_v4: 10 } },
      [
        ["SCORE_V2", "4.3", undefined],
        ["SCORE_V3", "7.5", undefined],
        ["SCORE_V4", "10", undefined],
      ],
    ],
    [
      {
        affected: [
          { package: { ecosystem: "npm", name: "a" }, ecosystem_specific: { severity: "high" }, database_specific: { cvss_score: 1 } },
        ],
      },
      [
        ["RATING", "high", "a"],
        ["SCORE", "1", "a"],
      ],
    ],
    [
      { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/x" }], database_specific: { severity: "LOW" } },
      [
        ["CVSS_V3", "CVSS:3.1/x", undefined],
        ["RATING", "LOW", undefined],
      ],
    ],
  ];
  for (const [fields, expected] of cases) assert.deepEqual(severitiesOf(fields), expected, JSON.stringify(fields));
});

test("what is neither a word nor a number from 0 to 10 says nothing, and is no error", () => {
  for (const database_specific of [
    { severity: "a long\ntext" },
    { severity: 3 },
    { severity: null },
    { cvss: "CVSS:3.1/AV:N" },
    { cvss_score: 11 },
    { cvss_score: -1 },
    { cvss_score: "1e1" },
    { cvss_v3: [] },
    "severity",
    null,
  ]) {
    assert.deepEqual(severitiesOf({ database_specific }), [], JSON.stringify(database_specific));
  }
});

test("the same word on many entries of one package is stated once", () => {
  const entry = { package: { ecosystem: "npm", name: "a" }, ecosystem_specific: { severity: "HIGH" } };
  assert.deepEqual(severitiesOf({ affected: [entry, entry] }), [["RATING", "HIGH", "a"]]);
});
