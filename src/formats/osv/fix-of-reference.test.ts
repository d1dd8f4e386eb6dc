import assert from "node:assert/strict";
import { test } from "node:test";
import { fixOfReference } from "./fix-of-reference.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";

test("a commit or pull request is recognised on every forge, without suffix, query and fragment", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [`https://github.com/o/r/commit/${sha}`, "commit", `https://github.com/o/r/commit/${sha}`],
    [`https://github.com/o/r/commit/${sha}.patch`, "commit", `https://github.com/o/r/commit/${sha}`],
    [`https://github.com/o/r/commit/${sha.slice(0, 7)}#diff-1`, "commit", `https://github.com/o/r/commit/${sha.slice(0, 7)}`],
    [`https://gitlab.com/o/sub/r/-/commit/${sha}?x=1`, "commit", `https://gitlab.com/o/sub/r/-/commit/${sha}`],
    [`https://bitbucket.org/o/r/commits/${sha}`, "commit", `https://bitbucket.org/o/r/commits/${sha}`],
    [`https://x.googlesource.com/r/+/${sha}^!/`, "commit", `https://x.googlesource.com/r/+/${sha}`],
    [`https://git.example/r.git/commit/?h=v1&id=${sha}`, "commit", `https://git.example/r.git/commit/?h=v1&id=${sha}`],
    [`https://git.example/?p=r.git;a=commit;h=${sha}`, "commit", `https://git.example/?p=r.git;a=commit;h=${sha}`],
    ["https://github.com/o/r/pull/7", "pull-request", "https://github.com/o/r/pull/7"],
    ["https://github.com/o/r/pull/7/files#r1", "pull-request", "https://github.com/o/r/pull/7"],
    [`https://github.com/o/r/pull/7/commits/${sha}`, "pull-request", "https://github.com/o/r/pull/7"],
    ["https://codeberg.org/o/r/pulls/7", "pull-request", "https://codeberg.org/o/r/pulls/7"],
    ["https://gitlab.com/o/r/-/merge_requests/7/diffs", "pull-request", "https://gitlab.com/o/r/-/merge_requests/7"],
    ["https://bitbucket.org/o/r/pull-requests/7", "pull-request", "https://bitbucket.org/o/r/pull-requests/7"],
    ["https://review.example/c/team/r/+/1234/5", "pull-request", "https://review.example/c/team/r/+/1234"],
    ["https://go.dev/cl/12345", "pull-request", "https://go.dev/cl/12345"],
  ];
  for (const [written, kind, url] of cases) assert.deepEqual(fixOfReference({ type: "FIX", url: written }), { kind, url }, written);
});

test("what only looks like a patch is none", () => {
  for (const url of [
    "https://github.com/o/r/commits/main",
    "https://github.com/o/r/pulls",
    "https://github.com/o/r/pull/new",
    `https://github.com/o/r/blob/${sha}/index.js`,
    "https://github.com/o/r/commit/xyz",
    `https://github.com/o/r/commit/${sha}${sha}`,
    `javascript:alert("https://github.com/o/r/commit/${sha}")`,
    `https://github.com/commit/${sha}`,
    "",
  ]) {
    assert.equal(fixOfReference({ type: "FIX", url }), undefined, url);
  }
});

test("only a reference that may be the fix counts", () => {
  const url = `https://github.com/o/r/commit/${sha}`;
  assert.equal(fixOfReference({ type: "WEB", url })?.kind, "commit");
  for (const type of ["INTRODUCED", "EVIDENCE", "REPORT", "DISCUSSION", "ADVISORY"]) assert.equal(fixOfReference({ type, url }), undefined);
});
