import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { pypi } from "./pypi.ts";

test("a project has one name however it is spelt", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["requests", "requests"],
    ["Django", "django"],
    ["zope.interface", "zope-interface"],
    ["typing_extensions", "typing-extensions"],
    ["A-._-b", "a-b"],
  ];
  for (const [name, expected] of cases) {
    assert.equal(pypi.normaliseName(name), expected);
    assert.equal(pypi.nameFromPurl(undefined, name, undefined), expected);
    assert.equal(pypi.purlOf(name), `pkg:pypi/${expected}`);
  }
  assert.equal(pypi.purlOf("a b/(c)"), "pkg:pypi/a%20b%2F%28c%29");
});

test("a change may break where the epoch or the first number changes, or in 0.x the second", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.2.4", false],
    ["1.2.3", "1.10", false],
    ["1.2", "2.0", true],
    ["2.0", "1.9", true],
    ["0.2.3", "0.2.9", false],
    ["0.2", "0.3", true],
    ["0", "0.0.1", false],
    ["1.0", "1!1.0", true],
    ["1.0rc1", "1.0", false],
    ["01.0", "1.1", false],
    ["latest", "1.0", true],
    ["1.0", "2019-09-12", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(pypi.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("alpha, beta, candidate and development releases are prereleases, post-releases are not", () => {
  for (const version of ["1.0a1", "1.0-beta.2", "1.0rc", "1.0.dev3", "1.0.post1.dev2", "1.0a1+x"])
    assert.equal(pypi.isPrerelease(version), true, version);
  for (const version of ["1.0", "1", "1.0.post1", "1.0-1", "1.0+rc1", "1!1", "", "latest", "2019-09-12"])
    assert.equal(pypi.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const step: UpgradeStep = { name: "requests", version: "2.31.0", above: false, direct: true, development: false, blocked: false };
  const install = "pip install -r requirements.txt";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, ["# requirements.txt: requests>=2.31.0", install]],
    [{ development: true }, ["# requirements.txt: requests>=2.31.0", install]],
    [{ blocked: true }, ["# requirements.txt: requests>=2.31.0", install]],
    [{ above: true }, ["# requirements.txt: requests>2.31.0", install]],
    [{ version: "v2.31-RC.1" }, ["# requirements.txt: requests>=2.31rc1", install]],
    [{ version: "1!2.0-1" }, ["# requirements.txt: requests>=1!2.0.post1", install]],
    [{ version: "2.31.0+Vendor-1" }, ["# requirements.txt: requests==2.31.0+vendor.1", install]],
    [{ version: "2.31.0+vendor.1", above: true }, []],
    [{ direct: false }, ['pip install "requests>=2.31.0"']],
    [{ direct: false, above: true }, ['pip install "requests>2.31.0"']],
    [{ direct: undefined }, ['pip install "requests>=2.31.0"']],
    [{ direct: false, blocked: true }, []],
    [{ direct: undefined, blocked: true }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(pypi.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("what the requirements are told to ask for admits the version", () => {
  for (const version of ["2.31.0", "1.0rc1", "1.0-1", "1!2", "1.0.dev3", "1.0+x.1", "1.0a1.post2"]) {
    const [edit = ""] = pypi.commandsFor({ name: "x", version, above: false, direct: true, development: false, blocked: false });
    assert.equal(pypi.admits(edit.replace("# requirements.txt: x", ""), version), true, edit);
  }
});

test("a project is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(pypi.removalCommands({ name: "evil", direct: true }), ["# requirements.txt: no evil", "pip uninstall evil"]);
  assert.deepEqual(pypi.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(pypi.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(pypi.removalCommands({ name: "-y", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "--index-url",
    "-r",
    "../x",
    "/etc",
    "a b",
    "a\nb",
    "$(id)",
    "`id`",
    "a;id",
    'a"b',
    "a'b",
    "a\u001b[2J",
    "a/b",
    ".x",
    "x.",
    "é",
    "",
    "a@b",
  ];
  for (const name of hostile) {
    for (const direct of [true, false, undefined])
      assert.deepEqual(pypi.commandsFor({ name, version: "1.0", above: false, direct, development: false, blocked: false }), [], name);
  }
  for (const version of ["latest", '1.0"', "1.0;id", ">=1.0", "1.0\n;id", "", "$(id)", "2019-09-12", "9".repeat(5000)]) {
    for (const above of [true, false])
      assert.deepEqual(
        pypi.commandsFor({ name: "a", version, above, direct: true, development: false, blocked: false }),
        [],
        JSON.stringify(version),
      );
  }
});
