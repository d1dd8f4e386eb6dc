import assert from "node:assert/strict";
import { test } from "node:test";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import { findDisagreements } from "./disagreements.ts";
import { readStatement, type ReadStatement } from "./read-statement.ts";

function statement(record: BucketRecord, gone = false): ReadStatement {
  return readStatement({
    id: record.id,
    feed: "osv",
    location: null,
    revision: 1,
    kind: "vulnerability",
    title: "",
    modified: record.modified,
    received_at: new Date(0),
    gone_at: gone ? new Date(0) : null,
    hash: "",
    body: JSON.stringify(record),
  });
}

/** `about: advisory value | advisory value`. */
function disagreementsOf(...records: readonly (BucketRecord | ReadStatement)[]): readonly string[] {
  const statements = records.map((record) => ("row" in record ? (record as ReadStatement) : statement(record as BucketRecord)));
  return findDisagreements(statements).map(
    ({ about, values }) => `${about}: ${values.map(({ advisory, value }) => `${advisory} ${value}`).join(" | ")}`,
  );
}

/** `pad`, by ranges of events and listed versions. */
function affects(id: string, ranges: readonly (readonly object[])[], versions: readonly string[] = []): BucketRecord {
  const typed = ranges.map((events) => ({ type: "SEMVER", events }));
  return osvRecord(id, "pad", "1.0.0", { affected: [{ package: { ecosystem: "npm", name: "pad" }, ranges: typed, versions }] });
}

test("sources that say the same, or nothing, do not disagree", () => {
  const severity = [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }];
  const cases: readonly (readonly BucketRecord[])[] = [
    [osvRecord("A-1", "pad", "1.0.0")],
    [osvRecord("A-1", "pad", "1.0.0"), osvRecord("B-1", "pad", "v1.0.0")],
    [
      affects("A-1", [[{ introduced: "0" }, { fixed: "1.0.0" }, { introduced: "2.0.0" }, { fixed: "3.0.0" }]]),
      affects("B-1", [
        [{ introduced: "2.0.0" }, { fixed: "3.0.0" }],
        [{ introduced: "0" }, { fixed: "1.0.0" }],
      ]),
    ],
    [
      affects("A-1", [[{ introduced: "0" }, { last_affected: "1.0.0" }]]),
      affects("B-1", [[{ introduced: "0" }, { last_affected: "1.0.0" }]], ["0.9.0", "1.0.0"]),
    ],
    [
      osvRecord("A-1", "pad", "1.0.0", { severity, database_specific: { severity: "HIGH", cwe_ids: ["CWE-1", "CWE-2"] } }),
      osvRecord("B-1", "pad", "1.0.0", { database_specific: { severity: "high", cwe_ids: ["CWE-2", "CWE-1"] } }),
    ],
    [
      osvRecord("A-1", "pad", "1.0.0", { severity }),
      osvRecord("B-1", "pad", "1.0.0", { severity: [{ type: "CVSS_V3", score: "CVSS:3.0/AV:N/PR:N/AC:L/UI:N/S:U/C:H/I:H/A:H" }] }),
    ],
    [
      osvRecord("A-1", "pad", "1.0.0", { database_specific: { severity: "MODERATE" } }),
      osvRecord("B-1", "pad", "1.0.0", { database_specific: { severity: "medium" } }),
    ],
    [osvRecord("A-1", "pad", "1.0.0", { aliases: ["CVE-2026-1"] }), osvRecord("CVE-2026-1", "pad", "1.0.0")],
    [affects("A-1", [[{ introduced: "0" }, { fixed: "1.0.0" }]]), affects("B-1", [[{ introduced: "one" }]])],
    [osvRecord("A-1", "pad", "1.0.0"), osvRecord("B-1", "pad", "1.0.0", { affected: [] })],
  ];
  for (const records of cases) assert.deepEqual(disagreementsOf(...records), [], JSON.stringify(records));
});

