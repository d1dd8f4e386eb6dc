import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { mageia } from "./mageia.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.10-1.mga9", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, of the release that the purl names", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, string])[] = [
    ["mageia", "lib64openssl3", { distro: "mageia-9", upstream: "openssl-3.0.9-1.mga9.src.rpm" }, "Mageia:9", "openssl"],
    ["mageia", "bash", {}, "Mageia", "bash"],
  ];
  for (const [namespace, name, qualifiers, ecosystem, found] of cases)
    assert.deepEqual(
      packageOfPurl({ type: "rpm", namespace, name, qualifiers, subpath: undefined }),
      { ecosystem, name: found, source: found === name ? "unstated" : "stated" },
      `${namespace} ${name}`,
    );
});

test("a release is one by its number", () => {
  const covers = mageia.releases?.covers ?? assert.fail("it has releases");
  const same: readonly (readonly [string, string])[] = [
    ["9", "9"],
    ["9", "9.0"],
  ];
  for (const [stated, asked] of same) assert.equal(covers(stated, asked), true, `${stated} and ${asked}`);
  const other: readonly (readonly [string, string])[] = [
    ["9", "8"],
    ["9", "cauldron"],
    ["9", ""],
  ];
  for (const [stated, asked] of other) assert.equal(covers(stated, asked), false, `${stated} and ${asked}`);
  assert.equal(mageia.releases?.whenUnknown, "every-release");
});

test("a change may break where the epoch or the first number of the version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.9-1.mga9", "3.0.10-1.mga9", false],
    ["0:1.2-1", "1.3-1", false],
    ["1.2-1", "2.0-1", true],
    ["1:1.2-1", "2:1.2-1", true],
    ["latest", "1.2-1", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(mageia.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases", () => {
  for (const version of ["1.0~rc1-1", "1.0^git1-1", ""]) assert.equal(mageia.isPrerelease(version), false, version);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(mageia.commandsFor({ ...STEP, ...change }), ["dnf upgrade openssl"], JSON.stringify(change));
  assert.deepEqual(mageia.removalCommands({ name: "evil", direct: undefined }), ["dnf remove evil"]);
});

test("a name or version that is none of rpm's gets no command", () => {
  for (const name of ["--all", "-y", "a b", "a'b", "$(id)", "*", "../x", ".x", "a\n", "é", ""]) {
    assert.deepEqual(mageia.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(mageia.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1:", "-1", "1\0"]) assert.deepEqual(mageia.commandsFor({ ...STEP, version }), [], version);
});
