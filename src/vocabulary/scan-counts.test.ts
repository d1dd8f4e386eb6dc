import assert from "node:assert/strict";
import { test } from "node:test";
import { type CountedAnswer, scanCounts, type ScanCounts } from "./scan-counts.ts";

const npm = { ecosystem: "npm", components: 10 };
const found = (ecosystem: string, places: readonly string[]) => ({ components: [{ ecosystem, places }] });

test("each component is counted once, under the first word that holds", () => {
  const cases: readonly (readonly [string, Partial<CountedAnswer>, Partial<ScanCounts>])[] = [
    ["nothing at all", {}, {}],
    ["nothing found", { ecosystems: [npm] }, { nothingFound: 10 }],
    ["no evidence", { ecosystems: [{ ...npm, cannotSay: "stale" }] }, { cannotSay: 10 }],
    ["found", { ecosystems: [npm], findings: [found("npm", ["a", "b"])] }, { found: 2, nothingFound: 8 }],
    [
      "found by two findings",
      { ecosystems: [npm], findings: [found("npm", ["a"]), found("npm", ["a", "b"])] },
      { found: 2, nothingFound: 8 },
    ],
    [
      "found on no evidence",
      { ecosystems: [{ ...npm, cannotSay: "sample" }], findings: [found("npm", ["a"])] },
      { found: 1, cannotSay: 9 },
    ],
    [
      "not compared, twice over",
      {
        ecosystems: [npm],
        cannotCompare: [
          { ecosystem: "npm", place: "a" },
          { ecosystem: "npm", place: "a" },
        ],
      },
      { cannotCompare: 1, nothingFound: 9 },
    ],
    [
      "found, and not compared with another advisory",
      { ecosystems: [npm], findings: [found("npm", ["a"])], cannotCompare: [{ ecosystem: "npm", place: "a" }] },
      { found: 1, nothingFound: 9 },
    ],
    [
      "a release suffix",
      {
        ecosystems: [{ ecosystem: "Debian", components: 3 }],
        findings: [found("Debian:12", ["a"])],
        cannotCompare: [{ ecosystem: "Debian:11", place: "b" }],
      },
      { found: 1, cannotCompare: 1, nothingFound: 1 },
    ],
    ["more found than counted", { ecosystems: [{ ecosystem: "npm", components: 1 }], findings: [found("npm", ["a", "b"])] }, { found: 2 }],
    [
      "documents",
      {
        documents: [
          { components: 4, problems: [1] },
          { components: 6, problems: [1, 2] },
        ],
        ecosystems: [npm],
      },
      { components: 10, leftOut: 3, nothingFound: 10 },
    ],
  ];
  const none = { components: 0, found: 0, cannotCompare: 0, cannotSay: 0, nothingFound: 0, leftOut: 0 };
  for (const [title, answer, counts] of cases) {
    const whole = { documents: [], findings: [], cannotCompare: [], ecosystems: [], ...answer };
    assert.deepEqual(scanCounts(whole), { ...none, ...counts }, title);
  }
});
