import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import * as registered from "../../src/formats/all.ts";
import { readCsaf } from "../../src/formats/csaf/csaf.ts";
import type { InputDocument } from "../../src/formats/inventory-format.ts";
import { readKevCatalogue } from "../../src/formats/kev/kev.ts";
import { readOsRelease } from "../../src/formats/os-release/os-release.ts";
import { readOsvRecord } from "../../src/formats/osv/osv.ts";
import { allInventoryFormats, isInventoryFileName, readInventory } from "../../src/formats/read-inventory.ts";
import { packageOfPurl } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { isJsonObject, type Json } from "../../src/vocabulary/json.ts";
import { assertHoldsTogether, orRefusal } from "../support/inventory-holds-together.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { zipEntries } from "../support/zip-entries.ts";

const FORMATS = new URL("../../src/formats/", import.meta.url);
const feeds = process.env["SLUICE_FEEDS"] ?? "";
/** Of a document: at how many places it is damaged, and how often at random. */
const DAMAGES = process.env["SLUICE_SOAK"] === undefined ? { places: 100, random: 75 } : { places: 2000, random: 1500 };
const needsFeeds = { skip: feeds === "" ? "SLUICE_FEEDS is not set" : false };

const folders = readdirSync(FORMATS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Formats of other things than components are called by name, and stand in no list. */
const otherReaders: Readonly<Record<string, ((bytes: Uint8Array) => unknown) | undefined>> = {
  csaf: (bytes) => readCsaf(bytes, "test", { resolvePurl: packageOfPurl }),
  kev: readKevCatalogue,
  "os-release": readOsRelease,
  osv: (bytes) => readOsvRecord(bytes, "test"),
  purl: undefined,
};

for (const folder of folders) {
  test(`${folder} has its code, its test, its README and its testdata, and is registered`, () => {
    const url = new URL(`${folder}/`, FORMATS);
    for (const file of [`${folder}.ts`, `${folder}.test.ts`, "README.md", "testdata/"]) {
      assert.ok(existsSync(new URL(file, url)), `${new URL(file, url).pathname} is missing`);
    }
    assert.ok(readdirSync(new URL("testdata/", url)).length > 0, `${folder}/testdata is empty`);
    const isInventory = allInventoryFormats.some((format) => format.id === folder);
    assert.ok(isInventory || folder in otherReaders, `${folder} is neither in formats/all.ts nor a format of other things here`);
  });
}

test("all.ts registers nothing that has no folder, and nothing twice", () => {
  const ids = Object.values(registered).map((format) => format.id);
  assert.deepEqual(
    ids.filter((id) => !folders.includes(id)),
    [],
  );
  assert.equal(new Set(ids).size, ids.length);
});

for (const format of allInventoryFormats) {
  test(`${format.id} recognises each of its own documents and no other format's`, () => {
    for (const other of allInventoryFormats) {
      for (const document of documentsOf(other.id)) assert.equal(format.recognises(document), other === format, document.name);
    }
  });

  test(`${format.id} turns every damaged document into an inventory that holds together, or refuses it`, { timeout: 300_000 }, () => {
    for (const document of documentsOf(format.id)) {
      for (const { damage, bytes } of damagedForms(document.bytes)) {
        const damaged = { name: document.name, bytes };
        const label = `${document.name}: ${damage}`;
        const inventory = orRefusal(() => format.read(damaged, packageOfPurl), label);
        if (inventory !== undefined) assertHoldsTogether(inventory, label);
        orRefusal(() => readInventory(damaged, packageOfPurl), label);
      }
    }
  });
}

for (const [folder, read] of Object.entries(otherReaders)) {
  if (read === undefined) continue;
  test(`${folder} reads or refuses every damaged document`, { timeout: 300_000 }, () => {
    for (const document of documentsOf(folder)) {
      for (const { damage, bytes } of damagedForms(document.bytes)) orRefusal(() => read(bytes), `${document.name}: ${damage}`);
    }
  });
}

test("a document of no format, and one of no bytes, are refused with the names of what is read", () => {
  for (const text of ["", "{}", "[]", "hello", "<html></html>", "# notes\n\n- one\n"]) {
    assert.throws(
      () => readInventory({ name: "x", bytes: bytesOf(text) }, packageOfPurl),
      (error) => isCodedError(error, "document-unknown") && allInventoryFormats.every((format) => error.message.includes(format.title)),
      text,
    );
  }
});

test("a walk through a directory finds documents by their names, in any case", () => {
  for (const name of [
    "package-lock.json",
    "a/npm-shrinkwrap.json",
    "a\\Package-Lock.JSON",
    "bom.json",
    "app.cdx.json",
    "x/app.spdx.json",
    "a/Test_Requirements-3.11.txt",
    "requirements/base.txt",
    "pylock.dev.toml",
    "tool.py.lock",
    "root/var/lib/dpkg/status",
    "VAR\\LIB\\DPKG\\STATUS",
    "root/var/lib/dpkg/status.d/libssl3",
    "root/lib/apk/db/installed",
  ]) {
    assert.ok(isInventoryFileName(name), name);
  }
  for (const name of [
    "package.json",
    "my-package-lock.json.bak",
    "cdx.json",
    "notes.md",
    "status",
    "web/status",
    "var/lib/dpkg/status.d/libssl3.md5sums",
    "var/lib/dpkg/status-old",
    "installed",
    "",
  ])
    assert.ok(!isInventoryFileName(name), name);
});

test("every real SBOM in JSON is read with the number of components that its corpus states", needsFeeds, () => {
  const stated = statedCounts();
  assert.ok(stated.length >= 30, `${stated.length} documents are stated`);
  for (const { path, count } of stated) {
    const document = { name: path, bytes: readFileSync(join(feeds, "sbom", path)) };
    const inventory = readInventory(document, packageOfPurl);
    assertHoldsTogether(inventory, path);
    assert.deepEqual(inventory.problems, [], path);
    // CycloneDX figures are those of the outermost list, SPDX figures include the package that is the root.
    const found = path.startsWith("spdx/")
      ? inventory.components.length + (describesOnePackage(document.bytes) ? 1 : 0)
      : inventory.components.filter((component) => /^components\[\d+\]$/.test(component.place)).length;
    assert.equal(found, count, path);
  }
});

test("every real CycloneDX document in XML is read with each of its components, or a problem for it", needsFeeds, () => {
  const names = readdirSync(join(feeds, "sbom/cyclonedx")).filter((name) => name.endsWith(".xml"));
  assert.ok(names.length >= 10, `${names.length} documents`);
  for (const name of names) {
    const bytes = readFileSync(join(feeds, "sbom/cyclonedx", name));
    const inventory = readInventory({ name, bytes }, packageOfPurl);
    assertHoldsTogether(inventory, name);
    const text = bytes.toString("utf8");
    // Ancestors are what a component was made from, and the main component is the root.
    const inside = text.replaceAll(/<ancestors>[^]*?<\/ancestors>|<metadata>[^]*?<\/metadata>/g, "").split("<component ").length - 1;
    const nameless = inventory.problems.filter((problem) => problem.place.endsWith(".name")).length;
    assert.equal(inventory.components.length + nameless, inside, name);
    const isBad = /^(?:bad-purls|with-duplicates)/.test(name);
    assert.equal(inventory.problems.length > 0, isBad, name);
  }
});

test("every real SPDX document in tag-value is read with the number of packages that its corpus states", needsFeeds, () => {
  const rows = [...readFileSync(join(feeds, "README.md"), "utf8").matchAll(/^\| (spdx\/\S+\.spdx) \| (\d+) packages\b/gm)];
  assert.ok(rows.length >= 4, `${rows.length} documents are stated`);
  for (const [, path = "", count] of rows) {
    const inventory = readInventory({ name: path, bytes: readFileSync(join(feeds, "sbom", path)) }, packageOfPurl);
    assertHoldsTogether(inventory, path);
    assert.deepEqual(inventory.problems, [], path);
    // Each describes one package, which is the root.
    assert.equal(inventory.components.length + 1, Number(count), path);
  }
});

test("every real SBOM in another form is refused as unknown, never read as empty", needsFeeds, () => {
  for (const folder of ["cyclonedx", "spdx", "other"]) {
    for (const name of readdirSync(join(feeds, "sbom", folder))) {
      if (name.endsWith(".json") && folder !== "other" && !name.includes("spdx-3.0")) continue;
      if ((name.endsWith(".xml") && folder === "cyclonedx") || name.endsWith(".spdx")) continue;
      const document = { name, bytes: readFileSync(join(feeds, "sbom", folder, name)) };
      assert.throws(() => readInventory(document, packageOfPurl), { code: "document-unknown" }, name);
    }
  }
});

test("the CycloneDX project's own valid documents are read without a problem, its invalid ones read or refused", needsFeeds, async () => {
  let valid = 0;
  for await (const { name, bytes } of zipEntries(join(feeds, "sbom/cyclonedx-spec-testcases.zip"))) {
    const inventory = orRefusal(() => readInventory({ name, bytes }, packageOfPurl), name);
    if (inventory !== undefined) assertHoldsTogether(inventory, name);
    if (!/^1\.[0-7]\/valid-.*\.(?:json|xml)$/.test(name)) continue;
    assert.deepEqual(inventory?.problems, [], name);
    valid++;
  }
  assert.ok(valid > 450, `${valid} valid documents`);
});

test("every real npm lockfile is read with the number of entries that its corpus states", needsFeeds, () => {
  const lines = readFileSync(join(feeds, "README.md"), "utf8").matchAll(/^\| (npm\/\S+\.json) \| lockfileVersion (\d), (\d+) entries \|/gm);
  const stated = [...lines].map(([, path = "", version, entries]) => ({ path, version: Number(version), entries: Number(entries) }));
  assert.ok(stated.length >= 4);
  for (const { path, version, entries } of stated) {
    const bytes = readFileSync(join(feeds, "lockfiles", path));
    const inventory = readInventory({ name: path, bytes }, packageOfPurl);
    assertHoldsTogether(inventory, path);
    assert.deepEqual([inventory.format, inventory.problems], [`package-lock ${version}`, []], path);
    // Version 1 counts the outermost level; later ones also the project, its workspaces and the links to them.
    const outermost = inventory.components.filter((component) => !component.place.includes("/node_modules/")).length;
    const found = version === 1 ? outermost : inventory.components.length + entriesOfTheProject(bytes);
    assert.equal(found, entries, path);
  }
});

test("every record of the feeds' sample is read", needsFeeds, async () => {
  const rows = readFileSync(join(feeds, "README.md"), "utf8").matchAll(/^\| ([^|]+) \| (\d+) \| \d+ \| [^|]+\|$/gm);
  let ecosystems = 0;
  for (const [, ecosystem = "", records] of rows) {
    let read = 0;
    for await (const { name, bytes } of zipEntries(join(feeds, "osv", ecosystem, "all.zip"))) {
      assert.equal(`${readOsvRecord(bytes, `${ecosystem}!${name}`).id}.json`, name);
      read++;
    }
    assert.equal(read, Number(records), ecosystem);
    ecosystems++;
  }
  assert.ok(ecosystems >= 19, `${ecosystems} ecosystems`);
});

function documentsOf(folder: string): readonly InputDocument[] {
  const testdata = new URL(`${folder}/testdata/`, FORMATS);
  return readdirSync(testdata).map((name) => ({ name, bytes: readFileSync(new URL(name, testdata)) }));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

type Damaged = { readonly damage: string; readonly bytes: Uint8Array };

function* damagedForms(whole: Uint8Array): Generator<Damaged> {
  const step = Math.max(1, Math.floor(whole.length / DAMAGES.places));
  for (let at = 0; at < whole.length; at += step) {
    yield { damage: `cut at ${at}`, bytes: whole.subarray(0, at) };
    for (const byte of [0xff, 0xc0, 0x00, 0x22, 0x5c]) {
      yield { damage: `byte ${byte.toString(16)} at ${at}`, bytes: whole.with(at, byte) };
    }
  }
  yield { damage: "twice", bytes: Buffer.concat([whole, whole]) };
  yield { damage: "UTF-16", bytes: Buffer.from(Buffer.from(whole).toString("utf8"), "utf16le") };
  for (const text of ["", "[]", "{}", "7", '"x"', "null", "[".repeat(100_000), '{"a":'.repeat(100_000), `"${"x".repeat(1_000_000)}"`]) {
    yield { damage: `only ${text.slice(0, 20)}`, bytes: bytesOf(text) };
  }
  const random = seededRandom(20_260_826);
  for (let round = 0; round < DAMAGES.random; round++) {
    const bytes = Uint8Array.from(whole);
    for (let change = 0; change < 1 + (round % 4); change++) bytes[random.below(bytes.length)] = random.below(256);
    yield { damage: `random round ${round}`, bytes };
  }
  yield* damagedJson(whole);
}

const HUGE = "a number that no double holds";

/** Texts that stand for what JSON.stringify cannot write are replaced afterwards. */
const HOSTILE_VALUES: readonly Json[] = [
  null,
  true,
  7,
  "",
  " ",
  "\0",
  "\ud800",
  "__proto__",
  "node_modules/",
  "pkg:",
  "x".repeat(20_000),
  HUGE,
  [],
  {},
  [[], [null], "x"],
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"x"}') as Json,
  JSON.parse(`${"[".repeat(150)}${"]".repeat(150)}`) as Json,
];

function* damagedJson(whole: Uint8Array): Generator<Damaged> {
  let document: Json;
  try {
    document = JSON.parse(Buffer.from(whole).toString("utf8")) as Json;
  } catch {
    // A document in a form that is refused has no values to replace.
    return;
  }
  for (const path of pathsOf(document)) {
    for (const [index, value] of HOSTILE_VALUES.entries()) {
      const text = JSON.stringify(replaced(document, path, value)).replaceAll(JSON.stringify(HUGE), "1e999");
      yield { damage: `${JSON.stringify(path)} = hostile value ${index}`, bytes: bytesOf(text) };
    }
  }
}

type Path = readonly (string | number)[];

function pathsOf(value: Json, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) {
    return [path, ...(value as readonly Json[]).flatMap((entry, index) => pathsOf(entry, [...path, index]))];
  }
  if (!isJsonObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...path, key]))];
}

