import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Inventory } from "../../vocabulary/component.ts";
import { pipfileLock } from "./pipfile-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(pipfileLock.recognises(document), name);
  return pipfileLock.read(document, () => undefined);
}

function readText(text: string): Inventory {
  return read("Pipfile.lock", new TextEncoder().encode(text));
}

test("packages of every section are components; the same version in two sections is one; a directory is the project's own", () => {
  const inventory = read("Pipfile.lock", readFileSync(join(import.meta.dirname, "testdata/Pipfile.lock")));
  assert.deepEqual([inventory.format, inventory.tool, inventory.root, inventory.problems], ["Pipfile.lock 6", "pipenv", undefined, []]);
  assert.deepEqual(
    inventory.components.map(({ ref, name, version, development }) => [ref, name, version, development]),
    [
      ["default.bolt", "bolt", "3.1.0", false],
      ["default.from-git", "from-git", undefined, false],
      ["default.gate", "gate", "2.3.4", false],
      ["default.packed", "packed", undefined, false],
      ["docs.ink", "ink", "0.1-odd", false],
      ["develop.gate", "gate", "1.9.0", true],
      ["develop.gauge", "gauge", "1.1.5", true],
    ],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "default.bolt",
    ecosystem: "PyPI",
    packageType: "pypi",
    name: "bolt",
    version: "3.1.0",
    purl: undefined,
    place: "default.bolt",
    development: false,
  });
});

test("names that are alike for sixty characters, or with their section, are told apart", () => {
  const long = "é".repeat(60);
  const lock = { _meta: { "pipfile-spec": 6 }, default: { [`${long}1`]: {}, [`${long}2`]: {} }, a: { "b.c": {} }, "a.b": { c: {} } };
  assert.equal(new Set(readText(JSON.stringify(lock)).components.map(({ ref }) => ref)).size, 4);
});

test("what needs what is not stated", () => {
  assert.equal(readText('{"_meta":{"pipfile-spec":6},"default":{"a":{"version":"==1"}}}').dependencies.size, 0);
});

test("a version that leaves a choice is none", () => {
  for (const specifier of ["*", ">=1.0", "==1.*", "", "1.0"]) {
    const { components } = readText(JSON.stringify({ _meta: { "pipfile-spec": 6 }, default: { a: { version: specifier } } }));
    assert.deepEqual(
      components.map(({ version }) => version),
      [undefined],
      specifier,
    );
  }
});

test("an entry that cannot be used is kept aside with its place and the rest is read", () => {
  const inventory = readText(
    '{"_meta":{"pipfile-spec":6},"default":{"a":{"version":1},"b":"==1","c\\u0007":{},"":{},"__proto__":{"version":"==1"},"toString":{"version":"==2"}}}',
  );
  assert.deepEqual(
    inventory.components.map(({ name, version }) => [name, version]),
    [
      ["__proto__", "1"],
      ["toString", "2"],
    ],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["default.a.version", "default.b", 'default["c\\u0007"]', 'default[""]'],
  );
});

test("a specification that is not read, and what is no lockfile, are refused", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['{"_meta":{"pipfile-spec":7}}', "document-unknown", "_meta.pipfile-spec"],
    ['{"_meta":{"pipfile-spec":"6"}}', "document-unknown", "_meta.pipfile-spec"],
    ['{"_meta":{}}', "document-invalid", "_meta.pipfile-spec"],
    ["{}", "document-invalid", "_meta"],
    ['{"_meta":{"pipfile-spec":6},"default":[]}', "document-invalid", "default"],
    ["[]", "document-invalid", ""],
  ];
  for (const [text, code, place] of cases) assert.throws(() => readText(text), { name: "CodedError", code, place }, text);
});

test("it is recognised by name, or by its beginning when the name is another", () => {
  const bytes = new TextEncoder().encode('{\n "_meta": {\n "hash": {},\n "pipfile-spec": 6 } }');
  for (const name of ["Pipfile.lock", "dir/pipfile.lock", "-", "copy.json"]) assert.ok(pipfileLock.recognises({ name, bytes }), name);
  assert.equal(pipfileLock.recognises({ name: "a.json", bytes: new TextEncoder().encode('{"name":"pipfile-spec"}') }), false);
});

test("a real project's lockfile is read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  const inventory = read("Pipfile.lock", readFileSync(join(feeds ?? "", "lockfiles/pip/osv-dev-2022/Pipfile.lock")));
  // 33 in default and 21 in develop, of which 3 are in both at one version.
  assert.deepEqual([inventory.components.length, inventory.components.filter((component) => component.development).length], [51, 18]);
  assert.deepEqual([inventory.problems, inventory.components.filter(({ version }) => version === undefined)], [[], []]);
});
