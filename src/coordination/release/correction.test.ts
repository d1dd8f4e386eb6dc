import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AskedCorrection, mayCorrect, mayWithdraw, type StandingAdvisory } from "./correction.ts";

const advisory: StandingAdvisory = {
  state: "published",
  isWithdrawn: false,
  parts: [
    { part: "s", kind: "summary", level: "fix", revision: 2 },
    { part: "a", kind: "affected", level: "fix", revision: 1 },
    { part: "kept", kind: "details", level: "case", revision: 1 },
    { part: "n", kind: "notice", level: "notice", revision: 1 },
    { part: "b", kind: "build", level: "build", revision: 1 },
  ],
};
const nothing: AskedCorrection = { written: [], changed: [], removed: [] };

const cases: readonly {
  readonly what: string;
  readonly asked?: Partial<AskedCorrection>;
  readonly standing?: Partial<StandingAdvisory>;
  readonly why?: RegExp;
}[] = [
  { what: "a published part may be changed", asked: { changed: [{ part: "s", kind: "summary", revision: 2 }] } },
  { what: "a published part may be removed", asked: { removed: [{ part: "s", revision: 2 }] } },
  { what: "a part may be added", asked: { written: [{ kind: "reference" }] } },
  { what: "nothing is no correction", asked: {}, why: /nothing would be corrected/ },
  { what: "research stays what it is", asked: { written: [{ kind: "research" }] }, why: /kinds that are published, a research is not/ },
  { what: "a notice has done its work", asked: { written: [{ kind: "notice" }] }, why: /a notice is not/ },
  { what: "a notice is not taken back", asked: { removed: [{ part: "n", revision: 1 }] }, why: /parts that are published/ },
  {
    what: "what was kept back is not corrected",
    asked: { changed: [{ part: "kept", kind: "details", revision: 1 }] },
    why: /parts that are published/,
  },
  { what: "a build part is not removed", asked: { removed: [{ part: "b", revision: 1 }] }, why: /parts that are published/ },
  { what: "what is not there is not removed", asked: { removed: [{ part: "x", revision: 1 }] }, why: /removed meanwhile/ },
  { what: "somebody was faster", asked: { removed: [{ part: "s", revision: 1 }] }, why: /Revision 2 of the summary was written meanwhile/ },
  {
    what: "a part stays of its kind",
    asked: { changed: [{ part: "s", kind: "details", revision: 2 }] },
    why: /Expected summary, which this part is/,
  },
  {
    what: "a part is named once",
    asked: { changed: [{ part: "s", kind: "summary", revision: 2 }], removed: [{ part: "s", revision: 2 }] },
    why: /each part once/,
  },
  { what: "what affects nothing any more is withdrawn", asked: { removed: [{ part: "a", revision: 1 }] }, why: /Withdraw the advisory/ },
  { what: "one range may take another's place", asked: { removed: [{ part: "a", revision: 1 }], written: [{ kind: "affected" }] } },
  {
    what: "what never affected a package may be corrected",
    standing: { parts: [{ part: "s", kind: "summary", level: "fix", revision: 1 }] },
    asked: { removed: [{ part: "s", revision: 1 }] },
  },
  {
    what: "an open draft is written, not corrected",
    standing: { state: "open" },
    asked: { written: [{ kind: "alias" }] },
    why: /this one is open/,
  },
  {
    what: "an abandoned draft stays as it was",
    standing: { state: "abandoned" },
    asked: { written: [{ kind: "alias" }] },
    why: /this one is abandoned/,
  },
  { what: "what is withdrawn stays so", standing: { isWithdrawn: true }, asked: { written: [{ kind: "alias" }] }, why: /is withdrawn/ },
];

describe("a correction of a published advisory", () => {
  for (const { what, asked, standing, why } of cases) {
    it(what, () => {
      const move = mayCorrect({ ...advisory, ...standing }, { ...nothing, ...asked });
      if (why === undefined) assert.deepEqual(move, { allowed: true });
      else assert.match(move.allowed ? "allowed" : move.why, why);
    });
  }
});

describe("a withdrawal", () => {
  for (const [standing, allowed] of [
    [{ state: "published", isWithdrawn: false }, true],
    [{ state: "published", isWithdrawn: true }, false],
    [{ state: "open", isWithdrawn: false }, false],
    [{ state: "abandoned", isWithdrawn: false }, false],
  ] as const) {
    it(`of what is ${standing.state}${standing.isWithdrawn ? " and withdrawn" : ""} is ${allowed ? "allowed" : "refused"}`, () =>
      assert.equal(mayWithdraw(standing).allowed, allowed));
  }
});
