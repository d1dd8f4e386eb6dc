import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { suse } from "./suse.ts";

const STEP: UpgradeStep = {
  name: "openssl",
  version: "3.0.8-150500.5.14.1",
  above: false,
  direct: true,
  development: false,
  blocked: false,
};

test("a purl's package is its source package, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["suse", "libopenssl3", { distro: "sles-15.5", upstream: "openssl-3-3.0.8-150500.5.14.1.src.rpm" }, "SUSE:15.5", "openssl-3"],
    ["sles", "bash", { distro: "SUSE Linux Enterprise Server 15 SP5" }, "SUSE:SUSE Linux Enterprise Server 15 SP5", "bash"],
    ["suse", "bash", {}, "SUSE", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found, source: found === name ? "unstated" : "stated" },
      `${namespace} ${name}`,
    );
});

test("a service pack is one in each of its products", () => {
  const covers = suse.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["Linux Enterprise Server 15 SP5", "15.5"],
    ["Linux Enterprise Module for Basesystem 15 SP5", "15.5"],
    ["Linux Enterprise Server 15 SP4-LTSS", "15.4"],
    ["Linux Enterprise Server 15 SP5", "SUSE Linux Enterprise Server 15 SP5"],
    ["Linux Enterprise Module for Basesystem 15 SP5", "SUSE Linux Enterprise Server 15 SP5"],
    ["Linux Enterprise Server 12", "12"],
    ["Manager Server 4.3", "SUSE Manager Server 4.3"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["Linux Enterprise Server 15 SP5", "15.4"],
    ["Linux Enterprise Server 15 SP5", "15"],
    ["Linux Enterprise Server 12 SP5", "15.5"],
    ["Manager Server 4.3", "4.3.1"],
    ["Linux Enterprise Server 15 SP5", "Manager Server 4.3"],
    ["Linux Enterprise Server 15 SP5", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(suse.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.8-150500.5.11.1", "3.0.8-150500.5.14.1", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(suse.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(suse.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(suse.commandsFor({ ...STEP, ...change }), ["zypper update openssl"], JSON.stringify(change));
  assert.deepEqual(suse.removalCommands({ name: "evil", direct: undefined }), ["zypper remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(suse.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(suse.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(suse.commandsFor({ ...STEP, version }), [], version);
});
