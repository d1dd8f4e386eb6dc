import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { pylock } from "./pylock.ts";

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(pylock.recognises(document), name);
  return pylock.read(document, () => undefined);
}

function readText(text: string): Inventory {
  return read("pylock.toml", new TextEncoder().encode(text));
}

test("packages are components, without a version where none is stated; a directory is the project's own", () => {
  const inventory = read("pylock.toml", readFileSync(join(import.meta.dirname, "testdata/pylock.toml")));
  assert.deepEqual([inventory.format, inventory.tool, inventory.root, inventory.problems], ["pylock.toml 1.0", "pylock", undefined, []]);
  assert.deepEqual(
    inventory.components.map(({ ref, version, place, development }) => [ref, version, place, development]),
    [
      ["bolt@3.1.0", "3.1.0", "packages[0]", false],
      ["from-git", undefined, "packages[1]", false],
      ["gate@2.3.4", "2.3.4", "packages[2]", false],
      ["gauge@1.1.5", "1.1.5", "packages[3]", true],
      ["steel-hinge@1.0.9", "1.0.9", "packages[5]", false],
    ],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "bolt@3.1.0",
    ecosystem: "PyPI",
    packageType: "pypi",
    name: "bolt",
    version: "3.1.0",
    purl: undefined,
    place: "packages[0]",
    development: false,
  });
  assert.deepEqual(
    [...inventory.dependencies].map(([from, targets]) => [from, targets.map(({ ref }) => ref)]),
    [
      ["bolt@3.1.0", []],
      ["from-git", []],
      ["gate@2.3.4", ["bolt@3.1.0", "steel-hinge@1.0.9"]],
      ["gauge@1.1.5", ["gate@2.3.4"]],
      ["steel-hinge@1.0.9", []],
    ],
  );
});

test("where no package states its dependencies there are no edges", () => {
  const inventory = readText('lock-version = "1.0"\ncreated-by = "x"\npackages = [{ name = "a", version = "1" }, { name = "b" }]');
  assert.deepEqual([inventory.components.length, inventory.dependencies.size], [2, 0]);
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readText(`
lock-version = "1.1"
packages = [
  { name = "a", version = "1", dependencies = [{ name = "__proto__" }] },
  { name = "__proto__", version = "1" },
  { name = 1 },
  { name = "b", version = [] },
  { name = "c", dependencies = [{}] },
  { name = "d", directory = "x" },
  { name = "e", marker = 1 },
  [],
]`);
  assert.deepEqual(
    inventory.components.map(({ ref }) => ref),
    ["a@1", "__proto__@1"],
  );
  assert.deepEqual(inventory.dependencies.get("a@1"), [{ ref: "__proto__@1", range: undefined }]);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    [
      "packages[2].name",
      "packages[3].version",
      "packages[4].dependencies[0].name",
      "packages[5].directory",
      "packages[6].marker",
      "packages[7]",
    ],
  );
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['lock-version = "2.0"\npackages = []', "document-unknown", "lock-version"],
    ["lock-version = 1.0\npackages = []", "document-invalid", "lock-version"],
    ["packages = []", "document-invalid", "lock-version"],
    ['lock-version = "1.0"', "document-invalid", "packages"],
    ['lock-version = "1.0"\npackages = []\ndefault-groups = "main"', "document-invalid", "default-groups"],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by what it states of itself when the name is another", () => {
  for (const name of ["pylock.toml", "dir/pylock.dev.toml", "PYLOCK.toml"]) {
    assert.ok(pylock.recognises({ name, bytes: new Uint8Array() }), name);
  }
  for (const name of ["pylock.a.b.toml", "my-pylock.toml", "pyproject.toml"]) {
    assert.equal(pylock.recognises({ name, bytes: new Uint8Array() }), false, name);
  }
  const bytes = new TextEncoder().encode('lock-version = "1.0"\nrequires-python = ">=3.9"\ncreated-by = "pip"\n');
  assert.ok(pylock.recognises({ name: "-", bytes }));
});
