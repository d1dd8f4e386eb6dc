import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { azureLinux } from "./azure-linux.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.3.0-2.azl3", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["azure-linux", "openssl-libs", { distro: "azure-linux-3", upstream: "openssl-3.3.0-1.azl3.src.rpm" }, "Azure Linux:3", "openssl"],
    ["azurelinux", "bash", { distro: "azurelinux-3.0" }, "Azure Linux:3", "bash"],
    ["mariner", "bash", { distro: "mariner-2.0" }, "Azure Linux:2", "bash"],
    ["cbl-mariner", "bash", {}, "Azure Linux", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found, source: found === name ? "unstated" : "stated" },
      `${namespace} ${name}`,
    );
});

test("a minor release belongs to its major one", () => {
  const covers = azureLinux.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["3", "3"],
    ["3", "3.0"],
    ["2", "2.0.20240101"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["3", "2"],
    ["3", "30"],
    ["3", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(azureLinux.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.3.0-1.azl3", "3.3.0-2.azl3", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(azureLinux.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(azureLinux.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(azureLinux.commandsFor({ ...STEP, ...change }), ["tdnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(azureLinux.removalCommands({ name: "evil", direct: undefined }), ["tdnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(azureLinux.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(azureLinux.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(azureLinux.commandsFor({ ...STEP, version }), [], version);
});
