import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { debian } from "./debian.ts";

const STEP: UpgradeStep = { name: "openssl", version: "3.0.13-1~deb12u1", above: false, direct: true, development: false, blocked: false };

test("a purl's package is its source package, at the source's version where that is another", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ["libssl3", { upstream: "openssl", distro: "debian-12" }, { ecosystem: "Debian:12", name: "openssl", source: "stated" }],
    [
      "bsdutils",
      { upstream: "util-linux@2.38.1-5+deb12u3", distro: "debian-12" },
      { ecosystem: "Debian:12", name: "util-linux", version: "2.38.1-5+deb12u3", source: "stated" },
    ],
    ["libssl3", { source: "openssl" }, { ecosystem: "Debian", name: "openssl", source: "stated" }],
    ["curl", { arch: "amd64", distro: "bookworm" }, { ecosystem: "Debian:12", name: "curl", source: "unstated" }],
    ["curl", { upstream: "", distro: "sid" }, { ecosystem: "Debian:sid", name: "curl", source: "unstated" }],
    ["curl", { arch: "source", distro: "bookworm" }, { ecosystem: "Debian:12", name: "curl" }],
    ["curl", { upstream: "two words" }, { ecosystem: "Debian", name: "curl", source: "unstated" }],
  ];
  for (const [name, qualifiers, expected] of cases)
    assert.deepEqual(packageOfPurl({ type: "deb", namespace: "debian", name, qualifiers, subpath: undefined }), expected, name);
});

test("a release is one by its number, its point release and its code name", () => {
  const covers = debian.releases?.covers ?? assert.fail("Debian has releases");
  for (const asked of ["12", "12.5", "bookworm", "debian-12", "Bookworm"]) assert.equal(covers("12", asked), true, asked);
  for (const asked of ["1", "11", "sid", "1.2", ""]) assert.equal(covers("12", asked), false, asked);
  assert.equal(covers("3.1", "sarge"), true);
  assert.equal(covers("3.1", "3.0"), false);
});

test("a change may break where the epoch or the first number of the upstream version changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.0.11-1~deb12u1", "3.0.13-1~deb12u1", false],
    ["1:2.30.2-1", "1:2.30.2-1+deb11u2", false],
    ["1:2.30.2-1", "2:2.30.2-1", true],
    ["102.15.0esr-1", "115.3.0esr-1", true],
    ["0:1.0", "1.1", false],
    ["01.0", "1.1", false],
    ["rc1", "1.0", true],
    ["1.0", "", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(debian.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a release has no prereleases: a tilde is how its updates are numbered", () => {
  for (const version of ["1.0~rc1-1", "1.0-1~deb12u1", "1.0-1~bpo12+1", ""]) assert.equal(debian.isPrerelease(version), false, version);
});

test("what is installed of a source package is upgraded, whatever its binary packages are called", () => {
  const line = "apt-get install --only-upgrade '?installed?source-package(^openssl$)'";
  for (const change of [{}, { above: true }, { direct: false }, { direct: undefined }, { blocked: true }])
    assert.deepEqual(debian.commandsFor({ ...STEP, ...change }), [line], JSON.stringify(change));
  assert.deepEqual(debian.commandsFor({ ...STEP, name: "gtk+3.0" }), [
    String.raw`apt-get install --only-upgrade '?installed?source-package(^gtk\+3\.0$)'`,
  ]);
  assert.deepEqual(debian.removalCommands({ name: "evil", direct: undefined }), ["apt-get purge '?installed?source-package(^evil$)'"]);
});

test("a name or version that is none of Debian's gets no command", () => {
  for (const name of ["--all", "-y", "../x", "a b", "a'b", "$(id)", "A", "a\nb", "é", "", "a|b", "a)"]) {
    assert.deepEqual(debian.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(debian.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "1 0", "a:1", "1.0\u001b"]) assert.deepEqual(debian.commandsFor({ ...STEP, version }), [], version);
});
