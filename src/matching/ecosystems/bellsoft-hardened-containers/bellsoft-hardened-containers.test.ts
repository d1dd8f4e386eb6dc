import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { bellsoftHardenedContainers } from "./bellsoft-hardened-containers.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.3.0-r8", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its origin, of the release that it names", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    [
      "libcrypto3",
      { upstream: "openssl", distro: "bellsoft-hardened-containers-23" },
      { ecosystem: "BellSoft Hardened Containers:23", name: "openssl", source: "stated" },
    ],
    [
      "libcrypto3",
      { source: "openssl", distro: "stream" },
      { ecosystem: "BellSoft Hardened Containers:stream", name: "openssl", source: "stated" },
    ],
    [
      "openssl",
      { distro: "bellsoft-hardened-containers-stream" },
      { ecosystem: "BellSoft Hardened Containers:stream", name: "openssl", source: "unstated" },
    ],
    ["openssl", {}, { ecosystem: "BellSoft Hardened Containers", name: "openssl", source: "unstated" }],
  ];
  for (const [name, qualifiers, expected] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "apk", namespace: "bellsoft-hardened-containers", name, qualifiers, subpath: undefined }),
      expected,
      JSON.stringify(qualifiers),
    );
});

test("a release is the same under its own id only", () => {
  const covers = bellsoftHardenedContainers.releases?.covers ?? assert.fail("it has releases");
  assert.equal(covers("23", "23"), true);
  for (const asked of ["25", "stream", "2", ""]) assert.equal(covers("23", asked), false, asked);
});

test("a change may break where the first number changes", () => {
  assert.equal(bellsoftHardenedContainers.isBreaking("3.1.4-r5", "3.3.0-r8"), false);
  assert.equal(bellsoftHardenedContainers.isBreaking("1.24.3-r0", "2.0-r0"), true);
  assert.equal(bellsoftHardenedContainers.isBreaking("", "2.0-r0"), true);
});

test("there are no prereleases: whatever is published is meant to be installed", () => {
  for (const version of ["1.0_rc1-r0", "1.0_git20240101-r0", ""])
    assert.equal(bellsoftHardenedContainers.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(bellsoftHardenedContainers.commandsFor({ ...STEP, ...change }), ["apk upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(bellsoftHardenedContainers.removalCommands({ name: "evil", direct: undefined }), ["apk del evil"]);
});

test("a name or version that is none of apk's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", ".x", "", "a@edge", "a=1"]) {
    assert.deepEqual(bellsoftHardenedContainers.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(bellsoftHardenedContainers.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "v1"]) assert.deepEqual(bellsoftHardenedContainers.commandsFor({ ...STEP, version }), [], version);
});
