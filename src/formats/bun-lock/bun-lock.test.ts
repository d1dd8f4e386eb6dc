import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { bunLock } from "./bun-lock.ts";

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(bunLock.recognises(document), name);
  return bunLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readText(text: string): Inventory {
  return read("bun.lock", new TextEncoder().encode(text));
}

function readPackages(packages: object, needs: object = {}): Inventory {
  return readText(JSON.stringify({ lockfileVersion: 1, workspaces: { "": needs }, packages }));
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

test("installed packages are components, by their real names; workspaces and directories are not", () => {
  const inventory = readFile("v1.lock");
  assert.deepEqual([inventory.format, inventory.tool, inventory.problems], ["bun.lock 1", "bun", []]);
  assert.deepEqual(inventory.root, { name: "waterworks", version: undefined });
  assert.deepEqual(namesOf(inventory), {
    "node_modules/@steel/hinge": "@steel/hinge 1.0.9",
    "node_modules/@steel/hinge/node_modules/bolt": "bolt 2.7.0",
    "node_modules/bolt": "bolt 3.1.0",
    "node_modules/from-git": "from-git -",
    "node_modules/from-hub": "from-hub -",
    "node_modules/from-tarball": "from-tarball -",
    "node_modules/gate": "gate 2.3.4",
    "node_modules/gauge": "gauge 1.1.5",
    "node_modules/old-gate": "gate 1.9.0",
    "node_modules/packed": "packed -",
    "node_modules/rivet": "rivet 1.2.0",
    "node_modules/rust": "rust 1.0.0",
    "packages/pump/node_modules/bolt": "bolt 1.0.1",
    "valve/node_modules/bolt": "bolt 1.0.1",
  });
  assert.deepEqual(
    inventory.components.find(({ version }) => version === "2.7.0"),
    {
      ref: "node_modules/@steel/hinge/node_modules/bolt",
      ecosystem: "npm",
      packageType: "npm",
      name: "bolt",
      version: "2.7.0",
      purl: undefined,
      place: 'packages["@steel/hinge/bolt"]',
      development: false,
    },
  );
});

test("needs lead to the nearest place, those of workspaces and directories count as the project's", () => {
  const inventory = readFile("v1.lock");
  assert.deepEqual(edgesOf(inventory, "node_modules/gate"), [
    "node_modules/rivet ^1.0.0",
    "node_modules/@steel/hinge ^1.0.0",
    "node_modules/bolt ^3.0.0",
    "node_modules/gauge >=1",
  ]);
  assert.deepEqual(edgesOf(inventory, "node_modules/@steel/hinge"), [
    "node_modules/@steel/hinge/node_modules/bolt ^2.0.0",
    "node_modules/gate 2",
  ]);
  assert.deepEqual(edgesOf(inventory, "")?.toSorted(), [
    "node_modules/@steel/hinge ^1.0.0",
    "node_modules/from-git git+https://git.example.org/from-git.git#v0.4.0",
    "node_modules/from-hub github:waterworks/from-hub",
    "node_modules/from-tarball https://files.example.org/from-tarball.tgz",
    "node_modules/gate 2.x",
    "node_modules/gate ^2.0.0",
    "node_modules/gauge ~1.1.0",
    "node_modules/old-gate ^1.0.0",
    "node_modules/packed file:./packed-0.3.0.tgz",
    "node_modules/rivet 1.x",
    "packages/pump/node_modules/bolt ^1.0.0",
    "valve/node_modules/bolt ^1.0.0",
  ]);
});

test("what only development leads to is for development", () => {
  assert.deepEqual(developmentOf(readFile("v1.lock")), []);
  const rust = readPackages(
    { gauge: ["gauge@1.0.0", "", { dependencies: { rust: "*" } }, ""], rust: ["rust@1.0.0", "", {}, ""], lone: ["lone@1.0.0", "", {}, ""] },
    { devDependencies: { gauge: "*" } },
  );
  assert.deepEqual(developmentOf(rust), ["node_modules/gauge", "node_modules/rust"]);
});

test("version 0, where workspaces state their needs twice", () => {
  const inventory = readFile("v0.lock");
  assert.deepEqual([inventory.format, inventory.root, inventory.problems], ["bun.lock 0", undefined, []]);
  assert.deepEqual(edgesOf(inventory, ""), ["node_modules/gate ^2.0.0", "packages/pump/node_modules/bolt ^1.0.0"]);
});

test("version 2, catalogues, and what is installed for the project as a package of its own", () => {
  const inventory = readFile("v2.lock");
  assert.deepEqual([inventory.format, inventory.root, inventory.problems], ["bun.lock 2", { name: "waterworks", version: "1.0.0" }, []]);
  assert.deepEqual(edgesOf(inventory, ""), ["node_modules/gate ^2.0.0", "node_modules/gauge ~1.1.0", "node_modules/rivet catalog:none"]);
  assert.deepEqual(developmentOf(inventory), ["node_modules/gauge", "node_modules/rivet"]);
  assert.equal(namesOf(inventory)["waterworks/node_modules/gauge"], "gauge 1.0.0");
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readPackages({
    a: ["a@1.0.0", "", {}, ""],
    b: "b@1.0.0",
    c: [],
    d: ["d"],
    "e//f": ["f@1.0.0", "", {}, ""],
    "@g": ["g@1.0.0", "", {}, ""],
    "h\n": ["h@1.0.0", "", {}, ""],
    i: ["i@1.0.0\u0007", "", {}, ""],
    [Array.from({ length: 70 }, () => "n").join("/")]: ["n@1.0.0", "", {}, ""],
    j: [`j@workspace:${"x/".repeat(100_000)}`],
    k: ["k@workspace:packages/k"],
    "k/l": ["l@1.0.0", "", {}, ""],
    m: ["m@workspace:packages/k"],
    "m/l": ["l@2.0.0", "", {}, ""],
  });
  assert.deepEqual(namesOf(inventory), { "node_modules/a": "a 1.0.0", "packages/k/node_modules/l": "l 1.0.0" });
  assert.deepEqual(
    inventory.problems.map(({ place }) => place.slice(0, 40)),
    [
      "packages.b",
      "packages.c[0]",
      "packages.d[0]",
      'packages["e//f"]',
      "packages.@g",
      "x/".repeat(20),
      "node_modules/h\n",
      "packages.i",
      "node_modules/n/node_modules/n/node_modul",
      'packages["m/l"]',
    ],
  );
});

test("names that every object inherits are names like any other", () => {
  const inventory = readText(
    '{"lockfileVersion":1,"workspaces":{"__proto__":{"dependencies":{"__proto__":"*"}}},"packages":{"__proto__":["__proto__@1.0.0","",{"dependencies":{"constructor":"*"}},""],"constructor":["constructor@2.0.0","",{},""]}}',
  );
  assert.deepEqual(edgesOf(inventory, "node_modules/__proto__"), ["node_modules/constructor *"]);
  assert.deepEqual(edgesOf(inventory, ""), ["node_modules/__proto__ *"]);
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['{"lockfileVersion": 3, "workspaces": {}}', "document-unknown", "lockfileVersion"],
    ['{"lockfileVersion": "1", "workspaces": {}}', "document-unknown", "lockfileVersion"],
    ['{"workspaces": {}}', "document-invalid", "lockfileVersion"],
    ['{"lockfileVersion": 1}', "document-invalid", "workspaces"],
    ['{"lockfileVersion": 1, "workspaces": {}, "packages": []}', "document-invalid", "packages"],
    ["[]", "document-invalid", ""],
    ['{"lockfileVersion": 1,,}', "document-invalid", "1:23"],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by its beginning when the name is another", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(bunLock.recognises({ name: "dir/Bun.lock", bytes: bytes("") }));
  for (const version of ['"lockfileVersion": 1,', '"lockfileVersion": 2,\n  "configVersion": 1,']) {
    assert.ok(bunLock.recognises({ name: "-", bytes: bytes(`{\n  ${version}\n  "workspaces": {`) }));
  }
  assert.equal(
    bunLock.recognises({ name: "-", bytes: bytes('{"name": "a", "lockfileVersion": 3, "packages": {"": {"workspaces": ["a"]}}}') }),
    false,
  );
});
