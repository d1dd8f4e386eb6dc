import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { alpine } from "./alpine.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.1.4-r6", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its origin, with the branch that the point release belongs to", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ["libcrypto3", { upstream: "openssl", distro: "alpine-3.18.4" }, { ecosystem: "Alpine:v3.18", name: "openssl", source: "stated" }],
    ["ssl_client", { upstream: "busybox@1.36", distro: "v3.19" }, { ecosystem: "Alpine:v3.19", name: "busybox", source: "stated" }],
    ["musl", { distro: "alpine-edge" }, { ecosystem: "Alpine:edge", name: "musl", source: "unstated" }],
    ["musl", {}, { ecosystem: "Alpine", name: "musl", source: "unstated" }],
  ];
  for (const [name, qualifiers, expected] of cases)
    assert.deepEqual(packageOfPurl({ type: "apk", namespace: "alpine", name, qualifiers, subpath: undefined }), expected, name);
});

test("a branch is one with and without its v", () => {
  const covers = alpine.releases?.covers ?? assert.fail("Alpine has releases");
  for (const asked of ["v3.18", "3.18", "3.18.4"]) assert.equal(covers("v3.18", asked), true, asked);
  for (const asked of ["v3.1", "v3.180", "edge", "3", ""]) assert.equal(covers("v3.18", asked), false, asked);
});

test("a change may break where the first number changes", () => {
  assert.equal(alpine.isBreaking("3.1.4-r5", "3.1.4-r6"), false);
  assert.equal(alpine.isBreaking("3.1.4-r5", "3.2.0-r0"), false);
  assert.equal(alpine.isBreaking("1.1.1w-r0", "3.1.4-r0"), true);
  assert.equal(alpine.isBreaking("latest", "3.1.4-r0"), true);
});

test("a branch has no prereleases", () => {
  for (const version of ["1.0_rc1-r0", "1.2.4_git20230717-r4", ""]) assert.equal(alpine.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(alpine.commandsFor({ ...STEP, ...change }), ["apk upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(alpine.removalCommands({ name: "evil", direct: undefined }), ["apk del evil"]);
});

test("a name or version that is none of Alpine's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", ".x", "", "a@edge", "a=1"]) {
    assert.deepEqual(alpine.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(alpine.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1"]) assert.deepEqual(alpine.commandsFor({ ...STEP, version }), [], version);
});
