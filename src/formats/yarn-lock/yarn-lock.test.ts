import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { yarnLock } from "./yarn-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];
const CLASSIC = "# yarn lockfile v1\n\n\n";
const BERRY = "__metadata:\n  version: 8\n  cacheKey: 10\n\n";

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(yarnLock.recognises(document), name);
  return yarnLock.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readLock(text: string): Inventory {
  return read("yarn.lock", new TextEncoder().encode(text));
}

function namesOf(inventory: Inventory): Record<string, string> {
  return Object.fromEntries(inventory.components.map(({ ref, name, version }) => [ref, `${name} ${version ?? "-"}`]));
}

function edgesOf(inventory: Inventory, ref: string): readonly string[] | undefined {
  return inventory.dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("yarn 1: each entry is a component under its real name, whatever was asked for; directories are not", () => {
  const inventory = readFile("v1.lock");
  assert.deepEqual([inventory.format, inventory.tool, inventory.root, inventory.problems], ["yarn.lock 1", "yarn-1", undefined, []]);
  assert.deepEqual(namesOf(inventory), {
    "@steel/hinge@1.0.9": "@steel/hinge 1.0.9",
    "bolt@2.7.0": "bolt 2.7.0",
    "bolt@3.1.0": "bolt 3.1.0",
    "from-git@0.4.0": "from-git 0.4.0",
    "from-tarball@0.5.0": "from-tarball 0.5.0",
    "gate@2.3.4": "gate 2.3.4",
    "gate@1.9.0": "gate 1.9.0",
    "packed@0.3.0": "packed 0.3.0",
    "rivet@1.2.0": "rivet 1.2.0",
  });
  assert.deepEqual(inventory.components[0], {
    ref: "@steel/hinge@1.0.9",
    ecosystem: "npm",
    packageType: "npm",
    name: "@steel/hinge",
    version: "1.0.9",
    purl: undefined,
    place: "line 5",
    development: false,
  });
});

test("yarn 1: needs lead where their requirement stands, and what the project asks for is not stated", () => {
  const inventory = readFile("v1.lock");
  assert.equal(edgesOf(inventory, ""), undefined);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), [
    "@steel/hinge@1.0.9 ^1.0.0",
    "bolt@3.1.0 ^3.0.0",
    "rivet@1.2.0 ~1.0.0",
    "gate@1.9.0 ^1.0.0",
  ]);
  assert.deepEqual(edgesOf(inventory, "bolt@3.1.0"), []);
});

test("yarn 2 and later: locators name the components; workspaces and directories are not, and a patched package is one", () => {
  const inventory = readFile("berry.lock");
  assert.deepEqual([inventory.format, inventory.tool, inventory.problems], ["yarn.lock 8", "yarn", []]);
  assert.deepEqual(inventory.root, { name: "waterworks", version: undefined });
  assert.deepEqual(namesOf(inventory), {
    "@steel/hinge@1.0.9": "@steel/hinge 1.0.9",
    "bolt@2.7.0": "bolt 2.7.0",
    "bolt@3.1.0": "bolt 3.1.0",
    "from-git@0.4.0": "from-git 0.4.0",
    "gate@2.3.4": "gate 2.3.4",
    "gate@1.9.0": "gate 1.9.0",
    "packed@0.3.0": "packed 0.3.0",
    "rivet@1.2.0": "rivet 1.2.0",
    "lone@1.0.0": "lone 1.0.0",
  });
  assert.equal(inventory.components[0]?.place, '["@steel/hinge@npm:1.x, @steel/hinge@npm:^1.0.0"]');
});

test("yarn 2 and later: what workspaces and directories need is what the project asks for", () => {
  const inventory = readFile("berry.lock");
  assert.deepEqual(edgesOf(inventory, ""), [
    "gate@2.3.4 2.x",
    "bolt@2.7.0 ^2.0.0",
    "@steel/hinge@1.0.9 1.x",
    "bolt@3.1.0 patch:bolt@npm%3A^3.0.0#~/.yarn/patches/bolt-npm-3.1.0-0123456789.patch",
    "from-git@0.4.0 https://git.example.org/from-git.git#v0.4.0",
    "gate@2.3.4 ^2.0.0",
    "lone@1.0.0 patch:lone@npm%3A1.0.0#~builtin<compat/lone>",
    "packed@0.3.0 file:./packed-0.3.0.tgz",
  ]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), [
    "@steel/hinge@1.0.9 ^1.0.0",
    "bolt@3.1.0 ^3.0.0",
    "gate@1.9.0 ^1.0.0",
    "rivet@1.2.0 ~1.0.0",
  ]);
});

