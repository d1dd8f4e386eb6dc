import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { composerLock } from "./composer-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(bytes: Uint8Array): Inventory {
  const document = { name: "composer.lock", bytes };
  assert.ok(composerLock.recognises(document));
  return composerLock.read(document, () => undefined);
}

function readLock(lock: object): Inventory {
  return read(new TextEncoder().encode(JSON.stringify(lock)));
}

function edgesOf({ dependencies }: Inventory, ref: string): readonly string[] | undefined {
  return dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

const whole = () => read(readFileSync(join(import.meta.dirname, "testdata/composer.lock")));

test("packages are components of Packagist, and those of Drupal's repository of that", () => {
  const inventory = whole();
  assert.deepEqual([inventory.format, inventory.problems, inventory.root], ["composer.lock", [], undefined]);
  assert.deepEqual(
    inventory.components.map(({ ecosystem, name, version, development }) => `${ecosystem ?? ""} ${name} ${version ?? ""} ${development}`),
    [
      "Packagist steel/gate v2.3.4 false",
      "Packagist steel/bolt 3.1.0 false",
      "Packagist steel/hinge dev-main false",
      "Packagist drupal/core 10.1.0 false",
      "Packagist:https://packages.drupal.org/8 drupal/sluice_gate 1.5.0 false",
      "Packagist steel/gauge 1.1.5 true",
    ],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "steel/gate",
    ecosystem: "Packagist",
    packageType: "composer",
    name: "steel/gate",
    version: "v2.3.4",
    purl: undefined,
    place: "packages[0]",
    development: false,
  });
});

test("requirements lead to packages, or to what replaces or provides them; those of the platform and of development lead nowhere", () => {
  const inventory = whole();
  assert.deepEqual(edgesOf(inventory, "steel/gate"), ["steel/bolt ^3.0", "steel/bolt -"]);
  assert.deepEqual(edgesOf(inventory, "steel/bolt"), []);
  assert.deepEqual(edgesOf(inventory, "steel/hinge"), ["steel/bolt -"]);
  assert.deepEqual(edgesOf(inventory, "drupal/sluice_gate"), ["drupal/core ^8 || ^9 || ^10"]);
  assert.equal(edgesOf(inventory, ""), undefined);
});

test("an entry that cannot be used is kept aside with its place, and the rest is read", () => {
  const inventory = readLock({
    packages: [
      { name: "a/a", version: "1.0.0", require: { "b/b": 7 } },
      { name: "no-vendor", version: "1" },
      { version: "1.0.0" },
      "a/b",
      { name: "a/c", version: 1 },
      { name: "a/d", version: "1 0" },
      { name: "A/A", version: "2.0.0" },
      { name: "b/b" },
    ],
    "packages-dev": null,
  });
  assert.deepEqual(
    inventory.components.map(({ ref, version }) => `${ref} ${version ?? "-"}`),
    ["a/a 1.0.0", "a/a@packages[6] 2.0.0", "b/b -"],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["packages[1].name", "packages[2].name", "packages[3]", "packages[4].version", "packages[5].version", "packages[6].name"],
  );
  assert.deepEqual(edgesOf(inventory, "a/a"), ["b/b -"]);
});

test("what is no lockfile is refused", () => {
  for (const lock of [{}, [], { packages: {} }, { packages: null }, { "packages-dev": [] }, { packages: [], "packages-dev": {} }])
    assert.throws(() => readLock(lock), { name: "CodedError", code: "document-invalid" }, JSON.stringify(lock));
});

test("packages that all replace the same name are read in bounded time", () => {
  const packages = Array.from({ length: 20_000 }, (_, index) => ({
    name: `a/p${index}`,
    version: "1",
    require: { "x/x": "*" },
    replace: { "x/x": "*" },
  }));
  const inventory = readLock({ packages });
  assert.equal(edgesOf(inventory, "a/p19999")?.length, 16);
});

test("it is recognised by name, or by what is in it under another name", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(composerLock.recognises({ name: "a/composer.lock", bytes: bytes("") }));
  assert.ok(composerLock.recognises({ name: "-", bytes: bytes('{"content-hash":"x","packages":[],"packages-dev":[]}') }));
  assert.ok(!composerLock.recognises({ name: "composer.json", bytes: bytes('{"require":{},"minimum-stability":"dev"}') }));
});

test("real projects' lockfiles are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  for (const [project, packages, development] of [
    ["composer-2021", 16, 8],
    ["friendsofphp-2014", 1, 0],
  ] as const) {
    const inventory = read(readFileSync(join(feeds ?? "", "lockfiles/composer", project, "composer.lock")));
    assert.deepEqual(
      [inventory.components.length, inventory.components.filter((component) => component.development).length, inventory.problems],
      [packages + development, development, []],
      project,
    );
  }
});
