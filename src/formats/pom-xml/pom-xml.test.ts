import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { pomXml } from "./pom-xml.ts";

const feeds = process.env["SLUICE_FEEDS"] ?? "";
const needsFeeds = { skip: feeds === "" ? "SLUICE_FEEDS is not set" : false };

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(pomXml.recognises(document), name);
  return pomXml.read(document, () => undefined);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readProject(content: string): Inventory {
  return read("pom.xml", new TextEncoder().encode(`<project>\n${content}</project>`));
}

function versionFor(properties: string, version: string): string | undefined {
  const dependency = `<dependency><groupId>g</groupId><artifactId>a</artifactId><version>${version}</version></dependency>`;
  return readProject(`<properties>${properties}</properties><dependencies>${dependency}</dependencies>`).components[0]?.version;
}

test("a project's dependencies have the versions that its own file gives, and none where another file would give it", () => {
  const inventory = readFile("pom.xml");
  assert.deepEqual(
    [inventory.format, inventory.tool, inventory.root],
    ["pom.xml, declared versions only", "maven", { name: "works.example:waterworks", version: "1.4.0" }],
  );
  assert.deepEqual(
    inventory.components.map(({ name, version }) => [name.replace("works.example:", ""), version]),
    [
      ["gate", "2.3.4"],
      ["bolt", "3.1.0"],
      ["gauge", "1.1.5"],
      ["pipes", "1.4.0"],
      ["plans", "7"],
      ["of-the-parent", undefined],
      ["of-the-parent-too", undefined],
      ["round", undefined],
      ["ranged", undefined],
      ["exact", "1.5"],
      ["newest", undefined],
      ["tested", "1"],
      ["spaced", undefined],
      ["hinge", "0.9"],
      ["gate", "5.3.4"],
      ["sand", "8"],
    ],
  );
  assert.ok(inventory.components.every(({ ecosystem, packageType }) => ecosystem === "Maven" && packageType === "maven"));
  assert.deepEqual([inventory.components[0]?.ref, inventory.components[0]?.place], ["works.example:gate:2.3.4", "29:5"]);
});

test("scope test, stated or managed, is development; a package that is also used otherwise is not", () => {
  assert.deepEqual(
    readFile("pom.xml")
      .components.filter(({ development }) => development)
      .map(({ name }) => name),
    ["works.example:gauge", "works.example:plans"],
  );
});

test("the project asks for its dependencies with their requirements, those of profiles too; what is only managed is not asked for", () => {
  const inventory = readFile("pom.xml");
  const needs = inventory.dependencies.get("")?.map(({ ref, range }) => [ref.replace("works.example:", ""), range]);
  assert.deepEqual(needs?.slice(0, 2), [
    ["gate:2.3.4", "2.3.4"],
    ["bolt:3.1.0", "3.1.0"],
  ]);
  assert.deepEqual(needs?.slice(8, 9), [["ranged", "[1.0,2.0)"]]);
  assert.deepEqual(needs?.slice(-3), [
    ["gate:5.3.4", "5.3.4"],
    ["sand:8", "8"],
    ["hinge:0.9", "0.9"],
  ]);
  assert.deepEqual(readFile("parent.pom").dependencies, new Map([["", []]]));
});

test("a parent's managed versions are components, with what its profile that is active by default gives", () => {
  const inventory = readFile("parent.pom");
  assert.deepEqual(inventory.root, { name: "works.example:works-parent", version: undefined });
  assert.deepEqual(
    inventory.components.map(({ name, version, development }) => [name, version, development]),
    [
      ["works.example:gate", "2.3.4", false],
      ["works.example:gauge", "1.1.5", true],
    ],
  );
});

test("a dependency without a name that the file gives, and a version that is none, are kept aside with their places", () => {
  assert.deepEqual(readFile("pom.xml").problems, [
    { place: "47:5", reason: "Expected <artifactId> with an id that this file gives, found nothing" },
    { place: "48:17", reason: 'Expected <groupId> with an id that this file gives, found "${nowhere}"' },
    { place: "49:5", reason: 'Expected a version, found "1 0"' },
  ]);
});

