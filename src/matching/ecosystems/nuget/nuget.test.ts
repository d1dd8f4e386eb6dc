import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { nuget } from "./nuget.ts";

const STEP: UpgradeStep = { name: "Newtonsoft.Json", version: "13.0.1", above: false, direct: true, development: false, blocked: false };

test("a name is the same in any case, and is shown as it is written", () => {
  assert.equal(nuget.normaliseName("Newtonsoft.Json"), "newtonsoft.json");
  assert.equal(nuget.normaliseName("NEWTONSOFT.JSON"), nuget.normaliseName("newtonsoft.json"));
  assert.equal(nuget.nameFromPurl(undefined, "Newtonsoft.Json", undefined), "Newtonsoft.Json");
  assert.equal(nuget.purlOf("Newtonsoft.Json"), "pkg:nuget/Newtonsoft.Json");
  assert.equal(nuget.purlOf("a b/(c)"), "pkg:nuget/a%20b%2F%28c%29");
});

test("a change may break where the first number changes, or in 0.x the second", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.10.0", false],
    ["1.2.3", "2.0.0", true],
    ["1.0.0.1", "1.0.0.2", false],
    ["01.2", "1.3", false],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3", true],
    ["0.2", "1.0", true],
    ["1.0-rc.1", "1.0", false],
    ["1.0+a", "1.1+b", false],
    ["latest", "1.0", true],
    ["1.0", "v1.1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(nuget.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release, build metadata or not", () => {
  for (const version of ["1.0-rc", "1.0.0.0-a", "1.0-0+build"]) assert.equal(nuget.isPrerelease(version), true, version);
  for (const version of ["1.0", "1.0+build-a", "", "latest", "1.*-*"]) assert.equal(nuget.isPrerelease(version), false, version);
});

test("one command sets the version, whoever brings the package in", () => {
  for (const change of [
    {},
    { direct: false },
    { direct: undefined },
    { blocked: true },
    { direct: false, blocked: true },
    { development: true },
  ])
    assert.deepEqual(
      nuget.commandsFor({ ...STEP, ...change }),
      ["dotnet add package Newtonsoft.Json --version 13.0.1"],
      JSON.stringify(change),
    );
  assert.deepEqual(nuget.commandsFor({ ...STEP, above: true }), ["dotnet add package Newtonsoft.Json"]);
  assert.deepEqual(nuget.commandsFor({ ...STEP, version: " 13.0.1-beta2+sha " }), [
    "dotnet add package Newtonsoft.Json --version 13.0.1-beta2",
  ]);
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(nuget.removalCommands({ name: "Evil.Package", direct: true }), ["dotnet remove package Evil.Package"]);
  assert.deepEqual(nuget.removalCommands({ name: "Evil.Package", direct: false }), []);
  assert.deepEqual(nuget.removalCommands({ name: "Evil.Package", direct: undefined }), []);
  assert.deepEqual(nuget.removalCommands({ name: "--project", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const names = ["--source", "-s", "../x", "/etc", "a b", "a\nb", "$(id)", "`id`", "a;id", 'a"b', "a'b", "a\u001b[2J", "a/b", ".x", "a..b"];
  for (const name of [...names, "a@1", "é", ""]) assert.deepEqual(nuget.commandsFor({ ...STEP, name }), [], name);
  for (const version of ["", "latest", "1.*", "[1.0]", "1.0;id", "$(id)", '1.0"', "1.0 2", "1.0\n;id", "-1", "9".repeat(5000)]) {
    for (const above of [true, false]) assert.deepEqual(nuget.commandsFor({ ...STEP, version, above }), [], JSON.stringify(version));
  }
});
