import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { packageLock } from "./package-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(packageLock.recognises(document), name);
  return packageLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readLock(lock: object): Inventory {
  return read("package-lock.json", new TextEncoder().encode(JSON.stringify(lock)));
}

function namesOf(inventory: Inventory): Record<string, string> {
  return Object.fromEntries(inventory.components.map(({ ref, name, version }) => [ref, `${name} ${version ?? "-"}`]));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("version 3: installed packages are components; the project, its workspaces and links are not", () => {
  const inventory = readFile("v3-workspaces.json");
  assert.equal(inventory.format, "package-lock 3");
  assert.deepEqual(inventory.root, { name: "waterworks", version: "1.0.0" });
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(namesOf(inventory), {
    "node_modules/gate": "gate 2.3.4",
    "node_modules/@steel/hinge": "@steel/hinge 1.0.9",
    "node_modules/@steel/hinge/node_modules/bolt": "bolt 2.7.0",
    "node_modules/bolt": "bolt 3.1.0",
    "node_modules/gauge": "gauge 1.1.5",
    "node_modules/from-git": "from-git 0.4.0",
    "node_modules/from-nowhere": "from-nowhere -",
    "node_modules/old-gate": "gate 1.9.0",
    "packages/pump/node_modules/bolt": "bolt 1.0.1",
  });
  const gate = inventory.components.find((component) => component.ref === "node_modules/gate");
  assert.deepEqual(gate, {
    ref: "node_modules/gate",
    ecosystem: "npm",
    packageType: "npm",
    name: "gate",
    version: "2.3.4",
    purl: undefined,
    place: "node_modules/gate",
    development: false,
  });
  const development = inventory.components.filter((component) => component.development).map((component) => component.name);
  assert.deepEqual(development, ["gauge", "from-git"]);
});

test("version 3: each requirement leads to the nearest node_modules upwards, workspaces' requirements count as the project's own", () => {
  const inventory = readFile("v3-workspaces.json");
  assert.deepEqual(edgesOf(inventory, ""), [
    "node_modules/gate ^2.0.0",
    "node_modules/old-gate ^1.0.0",
    "node_modules/gauge ~1.1.0",
    "node_modules/gate 2.x",
    "packages/pump/node_modules/bolt ^1.0.0",
  ]);
  assert.deepEqual(edgesOf(inventory, "node_modules/gate"), [
    "node_modules/@steel/hinge ^1.0.0",
    "node_modules/bolt ^3.0.0",
    "node_modules/gauge >=1",
  ]);
  assert.deepEqual(edgesOf(inventory, "node_modules/@steel/hinge"), [
    "node_modules/@steel/hinge/node_modules/bolt ^2.0.0",
    "node_modules/gate 2",
  ]);
  assert.deepEqual(edgesOf(inventory, "node_modules/bolt"), []);
});

test("version 2: packages is read and the old tree beside it is not", () => {
  const inventory = readFile("v2.json");
  assert.equal(inventory.format, "package-lock 2");
  assert.deepEqual(namesOf(inventory), { "node_modules/gate": "gate 2.3.4", "node_modules/bolt": "bolt 3.1.0" });
});

test("version 1: the nested tree gives the same paths; an address is no version; the project's own requirements are not stated", () => {
  const inventory = readFile("v1.json");
  assert.equal(inventory.format, "package-lock 1");
  assert.deepEqual(namesOf(inventory), {
    "node_modules/@steel/hinge": "@steel/hinge 1.0.9",
    "node_modules/@steel/hinge/node_modules/bolt": "bolt 2.7.0",
    "node_modules/bolt": "bolt 3.1.0",
    "node_modules/from-git": "from-git -",
    "node_modules/from-tarball": "from-tarball -",
    "node_modules/gate": "gate 2.3.4",
    "node_modules/gauge": "gauge 1.1.5",
    "node_modules/old-gate": "gate 1.9.0",
    "node_modules/packed": "packed -",
    "node_modules/pump/node_modules/bolt": "bolt 1.0.1",
  });
  assert.equal(edgesOf(inventory, ""), undefined);
  assert.deepEqual(edgesOf(inventory, "node_modules/gate"), ["node_modules/@steel/hinge ^1.0.0", "node_modules/bolt ^3.0.0"]);
  assert.deepEqual(edgesOf(inventory, "node_modules/gauge"), ["node_modules/old-gate ^1.0.0"]);
  assert.deepEqual(edgesOf(inventory, "node_modules/@steel/hinge"), [
    "node_modules/@steel/hinge/node_modules/bolt ^2.0.0",
    "node_modules/gate 2",
  ]);
});

test("a shrinkwrap older than lockfile versions is read as version 1", () => {
  const inventory = readFile("npm-shrinkwrap.json");
  assert.equal(inventory.format, "npm-shrinkwrap 1");
  assert.deepEqual(namesOf(inventory), { "node_modules/gate": "gate 2.3.4", "node_modules/gate/node_modules/bolt": "bolt 3.1.0" });
});

test("a project without dependencies has no components and no problems", () => {
  for (const lock of [
    { name: "a", lockfileVersion: 1, requires: true },
    { name: "a", lockfileVersion: 3, packages: { "": { name: "a" } } },
  ]) {
    const inventory = readLock(lock);
    assert.deepEqual([inventory.components, inventory.problems, inventory.root?.name], [[], [], "a"]);
  }
});

test("an entry that cannot be used is kept aside with its path and the rest is read", () => {
  const inventory = readLock({
    lockfileVersion: 3,
    packages: {
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: 2 },
      "node_modules/c": "1.0.0",
      "node_modules/@d": { version: "1.0.0" },
      "node_modules/": { version: "1.0.0" },
      "node_modules/e/lib": { version: "1.0.0" },
      [`${"node_modules/n/".repeat(70)}node_modules/z`]: { version: "1.0.0" },
      [`node_modules/${"n".repeat(5000)}`]: { version: "1.0.0" },
      [`${"a/".repeat(100_000)}b`]: { version: "1.0.0" },
      "node_modules/f": { version: "1.0.0\u001b[2J" },
      "node_modules/g": { version: "1.0.0-\ud800" },
      "node_modules/h": { version: `1.0.0-${"x".repeat(5000)}` },
      "node_modules/i\ud800": { version: "1.0.0" },
    },
  });
  assert.deepEqual(namesOf(inventory), { "node_modules/a": "a 1.0.0" });
  assert.deepEqual(
    inventory.problems.map((problem) => problem.place.slice(0, 30)),
    [
      "node_modules/b.version",
      "node_modules/c",
      "node_modules/@d",
      "node_modules/",
      "node_modules/e/lib",
      "node_modules/n/node_modules/n/",
      `node_modules/${"n".repeat(17)}`,
      "a/".repeat(15),
      "node_modules/f.version",
      "node_modules/g.version",
      "node_modules/h.version",
      "node_modules/i\ud800",
    ],
  );
});

