import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { nugetLock } from "./nuget-lock.ts";

function read(bytes: Uint8Array, name = "packages.lock.json"): Inventory {
  const document = { name, bytes };
  assert.ok(nugetLock.recognises(document));
  return nugetLock.read(document, () => undefined);
}

function readLock(lock: object): Inventory {
  return read(new TextEncoder().encode(JSON.stringify(lock)));
}

function readFile(name: string): Inventory {
  return read(readFileSync(join(import.meta.dirname, "testdata", name)), name);
}

function edgesOf({ dependencies }: Inventory, ref: string): readonly string[] | undefined {
  return dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("a package is one component a version, whatever frameworks have it; projects are none", () => {
  const inventory = readFile("packages.lock.json");
  assert.deepEqual([inventory.format, inventory.problems], ["packages.lock.json 1", []]);
  assert.deepEqual(
    inventory.components.map(({ ref }) => ref),
    ["steel.gate@2.3.4", "steel.bolt@2.7.0", "steel.bolt@3.1.0", "steel.gauge@1.1.5"],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "steel.gate@2.3.4",
    ecosystem: "NuGet",
    packageType: "nuget",
    name: "Steel.Gate",
    version: "2.3.4",
    purl: undefined,
    place: 'dependencies[".NETFramework,Version=v4.8"]["Steel.Gate"]',
    development: false,
  });
});

test("a requirement leads to the version of the same framework; what the project and its own projects ask for is direct", () => {
  const inventory = readFile("packages.lock.json");
  assert.deepEqual(edgesOf(inventory, "steel.gate@2.3.4"), ["steel.bolt@2.7.0 2.7.0", "steel.bolt@3.1.0 [3.0.0, 4.0.0)"]);
  assert.deepEqual(edgesOf(inventory, ""), ["steel.gate@2.3.4 [2.3.4, )", "steel.gauge@1.1.5 [1.1.0, )"]);
});

test("a package that is only pinned centrally is not the project's own", () => {
  const inventory = readFile("central-2.json");
  assert.deepEqual([inventory.format, inventory.problems], ["packages.lock.json 2", []]);
  assert.deepEqual(edgesOf(inventory, ""), ["steel.gate@2.3.4 [2.3.4, )"]);
  assert.deepEqual(edgesOf(inventory, "steel.gate@2.3.4"), ["steel.bolt@3.1.0 3.0.0"]);
});

test("an entry that cannot be used is kept aside with its place, and the rest is read", () => {
  const inventory = readLock({
    version: 1,
    dependencies: {
      net8: {
        a: { type: "Direct", resolved: "1.0.0", requested: 7 },
        b: { type: "Direct" },
        c: { resolved: "1.0.0" },
        d: { type: "Else", resolved: "1.0.0" },
        "e e": { type: "Direct", resolved: "1.0.0" },
        f: "1.0.0",
        g: { type: "Transitive", resolved: "1 0" },
        h: { type: "Transitive", resolved: "1.0.0" },
      },
      net9: [],
    },
  });
  assert.deepEqual(
    inventory.components.map(({ name, version }) => `${name} ${version ?? "-"}`),
    ["a 1.0.0", "b -", "h 1.0.0"],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place.replace("dependencies.", "")),
    ["net8.a.requested", "net8.c.type", "net8.d.type", 'net8["e e"]', "net8.f", "net8.g.resolved", "net9"],
  );
});

test("a version that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [unknown, string, string])[] = [
    [{ version: 3, dependencies: {} }, "document-unknown", "version"],
    [{ version: "1", dependencies: {} }, "document-unknown", "version"],
    [{ dependencies: {} }, "document-invalid", "version"],
    [{ version: 1 }, "document-invalid", "dependencies"],
    [[], "document-invalid", ""],
  ];
  for (const [lock, code, place] of cases)
    assert.throws(() => readLock(lock as object), { name: "CodedError", code, place }, JSON.stringify(lock));
});

test("it is recognised by name, or by what is in it under another name", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(nugetLock.recognises({ name: "src/App/packages.lock.json", bytes: bytes("") }));
  assert.ok(nugetLock.recognises({ name: "-", bytes: bytes('{"version":1,"dependencies":{"net8.0":{"a":{"type": "Direct"}}}}') }));
  assert.ok(!nugetLock.recognises({ name: "packages.json", bytes: bytes('{"version":1,"dependencies":{}}') }));
});
