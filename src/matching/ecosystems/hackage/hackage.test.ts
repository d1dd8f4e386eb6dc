import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { hackage } from "./hackage.ts";

const STEP: UpgradeStep = { name: "aeson", version: "2.0.1.0", above: false, direct: true, development: false, blocked: false };

test("names stand as they are: case matters", () => {
  for (const name of ["Cabal", "aeson", "3d-graphics-examples"]) {
    assert.equal(hackage.normaliseName(name), name);
    assert.equal(hackage.purlOf(name), `pkg:hackage/${name}`);
    assert.equal(hackage.nameFromPurl(undefined, name, undefined), name);
  }
});

test("a change may break where one of the first two numbers changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["2.0.1.0", "2.0.2.0", false],
    ["2.0.1.0", "2.1.0.0", true],
    ["2.0.1.0", "3.0", true],
    ["1", "1.0.1", false],
    ["0.3.1", "0.3.2", false],
    ["02.0", "2.0.1", false],
    ["latest", "1.0", true],
    ["1.0", "", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(hackage.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("Hackage has no prereleases", () => {
  for (const version of ["0.0.0.1", "2.0", "1.0-rc1", ""]) assert.equal(hackage.isPrerelease(version), false, version);
});

test("each kind of change has its lines, and what another package shuts out has none", () => {
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, ["# cabal.project: constraints: aeson >=2.0.1.0", "cabal build all"]],
    [{ direct: false }, ["# cabal.project: constraints: aeson >=2.0.1.0", "cabal build all"]],
    [{ above: true }, ["# cabal.project: constraints: aeson >2.0.1.0", "cabal build all"]],
    [{ blocked: true }, ["# the package's .cabal file: build-depends: aeson >=2.0.1.0", "cabal build all"]],
    [{ blocked: true, direct: false }, []],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(hackage.commandsFor({ ...STEP, ...change }), lines, JSON.stringify(change));
  assert.deepEqual(hackage.removalCommands({ name: "evil", direct: true }), [
    "# the package's .cabal file: build-depends without evil",
    "cabal build all",
  ]);
  assert.deepEqual(hackage.removalCommands({ name: "evil", direct: undefined }), []);
});

test("a name or version that is none of Hackage's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", "a-1", "1", "-a", "a-", "a--b", "a_b", "é", ""]) {
    assert.deepEqual(hackage.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(hackage.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1", "1.0-1", "1.0;id"]) assert.deepEqual(hackage.commandsFor({ ...STEP, version }), [], version);
  assert.deepEqual(hackage.commandsFor({ ...STEP, name: `${"a-".repeat(100_000)}1` }), []);
});
