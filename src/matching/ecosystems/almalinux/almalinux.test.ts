import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { almalinux } from "./almalinux.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.7-16.el9_2", above: false, direct: true, development: false, blocked: false };

test("a purl's package is the one that is installed, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["almalinux", "openssl-libs", { distro: "almalinux-9.4", upstream: "openssl-3.0.7-6.el9.src.rpm" }, "AlmaLinux:9", "openssl-libs"],
    ["alma", "bash", { distro: "alma-8.8" }, "AlmaLinux:8", "bash"],
    ["almalinux", "bash", {}, "AlmaLinux", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found },
      `${namespace} ${name}`,
    );
});

test("a minor release belongs to its major one", () => {
  const covers = almalinux.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["9", "9"],
    ["9", "9.4"],
    ["10", "10.0"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["9", "8"],
    ["9", "90"],
    ["1", "10.0"],
    ["9", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(almalinux.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.7-6.el9_2", "3.0.7-16.el9_2", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(almalinux.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(almalinux.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(almalinux.commandsFor({ ...STEP, ...change }), ["dnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(almalinux.removalCommands({ name: "evil", direct: undefined }), ["dnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(almalinux.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(almalinux.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(almalinux.commandsFor({ ...STEP, version }), [], version);
});
