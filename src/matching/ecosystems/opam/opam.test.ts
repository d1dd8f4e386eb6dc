import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { opam } from "./opam.ts";

const STEP: UpgradeStep = { name: "lwt", version: "5.6.0", above: false, direct: true, development: false, blocked: false };

test("names stand as they are: case matters", () => {
  for (const name of ["lwt", "ocaml-base-compiler", "conf-openssl", "GT"]) {
    assert.equal(opam.normaliseName(name), name);
    assert.equal(opam.purlOf(name), `pkg:opam/${name}`);
    assert.equal(opam.nameFromPurl(undefined, name, undefined), name);
  }
});

test("a change may break where the first number changes, and in 0.x where the second does", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["5.5.0", "5.6.0", false],
    ["5.6.0", "6.0.0", true],
    ["v0.15.1", "v0.16.0", true],
    ["v0.16.0", "0.16.3", false],
    ["1", "1.2", false],
    ["base", "1.0", true],
    ["1.0", "", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(opam.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a tilde makes a prerelease", () => {
  for (const version of ["5.0.0~beta1", "1.0~"]) assert.equal(opam.isPrerelease(version), true, version);
  for (const version of ["5.0.0", "1.0-1", "", "~ "]) assert.equal(opam.isPrerelease(version), false, version);
});

test("each kind of change has its lines, and what another package shuts out has none", () => {
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, ["opam install lwt.5.6.0"]],
    [{ direct: false }, ["opam install lwt.5.6.0"]],
    [{ above: true }, ['opam install "lwt>5.6.0"']],
    [{ blocked: true }, [`# the package's .opam file: depends: "lwt" {>= "5.6.0"}`, "opam install . --deps-only"]],
    [{ blocked: true, above: true }, [`# the package's .opam file: depends: "lwt" {> "5.6.0"}`, "opam install . --deps-only"]],
    [{ blocked: true, direct: false }, []],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(opam.commandsFor({ ...STEP, ...change }), lines, JSON.stringify(change));
  assert.deepEqual(opam.removalCommands({ name: "evil", direct: undefined }), ["opam remove evil"]);
});

test("a name or version that is none of opam's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", 'a"b', "$(id)", "a.b", "1", "é", ""]) {
    assert.deepEqual(opam.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(opam.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1 0", "1:0", "1.0;id", "$(id)", "--flag", "~1"])
    assert.deepEqual(opam.commandsFor({ ...STEP, version }), [], version);
});
