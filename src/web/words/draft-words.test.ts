import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireDraft, WireDraftRow } from "../../contract/endpoints/drafts.ts";
import { PART_KINDS } from "../../vocabulary/draft-advisory.ts";
import { draftTitle, eventWords, intervalTexts, PART_ORDER, rowTitle, sizeText } from "./draft-words.ts";

const packages = ["a", "b", "c", "d", "e"].map((name) => ({ ecosystem: "npm", name }));
const draft: WireDraft = { id: "1", level: "notice", state: "open", packages };

test("a draft is called by its summary, else by what is coming, as far as its level shows", () => {
  const summary = { id: "2", kind: "summary", level: "fix", body: { text: "A length is trusted" }, writtenAtMs: 0 } as const;
  assert.equal(draftTitle({ ...draft, parts: [summary] }), "A length is trusted");
  assert.equal(draftTitle(draft), "Something is coming for a, b, c and 2 more packages");
  assert.equal(draftTitle({ ...draft, packages: packages.slice(0, 1) }), "Something is coming for a");
  assert.equal(draftTitle({ ...draft, packages: packages.slice(0, 1), state: "abandoned" }), "Nothing is coming for a any more");
  assert.equal(draftTitle({ ...draft, packages: [], advisory: "x_SLUICE-1" }), "Draft x_SLUICE-1");
  const row: WireDraftRow = { id: "1", level: "notice", state: "open", packages: packages.slice(0, 3), packageCount: 9, openedAtMs: 0 };
  assert.equal(rowTitle(row), "Something is coming for a, b, c and 6 more packages");
});

test("ranges are said as intervals, square where the end is inside", () => {
  const events = [
    { kind: "introduced", version: "0" },
    { kind: "fixed", version: "1.3" },
    { kind: "introduced", version: "2.0" },
    { kind: "last_affected", version: "2.4" },
    { kind: "introduced", version: "3.0" },
  ] as const;
  const git = { type: "GIT", repository: "https://git.example/a", events: [{ kind: "introduced", version: "0" }] } as const;
  assert.deepEqual(intervalTexts({ ranges: [{ type: "SEMVER", repository: undefined, events }, git], versions: ["1.9"] }), [
    "[0, 1.3)",
    "[2.0, 2.4]",
    "[3.0, …)",
    "a range over commits",
    "= 1.9",
  ]);
});

test("every kind of part has its place in the order", () => {
  assert.deepEqual(PART_ORDER.toSorted(), PART_KINDS.toSorted());
});

test("an event says what happened, and one of another version still says something", () => {
  const event = (kind: string, details: Readonly<Record<string, unknown>> = {}): string =>
    eventWords({ id: "1", level: "case", kind, details, atMs: 0 });
  assert.equal(event("part-level-changed", { kind: "affected", from: "fix", to: "case" }), "moved from fix to case: affected package");
  assert.equal(event("draft-imported", { document: "X-1", format: "csaf", parts: 3 }), "imported X-1 (CSAF, 3 parts)");
  assert.equal(event("part-written", { kind: "constructor" }), "wrote: a part");
  assert.equal(event("something-new"), "something new");
});

test("sizes carry their unit", () => {
  assert.deepEqual([sizeText(1), sizeText(999), sizeText(4200), sizeText(33_554_432)], ["1 byte", "999 bytes", "4.2 kB", "34 MB"]);
});
