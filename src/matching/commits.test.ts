import assert from "node:assert/strict";
import { test } from "node:test";

import type { AffectedRange, RangeEvent } from "../vocabulary/advisory.ts";
import { exactCommits, isCommit, repositoryName, whyNoVersions } from "./commits.ts";

const [A, B, C] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)] as const;

test("a commit is a full hash, and nothing that could be a version", () => {
  for (const text of [A, "0123456789abcdef0123456789abcdef01234567", "e".repeat(64)]) assert.equal(isCommit(text), true, text);
  for (const text of ["", "abc", "a".repeat(39), "a".repeat(41), "1".repeat(40), "A".repeat(40), `${A}\n`, `v${A}`, "g".repeat(40)])
    assert.equal(isCommit(text), false, text);
});

test("of a range over commits those are affected for certain that it names as affected", () => {
  const cases: readonly (readonly [readonly (readonly [RangeEvent["kind"], string])[], readonly string[]])[] = [
    [
      [
        ["introduced", A],
        ["fixed", B],
      ],
      [A],
    ],
    [[["introduced", "0"]], []],
    [
      [
        ["introduced", "0"],
        ["last_affected", B],
      ],
      [B],
    ],
    [
      [
        ["introduced", A.toUpperCase()],
        ["introduced", A],
        ["last_affected", C],
      ],
      [A, C],
    ],
    [
      [
        ["introduced", A],
        ["fixed", A],
      ],
      [],
    ],
    [
      [
        ["introduced", A],
        ["limit", A],
      ],
      [],
    ],
    [[["introduced", "abc"]], []],
  ];
  for (const [events, commits] of cases) assert.deepEqual(exactCommits(rangeOf("GIT", events)), commits, JSON.stringify(events));
  assert.deepEqual(exactCommits(rangeOf("SEMVER", [["introduced", A]])), []);
});

test("a repository has one name, however its address is written", () => {
  for (const url of [
    "https://github.com/a/b",
    "https://github.com/a/b.git",
    "http://github.com/a/b/",
    "git://github.com/a/b.git/",
    "github.com/a/b",
    " https://github.com/a/b ",
  ])
    assert.equal(repositoryName(url), "github.com/a/b", url);
  assert.equal(repositoryName("https://github.com/a/b.github.io"), "github.com/a/b.github.io");
  assert.equal(repositoryName(""), "");
});

test("an entry that states commits only says nothing of versions, and says why", () => {
  const git = rangeOf("GIT", [["introduced", "0"]]);
  const entry = { package: undefined, purl: undefined, ranges: [git], versions: [] };
  assert.match(whyNoVersions(entry) ?? "", /commits only/);
  assert.match(whyNoVersions({ ...entry, ranges: [git, rangeOf("SOON", [])] }) ?? "", /not read/);
  assert.equal(whyNoVersions({ ...entry, versions: ["1.0"] }), undefined);
  assert.equal(whyNoVersions({ ...entry, ranges: [] }), undefined);
  assert.equal(whyNoVersions({ ...entry, ranges: [git, rangeOf("ECOSYSTEM", [["introduced", "0"]])] }), undefined);
});

function rangeOf(type: string, events: readonly (readonly [RangeEvent["kind"], string])[]): AffectedRange {
  return { type, repository: undefined, events: events.map(([kind, version]) => ({ kind, version })) };
}