test("names that every object inherits are names like any other", () => {
  const lock =
    '{"lockfileVersion":1,"dependencies":{"__proto__":{"version":"1.0.0","requires":{"constructor":"*"}},"constructor":{"version":"2.0.0"}}}';
  const inventory = read("package-lock.json", new TextEncoder().encode(lock));
  assert.deepEqual(
    inventory.components.map((component) => component.name),
    ["__proto__", "constructor"],
  );
  assert.deepEqual(edgesOf(inventory, "node_modules/__proto__"), ["node_modules/constructor *"]);
  assert.deepEqual(edgesOf(inventory, "node_modules/constructor"), []);
});

test("requirements in a circle, and a hundred thousand packages that all need one another's neighbour, are read", () => {
  const count = 100_000;
  const packages: Record<string, object> = { "": { dependencies: { p0: "^1.0.0" } } };
  for (let index = 0; index < count; index++) {
    packages[`node_modules/p${index}`] = { version: "1.0.0", dependencies: { [`p${(index + 1) % count}`]: "^1.0.0" } };
  }
  const inventory = readLock({ lockfileVersion: 3, packages });
  assert.equal(inventory.components.length, count);
  assert.deepEqual(edgesOf(inventory, `node_modules/p${count - 1}`), ["node_modules/p0 ^1.0.0"]);
});

test("nested names that would unfold to more than the bound are refused as too large", () => {
  let level: object = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`p${index}`, {}]));
  for (let depth = 0; depth < 15; depth++) level = { ["n".repeat(120)]: { dependencies: level } };
  assert.throws(() => readLock({ lockfileVersion: 1, dependencies: level }), { code: "document-too-large" });
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [unknown, string, string | undefined])[] = [
    [{ lockfileVersion: 4, packages: {} }, "document-unknown", "lockfileVersion"],
    [{ lockfileVersion: "3", packages: {} }, "document-unknown", "lockfileVersion"],
    [{ name: "a" }, "document-invalid", "lockfileVersion"],
    [{ lockfileVersion: 3 }, "document-invalid", "packages"],
    [{ lockfileVersion: 1, dependencies: [] }, "document-invalid", "dependencies"],
    [[], "document-invalid", ""],
  ];
  for (const [lock, code, place] of cases) {
    assert.throws(() => readLock(lock as object), { name: "CodedError", code, place }, JSON.stringify(lock));
  }
});

test("it is recognised by name, or by its beginning when the name is another", () => {
  const bytes = new TextEncoder().encode('{ "name": "a", "lockfileVersion": 3 }');
  for (const name of ["package-lock.json", "dir/NPM-Shrinkwrap.json", "dir\\package-lock.json", "-", "copy of lock.json"]) {
    assert.ok(packageLock.recognises({ name, bytes }), name);
  }
  assert.equal(packageLock.recognises({ name: "bun.lock", bytes }), false);
  const bun = new TextEncoder().encode('{ "lockfileVersion": 1, "workspaces": {} }');
  assert.equal(packageLock.recognises({ name: "-", bytes: bun }), false);
  assert.equal(packageLock.recognises({ name: "a.json", bytes: new TextEncoder().encode('{"bomFormat":"CycloneDX"}') }), false);
});

test("real projects' lockfiles are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  // Figures of npm's own reader (Arborist of npm 11.19): components, edges between them and from the project.
  for (const [project, components, edges] of [
    ["cve-services-2021", 707, 1165],
    ["kysely-2021", 298, 375],
    ["osv-fix", 106, 134],
    ["sigstore-js", 1034, 2182],
  ] as const) {
    const inventory = read("package-lock.json", readFileSync(join(feeds ?? "", "lockfiles/npm", project, "package-lock.json")));
    const found = [...inventory.dependencies.values()].reduce((sum, list) => sum + list.length, 0);
    assert.deepEqual([inventory.components.length, found, inventory.problems], [components, edges, []], project);
  }
});
