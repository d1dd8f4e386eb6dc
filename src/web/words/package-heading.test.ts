import assert from "node:assert/strict";
import { test } from "node:test";
import { headingAfterName } from "./package-heading.ts";

type Given = Parameters<typeof headingAfterName>[0];

const counts = { vulnerabilities: 12_345, exploited: 2, withoutPatch: 0 };
const verdicts = { affected: 0, affectedExploited: 0, cannotCompare: 0, notAffected: 12_345 };
const held: Given = { answer: { ecosystem: "Debian", components: 1 }, counts, releases: [] };

const cases: readonly (readonly [string, Given])[] = [
  [": 12,345 vulnerabilities", held],
  [": 1 vulnerability", { ...held, counts: { ...counts, vulnerabilities: 1 } }],
  [": no advisory held here", { ...held, counts: { ...counts, vulnerabilities: 0 } }],
  [" 1.0 is affected by 1 vulnerability", { ...held, version: "1.0", counts: { ...counts, verdicts: { ...verdicts, affected: 1 } } }],
  [
    " 1.0 may be affected by 3 vulnerabilities",
    { ...held, version: "1.0", caution: "x", releases: ["Debian:12"], counts: { ...counts, verdicts: { ...verdicts, affected: 3 } } },
  ],
  [" 1.0 cannot be compared", { ...held, version: "1.0", counts: { ...counts, verdicts: { ...verdicts, cannotCompare: 1 } } }],
  [": nothing found for 1.0", { ...held, version: "1.0", counts: { ...counts, verdicts } }],
  [
    ": cannot say whether 1.0 is affected",
    { ...held, version: "1.0", answer: { ...held.answer, cannotSay: "sample" }, counts: { ...counts, verdicts } },
  ],
  [
    ": cannot say whether 1.0 is affected",
    { ...held, version: "1.0", caution: "no advisory is about the release 99", counts: { ...counts, vulnerabilities: 0, verdicts } },
  ],
];
for (const [expected, given] of cases)
  test(`a package's heading says "linux${expected}"`, () => assert.equal(headingAfterName(given), expected));
