import assert from "node:assert/strict";
import { test } from "node:test";

import { readOrderings } from "../../../tests/support/orderings.ts";
import { allEcosystems, ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { encodeVersion, orderOf } from "../versions/encode-version.ts";
import { MAX_KEY_BYTES } from "../versions/key-writer.ts";
import { withPatchNumber } from "./patch-number.ts";
import { isRebuilder, rebuilders } from "./rebuilds.ts";

test("what follows the colon decides the order, and without it there is none", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["TuxCare:npm", "semver"],
    ["TuxCare:Alpine:v3.16", "apk3"],
    ["TuxCare:Red Hat", "rpm"],
    ["TuxCare:PyPI", "pep440"],
    ["TuxCare", undefined],
    ["TuxCare:", undefined],
    ["TuxCare:9", undefined],
    ["TuxCare:TuxCare:npm", undefined],
    ["TuxCare:Photon OS", undefined],
    ["Docker Hardened Images:Alpine:3.23", "apk3"],
    ["Docker Hardened Images:Debian:trixie", "dpkg"],
    ["Docker Hardened Images:npm", undefined],
    ["Docker Hardened Images", undefined],
    ["Root:Alpine:3.18", "apk3+root"],
    ["Root:Debian:12", "dpkg+root"],
    ["Root:Ubuntu:22.04", "dpkg+root"],
    ["Root:npm", "semver+root"],
    ["Root:PyPI", "pep440"],
    ["Root", undefined],
    ["Echo", "dpkg"],
    ["Echo:npm", "semver+echo"],
    ["Echo:PyPI", "pep440"],
    ["Echo:PyPi", "pep440"],
    ["Echo:Go", undefined],
    ["Root:__proto__", undefined],
    ["Root:constructor", undefined],
  ];
  for (const [name, scheme] of cases) assert.equal(ecosystemOf(name)?.scheme.id, scheme, name);
});

test("a rebuilt ecosystem is the same object however often it is asked for, whatever the release", () => {
  assert.equal(ecosystemOf("Root:Alpine:3.18"), ecosystemOf("Root:Alpine:3.19"));
  assert.equal(ecosystemOf("Root:Debian:12")?.scheme, ecosystemOf("Root:Ubuntu:22.04")?.scheme);
});

test("versions with the vendor's patches stand between the version that was patched and the next", () => {
  const ascending: Readonly<Record<string, readonly string[]>> = {
    "Echo:npm": ["1.2.3-rc.1", "1.2.3", "1.2.3+echo.1", "1.2.3+echo.2", "1.2.3+echo.10", "1.2.4-0", "1.2.4"],
    "Echo:PyPI": ["1.2.3rc1", "1.2.3", "1.2.3+echo.1", "1.2.3+echo.2", "1.2.3+echo.10", "1.2.4"],
    "Root:npm": ["1.0.0", "1.0.0.root.io.1", "1.0.0.root.io.5", "1.0.1"],
    "Root:PyPI": ["1.0.0rc1", "1.0.0", "1.0.0+root.io.1", "1.0.0+root.io.5", "1.9.9", "2.0.0"],
    "Root:Alpine:3.18": ["1.0.0-r1", "1.0.0-r2", "1.51.0-r20071", "1.51.0-r20072"],
    "Root:Debian:12": ["22.12.0-2", "22.12.0-2.root.io.1", "22.12.0-2+deb12u1", "22.12.0-2+deb12u1.root.io.5"],
    "Root:Go": ["v0.17.0-rc.1", "v0.17.0", "v0.17.0-rootio.1", "v0.17.0-rootio.2", "v0.17.1"],
  };
  for (const [name, versions] of Object.entries(ascending)) {
    const { scheme } = ecosystemOf(name) ?? assert.fail(name);
    for (const [index, a] of versions.entries()) {
      for (const [other, b] of versions.entries())
        assert.equal(orderOf(a, b, scheme), index < other ? "<" : index > other ? ">" : "=", `${name}: ${a} and ${b}`);
    }
  }
});

test("in the order of every ecosystem but PyPI a patched version stays below all that were above the version itself", () => {
  let asked = 0;
  // PyPI's local versions have their place without this.
  for (const { id, scheme } of allEcosystems.filter((ecosystem) => ecosystem.id !== "PyPI")) {
    const patched = withPatchNumber(scheme, "test", /\+test\.(\d+)$/);
    const folder = id.toLowerCase().replaceAll(/[ .]/g, "-");
    for (const { a, order, b } of readOrderings(new URL(`../ecosystems/${folder}/testdata/orderings.txt`, import.meta.url))) {
      const [lower, upper] = order === ">" ? [b, a] : [a, b];
      assert.equal(orderOf(`${lower}+test.1`, `${lower}+test.02`, patched), "<", `${id}: ${lower}`);
      assert.equal(orderOf(lower, `${lower}+test.0`, patched), "<", `${id}: ${lower}`);
      assert.equal(orderOf(`${lower}+test.99999999999999999999`, upper, patched), order === "=" ? ">" : "<", `${id}: ${lower}, ${upper}`);
      assert.equal(orderOf(`${lower}+test.7`, `${upper}+test.7`, patched), order === "=" ? "=" : "<", `${id}: ${lower}, ${upper}`);
      asked++;
    }
  }
  assert.ok(asked > 300);
});

test("what the other ecosystem refuses is refused, and no key grows over its cap", () => {
  const { scheme } = ecosystemOf("Echo:npm") ?? assert.fail();
  for (const [version, reason] of [
    ["", /empty/],
    ["latest", /digit at the start/],
    ["latest+echo.1", /digit at the start/],
    ["+echo.1", /empty/],
    [`1.0.0+echo.${"9".repeat(MAX_KEY_BYTES)}`, /longer than 2048/],
    [`1.0.0-${"a".repeat(MAX_KEY_BYTES - 7)}+echo.1`, /longer than 2048/],
  ] as const) {
    const refused = encodeVersion(version, scheme);
    assert.ok(!(refused instanceof Uint8Array), version.slice(0, 20));
    assert.match(refused.reason, reason);
  }
  for (const part of ["+echo.1", "+echo.", ".root.io.", "1"])
    for (const { id } of rebuilders) assert.doesNotThrow(() => ecosystemOf(`${id}:npm`)?.isPrerelease(part.repeat(50_000)));
});

test("names and promises are the other ecosystem's, commands are nobody's", () => {
  const echo = ecosystemOf("Echo:PyPI") ?? assert.fail();
  assert.equal(echo.id, "Echo");
  assert.equal(echo.normaliseName("Flask_Login"), "flask-login");
  assert.deepEqual(echo.commandsFor({ name: "flask", version: "2.0", above: false, direct: true, development: false, blocked: false }), []);
  assert.deepEqual(echo.removalCommands({ name: "flask", direct: true }), []);
  assert.equal(echo.purlOf("flask"), undefined);
  const root = ecosystemOf("Root:npm") ?? assert.fail();
  assert.equal(root.isBreaking("1.0.0", "1.0.0.root.io.1"), false);
  assert.equal(root.isPrerelease("1.0.0.root.io.1"), false);
  assert.equal(root.admits("^1.0.0", "1.0.0.root.io.1"), true);
});

test("the vendors are known by their base names", () => {
  for (const name of ["TuxCare", "Root", "Echo", "Docker Hardened Images"]) assert.equal(isRebuilder(name), true, name);
  for (const name of ["npm", "TuxCare:npm", "", "constructor"]) assert.equal(isRebuilder(name), false, name);
});
