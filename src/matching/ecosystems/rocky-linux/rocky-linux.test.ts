import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { rockyLinux } from "./rocky-linux.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.7-16.el9_2", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["rocky-linux", "openssl-libs", { distro: "rocky-linux-9", upstream: "openssl-3.0.7-6.el9.src.rpm" }, "Rocky Linux:9", "openssl"],
    ["rocky", "bash", { distro: "rocky-8.8" }, "Rocky Linux:8", "bash"],
    ["rocky", "bash", {}, "Rocky Linux", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found, source: found === name ? "unstated" : "stated" },
      `${namespace} ${name}`,
    );
});

test("a minor release belongs to its major one", () => {
  const covers = rockyLinux.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["9", "9"],
    ["9", "9.4"],
    ["8", "8.10"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["9", "8"],
    ["9", "90"],
    ["9", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(rockyLinux.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.7-6.el9_2", "3.0.7-16.el9_2", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(rockyLinux.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(rockyLinux.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(rockyLinux.commandsFor({ ...STEP, ...change }), ["dnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(rockyLinux.removalCommands({ name: "evil", direct: undefined }), ["dnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(rockyLinux.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(rockyLinux.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(rockyLinux.commandsFor({ ...STEP, version }), [], version);
});
