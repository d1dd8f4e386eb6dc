import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOfPurl } from "../ecosystem-of.ts";
import type { UpgradeStep } from "../ecosystem.ts";
import { vscode } from "./vscode.ts";

const STEP: UpgradeStep = { name: "golang.go", version: "0.39.1", above: false, direct: true, development: false, blocked: false };

test("a name is publisher and extension, and case does not matter", () => {
  const found = packageOfPurl({ type: "vscode-extension", namespace: "ms-python", name: "python", qualifiers: {}, subpath: undefined });
  assert.deepEqual(found, { ecosystem: "VSCode", name: "ms-python.python" });
  assert.equal(vscode.normaliseName("Ms-Python.Python"), "ms-python.python");
  assert.equal(vscode.purlOf("ms-python.python"), "pkg:vscode-extension/ms-python/python");
  assert.equal(vscode.purlOf("a.b.c"), "pkg:vscode-extension/a/b.c");
});

test("an extension of another registry is that registry's", () => {
  const qualifiers = { repository_url: "https://open-vsx.org" };
  assert.deepEqual(packageOfPurl({ type: "vscode-extension", namespace: "golang", name: "go", qualifiers, subpath: undefined }), {
    ecosystem: "VSCode:https://open-vsx.org",
    name: "golang.go",
  });
});

test("a change may break by Semantic Versioning", () => {
  assert.equal(vscode.isBreaking("1.2.3", "1.9.0"), false);
  assert.equal(vscode.isBreaking("1.2.3", "2.0.0"), true);
  assert.equal(vscode.isBreaking("0.39.1", "0.40.0"), true);
  assert.equal(vscode.isBreaking("latest", "1.0.0"), true);
});

test("a prerelease is told by its version", () => {
  assert.equal(vscode.isPrerelease("1.0.0-beta.1"), true);
  for (const version of ["1.0.0", "2023.25.10292213", "1.0", ""]) assert.equal(vscode.isPrerelease(version), false, version);
});

test("nothing is told of requirements: extensions state none of versions", () => {
  assert.equal(vscode.admits("^1.0.0", "1.0.0"), undefined);
});

test("each kind of change has its line", () => {
  for (const change of [{}, { direct: false }, { blocked: true }])
    assert.deepEqual(
      vscode.commandsFor({ ...STEP, ...change }),
      ["code --install-extension golang.go@0.39.1 --force"],
      JSON.stringify(change),
    );
  assert.deepEqual(vscode.commandsFor({ ...STEP, above: true }), ["code --install-extension golang.go --force"]);
  assert.deepEqual(vscode.removalCommands({ name: "evil.ext", direct: undefined }), ["code --uninstall-extension evil.ext"]);
});

test("a name or version that is none of an extension's gets no command", () => {
  for (const name of ["go", "--all", "-a.b", "a b.c", "a.$(id)", "a.b'c", "../a.b", "a.", ".b", ""]) {
    assert.deepEqual(vscode.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(vscode.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "latest", "1.0", "1.0.0;id"]) assert.deepEqual(vscode.commandsFor({ ...STEP, version }), [], version);
});
