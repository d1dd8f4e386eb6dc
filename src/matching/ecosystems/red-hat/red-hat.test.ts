import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { redHat } from "./red-hat.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.7-16.el9_2", above: false, direct: true, development: false, blocked: false };

test("a purl's package is the one that is installed, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["redhat", "openssl-libs", { distro: "rhel-9.4", upstream: "openssl-3.0.7-6.el9.src.rpm" }, "Red Hat:9.4", "openssl-libs"],
    ["redhat", "bash", { distro: "cpe:/o:redhat:enterprise_linux:9::baseos" }, "Red Hat:cpe:/o:redhat:enterprise_linux:9::baseos", "bash"],
    ["rhel", "bash", {}, "Red Hat", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found },
      `${namespace} ${name}`,
    );
});

test("a release of Enterprise Linux is its repositories, its streams and the products made for it", () => {
  const covers = redHat.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["enterprise_linux:9::appstream", "9.4"],
    ["enterprise_linux:9::baseos", "9"],
    ["enterprise_linux:9", "9.4"],
    ["rhel_aus:8.6::appstream", "8.6"],
    ["rhel_aus:8.6::appstream", "8"],
    ["rhel_aus:8.6::appstream", "rhel_aus:8.6::appstream"],
    ["enterprise_linux:9::baseos", "cpe:/o:redhat:enterprise_linux:9::baseos"],
    ["openshift:4.12::el8", "8.6"],
    ["rhel_software_collections:3::el7", "7.9"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["enterprise_linux:9::appstream", "8.6"],
    ["enterprise_linux:9::appstream", "90"],
    ["rhel_aus:8.6::appstream", "8.4"],
    ["rhel_aus:8.6::appstream", "rhel_tus:8.6::appstream"],
    ["openshift:4.12::el8", "4.12"],
    ["rhel_software_collections:3::el7", "3"],
    ["enterprise_linux:9::appstream", "stream"],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(redHat.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.7-6.el9_2", "3.0.7-16.el9_2", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(redHat.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(redHat.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(redHat.commandsFor({ ...STEP, ...change }), ["dnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(redHat.removalCommands({ name: "evil", direct: undefined }), ["dnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(redHat.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(redHat.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(redHat.commandsFor({ ...STEP, version }), [], version);
});
