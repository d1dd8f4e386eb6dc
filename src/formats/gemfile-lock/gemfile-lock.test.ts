import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { gemfileLock } from "./gemfile-lock.ts";

const feeds = process.env["SLUICE_FEEDS"];

function read(bytes: Uint8Array, name = "Gemfile.lock"): Inventory {
  const document = { name, bytes };
  assert.ok(gemfileLock.recognises(document));
  return gemfileLock.read(document, () => undefined);
}

function readLines(...lines: readonly string[]): Inventory {
  return read(new TextEncoder().encode(lines.join("\n")));
}

function edgesOf({ dependencies }: Inventory, ref: string): readonly string[] | undefined {
  return dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

const whole = () => read(readFileSync(join(import.meta.dirname, "testdata/Gemfile.lock")));

test("a gem is one component a version, whatever its platforms; gems in the project's directories are none", () => {
  const inventory = whole();
  assert.deepEqual([inventory.format, inventory.problems], ["Gemfile.lock", []]);
  assert.deepEqual(
    inventory.components.map(({ ref }) => ref),
    [
      "hinge@1.0.9",
      "plugged@0.3.0",
      "bolt@2.7.0",
      "gate@2.3.4",
      "gauge@1.1.5.pre.2",
      "glass@1.15.4",
      "mini-frame@2.8.5",
      "seal@1.6.2",
      "seal@1.6.3",
      "washer@1.0.1",
    ],
  );
  assert.deepEqual(inventory.components[5], {
    ref: "glass@1.15.4",
    ecosystem: "RubyGems",
    packageType: "gem",
    name: "glass",
    version: "1.15.4",
    purl: undefined,
    place: "line 30",
    development: false,
  });
});

test("what the Gemfile and the project's own gems ask for is direct, each with its requirement", () => {
  assert.deepEqual(edgesOf(whole(), ""), [
    "gate@2.3.4 ~> 2.3",
    "gauge@1.1.5.pre.2 = 1.1.5.pre.2",
    "hinge@1.0.9 >= 0",
    "gate@2.3.4 >= 2",
    "washer@1.0.1 >= 0",
  ]);
});

test("gems lead to what they need, of every platform", () => {
  const inventory = whole();
  assert.deepEqual(edgesOf(inventory, "hinge@1.0.9"), ["bolt@2.7.0 ~> 2.0, >= 2.1"]);
  assert.deepEqual(edgesOf(inventory, "gate@2.3.4"), ["bolt@2.7.0 < 3, >= 2", "glass@1.15.4 ~> 1.15"]);
  assert.deepEqual(edgesOf(inventory, "glass@1.15.4"), ["mini-frame@2.8.5 ~> 2.8"]);
  assert.deepEqual(edgesOf(inventory, "washer@1.0.1"), ["seal@1.6.2 >= 0", "seal@1.6.3 >= 0"]);
  assert.deepEqual(edgesOf(inventory, "bolt@2.7.0"), []);
});

test("without a section of what the Gemfile asks for, direct is not known", () => {
  assert.equal(readLines("GEM", "  specs:", "    bolt (1.0.0)").dependencies.has(""), false);
  assert.deepEqual(readLines("DEPENDENCIES").dependencies.get(""), []);
});

test("a line that cannot be used is kept aside with its number, and what stands below it is nobody's", () => {
  const inventory = readLines(
    "GEM",
    "  remote: https://rubygems.example/",
    "  specs:",
    "    bolt (1.0.0)",
    "    gate",
    "      bolt",
    "    pump ()",
    "    washer (1.0",
    "    nut (-java)",
    "    glass (1.0.0)",
    "      bolt (>= 1) x",
    "      bolt",
    "DEPENDENCIES",
    "  gl ass",
    "  glass",
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 5", "line 7", "line 8", "line 9", "line 11", "line 14"],
  );
  assert.deepEqual([...inventory.dependencies.keys()], ["bolt@1.0.0", "glass@1.0.0", ""]);
  assert.deepEqual(edgesOf(inventory, "glass@1.0.0"), ["bolt@1.0.0 >= 0"]);
});

test("what is no lockfile, and one with a merge conflict, are refused", () => {
  for (const lines of [
    [""],
    ["PLATFORMS", "  ruby"],
    ["gem 'rails'"],
    ["<!doctype html>"],
    ["GEM", "<<<<<<< HEAD", "  specs:"],
    ["GEM", "  specs:", "    a (1)", "=======", "    a (2)"],
  ])
    assert.throws(() => readLines(...lines), { name: "CodedError", code: "document-invalid" }, lines.join("|"));
});

test("many versions of one gem that many gems need are read in bounded time", () => {
  const versions = Array.from({ length: 50_000 }, (_, index) => `    bolt (1.0.${index})\n      bolt`);
  const inventory = read(new TextEncoder().encode(`GEM\n  specs:\n${versions.join("\n")}`));
  assert.equal(inventory.components.length, 50_000);
  assert.equal(inventory.dependencies.get("bolt@1.0.49999")?.length, 16);
});

test("it is recognised by name, or by its sections under another name", () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  for (const name of ["Gemfile.lock", "a/gems.locked", "gemfiles/rails_7.gemfile.lock"])
    assert.ok(gemfileLock.recognises({ name, bytes: text("") }), name);
  assert.ok(gemfileLock.recognises({ name: "-", bytes: text("GEM\n  remote: https://rubygems.example/\n  specs:\n    a (1)\n") }));
  assert.ok(!gemfileLock.recognises({ name: "Gemfile", bytes: text("gem 'rails'\n") }));
  assert.equal(read(text("GEM\n  specs:\n"), "gems.locked").format, "gems.locked");
});

test("real projects' lockfiles are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  // Names in the sections, what the Gemfile asks for and the indented requirements, counted with grep.
  for (const [project, gems, direct] of [
    ["osv-schema-docs", 96, 3],
    ["rubygems.org-2022", 179, 64],
  ] as const) {
    const inventory = read(readFileSync(join(feeds ?? "", "lockfiles/gem", project, "Gemfile.lock")));
    const names = new Set(inventory.components.map(({ name }) => name));
    assert.deepEqual([names.size, inventory.dependencies.get("")?.length, inventory.problems], [gems, direct, []], project);
  }
});
