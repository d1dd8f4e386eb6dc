import assert from "node:assert/strict";
import { test } from "node:test";

import { statedSnapshot } from "../../tests/support/stated-snapshot.ts";
import { createCommitLookup } from "./commit-lookup.ts";
import { ecosystemOf } from "./ecosystems/ecosystem-of.ts";
import { createMatcher } from "./match.ts";
import { explainMatch } from "./scan/explain-match.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)] as const;

const snapshot: Snapshot = statedSnapshot([
  { id: "GIT-1", affects: { "GIT example.org/x": `=${A}; =v1.0`, x: "introduced 0, fixed 1.0.0" } },
  { id: "GIT-2", affects: { "GIT example.org/y": `=${A}; =${B}` } },
  { id: "NPM-1", affects: { y: `=${B}` } },
]);

test("a commit is found in every repository that an advisory names it for, and only by its whole hash", () => {
  const commits = createCommitLookup(snapshot);
  const idsOf = (commit: string): readonly string[] => commits(commit).map((advisory) => snapshot.advisoryId(advisory));
  assert.deepEqual(idsOf(A), ["GIT-1", "GIT-2"]);
  assert.deepEqual(idsOf(B), ["GIT-2"]);
  for (const text of ["c".repeat(40), A.slice(0, 12), "v1.0", ""]) assert.deepEqual(idsOf(text), [], text);
});

test("a component at a commit is hit by what names both, and never found not to be affected", () => {
  const match = createMatcher(snapshot, ecosystemOf);
  const asked = (name: string, version: string): readonly string[] => {
    const outcome = match({ ecosystem: "npm", name, version });
    assert.equal(outcome.kind, "cannot-compare");
    assert.match("reason" in outcome ? outcome.reason : "", /^it is a commit/);
    return outcome.hits.map(({ advisory }) => snapshot.advisoryId(advisory));
  };
  assert.deepEqual(asked("x", A), ["GIT-1"]);
  assert.deepEqual(asked("x", B), []);
  assert.deepEqual(asked("y", B), ["NPM-1"]);
  // Begins with a digit, so that the order alone would read it as a version.
  assert.deepEqual(asked("x", `1${"e".repeat(39)}`), []);
});

test("the explanation of a commit says the same as the match", () => {
  const component = {
    ref: "x",
    ecosystem: "npm",
    packageType: "npm",
    name: "x",
    version: A,
    purl: undefined,
    place: "here",
    development: false,
  };
  const inventory = { format: "stated", root: undefined, components: [component], dependencies: new Map(), problems: [] };
  const explained = explainMatch(snapshot, ecosystemOf, [{ name: "stated", inventory }], "GIT-1");
  assert.deepEqual(
    explained.map(({ verdict }) => verdict),
    ["affected"],
  );
  const other = { ...inventory, components: [{ ...component, version: B }] };
  assert.deepEqual(
    explainMatch(snapshot, ecosystemOf, [{ name: "stated", inventory: other }], "GIT-1").map(({ verdict }) => verdict),
    ["cannot-compare"],
  );
});
