import assert from "node:assert/strict";
import { test } from "node:test";
import type { PackageName, StatedSeverity } from "../../vocabulary/advisory.ts";
import { judgeSeverities } from "./stated-severities.ts";

const V3_98 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const V3_53 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N";
const V2_75 = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
const V4_93 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

function stated(text: string, named?: PackageName): StatedSeverity {
  const [type = "", score = ""] = text.split(" ");
  return { type, score, package: named };
}

/** `type vector-or-word: score, stated score, !` for a mismatch. */
function judged(...severities: readonly (string | StatedSeverity)[]): readonly string[] {
  return judgeSeverities(severities.map((severity) => (typeof severity === "string" ? stated(severity) : severity))).map(
    ({ type, score, statedScore, mismatch, package: named }) =>
      `${type}${named === undefined ? "" : ` of ${named}`}: ${score ?? "-"} ${statedScore ?? "-"}${mismatch ? " mismatch" : ""}`,
  );
}

test("a vector's score is computed, and the source's own figure stands beside it", () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[`CVSS_V3 ${V3_98}`], ["CVSS_V3: 9.8 -"]],
    [[`CVSS_V3 ${V3_98}`, "SCORE 9.8"], ["CVSS_V3: 9.8 9.8"]],
    [[`CVSS_V3 ${V3_98}`, "SCORE 6.5"], ["CVSS_V3: 9.8 6.5 mismatch"]],
    [
      [`CVSS_V2 ${V2_75}`, `CVSS_V3 ${V3_53}`, "SCORE_V2 7.5", "SCORE_V3 5.4"],
      ["CVSS_V2: 7.5 7.5", "CVSS_V3: 5.3 5.4 mismatch"],
    ],
    [
      [`CVSS_V3 ${V3_98}`, `CVSS_V4 ${V4_93}`, "SCORE 9.3"],
      ["CVSS_V3: 9.8 -", "CVSS_V4: 9.3 9.3"],
    ],
    [["SCORE 6.5"], ["SCORE: - 6.5"]],
    [
      [`CVSS_V3 ${V3_98}`, "SCORE_V2 5"],
      ["CVSS_V3: 9.8 -", "SCORE_V2: - 5"],
    ],
    [["CVSS_V3 CVSS:3.1/AV:N", "SCORE 6.5"], ["CVSS_V3: - 6.5"]],
    [["Ubuntu medium"], ["Ubuntu: - -"]],
  ];
  for (const [severities, expected] of cases) assert.deepEqual(judged(...severities), expected, severities.join(" + "));
});

test("a word is out of line when it is the word of no vector's score", () => {
  const cases: readonly (readonly [readonly string[], boolean])[] = [
    [[`CVSS_V3 ${V3_98}`, "RATING CRITICAL"], false],
    [[`CVSS_V3 ${V3_98}`, "RATING high"], true],
    [[`CVSS_V3 ${V3_53}`, "RATING MODERATE"], false],
    [[`CVSS_V3 ${V3_53}`, "RATING LOW"], true],
    [[`CVSS_V3 ${V3_53}`, `CVSS_V4 ${V4_93}`, "RATING critical"], false],
    [[`CVSS_V3 ${V3_53}`, `CVSS_V4 ${V4_93}`, "RATING low"], true],
    [["RATING LOW"], false],
    [["CVSS_V3 nonsense", "RATING LOW"], false],
    [[`CVSS_V3 ${V3_98}`, "RATING untriaged"], false],
  ];
  for (const [severities, mismatch] of cases)
    assert.equal(judgeSeverities(severities.map((text) => stated(text))).at(-1)?.mismatch, mismatch, severities.join(" + "));
});

test("what is stated for one package is not held against another", () => {
  const [a, b] = [
    { ecosystem: "npm", name: "a" },
    { ecosystem: "npm", name: "b" },
  ];
  assert.deepEqual(judged(stated(`CVSS_V3 ${V3_98}`, a), stated("RATING LOW", b), stated("SCORE 1", b)), [
    "CVSS_V3 of a: 9.8 -",
    "RATING of b: - -",
    "SCORE of b: - 1",
  ]);
  assert.deepEqual(judged(stated(`CVSS_V3 ${V3_98}`), stated("RATING LOW", b)), ["CVSS_V3: 9.8 -", "RATING of b: - - mismatch"]);
});
