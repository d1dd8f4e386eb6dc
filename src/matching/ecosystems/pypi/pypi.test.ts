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
    [{}, ["# requirements.txt: requests==2.31.0", install]],
    [{ development: true }, ["# requirements.txt: requests==2.31.0", install]],
    [{ blocked: true }, ["# requirements.txt: requests==2.31.0", install]],
    [{ above: true }, ["# requirements.txt: requests>2.31.0", install]],
    [{ version: "v2.31-RC.1" }, ["# requirements.txt: requests==2.31rc1", install]],
    [{ version: "1!2.0-1" }, ["# requirements.txt: requests==1!2.0.post1", install]],
    [{ version: "2.31.0+Vendor-1" }, ["# requirements.txt: requests==2.31.0+vendor.1", install]],
    [{ version: "2.31.0+vendor.1", above: true }, []],
    [{ direct: false }, ["pip install requests==2.31.0"]],
    [{ direct: false, above: true }, ['pip install "requests>2.31.0"']],
    [{ direct: undefined }, ["pip install requests==2.31.0"]],
    [{ direct: false, blocked: true }, []],
    [{ direct: undefined, blocked: true }, []],
    [{ statedIn: "requirements/base.txt" }, ["# requirements/base.txt: requests==2.31.0", install]],
  ];
  for (const [change, lines] of cases) assert.deepEqual(pypi.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("each tool has its own words, as the document says which it is", () => {
  const step: UpgradeStep = { name: "requests", version: "2.31.0", above: false, direct: true, development: false, blocked: false };
  const compile = "uv pip compile requirements.in -o requirements.txt";
  const cases: readonly (readonly [string, Partial<UpgradeStep>, readonly string[]])[] = [
    ["pip", {}, ["# requirements.txt: requests==2.31.0", "pip install -r requirements.txt"]],
    ["pip", { document: "requirements-dev.txt" }, ["# requirements-dev.txt: requests==2.31.0", "pip install -r requirements-dev.txt"]],
    ["pip", { document: "a b;id.txt" }, ["# requirements.txt: requests==2.31.0", "pip install -r requirements.txt"]],
    ["pip", { document: "-r.txt" }, ["# requirements.txt: requests==2.31.0", "pip install -r requirements.txt"]],
    ["pip-compile", { document: "dev.txt", direct: false }, ["pip-compile dev.in -o dev.txt --upgrade-package requests==2.31.0"]],
    ["uv-pip-compile", { document: "dev.txt", direct: false }, ["uv pip compile dev.in -o dev.txt --upgrade-package requests==2.31.0"]],
    ["pip-compile", {}, ["# requirements.in: requests>=2.31.0", "pip-compile --upgrade-package requests==2.31.0"]],
    ["pip-compile", { direct: false }, ["pip-compile --upgrade-package requests==2.31.0"]],
    ["pip-compile", { direct: undefined, above: true }, ['pip-compile --upgrade-package "requests>2.31.0"']],
    ["pip-compile", { direct: undefined, version: "1!2" }, ["pip-compile --upgrade-package 'requests==1!2'"]],
    ["pip-compile", { direct: false, blocked: true }, []],
    ["uv-pip-compile", { direct: false }, [`${compile} --upgrade-package requests==2.31.0`]],
    ["uv", {}, ["# pyproject.toml: requests>=2.31.0", "uv lock --upgrade-package requests==2.31.0"]],
    ["uv", { direct: false }, ["uv lock --upgrade-package requests==2.31.0"]],
    ["uv", { direct: undefined, above: true }, ['uv lock --upgrade-package "requests>2.31.0"']],
    ["uv", { direct: false, blocked: true }, ['# pyproject.toml, [tool.uv]: override-dependencies = ["requests==2.31.0"]', "uv lock"]],
    ["uv", { direct: false, blocked: true, above: true }, []],
    ["uv", { direct: false, blocked: true, within: ["a"] }, []],
    ["uv", { direct: undefined, blocked: true }, []],
    ["uv-export", { direct: false }, ["uv lock --upgrade-package requests==2.31.0", "uv export -o requirements.txt"]],
    ["uv-export", { direct: undefined, blocked: true }, []],
    ["poetry", {}, ['poetry add "requests@^2.31.0"']],
    ["poetry", { blocked: true }, ['poetry add "requests@^2.31.0"']],
    ["poetry", { above: true }, ['poetry add "requests@>2.31.0"']],
    ["poetry", { version: "1!2.0" }, ["poetry add 'requests@>=1!2.0'"]],
    ["poetry", { version: "2.31.0+v.1" }, ['poetry add "requests@==2.31.0+v.1"']],
    ["poetry", { version: "2.31.0+v.1", above: true }, []],
    ["poetry", { development: true }, ['# pyproject.toml: requests = "^2.31.0"', "poetry update requests"]],
    ["poetry", { direct: false }, ["poetry update requests"]],
    ["poetry", { direct: undefined }, ["poetry update requests"]],
    ["poetry", { direct: undefined, blocked: true }, []],
    ["pipenv", {}, ['# Pipfile, [packages]: requests = ">=2.31.0"', "pipenv update requests"]],
    ["pipenv", { direct: undefined }, ["pipenv update requests"]],
    ["pipenv", { direct: undefined, development: true }, ["pipenv update --dev requests"]],
    [
      "pipenv",
      { direct: undefined, blocked: true, development: true },
      ['# Pipfile, [dev-packages]: requests = ">=2.31.0"', "pipenv update --dev requests"],
    ],
    ["pipenv", { direct: false, blocked: true }, []],
    ["npm", {}, []],
    ["constructor", {}, []],
  ];
  for (const [tool, change, commands] of cases)
    assert.deepEqual(pypi.commandsFor({ ...step, ...change, tool }), commands, `${tool}: ${JSON.stringify(change)}`);
});

test("each tool has its own words for taking a project out", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["pip", ["# requirements.txt: no evil", "pip uninstall evil"]],
    ["pip-compile", ["# requirements.in: no evil", "pip-compile"]],
    ["uv", ["# pyproject.toml: no evil", "uv lock"]],
    ["uv-export", ["# pyproject.toml: no evil", "uv lock", "uv export -o requirements.txt"]],
    ["poetry", ["poetry remove evil"]],
    ["pipenv", ["pipenv uninstall evil"]],
    ["cargo", []],
  ];
  for (const [tool, commands] of cases) {
    assert.deepEqual(pypi.removalCommands({ name: "evil", direct: true, tool }), commands, tool);
    assert.deepEqual(pypi.removalCommands({ name: "evil", direct: undefined, tool }), [], tool);
    assert.deepEqual(pypi.removalCommands({ name: "-y", direct: true, tool }), [], tool);
  }
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
    for (const tool of [undefined, "pip-compile", "uv-pip-compile", "uv", "uv-export", "poetry", "pipenv"]) {
      for (const direct of [true, false, undefined])
        assert.deepEqual(
          pypi.commandsFor({ name, version: "1.0", above: false, direct, development: false, blocked: false, tool }),
          [],
          name,
        );
    }
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
