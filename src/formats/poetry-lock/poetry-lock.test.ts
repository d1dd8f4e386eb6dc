import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { poetryLock } from "./poetry-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(poetryLock.recognises(document), name);
  return poetryLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readText(text: string): Inventory {
  return read("poetry.lock", new TextEncoder().encode(text));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("packages of an index, of git and of an archive are components; a directory is the project's own", () => {
  const inventory = readFile("poetry.lock");
  assert.deepEqual([inventory.format, inventory.tool, inventory.root, inventory.problems], ["poetry.lock 2.1", "poetry", undefined, []]);
  assert.deepEqual(
    inventory.components.map(({ ref, place, development }) => [ref, place, development]),
    [
      ["bolt@1.0.1", "package[0]", false],
      ["bolt@3.1.0", "package[1]", false],
      ["from-git@0.4.0", "package[2]", true],
      ["gate@2.3.4", "package[3]", false],
      ["gauge@1.1.5", "package[4]", true],
      ["steel-hinge@1.0.9", "package[6]", false],
    ],
  );
  assert.deepEqual(inventory.components[3], {
    ref: "gate@2.3.4",
    ecosystem: "PyPI",
    packageType: "pypi",
    name: "gate",
    version: "2.3.4",
    purl: undefined,
    place: "package[3]",
    development: false,
  });
});

test("an edge has its requirement as written, and none where a marker chooses between versions", () => {
  const inventory = readFile("poetry.lock");
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@1.0.1 -", "bolt@3.1.0 -", "steel-hinge@1.0.9 >=1.0,<2.0"]);
  assert.deepEqual(edgesOf(inventory, "gauge@1.1.5"), ["gate@2.3.4 >=1"]);
  assert.deepEqual(edgesOf(inventory, "bolt@3.1.0"), []);
  assert.equal(edgesOf(inventory, ""), undefined);
});

test("lock version 1.0 has a category in the place of groups, and names in any spelling", () => {
  const inventory = readFile("v1.0.lock");
  assert.equal(inventory.format, "poetry.lock 1.0");
  assert.deepEqual(
    inventory.components.map(({ ref, development }) => [ref, development]),
    [
      ["gate@2.3.4", false],
      ["bolt@1.0.1", false],
      ["gauge@1.1.5", true],
    ],
  );
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@1.0.1 >=1,<2"]);
});

test("where neither groups nor a category is stated nothing is for development only", () => {
  const inventory = readText('[[package]]\nname = "a"\nversion = "1"\n[metadata]\nlock-version = "2.0"');
  assert.deepEqual([inventory.format, inventory.components[0]?.development], ["poetry.lock 2.0", false]);
});

test("a project without dependencies has no components and no problems", () => {
  const inventory = readText('package = []\n[metadata]\nlock-version = "2.1"');
  assert.deepEqual([inventory.components, inventory.problems], [[], []]);
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readText(`
package = [
  { name = "a", version = "1.0", dependencies = { b = 7, "__proto__" = "*", constructor = [{ version = "" }, {}, []] } },
  { name = "__proto__", version = "1.0" },
  { name = "constructor", version = "1.0" },
  { name = "b", version = "" },
  { name = "c\\u001b[2J", version = "1.0" },
  { name = "d", version = "1.0", dependencies = [] },
  { name = "e", version = "1.0", groups = "main" },
  { name = "f", version = "1.0", source = "git" },
  7,
  { name = "a", version = "1.0" },
]
`);
  assert.deepEqual(
    inventory.components.map(({ ref }) => ref),
    ["a@1.0", "__proto__@1.0", "constructor@1.0", "a@1.0 package[9]"],
  );
  assert.deepEqual(edgesOf(inventory, "a@1.0"), ["__proto__@1.0 *", "constructor@1.0 -"]);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["package[3].version", "package[4].name", "package[5].dependencies", "package[6].groups", "package[7].source", "package[8]"],
  );
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['package = []\n[metadata]\nlock-version = "3.0"', "document-unknown", "metadata.lock-version"],
    ['package = []\n[metadata]\nlock-version = "2"', "document-unknown", "metadata.lock-version"],
    ["package = []\n[metadata]\nlock-version = 2.1", "document-invalid", "metadata.lock-version"],
    ["package = []\nmetadata = 1", "document-invalid", "metadata"],
    ["", "document-invalid", "package"],
    ["[package]", "document-invalid", "package"],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by its first line when the name is another", () => {
  const bytes = new TextEncoder().encode("# This file is automatically @generated by Poetry 1.8.2 and should not be changed by hand.\n");
  for (const name of ["poetry.lock", "dir/Poetry.lock", "-", "copy.toml"]) assert.ok(poetryLock.recognises({ name, bytes }), name);
  assert.equal(poetryLock.recognises({ name: "x.lock", bytes: new TextEncoder().encode("# @generated by Cargo.\n") }), false);
});

test("a real project's lockfile is read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  const inventory = read("poetry.lock", readFileSync(join(feeds ?? "", "lockfiles/pip/drupal-advisory-database/poetry.lock")));
  const found = [...inventory.dependencies.values()].reduce((sum, list) => sum + list.length, 0);
  assert.deepEqual([inventory.format, inventory.components.length, found, inventory.problems], ["poetry.lock 2.1", 30, 27, []]);
});
