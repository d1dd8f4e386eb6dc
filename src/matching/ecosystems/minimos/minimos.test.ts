import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { minimos } from "./minimos.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.3.0-r8", above: false, direct: true, development: false, blocked: false };

test("a purl's package is itself, whatever it was built from: advisories name what is installed", () => {
  for (const qualifiers of [{}, { upstream: "openssl", distro: "minimos-20230201" }, { arch: "x86_64" }])
    assert.deepEqual(packageOfPurl({ type: "apk", namespace: "minimos", name: "libcrypto3", qualifiers, subpath: undefined }), {
      ecosystem: "MinimOS",
      name: "libcrypto3",
    });
});

test("a change may break where the first number changes", () => {
  assert.equal(minimos.isBreaking("3.1.4-r5", "3.3.0-r8"), false);
  assert.equal(minimos.isBreaking("1.24.3-r0", "2.0-r0"), true);
  assert.equal(minimos.isBreaking("", "2.0-r0"), true);
});

test("there are no prereleases: whatever is published is meant to be installed", () => {
  for (const version of ["1.0_rc1-r0", "1.0_git20240101-r0", ""]) assert.equal(minimos.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(minimos.commandsFor({ ...STEP, ...change }), ["apk upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(minimos.removalCommands({ name: "evil", direct: undefined }), ["apk del evil"]);
});

test("a name or version that is none of apk's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", ".x", "", "a@edge", "a=1"]) {
    assert.deepEqual(minimos.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(minimos.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1"]) assert.deepEqual(minimos.commandsFor({ ...STEP, version }), [], version);
});
