import assert from "node:assert/strict";
import { test } from "node:test";

import { isForGroupsOnly } from "./group-marker.ts";

test("a marker is for groups only where each alternative needs a group that is not installed by default", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["'dev' in dependency_groups", true],
    ['"dev" in dependency_groups', true],
    ["'dev' in dependency_groups or 'docs' in dependency_groups", true],
    ["python_version >= '3.9' and 'dev' in dependency_groups", true],
    ["('dev' in dependency_groups or 'docs' in dependency_groups) and sys_platform == 'win32'", true],
    ["'main' in dependency_groups", false],
    ["'main' in dependency_groups or 'dev' in dependency_groups", false],
    ["'dev' in dependency_groups or sys_platform == 'win32'", false],
    ["'dev' in dependency_groups or 'x' in extras", false],
    ["'dev' in dependency_groups and (os_name == 'nt' or os_name == 'posix')", false],
    ["'dev' not in dependency_groups", false],
    ["'this-or-that' in dependency_groups", false],
    ["platform_version == 'a or b' and 'dev' in dependency_groups", true],
    ["os_name == 'dev in dependency_groups'", false],
    ["'' in dependency_groups", false],
    ["sys_platform == 'win32'", false],
    ["", false],
  ];
  for (const [marker, expected] of cases) assert.equal(isForGroupsOnly(marker, new Set(["main"])), expected, marker);
});

test("a marker of any length is read in the time of its length", () => {
  for (const part of ["'", '"', "'' in ", "or ", "'a' in dependency_groups or ", " "]) {
    assert.doesNotThrow(() => isForGroupsOnly(part.repeat(200_000), new Set()));
  }
});
