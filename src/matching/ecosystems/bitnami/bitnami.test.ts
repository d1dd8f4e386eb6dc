import assert from "node:assert/strict";
import { test } from "node:test";

import { bitnami } from "./bitnami.ts";

test("a package's name is in lower case, and its purl has no namespace", () => {
  assert.equal(bitnami.nameFromPurl(undefined, "WordPress", undefined), "wordpress");
  assert.equal(bitnami.normaliseName("Mod_wsgi"), "mod_wsgi");
  assert.equal(bitnami.purlOf("argo-cd"), "pkg:bitnami/argo-cd");
});

test("a change may break where the first number that is not 0 changes, and a new revision does not", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3-4", "1.2.3-9", false],
    ["1.2.3", "1.9.0-0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.3.0", true],
    ["1.2", "1.3.0", true],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(bitnami.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease has a word, and a revision a number", () => {
  for (const version of ["2.6.0-rc1", "1.0.0-beta.1"]) assert.equal(bitnami.isPrerelease(version), true, version);
  for (const version of ["2.6.0", "2.6.0-0", "2.6.0-12", "9.0.35-3.57.3", "", "latest"])
    assert.equal(bitnami.isPrerelease(version), false, version);
});

test("no command is known", () => {
  const step = { name: "wordpress", version: "6.8.2-1", above: false, direct: true, development: false, blocked: false };
  assert.deepEqual(bitnami.commandsFor(step), []);
  assert.deepEqual(bitnami.removalCommands({ name: "wordpress", direct: true }), []);
});