test("affected versions are compared by what they hold, not by how they are written", () => {
  const cases: readonly (readonly [string, BucketRecord, BucketRecord, readonly string[]])[] = [
    [
      "another fix",
      osvRecord("A-1", "pad", "1.0.0"),
      osvRecord("B-1", "pad", "1.0.1"),
      ["affected versions of npm pad: A-1 [0, 1.0.0) | B-1 [0, 1.0.1)", "fixed version of npm pad: A-1 1.0.0 | B-1 1.0.1"],
    ],
    [
      "a last affected version and a fixed one",
      affects("A-1", [[{ introduced: "0" }, { last_affected: "0.9.0" }]]),
      osvRecord("B-1", "pad", "1.0.0"),
      ["affected versions of npm pad: A-1 [0, 0.9.0] | B-1 [0, 1.0.0)", "fixed version of npm pad: A-1 none named | B-1 1.0.0"],
    ],
    [
      "adjoining ranges and one",
      affects("A-1", [
        [{ introduced: "0" }, { fixed: "1.0.0" }],
        [{ introduced: "1.0.0" }, { fixed: "2.0.0" }],
      ]),
      osvRecord("B-1", "pad", "2.0.0"),
      ["fixed version of npm pad: A-1 1.0.0, 2.0.0 | B-1 2.0.0"],
    ],
    [
      "listed versions that a range holds",
      affects("A-1", [], ["0.1.0", "0.2.0"]),
      osvRecord("B-1", "pad", "1.0.0"),
      ["fixed version of npm pad: A-1 none named | B-1 1.0.0"],
    ],
    [
      "a listed version that no range holds",
      affects("A-1", [], ["0.1.0", "1.2.0"]),
      osvRecord("B-1", "pad", "1.0.0"),
      ["affected versions of npm pad: A-1 =0.1.0, =1.2.0 | B-1 [0, 1.0.0)", "fixed version of npm pad: A-1 none named | B-1 1.0.0"],
    ],
    [
      "other listed versions",
      affects("A-1", [], ["0.1.0"]),
      affects("B-1", [], ["0.1.0", "0.2.0"]),
      ["affected versions of npm pad: A-1 =0.1.0 | B-1 =0.1.0, =0.2.0"],
    ],
    ["other listed texts", affects("A-1", [], ["one"]), affects("B-1", [], ["two"]), ["affected versions of npm pad: A-1 =one | B-1 =two"]],
  ];
  for (const [title, a, b, expected] of cases) {
    assert.deepEqual(disagreementsOf(a, b), expected, title);
  }
});

test("every other point on which sources can contradict one another is told, with the word of each", () => {
  const a = osvRecord("A-1", "pad", "1.0.0", {
    aliases: ["CVE-2026-1"],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
    database_specific: { severity: "CRITICAL", cwe_ids: ["CWE-79"] },
  });
  const b = osvRecord("B-1", "padding", "1.0.0", {
    aliases: ["CVE-2026-2", "CVE-2026-1"],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N" }],
    database_specific: { severity: "LOW", cwe_ids: ["CWE-20"] },
  });
  assert.deepEqual(disagreementsOf(a, b), [
    "CVE id: A-1 CVE-2026-1 | B-1 CVE-2026-1, CVE-2026-2",
    "affected packages in npm: A-1 pad | B-1 padding",
    "CVSS_V3: A-1 9.8 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H) | B-1 5.3 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N)",
    "severity in words: A-1 critical | B-1 low",
    "weaknesses: A-1 CWE-79 | B-1 CWE-20",
  ]);
});

test("a withdrawn statement contradicts those in force by its withdrawal alone", () => {
  const withdrawn = osvRecord("A-1", "pad", "1.0.0", { withdrawn: "2026-01-02T00:00:00Z" });
  const other = osvRecord("B-1", "pad", "9.0.0");
  assert.deepEqual(disagreementsOf(withdrawn, other), ["withdrawn: A-1 withdrawn 2026-01-02T00:00:00Z | B-1 in force"]);
  assert.deepEqual(disagreementsOf(statement(osvRecord("C-1", "pad", "1.0.0"), true), other), [
    "withdrawn: C-1 no longer listed | B-1 in force",
  ]);
  assert.deepEqual(disagreementsOf(withdrawn), []);
});

test("long lists are cut, with how many are left out", () => {
  const names = Array.from({ length: 25 }, (_, at) => `pad-${String(at).padStart(2, "0")}`);
  const many = osvRecord("A-1", "x", "1", { affected: names.map((name) => ({ package: { ecosystem: "npm", name } })) });
  const [first] = disagreementsOf(many, osvRecord("B-1", "pad-00", "1.0.0"));
  assert.match(first ?? "", /^affected packages in npm: A-1 pad-00, .*pad-19 and 5 more \| B-1 pad-00$/);
});