test("a requirement that resolutions changed leads to what has the name, without a range where there is a choice", () => {
  const bolts = (versions: readonly string[]): string => versions.map((version) => `bolt@${version}:\n  version "${version}"\n`).join("");
  const gate = 'gate@^1.0.0:\n  version "1.0.0"\n  dependencies:\n    bolt "^9.0.0"\n';
  assert.deepEqual(edgesOf(readLock(CLASSIC + bolts(["1.0.0"]) + gate), "gate@1.0.0"), ["bolt@1.0.0 ^9.0.0"]);
  assert.deepEqual(edgesOf(readLock(CLASSIC + bolts(["1.0.0", "2.0.0"]) + gate), "gate@1.0.0"), ["bolt@1.0.0 -", "bolt@2.0.0 -"]);
  for (const versions of [[], Array.from({ length: 21 }, (_, index) => `1.0.${index}`)]) {
    const inventory = readLock(CLASSIC + bolts(versions) + gate);
    assert.deepEqual(edgesOf(inventory, "gate@1.0.0"), []);
    assert.deepEqual(
      inventory.problems.map(({ reason }) => reason),
      ['Expected a requirement that an entry is for, found "bolt@^9.0.0"'],
    );
  }
});

test("yarn 2 wrote requirements without npm:, which are found under it", () => {
  const inventory = readLock(
    `${BERRY}"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  dependencies:\n    b: ^2.0.0\n\n"b@npm:^2.0.0, b@npm:^2.1.0":\n  version: 2.1.0\n  resolution: "b@npm:2.1.0"\n\n"b@npm:1":\n  version: 1.0.0\n  resolution: "b@npm:1.0.0"\n`,
  );
  assert.deepEqual(edgesOf(inventory, "a@1.0.0"), ["b@2.1.0 ^2.0.0"]);
});

test("yarn 1: a text that is not of its syntax is refused with its line", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a@1\n", "line 4"],
    ["a@1:\n\n   version 1\n", "line 6"],
    ["a@1:\n\tversion 1\n", "line 5"],
    ["  version 1\n", "line 4"],
    ["a@1:\n  version 1\n    b 1\n", "line 6"],
    ["a@1:\n  dependencies:\n      b 1\n", "line 6"],
    ["a@1:\n  version 1 2\n", "line 5"],
    ["a@1:\n  version\n", "line 5"],
    ["a@1: b\n", "line 4"],
    ["a@1,\n", "line 4"],
    ['"a@1:\n', "line 4"],
    ['"a\\q@1":\n', "line 4"],
    ["a@1:\n  version 1\n  version 2\n", "line 6"],
    ["a@1:\n  dependencies:\n    b 1\n    b 2\n", "line 7"],
    ["a@1:\n  dependencies:\n  dependencies:\n", "line 6"],
    ["<<<<<<< HEAD\na@1:\n  version 1\n", "line 4"],
    [`"${"a".repeat(1_000_001)}@1":\n`, "line 4"],
  ];
  for (const [text, place] of cases) {
    assert.throws(() => readLock(CLASSIC + text), { name: "CodedError", code: "document-invalid", place }, text.slice(0, 60));
  }
});

