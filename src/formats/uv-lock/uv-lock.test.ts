import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { uvLock } from "./uv-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(uvLock.recognises(document), name);
  return uvLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readText(text: string): Inventory {
  return read("uv.lock", new TextEncoder().encode(text));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("packages of an index, git, an address and an archive are components; the project and its workspaces are not", () => {
  const inventory = readFile("uv.lock");
  assert.deepEqual([inventory.format, inventory.tool], ["uv.lock 1.3", "uv"]);
  assert.deepEqual(inventory.root, { name: "waterworks", version: "1.0.0" });
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(
    inventory.components.map(({ ref, place }) => [ref, place]),
    [
      ["bolt@1.0.1", "package[0]"],
      ["bolt@3.1.0", "package[1]"],
      ["from-git@0.4.0", "package[2]"],
      ["gate@2.3.4", "package[3]"],
      ["gauge@1.1.5", "package[4]"],
      ["needle@0.9", "package[5]"],
      ["oil@4", "package[6]"],
      ["steel-hinge@1.0.9", "package[8]"],
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

test("what comes through a dependency group alone is for development; an extra's is not", () => {
  const development = readFile("uv.lock").components.filter((component) => component.development);
  assert.deepEqual(
    development.map(({ name }) => name),
    ["gauge", "needle"],
  );
});

test("the project's edges have its requirements, those of all workspaces together; others lead to the version that they state", () => {
  const inventory = readFile("uv.lock");
  assert.deepEqual(edgesOf(inventory, ""), ["gate@2.3.4 >=2", "gate@2.3.4 >=2.0,<3", "from-git@0.4.0 -", "gauge@1.1.5 -"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@1.0.1 -", "bolt@3.1.0 -", "oil@4 -"]);
  assert.deepEqual(edgesOf(inventory, "gauge@1.1.5"), ["needle@0.9 -", "steel-hinge@1.0.9 -"]);
  assert.deepEqual(edgesOf(inventory, "oil@4"), []);
});

test("a script's own requirements are the project's, and it has no name", () => {
  const inventory = readFile("script.py.lock");
  assert.deepEqual([inventory.format, inventory.root, inventory.problems], ["uv.lock 1", undefined, []]);
  assert.deepEqual(edgesOf(inventory, ""), ["gate@2.3.4 >=2"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@3.1.0 -"]);
});

test("a source tells packages of one name and version apart", () => {
  const inventory = readText(`
version = 1
package = [
  { name = "a", version = "1", source = { registry = "x" }, dependencies = [{ name = "b", version = "1", source = { url = "z" } }] },
  { name = "b", version = "1", source = { registry = "x" } },
  { name = "b", version = "1", source = { url = "z" } },
]`);
  assert.deepEqual(edgesOf(inventory, "a@1"), ["b@1 package[2] -"]);
  assert.equal(edgesOf(inventory, ""), undefined);
});

test("a project without dependencies has no components and no problems", () => {
  const inventory = readText('version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { virtual = "." }');
  assert.deepEqual([inventory.components, inventory.problems, inventory.root?.name, edgesOf(inventory, "")], [[], [], "a", []]);
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readText(`
version = 1
package = [
  { name = "a", version = "1", source = { registry = "x" }, dependencies = [{ name = "__proto__" }, { name = "gone" }] },
  { name = "__proto__", source = { registry = "x" } },
  { name = "b", version = 1, source = { registry = "x" } },
  { name = "c", version = "1" },
  { name = "d", version = "1", source = { registry = "x" }, dependencies = ["a"] },
  { name = "e", version = "1", source = { registry = "x" }, optional-dependencies = { x = "a" } },
  { name = "f", version = "1\\t", source = { registry = "x" } },
  { name = "g", version = "1", source = { registry = "x" }, dependencies = [{ version = "1" }] },
  7,
]`);
  assert.deepEqual(
    inventory.components.map(({ ref, version }) => [ref, version]),
    [
      ["a@1", "1"],
      ["__proto__", undefined],
    ],
  );
  assert.deepEqual(edgesOf(inventory, "a@1"), ["__proto__ -"]);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    [
      "package[2].version",
      "package[3].source",
      "package[4].dependencies[0]",
      "package[5].optional-dependencies",
      "package[6].version",
      "package[7].dependencies[0].name",
      "package[8]",
    ],
  );
});

test("a hundred thousand requirements for one name do not multiply with as many dependencies on it", () => {
  const list = (entry: (index: number) => string): string => Array.from({ length: 50_000 }, (_, index) => entry(index)).join(",");
  const text = `version = 1
[[package]]
name = "a"
version = "1"
source = { virtual = "." }
dependencies = [${list(() => '{name="b"}')}]
[package.metadata]
requires-dist = [${list((index) => `{name="b",specifier=">=${index}"}`)}]
[[package]]
name = "b"
version = "1"
source = { registry = "x" }
`;
  assert.deepEqual(edgesOf(readText(text), ""), ["b@1 -"]);
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["version = 2", "document-unknown", "version"],
    ['version = "1"', "document-unknown", "version"],
    ["", "document-invalid", "version"],
    ["version = 1\npackage = 1", "document-invalid", "package"],
    ["version = 1\nmanifest = 1", "document-invalid", "manifest"],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by its first lines when the name is another", () => {
  const bytes = new TextEncoder().encode('version = 1\nrevision = 2\nrequires-python = ">=3.10"\n');
  for (const name of ["uv.lock", "dir/UV.lock", "-", "script.py.lock"]) assert.ok(uvLock.recognises({ name, bytes }), name);
  assert.equal(uvLock.recognises({ name: "x.lock", bytes: new TextEncoder().encode("version = 4\n[[package]]") }), false);
});

test("a real project's lockfile is read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  const inventory = read("uv.lock", readFileSync(join(feeds ?? "", "lockfiles/pip/inspect-ai/uv.lock")));
  const behind = [...inventory.dependencies].filter(([ref]) => ref !== "").reduce((sum, [, list]) => sum + list.length, 0);
  // 341 packages, of which one is the project; of the 684 entries of the others' lists 2 are about it and 1 repeats another.
  assert.deepEqual([inventory.components.length, behind, inventory.problems], [340, 681, []]);
  assert.ok(inventory.dependencies.get("")?.some(({ ref, range }) => ref.startsWith("anyio@") && range === ">=4.14.0"));
});
