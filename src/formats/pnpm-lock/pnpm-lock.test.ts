import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { pnpmLock } from "./pnpm-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];
const FROM_GIT = "waterworks/from-git/0123456789abcdef0123456789abcdef01234567";

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(pnpmLock.recognises(document), name);
  return pnpmLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readLock(text: string): Inventory {
  return read("pnpm-lock.yaml", new TextEncoder().encode(text));
}

function namesOf(inventory: Inventory): Record<string, string> {
  return Object.fromEntries(inventory.components.map(({ ref, name, version }) => [ref, `${name} ${version ?? "-"}`]));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

function developmentOf(inventory: Inventory): readonly string[] {
  return inventory.components.filter((component) => component.development).map(({ ref }) => ref);
}

test("version 9: packages are components once, however many sets of peers they are there with; directories are not", () => {
  const inventory = readFile("v9.yaml");
  assert.equal(inventory.format, "pnpm-lock 9.0");
  assert.equal(inventory.root, undefined);
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(namesOf(inventory), {
    "@steel/hinge@1.0.9": "@steel/hinge 1.0.9",
    "bolt@1.0.1": "bolt 1.0.1",
    "bolt@3.1.0": "bolt 3.1.0",
    [`from-git@https://codeload.github.com/waterworks/from-git/tar.gz/0123456789abcdef0123456789abcdef01234567`]: "from-git 0.4.0",
    "gate@1.9.0": "gate 1.9.0",
    "gate@2.3.4": "gate 2.3.4",
    "gauge@1.1.5": "gauge 1.1.5",
    "node@runtime:24.4.1": "node 24.4.1",
    "packed@file:packed-0.3.0.tgz": "packed 0.3.0",
    "rig@0.0.1-next.0": "rig 0.0.1-next.0",
  });
  assert.deepEqual(
    inventory.components.find(({ name }) => name === "@steel/hinge"),
    {
      ref: "@steel/hinge@1.0.9",
      ecosystem: "npm",
      packageType: "npm",
      name: "@steel/hinge",
      version: "1.0.9",
      purl: undefined,
      place: 'packages["@steel/hinge@1.0.9"]',
      development: false,
    },
  );
});

test("version 9: what only development reaches is for development, and a runtime is no package of the registry", () => {
  const inventory = readFile("v9.yaml");
  assert.deepEqual(developmentOf(inventory), ["rig@0.0.1-next.0"]);
  const runtime = inventory.components.find(({ name }) => name === "node");
  assert.deepEqual([runtime?.ecosystem, runtime?.packageType], [undefined, "runtime"]);
});

test("version 9: the project's requirements are as written, those of packages only where they are peers", () => {
  const inventory = readFile("v9.yaml");
  assert.deepEqual(edgesOf(inventory, ""), [
    "gate@2.3.4 ^2.0.0",
    "node@runtime:24.4.1 runtime:^24.4.1",
    "gate@1.9.0 ^1.0.0",
    "packed@file:packed-0.3.0.tgz file:./packed-0.3.0.tgz",
    "from-git@https://codeload.github.com/waterworks/from-git/tar.gz/0123456789abcdef0123456789abcdef01234567 github:waterworks/from-git",
    "gauge@1.1.5 ~1.1.0",
    "rig@0.0.1-next.0 0.0.1-next.0",
    "@steel/hinge@1.0.9 1.x",
    "bolt@3.1.0 -",
  ]);
  assert.deepEqual(edgesOf(inventory, "@steel/hinge@1.0.9"), ["bolt@1.0.1 ^3.0.0", "bolt@3.1.0 ^3.0.0"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["gauge@1.1.5 >=1"]);
  assert.deepEqual(edgesOf(inventory, "rig@0.0.1-next.0"), ["@steel/hinge@1.0.9 -", "gate@1.9.0 -"]);
  assert.deepEqual(edgesOf(inventory, "bolt@3.1.0"), []);
});

test("version 6: keys begin with a slash, addresses name their package in the entry, development is stated", () => {
  const inventory = readFile("v6.yaml");
  assert.equal(inventory.format, "pnpm-lock 6.1");
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(namesOf(inventory), {
    "/@steel/hinge@1.0.9": "@steel/hinge 1.0.9",
    "/bolt@3.1.0": "bolt 3.1.0",
    "/gate@1.9.0": "gate 1.9.0",
    "/gate@2.3.4": "gate 2.3.4",
    "/gauge@1.1.5": "gauge 1.1.5",
    [`github.com/${FROM_GIT}`]: "from-git 0.4.0",
  });
  assert.deepEqual(developmentOf(inventory), ["/gauge@1.1.5"]);
  assert.deepEqual(edgesOf(inventory, ""), [
    "/gate@2.3.4 ^2.0.0",
    "/gate@1.9.0 ^1.0.0",
    "/gauge@1.1.5 ~1.1.0",
    "/@steel/hinge@1.0.9 1.x",
    `github.com/${FROM_GIT} github:waterworks/from-git`,
    "/gate@2.3.4 2.x",
  ]);
  assert.deepEqual(edgesOf(inventory, "/@steel/hinge@1.0.9"), ["/bolt@3.1.0 ^3.0.0", "/gate@2.3.4 >=2"]);
});

test("version 5: name and version stand apart in the key, requirements beside the versions, peers behind an underscore", () => {
  const inventory = readFile("v5.yaml");
  assert.equal(inventory.format, "pnpm-lock 5.4");
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(namesOf(inventory), {
    "/@steel/hinge/1.0.9": "@steel/hinge 1.0.9",
    "/bolt/1.0.1": "bolt 1.0.1",
    "/bolt/3.1.0": "bolt 3.1.0",
    "/gate/1.9.0": "gate 1.9.0",
    "/gate/2.3.4": "gate 2.3.4",
    "/gauge/1.1.5": "gauge 1.1.5",
    "file:packed-0.3.0.tgz": "packed 0.3.0",
    [`github.com/${FROM_GIT}`]: "from-git 0.4.0",
    "registry.example.org/sluice-gate/4.0.0": "sluice-gate 4.0.0",
  });
  assert.deepEqual(developmentOf(inventory), ["/bolt/1.0.1", "/gauge/1.1.5"]);
  assert.deepEqual(edgesOf(inventory, ""), [
    "/@steel/hinge/1.0.9 ^1.0.0",
    `github.com/${FROM_GIT} github:waterworks/from-git`,
    "/gate/2.3.4 2.x",
    "/gate/1.9.0 ^1.0.0",
    "file:packed-0.3.0.tgz file:./packed-0.3.0.tgz",
    "/gauge/1.1.5 ~1.1.0",
    "/bolt/1.0.1 -",
  ]);
  assert.deepEqual(edgesOf(inventory, "/gate/2.3.4"), ["/@steel/hinge/1.0.9 -", "/gate/1.9.0 -", "/gauge/1.1.5 -"]);
});

test("the document before the lockfile, with what the project is managed by, is read too", () => {
  const inventory = readFile("two-documents.yaml");
  assert.equal(inventory.format, "pnpm-lock 9.0");
  assert.deepEqual(edgesOf(inventory, ""), ["house-rules@1.0.0 1.0.0", "pnpm@12.21.0 12.21.0", "gate@2.3.4 ^2.0.0"]);
});

test("a package is for development only if each of its variants is", () => {
  const packages = (first: string, second: string): string =>
    `lockfileVersion: '6.0'\npackages:\n  /a@1.0.0(b@1.0.0):\n    dev: ${first}\n  /a@1.0.0(b@2.0.0):\n    dev: ${second}\n`;
  assert.deepEqual(developmentOf(readLock(packages("true", "true"))), ["/a@1.0.0"]);
  assert.deepEqual(developmentOf(readLock(packages("true", "false"))), []);
  assert.deepEqual(developmentOf(readLock(packages("false", "true"))), []);
});

test("keys of every form are read for name and version", () => {
  const cases: readonly (readonly [version: string, key: string, found: string])[] = [
    ["5.3", "/a/1.0.0", "a 1.0.0"],
    ["5.3", "/a_b/1.0.0-rc.1_c@2.0.0+@d+e@3.0.0", "a_b 1.0.0-rc.1"],
    ["5.3", "/@a/b_c/1.0.0_0123456789abcdef", "@a/b_c 1.0.0"],
    ["5.3", "registry.example.org/@a/b/1.0.0", "@a/b 1.0.0"],
    ["6.0", "/@a/b@1.0.0-rc.1(c@2.0.0)(d@3.0.0(e@4.0.0))", "@a/b 1.0.0-rc.1"],
    ["6.0", "/a@1.0.0(patch_hash=abc)(c@2.0.0)", "a 1.0.0"],
    ["6.0", "registry.example.org/a@1.0.0", "a 1.0.0"],
    ["9.0", "a@1.0.0(patch_hash=0123)", "a 1.0.0"],
    ["9.0", "@a/b@1.0.0+build.1(@c/d@2.0.0)", "@a/b 1.0.0+build.1"],
    ["9.0", "a@file:x(1)/a.tgz", "a -"],
    ["9.0", "@jsr/std__path@1.0.0", "@jsr/std__path 1.0.0"],
    ["9.0", "a@git+ssh://git@example.org/a.git#0123", "a -"],
    ["9.0", "__proto__@1.0.0", "__proto__ 1.0.0"],
  ];
  for (const [version, key, found] of cases) {
    const inventory = readLock(`lockfileVersion: '${version}'\npackages:\n  '${key}': {}\n`);
    assert.deepEqual([Object.values(namesOf(inventory)), inventory.problems], [[found], []], key);
  }
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readLock(`lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1.0.0, version: 1.0.0}
      lost: {specifier: ^1.0.0, version: 1.2.3}
      bare: {specifier: ^1.0.0}
  app: nothing
packages:
  a@1.0.0: {}
  b: {}
  c@1.0.0: text
  "d@1.0.0\\n": {}
snapshots:
  a@1.0.0:
    dependencies: {gone: 2.0.0}
  e@1.0.0: []
`);
  assert.deepEqual(namesOf(inventory), { "a@1.0.0": "a 1.0.0", "e@1.0.0": "e 1.0.0" });
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    [
      "packages.b",
      'packages["c@1.0.0"]',
      String.raw`packages["d@1.0.0\n"]`,
      'snapshots["e@1.0.0"]',
      'importers["."].dependencies.lost',
      'importers["."].dependencies.bare.version',
      "importers.app",
      'snapshots["a@1.0.0"].dependencies.gone',
    ],
  );
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["lockfileVersion: '10.0'\n", "document-unknown", "lockfileVersion"],
    ["lockfileVersion: 4\n", "document-unknown", "lockfileVersion"],
    ["lockfileVersion: [9.0]\n", "document-unknown", "lockfileVersion"],
    ["shrinkwrapVersion: 3\n", "document-invalid", "lockfileVersion"],
    ["lockfileVersion: '9.0'\npackages: []\n", "document-invalid", "packages"],
    ["lockfileVersion: '9.0'\nimporters: x\n", "document-invalid", "importers"],
    ["- a\n", "document-invalid", ""],
    ["# nothing\n", "document-invalid", ""],
    ["a: b\n c: d\n", "document-invalid", "1:4"],
    [`lockfileVersion: '9.0'\n---\n`.repeat(3), "document-invalid", "4:1"],
  ];
  for (const [text, code, place] of cases) {
    assert.throws(() => readLock(text), { name: "CodedError", code, place }, text);
  }
});

