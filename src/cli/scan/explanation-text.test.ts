import assert from "node:assert/strict";
import { test } from "node:test";
import { projectOf } from "../../../tests/support/stated-project.ts";
import { statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { explainMatch, type MatchExplanation } from "../../matching/scan/explain-match.ts";
import { colours } from "../colours.ts";
import { explanationText } from "./explanation-text.ts";

const plain = colours({ isTTY: false });

test("each component has its verdict, the event that decided, the record, the key and the intervals", () => {
  const explanations = explain({ a: "0.9", "b > a": "1.5.0" }, "introduced 0, fixed 1.0.0; introduced 2.0.0");
  assert.equal(
    explanationText("GHSA-1", explanations, plain),
    `a 0.9: affected, because introduced 0 is at or below it, and it lies before fixed 1.0.0
  place     package-lock.json: node_modules/a
  advisory  GHSA-1, modified 2026-11-01T00:00:00Z, from https://feed.example/
  key       20 29 20 10 (semver)
  in        [0, 1.0.0)   start ≤ key < 21 20 20 10
  not in    [2.0.0, ∞)   22 20 20 10 ≤ key < ff ff

a 1.5.0: not affected, because fixed 1.0.0 is at or below it
  place     package-lock.json: node_modules/b/node_modules/a
  advisory  GHSA-1, modified 2026-11-01T00:00:00Z, from https://feed.example/
  key       21 25 20 10 (semver)
  not in    [2.0.0, ∞)   22 20 20 10 ≤ key < ff ff
  not in    [0, 1.0.0)   start ≤ key < 21 20 20 10
`,
  );
});

test("a version without a key has none to show", () => {
  const shown = explanationText("GHSA-1", explain({ a: "latest" }, "introduced 0"), plain);
  assert.match(shown, /^a latest: cannot compare, because expected a digit/);
  assert.match(shown, /^ {2}key {7}none \(semver\)$/m);
});

test("that a version is not in an interval is said of none that was not compared", () => {
  const shown = explanationText("GHSA-1", explain({ a: "latest" }, "introduced 0, fixed 1.0.0"), plain);
  assert.match(shown, /^ {2}range {5}\[0, 1\.0\.0\) /m);
  assert.doesNotMatch(shown, /not in/);
});

test("the same explanation of several places is given once, with the first of them", () => {
  const installed = Object.fromEntries(["a", ..."bcdefgh"].map((name) => [name === "a" ? "a" : `${name} > a`, "1.5.0"]));
  const shown = explanationText("GHSA-1", explain(installed, "introduced 0, fixed 1.0.0"), plain);
  assert.equal(shown.match(/^a 1\.5\.0: not affected/gm)?.length, 1);
  assert.equal(shown.match(/^ {2}place /gm)?.length, 5);
  assert.match(shown, /^ {12}and 3 more$/m);
});

test("of many intervals those that decide come first, and the others are counted", () => {
  const range = Array.from({ length: 40 }, (_, index) => `introduced ${index}.0.0, fixed ${index}.5.0`).join("; ");
  const shown = explanationText("GHSA-1", explain({ a: "1.2.0" }, range), plain);
  assert.match(shown, /\(semver\)\n {2}in {8}\[1\.0\.0, 1\.5\.0\)/);
  assert.match(shown, /^ {12}and 20 more$/m);
});

test("an id that names nothing here is no clean bill", () => {
  assert.equal(
    explanationText("CVE-1\u001b[2J\n", [], plain),
    "No component here is of a package that CVE-1\uFFFD[2J\uFFFD names in this data. That is no word on packages or ids it does not know\n",
  );
});

test("what comes from outside stays on its line, without codes of its own", () => {
  const shown = explanationText("X", explain({ a: "1.0.0\u001b[31m\nb 1.0.0: not affected" }, "introduced 0"), plain);
  // oxlint-disable-next-line no-control-regex -- escapes are what must not be there
  assert.doesNotMatch(shown, /\u001b|^b 1\.0\.0/m);
});

function explain(installed: Readonly<Record<string, string>>, range: string): readonly MatchExplanation[] {
  const snapshot = statedSnapshot([{ id: "GHSA-1", affects: { a: range } }]);
  return explainMatch(snapshot, ecosystemOf, [{ name: "package-lock.json", inventory: projectOf({ installed }) }], "GHSA-1");
}