test("properties may refer to one another, never to themselves, and never grow without end", () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["<a>1</a>", "${a}", "1"],
    ["<a>1</a><a>2</a>", "${a}.${ a }", "2.2"],
    ["<a>${b}-x</a><b>2</b>", "${a}", "2-x"],
    ["<a>${a}</a>", "${a}", undefined],
    ["<a>${b}</a><b>${c}</b><c>${a}</c>", "${b}", undefined],
    ["<a></a>", "${a}", undefined],
    ["", "${env.VERSION}", undefined],
    ["", "${a", undefined],
    ["", "${}", undefined],
    ["<__proto__>1</__proto__>", "${__proto__}", "1"],
    ["", "${constructor}", undefined],
    [
      Array.from({ length: 30 }, (_, index) => `<p${index + 1}>\${p${index}}\${p${index}}</p${index + 1}>`).join("") + "<p0>1</p0>",
      "${p30}",
      undefined,
    ],
    [Array.from({ length: 20 }, (_, index) => `<p${index + 1}>\${p${index}}</p${index + 1}>`).join("") + "<p0>1</p0>", "${p20}", "1"],
    [
      Array.from({ length: 9000 }, (_, index) => `<p${index + 1}>\${p${index}}</p${index + 1}>`).join("") + "<p0>1</p0>",
      "${p9000}",
      undefined,
    ],
  ];
  for (const [properties, version, expected] of cases) assert.equal(versionFor(properties, version), expected, properties.slice(0, 80));
});

test("what is no project, and a project of another model, are refused", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["<settings/>", /found <settings> of the namespace ""$/],
    ['<project xmlns="urn:other"/>', /found <project> of the namespace "urn:other"$/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => read("pom.xml", new TextEncoder().encode(text)), { code: "document-unknown", place: "1:1", message });
  }
  assert.throws(() => readProject(`<profiles>${"<profile><dependencies/></profile>".repeat(101)}</profiles>`), {
    code: "document-too-large",
  });
  assert.equal(read("-", new TextEncoder().encode('<project xmlns="http://maven.apache.org/POM/4.1.0"/>')).components.length, 0);
});

test("many profiles beside many managed versions and properties are read within the bounds", () => {
  const properties = Array.from({ length: 2000 }, (_, index) => `<p${index}>${index}</p${index}>`).join("");
  const managed = Array.from(
    { length: 2000 },
    (_, index) => `<dependency><groupId>g</groupId><artifactId>a${index}</artifactId><version>\${p${index}}</version></dependency>`,
  ).join("");
  const profile = `<profile><dependencies><dependency><groupId>g</groupId><artifactId>a7</artifactId></dependency></dependencies></profile>`;
  const inventory = readProject(
    `<properties>${properties}</properties><dependencyManagement><dependencies>${managed}</dependencies></dependencyManagement><profiles>${profile.repeat(100)}</profiles>`,
  );
  assert.deepEqual([inventory.components.length, inventory.dependencies.get("")?.length], [2000, 1]);
});

test("real projects and their parents are read, each dependency of theirs but plugins' and bills of materials", needsFeeds, () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["dependency-track-2020", 20, 0],
    ["dependency-track-2026", 55, 0],
    ["zeppelin-server/parent/parent", 1, 0],
    ["zeppelin-server/parent", 41, 0],
    ["zeppelin-server", 38, 21],
  ];
  for (const [folder, components, withoutVersion] of cases) {
    const inventory = read("pom.xml", readFileSync(join(feeds, "lockfiles/maven", folder, "pom.xml")));
    assert.deepEqual(inventory.problems, [], folder);
    assert.deepEqual(
      [inventory.components.length, inventory.components.filter(({ version }) => version === undefined).length],
      [components, withoutVersion],
      folder,
    );
  }
});