test("a key of brackets without end is kept aside, as a version too long to be one", () => {
  const key = `a@${"(".repeat(50_000)}${")".repeat(50_001)}`;
  const inventory = readLock(`lockfileVersion: '9.0'\npackages:\n  ? '${key}'\n  : {}\n`);
  assert.deepEqual([inventory.components.length, inventory.problems.length], [0, 1]);
});

test("it is recognised by name, or by its beginning when the name is another", () => {
  const bytes = new TextEncoder().encode("lockfileVersion: '9.0'\n");
  for (const name of ["pnpm-lock.yaml", "dir/PNPM-Lock.yaml", "-", "old.yaml"]) assert.ok(pnpmLock.recognises({ name, bytes }), name);
  assert.ok(pnpmLock.recognises({ name: "-", bytes: new TextEncoder().encode("---\nlockfileVersion: 5.4\n") }));
  assert.equal(pnpmLock.recognises({ name: "a.json", bytes: new TextEncoder().encode('{"lockfileVersion": 3}') }), false);
});

test("a real project's lockfile is read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  const inventory = read("pnpm-lock.yaml", readFileSync(join(feeds ?? "", "lockfiles/pnpm/kysely/pnpm-lock.yaml")));
  const edges = [...inventory.dependencies.values()].reduce((sum, list) => sum + list.length, 0);
  assert.deepEqual([inventory.components.length, inventory.dependencies.get("")?.length, edges, inventory.problems], [1684, 57, 3776, []]);
});
