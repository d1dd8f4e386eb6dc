import assert from "node:assert/strict";
import { test } from "node:test";

import { leavesCaretRange, orderOfParts, parseSemver, semverText, type SemverParts } from "./semver-parts.ts";

test("a version in SemVer's own grammar has three numbers and perhaps a prerelease", () => {
  const cases: readonly (readonly [string, readonly number[], string | undefined])[] = [
    ["1.2.3", [1, 2, 3], undefined],
    ["0.0.0", [0, 0, 0], undefined],
    ["1.2.3-rc.1", [1, 2, 3], "rc.1"],
    ["1.2.3-0", [1, 2, 3], "0"],
    ["1.2.3--a-", [1, 2, 3], "-a-"],
    ["1.2.3-0a.1+build.01", [1, 2, 3], "0a.1"],
    ["1.2.3+build", [1, 2, 3], undefined],
  ];
  for (const [text, numbers, prerelease] of cases) {
    const parts = parseSemver(text);
    assert.deepEqual(parts, { numbers, prerelease }, text);
    assert.equal(semverText(parsed(text)), text.replace(/\+.*/, ""));
  }
});

test("whatever is short of SemVer's grammar is not read", () => {
  for (const text of ["", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", " 1.2.3", "1.2.3\n"])
    assert.equal(parseSemver(text), undefined, text);
  assert.equal(parseSemver("9007199254740992.0.0"), undefined);
  assert.equal(parseSemver(`1.0.0-${"a.".repeat(200_000)}!`), undefined);
});

test("parts are ordered as their versions are", () => {
  assert.equal(orderOfParts(parsed("1.0.0-rc.2"), parsed("1.0.0-rc.10")), "<");
  assert.equal(orderOfParts(parsed("1.0.0"), parsed("1.0.0-rc.10")), ">");
  assert.equal(orderOfParts(parsed("1.0.0+a"), parsed("1.0.0+b")), "=");
});

test("a change leaves the caret range where the first number that is not 0, or one before it, changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.2.3", "1.2.3", true],
    ["0.0.3", "0.0.4", true],
    ["0.0.0", "0.0.0", false],
    ["1.0.0-rc.1", "1.0.0", false],
  ];
  for (const [from, to, expected] of cases) assert.equal(leavesCaretRange(parsed(from), parsed(to)), expected, `${from} to ${to}`);
  assert.equal(leavesCaretRange(undefined, parsed("1.0.0")), true);
  assert.equal(leavesCaretRange(parsed("1.0.0"), undefined), true);
});

function parsed(text: string): SemverParts {
  const parts = parseSemver(text);
  assert.ok(parts !== undefined, text);
  return parts;
}
