import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { gradleLockfile } from "./gradle-lockfile.ts";

function read(bytes: Uint8Array, name = "gradle.lockfile"): Inventory {
  const document = { name, bytes };
  assert.ok(gradleLockfile.recognises(document));
  return gradleLockfile.read(document, () => undefined);
}

function readLines(...lines: readonly string[]): Inventory {
  return read(new TextEncoder().encode(lines.join("\n")));
}

function readFile(name: string): Inventory {
  return read(readFileSync(join(import.meta.dirname, "testdata", name)), name);
}

test("each module at each version is a component; what only tests have is development", () => {
  const inventory = readFile("gradle.lockfile");
  assert.deepEqual(
    [inventory.format, inventory.tool, inventory.problems, inventory.dependencies.size],
    ["gradle.lockfile", "gradle", [], 0],
  );
  assert.deepEqual(
    inventory.components.map(({ ref, development }) => `${ref} ${development}`),
    [
      "com.example.steel:gate:2.3.4 false",
      "com.example.steel:hinge:1.0.9-jre false",
      "com.example:bolt:3.1.0 false",
      "com.example:bolt:2.7.0 true",
      "org.example.check:gauge:1.1.5 true",
      "org.example:latest:1 false",
    ],
  );
  assert.deepEqual(inventory.components[0], {
    ref: "com.example.steel:gate:2.3.4",
    ecosystem: "Maven",
    packageType: "maven",
    name: "com.example.steel:gate",
    version: "2.3.4",
    purl: undefined,
    place: "line 4",
    development: false,
  });
});

test("the older form, one file a configuration, has modules alone", () => {
  assert.deepEqual(
    readFile("compileClasspath.lockfile").components.map(({ ref, development }) => `${ref} ${development}`),
    ["com.example.steel:gate:2.3.4 false", "com.example:bolt:3.1.0 false"],
  );
});

test("a project that locks nothing has no components and no problems", () => {
  for (const lines of [["empty=compileClasspath"], ["# This is a Gradle generated file for dependency locking."]]) {
    const inventory = readLines(...lines);
    assert.deepEqual([inventory.components, inventory.problems], [[], []], lines.join("|"));
  }
});

test("a line that cannot be used is kept aside with its number, and the rest is read", () => {
  const inventory = readLines("a:a:1=x", "a:b", "a:b:=x", ":b:1=x", "a:b:1:c=x", "a:b 1:1=x", "a:a:1=y", "", "a:c:2=x");
  assert.deepEqual(
    inventory.components.map(({ ref }) => ref),
    ["a:a:1", "a:c:2"],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 2", "line 3", "line 4", "line 5", "line 6", "line 7"],
  );
});

test("what is no lockfile is refused", () => {
  for (const text of ["", "hello", "# a comment\n", '{"a":1}', "a:b=c"])
    assert.throws(() => readLines(text), { name: "CodedError", code: "document-invalid" }, text);
});

test("it is recognised by name, or by Gradle's first line under another name", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  for (const name of ["gradle.lockfile", "a/buildscript-gradle.lockfile", "gradle/dependency-locks/runtimeClasspath.lockfile"])
    assert.ok(gradleLockfile.recognises({ name, bytes: bytes("") }), name);
  assert.ok(gradleLockfile.recognises({ name: "-", bytes: bytes("# This is a Gradle generated file for dependency locking.\r\n") }));
  assert.ok(!gradleLockfile.recognises({ name: "yarn.lockfile", bytes: bytes("a:b:1=c\n") }));
});
