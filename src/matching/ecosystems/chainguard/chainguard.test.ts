import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { chainguard } from "./chainguard.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.3.0-r8", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its origin, and the day of an image is no release", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["libcrypto3", { upstream: "openssl", distro: "chainguard-20230201" }, "openssl"],
    ["libcrypto3", { source: "openssl" }, "openssl"],
    ["openssl", { distro: "20230201" }, "openssl"],
  ];
  for (const [name, qualifiers, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "apk", namespace: "chainguard", name, qualifiers, subpath: undefined }),
      { ecosystem: "Chainguard", name: found, source: found === name ? "unstated" : "stated" },
      name,
    );
});

test("a change may break where the first number changes", () => {
  assert.equal(chainguard.isBreaking("3.1.4-r5", "3.3.0-r8"), false);
  assert.equal(chainguard.isBreaking("1.24.3-r0", "2.0-r0"), true);
  assert.equal(chainguard.isBreaking("", "2.0-r0"), true);
});

test("there are no prereleases: whatever is published is meant to be installed", () => {
  for (const version of ["1.0_rc1-r0", "1.0_git20240101-r0", ""]) assert.equal(chainguard.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(chainguard.commandsFor({ ...STEP, ...change }), ["apk upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(chainguard.removalCommands({ name: "evil", direct: undefined }), ["apk del evil"]);
});

test("a name or version that is none of apk's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", ".x", "", "a@edge", "a=1"]) {
    assert.deepEqual(chainguard.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(chainguard.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1"]) assert.deepEqual(chainguard.commandsFor({ ...STEP, version }), [], version);
});
