import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { openeuler } from "./openeuler.ts";

const STEP: UpgradeStep = {
  name: "openssl",
  version: "1.1.1m-25.oe2203sp1",
  above: false,
  direct: true,
  development: false,
  blocked: false,
};

test("a purl's package is its source package, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    [
      "openeuler",
      "openssl-libs",
      { distro: "22.03-LTS-SP1", upstream: "openssl-1.1.1m-15.oe2203sp1.src.rpm" },
      "openEuler:22.03-LTS-SP1",
      "openssl",
    ],
    ["openeuler", "bash", { distro: "openEuler 22.03 (LTS-SP1)" }, "openEuler:22.03-LTS-SP1", "bash"],
    ["openeuler", "bash", { distro: "openeuler-22.03" }, "openEuler:22.03", "bash"],
    ["openeuler", "bash", {}, "openEuler", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found, source: found === name ? "unstated" : "stated" },
      `${namespace} ${name}`,
    );
});

test("a release is one with its service pack, and a number alone is each of its service packs", () => {
  const covers = openeuler.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["22.03-LTS-SP1", "22.03-LTS-SP1"],
    ["22.03-LTS-SP1", "openEuler 22.03 (LTS-SP1)"],
    ["22.03-LTS-SP1", "openEuler-22.03-LTS-SP1"],
    ["22.03-LTS-SP1", "22.03"],
    ["22.03-LTS", "22.03"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["22.03-LTS-SP1", "22.03-LTS"],
    ["22.03-LTS-SP1", "22.03-LTS-SP2"],
    ["22.03-LTS-SP1", "22.0"],
    ["22.03-LTS-SP1", "24.03"],
    ["22.03-LTS-SP1", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(openeuler.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.1.1m-15.oe2203sp1", "1.1.1m-25.oe2203sp1", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(openeuler.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(openeuler.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(openeuler.commandsFor({ ...STEP, ...change }), ["dnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(openeuler.removalCommands({ name: "evil", direct: undefined }), ["dnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(openeuler.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(openeuler.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(openeuler.commandsFor({ ...STEP, version }), [], version);
});
