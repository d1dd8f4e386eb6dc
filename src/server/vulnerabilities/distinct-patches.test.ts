import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctPatches } from "./distinct-patches.ts";
import type { PatchRow } from "./vulnerability-store.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";

function patch(advisory: string, kind: PatchRow["kind"], value: string, name: string | null = null): PatchRow {
  return { advisory_id: advisory, kind, value, ecosystem: name === null ? null : "npm", name };
}

function distinct(patches: readonly PatchRow[], inForce: readonly string[] = patches.map((one) => one.advisory_id)): readonly string[] {
  return distinctPatches(patches, new Set(inForce)).map(({ advisory_id, kind, value, name }) =>
    [advisory_id, kind, name, value].filter((part) => part !== null).join(" "),
  );
}

test("a patch that several sources name stands once, in the name of the best known statement in force", () => {
  const fixes = [
    patch("x_A-1", "fixed-version", "1.0.0", "pad"),
    patch("GHSA-1", "fixed-version", "1.0.0", "pad"),
    patch("CVE-1", "fixed-version", "1.0.0", "pad"),
  ];
  assert.deepEqual(distinct(fixes), ["CVE-1 fixed-version pad 1.0.0"]);
  assert.deepEqual(distinct(fixes, ["x_A-1", "GHSA-1"]), ["GHSA-1 fixed-version pad 1.0.0"]);
  assert.deepEqual(distinct([...fixes, patch("x_A-1", "fixed-version", "1.0.0", "padding")]), [
    "CVE-1 fixed-version pad 1.0.0",
    "x_A-1 fixed-version padding 1.0.0",
  ]);
});

test("one commit is one patch, however a range or a reference spells it", () => {
  const spellings = [
    `https://github.com/Acme/pad@${HASH}`,
    `https://github.com/acme/pad.git@${HASH}`,
    `https://github.com/acme/pad/commit/${HASH}`,
    `https://www.github.com/acme/pad/commits/${HASH.slice(0, 12)}`,
    `git://github.com/acme/pad.git@${HASH}`,
  ];
  assert.deepEqual(distinct(spellings.map((value) => patch("GHSA-1", "commit", value))), [
    `GHSA-1 commit https://github.com/acme/pad/commit/${HASH}`,
  ]);
  const others = [
    `https://github.com/acme/other/commit/${HASH}`,
    `https://github.com/acme/pad/commit/${HASH.replace("0", "f")}`,
    "https://example.org/a-patch",
  ];
  assert.equal(distinct([...spellings, ...others].map((value) => patch("GHSA-1", "commit", value))).length, 4);
});

test("fixed versions come first, then commits, then pull requests", () => {
  const mixed = [
    patch("GHSA-1", "pull-request", "https://github.com/a/b/pull/1"),
    patch("GHSA-1", "commit", `https://github.com/a/b/commit/${HASH}`),
    patch("x_B-1", "fixed-version", "2.0.0", "b"),
  ];
  assert.deepEqual(
    distinct(mixed).map((text) => text.split(" ")[1]),
    ["fixed-version", "commit", "pull-request"],
  );
});
