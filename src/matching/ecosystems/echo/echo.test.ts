import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { echo } from "./echo.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.13-e1", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, at the source's version where that is another", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ["libssl3", { upstream: "openssl", distro: "echo-1" }, { ecosystem: "Echo", name: "openssl", source: "stated" }],
    ["bsdutils", { upstream: "util-linux@2.38-e1" }, { ecosystem: "Echo", name: "util-linux", version: "2.38-e1", source: "stated" }],
    ["curl", {}, { ecosystem: "Echo", name: "curl", source: "unstated" }],
  ];
  for (const [name, qualifiers, expected] of cases)
    assert.deepEqual(packageOfPurl({ type: "deb", namespace: "echo", name, qualifiers, subpath: undefined }), expected, name);
});

test("a change may break where the epoch or the first number of the upstream version changes", () => {
  assert.equal(echo.isBreaking("5.4.13-e0", "5.4.13-e1"), false);
  assert.equal(echo.isBreaking("5.4.13-e1", "6.0-e0"), true);
  assert.equal(echo.isBreaking("1.0", "1:1.0"), true);
  assert.equal(echo.isBreaking("1.0", ""), true);
});

test("there are no prereleases", () => {
  for (const version of ["1.0~rc1-e1", "1.0-e1", ""]) assert.equal(echo.isPrerelease(version), false, version);
});

test("what is installed of a source package is upgraded, whatever its binary packages are called", () => {
  const line = "apt-get install --only-upgrade '?installed?source-package(^openssl$)'";
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(echo.commandsFor({ ...STEP, ...change }), [line], JSON.stringify(change));
  assert.deepEqual(echo.removalCommands({ name: "evil", direct: undefined }), ["apt-get purge '?installed?source-package(^evil$)'"]);
});

test("a name or version that is none of Debian's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", "A", "é", ""]) {
    assert.deepEqual(echo.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(echo.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1 0", "a:1"]) assert.deepEqual(echo.commandsFor({ ...STEP, version }), [], version);
});