function replaced(value: Json, [first, ...rest]: Path, by: Json): Json {
  if (first === undefined) return by;
  if (Array.isArray(value)) return (value as readonly Json[]).map((entry, index) => (index === first ? replaced(entry, rest, by) : entry));
  assert.ok(isJsonObject(value));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, key === first ? replaced(entry, rest, by) : entry]));
}

function statedCounts(): readonly { readonly path: string; readonly count: number }[] {
  const rows = readFileSync(join(feeds, "README.md"), "utf8").matchAll(
    /^\| ((?:cyclonedx|spdx)\/\S+\.json) \| (\d+) (?:components|packages)\b/gm,
  );
  return [...rows].map(([, path = "", count]) => ({ path, count: Number(count) }));
}

function describesOnePackage(bytes: Uint8Array): boolean {
  const sbom = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
    readonly documentDescribes?: readonly string[];
    readonly packages: readonly { readonly SPDXID: string }[];
    readonly relationships?: readonly { readonly relationshipType: string; readonly relatedSpdxElement: string }[];
  };
  const describes = sbom.relationships?.filter((relationship) => relationship.relationshipType === "DESCRIBES") ?? [];
  const described = new Set([...(sbom.documentDescribes ?? []), ...describes.map((relationship) => relationship.relatedSpdxElement)]);
  return sbom.packages.filter((entry) => described.has(entry.SPDXID)).length === 1;
}

function entriesOfTheProject(bytes: Uint8Array): number {
  const { packages } = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
    readonly packages: Record<string, { readonly link?: boolean }>;
  };
  return Object.entries(packages).filter(([path, entry]) => !path.includes("node_modules/") || entry.link === true).length;
}
