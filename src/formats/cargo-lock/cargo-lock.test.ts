import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { cargoLock } from "./cargo-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(cargoLock.recognises(document), name);
  return cargoLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readText(text: string): Inventory {
  return read("Cargo.lock", new TextEncoder().encode(text));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => edge.ref);
}

test("crates with a source are components; the project and its workspaces are not", () => {
  const inventory = readFile("Cargo.lock");
  assert.deepEqual([inventory.format, inventory.tool], ["Cargo.lock 4", "cargo"]);
  assert.deepEqual(inventory.root, { name: "waterworks", version: "1.0.0" });
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(
    inventory.components.map(({ ref, name, version, place }) => [ref, `${name} ${version}`, place]),
    [
      ["bolt@1.0.1", "bolt 1.0.1", "package[0]"],
      ["bolt@3.1.0", "bolt 3.1.0", "package[1]"],
      ["bolt@3.1.0 package[2]", "bolt 3.1.0", "package[2]"],
      ["gate@2.3.4", "gate 2.3.4", "package[3]"],
      ["hinge@1.0.9+steel", "hinge 1.0.9+steel", "package[4]"],
    ],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "bolt@1.0.1",
    ecosystem: "crates.io",
    packageType: "cargo",
    name: "bolt",
    version: "1.0.1",
    purl: undefined,
    place: "package[0]",
    development: false,
  });
});

test("a dependency leads to the crate of its name, version and source; what workspaces ask for is the project's own", () => {
  const inventory = readFile("Cargo.lock");
  assert.deepEqual(edgesOf(inventory, ""), ["bolt@3.1.0 package[2]", "gate@2.3.4", "hinge@1.0.9+steel"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@3.1.0", "hinge@1.0.9+steel"]);
  assert.deepEqual(edgesOf(inventory, "hinge@1.0.9+steel"), ["bolt@1.0.1", "gate@2.3.4"]);
  assert.deepEqual(edgesOf(inventory, "bolt@1.0.1"), []);
});

test("version 1: the project stands in a table of its own, and a replaced crate is not there but its replacement", () => {
  const inventory = readFile("v1.lock");
  assert.equal(inventory.format, "Cargo.lock 1");
  assert.deepEqual(inventory.root, { name: "waterworks", version: "1.0.0" });
  assert.deepEqual(
    inventory.components.map(({ ref, place }) => [ref, place]),
    [
      ["bolt@3.1.0", "package[1]"],
      ["gate@2.3.4", "package[2]"],
    ],
  );
  assert.deepEqual(edgesOf(inventory, ""), ["gate@2.3.4"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@3.1.0"]);
});

test("each way of stating a version, and the project of several crates without one that needs the others", () => {
  for (const [text, format] of [
    ['[[package]]\nname = "a"\nversion = "1.0.0"', "Cargo.lock 2"],
    ['[[package]]\nname = "a"\nversion = "1.0.0"\n[metadata]', "Cargo.lock 1"],
    ["version = 3", "Cargo.lock 3"],
  ] as const) {
    assert.equal(readText(text).format, format);
  }
  assert.equal(readText('[[package]]\nname = "a"\nversion = "1.0.0"\n[[package]]\nname = "b"\nversion = "1.0.0"').root, undefined);
});

test("without a package of the project's own it is not known what the project asks for", () => {
  const inventory = readText('version = 4\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+x"');
  assert.deepEqual(edgesOf(inventory, ""), undefined);
  assert.deepEqual(edgesOf(inventory, "a@1.0.0"), []);
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readText(`
version = 4
[[package]]
name = "a"
version = "1.0.0"
source = "registry+x"
dependencies = ["b"]
[[package]]
name = "b"
source = "registry+x"
[[package]]
name = "c\\u0007"
version = "1.0.0"
source = "registry+x"
[[package]]
name = "d"
version = 1
[[package]]
name = "e"
version = "1.0.0"
source = "registry+x"
dependencies = ["b 1 2 3"]
[[package]]
name = ""
version = "1.0.0"
`);
  assert.deepEqual(
    inventory.components.map(({ name }) => name),
    ["a"],
  );
  assert.deepEqual(edgesOf(inventory, "a@1.0.0"), []);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["package[1].version", "package[2].name", "package[3].version", "package[4].dependencies[0]", "package[5].name"],
  );
});

test("dependencies in a circle and a name that every object inherits are read", () => {
  const inventory = readText(`
[[package]]
name = "__proto__"
version = "1.0.0"
source = "x"
dependencies = ["constructor"]
[[package]]
name = "constructor"
version = "1.0.0"
source = "x"
dependencies = ["__proto__", "toString"]
`);
  assert.deepEqual(edgesOf(inventory, "__proto__@1.0.0"), ["constructor@1.0.0"]);
  assert.deepEqual(edgesOf(inventory, "constructor@1.0.0"), ["__proto__@1.0.0"]);
});

test("packages of one name that all need that name are refused as too large", () => {
  const entry = (index: number): string => `[[package]]\nname = "a"\nversion = "1.${index}.0"\nsource = "x"\ndependencies = ["a"]\n`;
  const text = Array.from({ length: 10_000 }, (_, index) => entry(index)).join("");
  assert.throws(() => readText(text), { code: "document-too-large" });
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["version = 5", "document-unknown", "version"],
    ['version = "4"', "document-unknown", "version"],
    ["", "document-invalid", "package"],
    ["package = 1", "document-invalid", "package"],
    ["root = 1", "document-invalid", "root"],
    ["[[package]", "document-invalid", "1:11"],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by its first line when the name is another", () => {
  const bytes = new TextEncoder().encode("# This file is automatically @generated by Cargo.\n");
  for (const name of ["Cargo.lock", "dir/cargo.lock", "dir\\Cargo.lock", "-", "Cargo.lock.orig"]) {
    assert.ok(cargoLock.recognises({ name, bytes }), name);
  }
  assert.ok(cargoLock.recognises({ name: "Cargo.lock", bytes: new Uint8Array() }));
  assert.equal(cargoLock.recognises({ name: "x.lock", bytes: new TextEncoder().encode("# @generated by Poetry\n") }), false);
});

test("real projects' lockfiles are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  for (const [project, packages, ownPackages, edges] of [
    ["osv-scanner-fixture", 33, 1, 74],
    ["ripgrep-2021", 68, 10, 95],
  ] as const) {
    const inventory = read("Cargo.lock", readFileSync(join(feeds ?? "", "lockfiles/cargo", project, "Cargo.lock")));
    const found = [...inventory.dependencies.values()].reduce((sum, list) => sum + list.length, 0);
    assert.deepEqual([inventory.components.length, found, inventory.problems], [packages - ownPackages, edges, []], project);
  }
});
