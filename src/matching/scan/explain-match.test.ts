import assert from "node:assert/strict";
import { test } from "node:test";
import { projectOf } from "../../../tests/support/stated-project.ts";
import { statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { explainMatch, type MatchExplanation } from "./explain-match.ts";

test("what decides is said of each version, as the record says it", () => {
  const cases: readonly (readonly [string, string, MatchExplanation["verdict"], string])[] = [
    ["introduced 0, fixed 1.0.0", "0.5.0", "affected", "introduced 0 is at or below it, and it lies before fixed 1.0.0"],
    ["introduced 0, fixed 1.0.0", "1.0.0", "not-affected", "fixed 1.0.0 is at or below it"],
    ["introduced 2.0.0, fixed 3.0.0", "1.0.0", "not-affected", "it lies before introduced 2.0.0"],
    ["introduced 2.0.0", "2.0.0", "affected", "introduced 2.0.0 is at or below it, and nothing ends it"],
    ["introduced 0, last_affected 1.2.0", "1.2.0", "affected", "introduced 0 is at or below it, and 1.2.0 is the last affected"],
    ["introduced 0, last_affected 1.2.0", "1.2.1", "not-affected", "it lies above last_affected 1.2.0"],
    ["introduced 0, limit 2.0.0", "2.0.0", "not-affected", "limit 2.0.0 is at or below it"],
    ["introduced 0, fixed 1.0.0; introduced 2.0.0, fixed 2.5.0", "1.5.0", "not-affected", "fixed 1.0.0 is at or below it"],
    ["introduced 0, fixed 1.0.0; introduced 2.0.0, fixed 2.5.0", "9.0.0", "not-affected", "fixed 2.5.0 is at or below it"],
    ["=1.2.0", "1.2", "affected", "the record lists 1.2.0"],
    ["=1.2.0", "1.3.0", "not-affected", "it is not among the listed versions; the nearest below is 1.2.0"],
    ["=1.2.0", "1.0.0", "not-affected", "it is not among the listed versions; the nearest above is 1.2.0"],
    ["=nightly", "nightly", "affected", 'the record lists exactly "nightly"'],
    ["=nightly", "1.0.0", "not-affected", "it is not among the listed versions"],
    ["introduced 0", "latest", "cannot-compare", "expected a digit at the start, or after a leading v"],
    [
      "introduced 0, fixed unknown",
      "1.0.0",
      "cannot-compare",
      'fixed "unknown" has no place in the order: expected a digit at the start, or after a leading v',
    ],
    ["introduced 0, fixed unknown; introduced 5.0.0", "6.0.0", "affected", "introduced 5.0.0 is at or below it, and nothing ends it"],
  ];
  for (const [range, version, verdict, decidedBy] of cases) {
    const [explained, ...others] = explain(range, version);
    assert.deepEqual([others.length, explained?.verdict, explained?.decidedBy], [0, verdict, decidedBy], `${version} in ${range}`);
  }
});

test("a component without a version cannot be compared, and that is the reason", () => {
  const [explained] = explain("introduced 0", undefined);
  assert.deepEqual(
    [explained?.verdict, explained?.decidedBy, explained?.key, explained?.intervals[0]?.holds],
    ["cannot-compare", "the document does not say which version", undefined, false],
  );
});

test("key, intervals, record and place can be checked by hand", () => {
  assert.deepEqual(explain("introduced 0, fixed 1.0.0; introduced 2.0.0-rc.1", "0.9"), [
    {
      ecosystem: "npm",
      name: "a",
      version: "0.9",
      place: "package-lock.json: node_modules/a",
      verdict: "affected",
      decidedBy: "introduced 0 is at or below it, and it lies before fixed 1.0.0",
      advisory: "GHSA-1",
      modified: "2026-11-01T00:00:00Z",
      source: "https://feed.example/",
      scheme: "semver",
      key: "20 29 20 10",
      intervals: [
        { text: "[2.0.0-rc.1, ∞)", lo: "22 20 20 02 b0 72 63 00 21 01", hi: "ff ff", holds: false },
        { text: "[0, 1.0.0)", lo: "", hi: "21 20 20 10", holds: true },
      ],
    },
  ]);
});

test("an id finds its vulnerability under every name it goes by, and only in packages that it names", () => {
  const snapshot = statedSnapshot([
    {
      id: "GHSA-1",
      vulnerability: "v1",
      vulnerabilityIds: ["CVE-2026-1", "GHSA-1", "OTHER-1"],
      affects: { a: "introduced 0, fixed 2.0.0" },
    },
    {
      id: "OTHER-1",
      vulnerability: "v1",
      vulnerabilityIds: ["CVE-2026-1", "GHSA-1", "OTHER-1"],
      affects: { a: "introduced 0, fixed 1.0.0" },
    },
    { id: "GHSA-2", affects: { a: "introduced 0", b: "introduced 0" } },
  ]);
  const inventory = projectOf({ installed: { a: "1.5.0", b: "1.0.0", c: "1.0.0" } });
  const ask = (id: string): readonly string[] =>
    explainMatch(snapshot, ecosystemOf, [{ name: "l", inventory }], id).map(
      ({ advisory, name, verdict }) => `${advisory} ${name} ${verdict}`,
    );
  const both = ["GHSA-1 a affected", "OTHER-1 a not-affected"];
  assert.deepEqual(["CVE-2026-1", "GHSA-1", "OTHER-1", "v1"].map(ask), [both, both, both, both]);
  assert.deepEqual(ask("GHSA-2"), ["GHSA-2 a affected", "GHSA-2 b affected"]);
  assert.deepEqual(["GHSA-3", "", "ghsa-1"].map(ask), [[], [], []]);
});

function explain(range: string, version: string | undefined): readonly MatchExplanation[] {
  const inventory = projectOf({ installed: { a: version ?? { needs: {} } } });
  const snapshot = statedSnapshot([{ id: "GHSA-1", affects: { a: range } }]);
  return explainMatch(snapshot, ecosystemOf, [{ name: "package-lock.json", inventory }], "GHSA-1");
}
