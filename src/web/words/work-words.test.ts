import assert from "node:assert/strict";
import { test } from "node:test";
import { WORK_KINDS } from "../../contract/endpoints/work.ts";
import { comingWords, groupOf, workHeading, workWords } from "./work-words.ts";

const now = Date.UTC(2026, 10, 25);
const hours = (count: number): number => now + count * 3_600_000;

test("every kind of work says what it is and why it is here, without please, exclamation or a missing name", () => {
  for (const kind of WORK_KINDS) {
    const { what, why } = workWords({ kind, id: "x" });
    assert.ok(what.length > 5 && why.endsWith("."), kind);
    assert.doesNotMatch(`${what} ${why}`, /please|!|undefined/i, kind);
  }
});

test("a row leads to where it can be done", () => {
  const draft = { id: "d1", title: "Heap overflow" };
  assert.deepEqual(workWords({ kind: "consent", id: "x", draft, who: "Corvid" }), {
    what: "Agree to a changed release plan?",
    second: "Heap overflow",
    why: "Corvid proposes it. The running plan binds until all have answered.",
    to: "/drafts/d1/release-plan",
  });
  assert.equal(workWords({ kind: "setup-mail", id: "x" }).to, undefined);
  assert.equal(workWords({ kind: "delivery-failed", id: "x", count: 21 }).what, "More than 20 deliveries failed");
});

for (const [kind, dueMs, expected] of [
  ["consent", undefined, "now"],
  ["invitation", undefined, "week"],
  ["invitation", hours(24), "now"],
  ["invitation", hours(24 * 13), "week"],
  ["token-ends", hours(24 * 6), "week"],
  ["token-ends", hours(24 * 8), "later"],
  ["setup-mail", undefined, "later"],
] as const) {
  test(`${kind} due ${dueMs === undefined ? "never" : `in ${(dueMs - now) / 3_600_000} h`} belongs to ${expected}`, () => {
    assert.equal(groupOf({ kind, id: "x", ...(dueMs === undefined ? {} : { dueMs }) }, now), expected);
  });
}

test("the heading counts, and says so when nothing waits", () => {
  assert.equal(workHeading(0, false), "Nothing waits for you");
  assert.equal(workHeading(1, false), "1 thing waits for you");
  assert.equal(workHeading(14, true), "14 things wait for the desk");
});

test("a day of the strip names the thing, what happens and to whom", () => {
  assert.deepEqual(
    comingWords({
      id: "s",
      kind: "opens",
      atMs: now,
      draft: { id: "d1", title: "halyard" },
      circle: { id: "c", name: "Operators" },
      level: "fix",
    }),
    { what: "halyard: fix to Operators", to: "/drafts/d1" },
  );
});
