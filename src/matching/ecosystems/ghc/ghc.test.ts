import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { ghc } from "./ghc.ts";

const STEP: UpgradeStep = { name: "ghc", version: "9.6.6", above: false, direct: true, development: false, blocked: false };

test("no purl names GHC or a part of it", () => {
  assert.equal(ghc.purlOf("ghc"), undefined);
});

test("a change may break where it leads into another series", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["9.6.5", "9.6.6", false],
    ["9.6.6-rc1", "9.6.6", false],
    ["9.6.6", "9.8.3", true],
    ["8.10.7", "9.10.1", true],
    ["6.0", "6.0.1", false],
    ["9", "9.2.1", true],
    ["", "9.2.1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(ghc.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("alphas and release candidates are prereleases", () => {
  for (const version of ["9.10.1-alpha1", "7.0.1-rc2"]) assert.equal(ghc.isPrerelease(version), true, version);
  for (const version of ["9.10.1", "6.0", "", "latest-rc1"]) assert.equal(ghc.isPrerelease(version), false, version);
});

test("nothing is told of requirements: nothing states any", () => {
  assert.equal(ghc.admits(">= 9.6", "9.6.6"), undefined);
});

test("a compiler is installed beside the others and made the one in use", () => {
  for (const change of [{}, { direct: false }, { blocked: true }, { name: "rts" }])
    assert.deepEqual(ghc.commandsFor({ ...STEP, ...change }), ["ghcup install ghc 9.6.6", "ghcup set ghc 9.6.6"], JSON.stringify(change));
  for (const change of [{ above: true }, { version: "9.10.1-alpha1" }, { version: "9.6" }, { version: "9.6.6;id" }, { version: "" }])
    assert.deepEqual(ghc.commandsFor({ ...STEP, ...change }), [], JSON.stringify(change));
  assert.deepEqual(ghc.removalCommands({ name: "ghc", direct: true }), []);
});
