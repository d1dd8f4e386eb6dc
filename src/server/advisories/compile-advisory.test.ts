import assert from "node:assert/strict";
import { test } from "node:test";

import type { AffectedPackage, RangeEvent } from "../../vocabulary/advisory.ts";
import { compilePackages } from "./compile-advisory.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)] as const;

function git(
  repository: string | undefined,
  ...events: readonly (readonly [RangeEvent["kind"], string])[]
): AffectedPackage["ranges"][number] {
  return { type: "GIT", repository, events: events.map(([kind, version]) => ({ kind, version })) };
}

function stated(entry: Partial<AffectedPackage>): readonly (readonly unknown[])[] {
  return compilePackages([{ package: undefined, purl: undefined, ranges: [], versions: [], ...entry }]).map(
    ({ ecosystem, name, scheme, compiled }) => [ecosystem, name, scheme, compiled.texts, compiled.setAside.map(({ reason }) => reason)],
  );
}

const COMMITS_ONLY = "it states commits only, and which versions hold them only the repository's history tells";

test("an entry without a package is its repository's, with the commits that it names as affected and the tags that it lists", () => {
  assert.deepEqual(stated({ ranges: [git("https://example.org/x.git", ["introduced", A], ["fixed", B])], versions: ["v1.0"] }), [
    ["GIT", "example.org/x", undefined, [A, "v1.0"], []],
  ]);
  assert.deepEqual(stated({ ranges: [git("https://example.org/x", ["introduced", "0"], ["fixed", B])] }), [
    ["GIT", "example.org/x", undefined, [], [COMMITS_ONLY]],
  ]);
});

test("ranges of several repositories are told apart, and one repository's are put together", () => {
  const ranges = [
    git("https://example.org/x", ["introduced", A]),
    git("https://example.org/y", ["introduced", B]),
    git("http://example.org/x.git", ["introduced", B]),
  ];
  assert.deepEqual(stated({ ranges, versions: ["v1"] }), [
    ["GIT", "example.org/x", undefined, [A, B, "v1"], []],
    ["GIT", "example.org/y", undefined, [B, "v1"], []],
  ]);
});

test("a package keeps its own versions, and its repository has the commits alone", () => {
  const package_ = { ecosystem: "npm", name: "x" };
  assert.deepEqual(stated({ package: package_, ranges: [git("https://example.org/x", ["introduced", A])], versions: ["1.0.0", "odd"] }), [
    ["GIT", "example.org/x", undefined, [A], []],
    ["npm", "x", "semver", ["odd"], []],
  ]);
  assert.deepEqual(stated({ package: package_, ranges: [git("https://example.org/x", ["introduced", "0"])] }), [
    ["npm", "x", "semver", [], [COMMITS_ONLY]],
  ]);
});

test("a range over commits of no repository names none", () => {
  assert.deepEqual(stated({ ranges: [git(undefined, ["introduced", A])] }), []);
  assert.deepEqual(stated({ ranges: [git(" / ", ["introduced", A])] }), []);
});
