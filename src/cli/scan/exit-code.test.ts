import assert from "node:assert/strict";
import { test } from "node:test";
import { statedAnswer, statedEcosystem, statedFinding } from "../../../tests/support/stated-answer.ts";
import type { CannotCompare, Finding, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { exitCodeOf, FAIL_ON, type FailOn, hasUnknown } from "./exit-code.ts";

const unreadable = [{ place: "x.json", reason: "expected JSON" }];
const cannotCompare: readonly CannotCompare[] = [
  { ecosystem: "npm", name: "a", version: "latest", place: "p", reason: "no order", advisories: [] },
];
const leftOut = [{ name: "l", format: "f", components: 1, problems: [{ place: "components[3]", reason: "no name" }] }];

test("unread goes before found, found before unknown, and unknown before nothing", () => {
  const findings = [statedFinding("A")];
  const cases: readonly (readonly [Partial<ScanAnswer>, number, number])[] = [
    [{}, 0, 0],
    [{ ecosystems: [statedEcosystem({ cannotSay: "sample" })] }, 3, 0],
    [{ ecosystems: [statedEcosystem(), statedEcosystem({ ecosystem: "Maven", cannotSay: "no-scheme" })] }, 3, 0],
    [{ cannotCompare }, 3, 0],
    [{ documents: leftOut }, 3, 0],
    [{ findings }, 1, 1],
    [{ findings, cannotCompare, documents: leftOut, ecosystems: [statedEcosystem({ cannotSay: "stale" })] }, 1, 1],
    [{ unreadable }, 2, 2],
    [{ unreadable, findings }, 2, 2],
    [{ unreadable, documents: [], ecosystems: [] }, 2, 2],
    [{ documents: [], ecosystems: [] }, 0, 0],
  ];
  for (const [stated, code, allowed] of cases) {
    const answer = statedAnswer(stated);
    assert.equal(exitCodeOf(answer, { failOn: "any", allowUnknown: false }), code, JSON.stringify(stated));
    assert.equal(exitCodeOf(answer, { failOn: "any", allowUnknown: true }), allowed, `${JSON.stringify(stated)}, unknown allowed`);
    assert.equal(hasUnknown(answer), code === 3 || stated.cannotCompare !== undefined, JSON.stringify(stated));
  }
});

const draft = { draft: "d", advisory: "x_SLUICE-1", publicAt: undefined };
const nothingStaged = { findings: [], notices: [], cannotCompare: [] };

test("what is not public yet counts as found where it affects something, not as a notice, and is never low", () => {
  const finding = { ...draft, title: "t", components: [], patches: [] };
  const notice = { ...draft, ecosystem: "npm", name: "a", places: [] };
  const aside = { ...notice, version: "x", reason: "no order" };
  const cases: readonly (readonly [ScanAnswer["staged"], number])[] = [
    [undefined, 0],
    [nothingStaged, 0],
    [{ ...nothingStaged, notices: [notice] }, 0],
    [{ ...nothingStaged, cannotCompare: [aside] }, 3],
    [{ ...nothingStaged, findings: [finding], cannotCompare: [aside] }, 1],
  ];
  for (const [staged, code] of cases) {
    const answer = statedAnswer(staged === undefined ? {} : { staged });
    assert.equal(exitCodeOf(answer, { failOn: "any", allowUnknown: false }), code, JSON.stringify(staged));
  }
  const found = statedAnswer({ staged: { ...nothingStaged, findings: [finding] } });
  const failing = FAIL_ON.filter((failOn) => exitCodeOf(found, { failOn, allowUnknown: false }) === 1);
  assert.deepEqual(failing, ["any", "low", "medium", "high"]);
});

test("--fail-on lets pass what is below it; exploited, malware and unscored are never low", () => {
  const cases: readonly (readonly [Partial<Finding>, readonly FailOn[]])[] = [
    [{ score: 0 }, ["any"]],
    [{ score: 0.1 }, ["any", "low"]],
    [{ score: 3.9 }, ["any", "low"]],
    [{ score: 4 }, ["any", "low", "medium"]],
    [{ score: 6.9 }, ["any", "low", "medium"]],
    [{ score: 7 }, ["any", "low", "medium", "high"]],
    [{ score: 8.9 }, ["any", "low", "medium", "high"]],
    [{ score: 9 }, ["any", "low", "medium", "high", "critical"]],
    [{ score: undefined }, ["any", "low", "medium", "high"]],
    [{ score: 2, exploited: true }, FAIL_ON],
    [{ score: undefined, kind: "malware" }, FAIL_ON],
  ];
  for (const [stated, failing] of cases) {
    const answer = statedAnswer({ findings: [statedFinding("A", stated)] });
    assert.deepEqual(
      FAIL_ON.filter((failOn) => exitCodeOf(answer, { failOn, allowUnknown: false }) === 1),
      failing,
      JSON.stringify(stated),
    );
  }
});

test("findings that do not fail still leave what is unknown unknown", () => {
  const answer = statedAnswer({ findings: [statedFinding("A", { score: 2 })], cannotCompare });
  assert.equal(exitCodeOf(answer, { failOn: "high", allowUnknown: false }), 3);
  assert.equal(exitCodeOf(answer, { failOn: "high", allowUnknown: true }), 0);
});
