import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { goMod } from "./go-mod.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(bytes: Uint8Array): Inventory {
  const document = { name: "go.mod", bytes };
  assert.ok(goMod.recognises(document));
  return goMod.read(document, () => undefined);
}

function readText(...lines: readonly string[]): Inventory {
  return read(new TextEncoder().encode(lines.join("\n")));
}

function listed({ components }: Inventory): readonly string[] {
  return components.map(({ name, version }) => `${name} ${version ?? "-"}`);
}

test("modules that are built are components: required ones, what replaces them, and Go's own library", () => {
  const inventory = read(readFileSync(join(import.meta.dirname, "testdata/go.mod")));
  assert.deepEqual(inventory.problems, []);
  assert.deepEqual(inventory.root, { name: "example.com/waterworks", version: undefined });
  assert.deepEqual(listed(inventory), [
    "example.com/gate/v2 v2.3.4",
    "example.com/hinge v1.0.9",
    "example.org/new-bolt/v3 v3.1.0",
    "example.com/forked -",
    "example.com/barred -",
    "example.com/bolt v0.0.0-20221212164502-fae10dda9338",
    "example.com/washer v1.0.1",
    "example.com/gauge v1.1.5",
    "stdlib 1.21.3",
  ]);
  assert.deepEqual(inventory.components[0], {
    ref: "example.com/gate/v2@v2.3.4",
    ecosystem: "Go",
    packageType: "golang",
    name: "example.com/gate/v2",
    version: "v2.3.4",
    purl: undefined,
    place: "line 9",
    development: false,
  });
});

test("what is not marked indirect is the project's own, with its least version as the range", () => {
  const { dependencies } = read(readFileSync(join(import.meta.dirname, "testdata/go.mod")));
  assert.deepEqual([...dependencies.keys()], [""]);
  assert.deepEqual(
    dependencies.get("")?.map(({ ref, range }) => `${ref} ${range ?? "-"}`),
    [
      "example.com/gate/v2@v2.3.4 v2.3.4",
      "example.com/hinge@v1.0.9 v1.0.9",
      "example.org/new-bolt/v3@v3.1.0 -",
      "example.com/forked@line 31 v1.4.0",
      "example.com/barred@line 14 v1.1.0",
      "stdlib@1.21.3 -",
    ],
  );
});

test("a directory in place of a published module has no version that could be compared; one of the project's own is no component", () => {
  const directory = (version: string): readonly string[] =>
    listed(readText("module a.example/a", "go 1.20", `require b.example/b ${version}`, "replace b.example/b => ../b"));
  assert.deepEqual(directory("v1.2.3"), ["b.example/b -", "stdlib 1.20"]);
  for (const version of ["v0.0.0", "v0.0.0-00010101000000-000000000000"]) assert.deepEqual(directory(version), ["stdlib 1.20"], version);
});

test("a replacement of one version is for that version alone, and goes before one of all", () => {
  const module = ["module a.example/a", "go 1.20", "require b.example/b v1.2.3"];
  assert.deepEqual(listed(readText(...module, "replace b.example/b v1.0.0 => c.example/c v1.9.0")), ["b.example/b v1.2.3", "stdlib 1.20"]);
  const both = readText(...module, "replace b.example/b => d.example/d v2.0.0", "replace b.example/b v1.2.3 => c.example/c v1.9.0");
  assert.deepEqual(listed(both), ["c.example/c v1.9.0", "stdlib 1.20"]);
});

test("the toolchain says which Go it is, else the go line does", () => {
  const goItself = (...lines: readonly string[]): readonly string[] => listed(readText("module a.example/a", ...lines));
  assert.deepEqual(goItself("go 1.21"), ["stdlib 1.21"]);
  assert.deepEqual(goItself("go 1.21", "toolchain go1.22rc1"), ["stdlib 1.22rc1"]);
  assert.deepEqual(goItself("go 1.21", "toolchain go1.22.1-vendor"), ["stdlib 1.22.1"]);
  assert.deepEqual(goItself("go 1.21", "toolchain default"), ["stdlib 1.21"]);
});

test("before Go 1.17 a go.mod does not list what only others need, and that is said", () => {
  const problems = (...lines: readonly string[]): readonly string[] =>
    readText("module a.example/a", "require b.example/b v1.2.3", ...lines).problems.map(({ place, reason }) => `${place}: ${reason}`);
  const remedy = "modules that only others need are not in it (`go mod tidy -go=1.17` lists them)";
  assert.deepEqual(problems("go 1.16"), [`line 3: Expected go 1.17 or later, found go 1.16: ${remedy}`]);
  assert.deepEqual(problems(), [`: Expected go 1.17 or later, found no go line: ${remedy}`]);
  for (const version of ["1.17", "1.21.0", "1.26.3", "2.0"]) assert.deepEqual(problems(`go ${version}`), [], version);
  assert.deepEqual(readText("module a.example/a", "go 1.12").problems, []);
});

test("a line that cannot be used is kept aside with its number, and the rest is read", () => {
  const inventory = readText(
    "module a.example/a",
    "go 1.20",
    "go one",
    "require (",
    "b.example/b",
    "c.example/c v1.0.0 v2.0.0",
    "d.example/d v1.0.0",
    '"e.example/e v1.0.0',
    "f.example/f v1\u0001",
    ")",
    "replace g.example/g => h.example/h",
    "replace g.example/g ../h",
    "unheard of",
    "toolchain 1.21",
  );
  assert.deepEqual(listed(inventory), ["d.example/d v1.0.0", "stdlib 1.20"]);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 3", "line 5", "line 6", "line 8", "line 9", "line 11", "line 12", "line 13", "line 14"],
  );
});

test("what is no go.mod, and a block without an end, are refused", () => {
  for (const lines of [[""], ["// module a"], ["go 1.20", "require b.example/b v1.0.0"], ["module a.example/a", "require ("]])
    assert.throws(() => readText(...lines), { name: "CodedError", code: "document-invalid" }, lines.join("|"));
});

test("200,000 lines, and one line of a million words, are read or kept aside", () => {
  const many = Array.from({ length: 200_000 }, (_, index) => `require b.example/b${index} v1.0.0 // indirect`).join("\n");
  assert.equal(readText("module a.example/a", "go 1.20", many).components.length, 200_001);
  assert.equal(readText("module a.example/a", "go 1.20", `require ${"a ".repeat(1_000_000)}`).problems.length, 1);
});

test("it is recognised by name, or by its lines under another name", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(goMod.recognises({ name: "dir/go.mod", bytes: bytes("") }));
  assert.ok(goMod.recognises({ name: "-", bytes: bytes("// a\nmodule a.example/a\n\ngo 1.20\n") }));
  assert.ok(!goMod.recognises({ name: "-", bytes: bytes("module a.example/a\n") }));
  assert.ok(!goMod.recognises({ name: "go.sum", bytes: bytes("a.example/a v1.0.0 h1:x=\n") }));
});

test("real modules are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  // Lines with a module and a version, and those of them without `// indirect`.
  for (const [project, requirements, direct] of [
    ["grype", 334, 74],
    ["osv-scanner-2022", 18, 11],
  ] as const) {
    const inventory = read(readFileSync(join(feeds ?? "", "lockfiles/go", project, "go.mod")));
    assert.deepEqual(
      [inventory.components.length, inventory.dependencies.get("")?.length, inventory.problems],
      [requirements + 1, direct + 1, []],
      project,
    );
  }
});
