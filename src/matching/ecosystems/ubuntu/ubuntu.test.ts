import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { ubuntu } from "./ubuntu.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.2-0ubuntu1.15", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, with the release by number or by code name", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ["libssl3", { upstream: "openssl", distro: "ubuntu-22.04" }, { ecosystem: "Ubuntu:22.04", name: "openssl", source: "stated" }],
    [
      "libssl3",
      { upstream: "openssl@3.0", distro: "jammy" },
      { ecosystem: "Ubuntu:22.04", name: "openssl", version: "3.0", source: "stated" },
    ],
    ["linux", { arch: "source", distro: "esm-infra-legacy/trusty" }, { ecosystem: "Ubuntu:14.04", name: "linux" }],
    ["curl", {}, { ecosystem: "Ubuntu", name: "curl", source: "unstated" }],
  ];
  for (const [name, qualifiers, expected] of cases)
    assert.deepEqual(packageOfPurl({ type: "deb", namespace: "ubuntu", name, qualifiers, subpath: undefined }), expected, name);
});

test("a release's variants are one release for lookup", () => {
  const covers = ubuntu.releases?.covers ?? assert.fail("Ubuntu has releases");
  for (const stated of ["22.04", "22.04:LTS", "Pro:22.04:LTS", "Pro:FIPS:22.04:LTS", "Pro:FIPS-updates:22.04:LTS"]) {
    for (const asked of ["22.04", "22.04:LTS", "Pro:22.04:LTS", "jammy", "22.04.3"]) assert.equal(covers(stated, asked), true, stated);
    for (const asked of ["20.04", "22.10", "noble", "LTS", ""]) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  }
});

test("a change may break where the epoch or the first number of the upstream version changes", () => {
  assert.equal(ubuntu.isBreaking("3.0.2-0ubuntu1", "3.0.2-0ubuntu1.15"), false);
  assert.equal(ubuntu.isBreaking("1.1.1f-1ubuntu2", "3.0.2-0ubuntu1"), true);
  assert.equal(ubuntu.isBreaking("", "1"), true);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-0ubuntu1", "5.15.0-91.101~20.04.1", ""]) assert.equal(ubuntu.isPrerelease(version), false, version);
});

test("what is installed of a source package is upgraded or taken out", () => {
  const line = "apt-get install --only-upgrade '?installed?source-package(^openssl$)'";
  for (const change of [{}, { above: true }, { direct: false }, { blocked: true }])
    assert.deepEqual(ubuntu.commandsFor({ ...STEP, ...change }), [line], JSON.stringify(change));
  assert.deepEqual(ubuntu.removalCommands({ name: "evil", direct: true }), ["apt-get purge '?installed?source-package(^evil$)'"]);
});

test("a name or version that is none of Ubuntu's gets no command", () => {
  for (const name of ["--all", "a b", "a'b", "$(id)", "A", ""]) assert.deepEqual(ubuntu.commandsFor({ ...STEP, name }), [], name);
  for (const version of ["", "1 0", "a:1"]) assert.deepEqual(ubuntu.commandsFor({ ...STEP, version }), [], version);
});
