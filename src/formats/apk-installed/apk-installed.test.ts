import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import type { SystemRelease } from "../../vocabulary/system-release.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { apkInstalled } from "./apk-installed.ts";

const alpine: SystemRelease = { packageType: "apk", vendor: "alpine", release: "3.18.4" };

const resolve: PurlResolver = ({ type, namespace, qualifiers }) => {
  assert.equal(type, "apk");
  if (namespace !== "alpine") return undefined;
  return { ecosystem: `Alpine:${qualifiers["distro"]}`, name: qualifiers["upstream"] ?? "", source: "stated" };
};

function read(bytes: Uint8Array, system: SystemRelease | undefined = alpine): Inventory {
  const document = { name: "lib/apk/db/installed", bytes, system };
  assert.ok(apkInstalled.recognises(document));
  return apkInstalled.read(document, resolve);
}

function readLines(...lines: readonly string[]): Inventory {
  return read(new TextEncoder().encode(lines.join("\n")));
}

const whole = (): Inventory => read(readFileSync(join(import.meta.dirname, "testdata/installed")));

function edgesOf({ dependencies }: Inventory, ref: string): readonly string[] | undefined {
  return dependencies.get(ref)?.map((edge) => `${edge.ref} ${edge.range ?? "-"}`);
}

test("what is installed is a component each: by its origin for advisories, by its own name for people and commands", () => {
  const inventory = whole();
  assert.deepEqual([inventory.format, inventory.problems, inventory.lacksRelease], ["apk installed", [], undefined]);
  assert.deepEqual(
    inventory.components.map(({ ref, installedAs, name, version }) => `${ref} | ${installedAs} | ${name} ${version}`),
    [
      "musl | musl | musl 1.2.4-r2",
      "libgate3 | libgate3 | gate 2.3.4-r1",
      "gate-tools | gate-tools | gate 2.3.4-r1",
      "bolt | bolt | bolt 2.7.0-r3",
    ],
  );
  assert.deepEqual(inventory.components[1], {
    ref: "libgate3",
    ecosystem: "Alpine:3.18.4",
    packageType: "apk",
    name: "gate",
    version: "2.3.4-r1",
    purl: undefined,
    installedAs: "libgate3",
    source: "stated",
    place: "libgate3",
    development: false,
  });
});

test("edges lead to what is installed, by name or by what it provides, and not within an origin", () => {
  const inventory = whole();
  assert.deepEqual(edgesOf(inventory, "musl"), []);
  assert.deepEqual(edgesOf(inventory, "libgate3"), ["musl -"]);
  assert.deepEqual(edgesOf(inventory, "gate-tools"), ["bolt >=2.7", "bolt -"]);
  assert.deepEqual(edgesOf(inventory, "bolt"), ["musl -", "musl >=1.2.3"]);
  assert.equal(inventory.dependencies.has(""), false);
});

test("without the release, or with another kind of system's, nothing can be looked up, and that is said", () => {
  const bytes = readFileSync(join(import.meta.dirname, "testdata/installed"));
  for (const system of [
    undefined,
    { packageType: "deb", vendor: "debian", release: "12" },
    { packageType: "apk", vendor: "unheard-of", release: "1" },
  ]) {
    const inventory = apkInstalled.read({ name: "installed", bytes, system }, resolve);
    assert.equal(inventory.lacksRelease, true);
    assert.deepEqual(
      inventory.components.map(({ ecosystem, packageType, name }) => `${ecosystem ?? "-"} ${packageType} ${name}`),
      ["- apk musl", "- apk libgate3", "- apk gate-tools", "- apk bolt"],
    );
  }
});

test("an entry or line that cannot be used is kept aside with its place, and the rest is read", () => {
  const inventory = readLines(
    "P:a",
    "V:1-r0",
    "what",
    "V:2-r0",
    "",
    "V:1-r0",
    "",
    "P:b",
    "",
    "P:c d",
    "V:1",
    "",
    "P:a",
    "V:3-r0",
    "o:x y",
    "",
    "P:a",
    "V:3-r0",
  );
  assert.deepEqual(
    inventory.components.map(({ ref, version }) => `${ref} ${version}`),
    ["a 1-r0", "a@line 17: a 3-r0"],
  );
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 3", "line 4", "line 6", "line 8: b", "line 10", "line 13: a", "line 17: a"],
  );
});

test("what is no list of what is installed is refused, or not recognised", () => {
  for (const text of ["", "\n\n"])
    assert.throws(() => apkInstalled.read({ name: "installed", bytes: new TextEncoder().encode(text) }, resolve), {
      code: "document-invalid",
    });
  const index = new TextEncoder().encode("C:Q1x=\nP:a\nV:1-r0\nA:x86_64\n\n");
  assert.equal(apkInstalled.recognises({ name: "APKINDEX", bytes: index }), false);
  assert.equal(apkInstalled.recognises({ name: "usr/lib/apk/db/installed", bytes: index }), true);
});

test("packages that all need and provide the same name are read in bounded time", () => {
  const entries = Array.from({ length: 20_000 }, (_, index) => `P:p${index}\nV:1-r0\nD:x\np:x\n`);
  assert.equal(readLines(...entries).dependencies.get("p19999")?.length, 8);
});