test("yarn 1: blank lines, comments, line ends of Windows and words with or without quotes are read", () => {
  const inventory = readLock(
    '# yarn lockfile v1\r\n\r\na@1, "b c@2":\r\n  # comment\r\n  "version" 1.0.0\r\n\r\n\r\nd:\r\n  version "2.0.0"',
  );
  assert.deepEqual([namesOf(inventory), inventory.problems], [{ "a@1.0.0": "a 1.0.0", "d@2.0.0": "d 2.0.0" }, []]);
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const classic = readLock(`${CLASSIC}a@1:\n  version 1.0.0\n\n"":\n  version 1.0.0\n\nb@1:\n  resolved x\n\n"c@1":\n  version "1\\n"\n`);
  assert.deepEqual(namesOf(classic), { "a@1.0.0": "a 1.0.0" });
  assert.deepEqual(
    classic.problems.map(({ place }) => place),
    ["line 7", "line 10", "line 13"],
  );
  const berry = readLock(
    `${BERRY}a@npm:1:\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n\nb@npm:1:\n  version: 1.0.0\n\nc@npm:1: text\n\nd@npm:1:\n  resolution: d\n\ne@npm:1:\n  resolution: "e@npm:1.0.0"\n`,
  );
  assert.deepEqual(namesOf(berry), { "a@1.0.0": "a 1.0.0" });
  assert.deepEqual(
    berry.problems.map(({ place }) => place),
    ['["b@npm:1"].resolution', '["c@npm:1"]', '["d@npm:1"].resolution', '["e@npm:1"].version'],
  );
});

test("names that every object inherits are names like any other", () => {
  const classic = readLock(
    `${CLASSIC}__proto__@1:\n  version 1.0.0\n  dependencies:\n    constructor "*"\n\nconstructor@*:\n  version 2.0.0\n`,
  );
  assert.deepEqual(edgesOf(classic, "__proto__@1.0.0"), ["constructor@2.0.0 *"]);
  const berry = readLock(
    `${BERRY}__proto__@npm:1:\n  version: 1.0.0\n  resolution: "__proto__@npm:1.0.0"\n  dependencies:\n    __proto__: 1\n`,
  );
  assert.deepEqual(namesOf(berry), { "__proto__@1.0.0": "__proto__ 1.0.0" });
});

test("a lockfile that lists nothing is read as such, and what is no lockfile is refused", () => {
  assert.deepEqual([readLock(CLASSIC).components, readLock(BERRY).components], [[], []]);
  for (const [text, place] of [
    ["", ""],
    ["a@1:\n  version 1.0.0\n", ""],
    ["__metadata:\n  version: eight\n", "__metadata.version"],
    ["__metadata:\n", "__metadata"],
    ["__metadata:\n  version: &a 8\n", "2:12"],
  ] as const) {
    assert.throws(() => readLock(text), { name: "CodedError", code: "document-invalid", place }, text);
  }
});

test("a hundred thousand entries that all need one another's neighbour are read", () => {
  const count = 100_000;
  const entries = Array.from(
    { length: count },
    (_, index) => `p${index}@^1.0.0:\n  version "1.0.0"\n  dependencies:\n    p${(index + 1) % count} "^1.0.0"\n`,
  );
  const inventory = readLock(CLASSIC + entries.join("\n"));
  assert.equal(inventory.components.length, count);
  assert.deepEqual(edgesOf(inventory, `p${count - 1}@1.0.0`), ["p0@1.0.0 ^1.0.0"]);
});

test("it is recognised by name, or by what stands in it when the name is another", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(yarnLock.recognises({ name: "dir/Yarn.lock", bytes: bytes("") }));
  assert.ok(yarnLock.recognises({ name: "-", bytes: bytes(CLASSIC) }));
  assert.ok(yarnLock.recognises({ name: "old.lock", bytes: bytes(`# comment\n${BERRY}`) }));
  assert.equal(yarnLock.recognises({ name: "poetry.lock", bytes: bytes("[[package]]\n") }), false);
});

test("real projects' lockfiles are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  for (const [project, format, components, edges] of [
    ["graphile-worker-2020-v1", "yarn.lock 1", 636, 1171],
    ["graphile-worker-2026-berry", "yarn.lock 10", 1456, 2956],
  ] as const) {
    const inventory = read("yarn.lock", readFileSync(join(feeds ?? "", "lockfiles/yarn", project, "yarn.lock")));
    const found = [...inventory.dependencies.values()].reduce((sum, list) => sum + list.length, 0);
    assert.deepEqual([inventory.format, inventory.components.length, found, inventory.problems], [format, components, edges, []], project);
  }
});
