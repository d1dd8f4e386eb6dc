import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { filesInMemory } from "../../../tests/support/files-in-memory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import { pomXml } from "./pom-xml.ts";

const feeds = process.env["SLUICE_FEEDS"] ?? "";
type Files = Readonly<Record<string, string | CodedError>>;

function read(content: string, files: Files, name = "works/pom.xml"): Inventory {
  const bytes = new TextEncoder().encode(`<project>${content}</project>`);
  return pomXml.read({ name, bytes, beside: filesInMemory(files) }, () => undefined);
}

const coordinates = (artifact: string, version = "1", group = "works"): string =>
  `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
const parent = (artifact: string, relativePath = "", version = "1"): string =>
  `<parent>${coordinates(artifact, version)}${relativePath}</parent>`;
const at = (path: string): string => `<relativePath>${path}</relativePath>`;
const dependency = (artifact: string, rest = ""): string =>
  `<dependency><groupId>g</groupId><artifactId>${artifact}</artifactId>${rest}</dependency>`;
const version = (text: string): string => `<version>${text}</version>`;
const dependencies = (...all: readonly string[]): string => `<dependencies>${all.join("")}</dependencies>`;
const managed = (...all: readonly string[]): string => `<dependencyManagement>${dependencies(...all)}</dependencyManagement>`;
const properties = (values: Readonly<Record<string, string>>): string =>
  `<properties>${Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("")}</properties>`;
const project = (content: string): string => `<project>${content}</project>`;

const said = ({ components }: Inventory): readonly string[] =>
  components.map(({ name, version: found, statedIn }) =>
    [name.replace("g:", ""), found ?? "-", ...(statedIn === undefined ? [] : [statedIn])].join(" "),
  );
const placesOf = ({ problems }: Inventory): readonly string[] => problems.map(({ place }) => place);

/** A child that asks for `a` and leaves its version to its parent, which says 2. */
const CHILD = parent("top") + coordinates("gate") + dependencies(dependency("a"));
const TOP = project(coordinates("top") + managed(dependency("a", version("2"))));

test("a parent's managed versions and properties hold for its child, and what the child says goes before them", () => {
  const top = project(
    coordinates("top") +
      properties({ b: "1", c: "1", own: "${project.version}" }) +
      managed(
        dependency("a", version("1")),
        dependency("b", version("${b}")),
        dependency("c", version("${c}")),
        dependency("d", version("1")),
        dependency("e", version("${own}")),
        dependency("t", `${version("1")}<scope>test</scope>`),
        dependency("unused", version("1")),
      ),
  );
  const child =
    parent("top") +
    coordinates("gate", "7") +
    properties({ c: "2" }) +
    managed(dependency("d", version("2"))) +
    dependencies(...["a", "b", "c", "d", "e", "t", "nowhere"].map((name) => dependency(name)), dependency("f", version("${b}.5")));
  const inventory = read(child, { "../pom.xml": top });
  assert.deepEqual([inventory.format, inventory.problems], ["pom.xml, declared versions only, with ../pom.xml", []]);
  assert.deepEqual(said(inventory), ["a 1 ../pom.xml", "b 1 ../pom.xml", "c 2", "d 2", "e 7", "t 1 ../pom.xml", "nowhere -", "f 1.5"]);
  assert.deepEqual(
    inventory.components.filter(({ development }) => development).map(({ name }) => name),
    ["g:t"],
  );
  assert.equal(inventory.dependencies.get("")?.[0]?.range, "1");
});

test("a parent's own dependencies are the child's too, unless the child has them in its own way", () => {
  const top = project(coordinates("top") + dependencies(dependency("a", version("1")), dependency("b", version("1")), dependency("c")));
  const child = parent("top") + coordinates("gate") + managed(dependency("c", version("3"))) + dependencies(dependency("a", version("2")));
  const inventory = read(child, { "../pom.xml": top });
  assert.deepEqual(said(inventory), ["a 2", "b 1 ../pom.xml", "c 3"]);
  assert.deepEqual(
    inventory.components.map(({ place }) => place.replace(/\d+:\d+/, "L")),
    ["L", "../pom.xml L", "../pom.xml L"],
  );
  assert.equal(inventory.dependencies.get("")?.length, 3);
});

test("parents lie where they are said to: a file, a folder, the default, from the file that names them; or nowhere", () => {
  const cases: readonly (readonly [string, Files, string])[] = [
    ["", { "../pom.xml": TOP }, "a 2 ../pom.xml"],
    [at("../up/top.xml"), { "../up/top.xml": TOP }, "a 2 ../up/top.xml"],
    [at("../up"), { "../up/pom.xml": TOP }, "a 2 ../up/pom.xml"],
    [at(" ./up/ "), { "up/pom.xml": TOP }, "a 2 up/pom.xml"],
    [at(""), { "../pom.xml": TOP }, "a -"],
    ["<relativePath/>", { "../pom.xml": TOP }, "a -"],
    [at("up"), { "../pom.xml": TOP }, "a -"],
    [at("/etc/pom.xml"), { "/etc/pom.xml": TOP, "etc/pom.xml": TOP }, "a -"],
    [at("https://x.example/pom.xml"), { "https:/x.example/pom.xml": TOP }, "a -"],
    [at("..\\pom.xml"), { "../pom.xml": TOP }, "a -"],
    ["", {}, "a -"],
  ];
  for (const [relativePath, files, expected] of cases) {
    const inventory = read(parent("top", relativePath) + coordinates("gate") + dependencies(dependency("a")), files);
    assert.deepEqual([said(inventory), inventory.problems], [[expected], []], relativePath);
  }
  const chain = {
    "../up/pom.xml": project(parent("far", at("far")) + coordinates("top")),
    "../up/far/pom.xml": project(coordinates("far") + managed(dependency("a", version("3")))),
  };
  const inventory = read(parent("top", at("../up")) + coordinates("gate") + dependencies(dependency("a")), chain);
  assert.deepEqual(
    [said(inventory), inventory.format],
    [["a 3 ../up/far/pom.xml"], "pom.xml, declared versions only, with ../up/pom.xml, ../up/far/pom.xml"],
  );
});

test("only the parent that is named is one: group, artifact and version as written, or as its own properties make them", () => {
  const named = (text: string): string => `<parent>${text}</parent>` + coordinates("gate") + dependencies(dependency("a"));
  const other = (text: string): string => project(text + managed(dependency("a", version("2"))));
  const cases: readonly (readonly [string, string, boolean])[] = [
    [coordinates("top"), other(coordinates("top")), true],
    [coordinates("top"), other(coordinates("other")), false],
    [coordinates("top"), other(coordinates("top", "2")), false],
    [coordinates("top"), other(coordinates("top", "1", "others")), false],
    [coordinates("top"), other("<artifactId>top</artifactId>"), false],
    ["<artifactId>top</artifactId>", other("<artifactId>top</artifactId>"), false],
    [coordinates("top", "[1,2)"), other(coordinates("top")), false],
    [coordinates("top"), other(parent("far") + "<artifactId>top</artifactId>"), true],
    [coordinates("top", "${revision}"), other(coordinates("top", "${revision}")), true],
    [coordinates("top", "1"), other(coordinates("top", "${revision}") + properties({ revision: "1" })), true],
    [coordinates("top", "2"), other(coordinates("top", "${revision}") + properties({ revision: "1" })), false],
    [coordinates("top", "2"), other(coordinates("top", "${nowhere}")), false],
  ];
  for (const [wanted, found, isParent] of cases) {
    const inventory = read(named(wanted), { "../pom.xml": found });
    assert.deepEqual([said(inventory), inventory.problems], [[isParent ? "a 2 ../pom.xml" : "a -"], []], `${wanted} ${found}`);
  }
  const stated = read(parent("top", at("../pom.xml")) + coordinates("gate") + dependencies(dependency("a")), {
    "../pom.xml": other(coordinates("other")),
  });
  assert.deepEqual(
    [said(stated), stated.problems],
    [["a -"], [{ place: "../pom.xml 1:1", reason: 'Expected the parent works:top:1, found "works:other:1"' }]],
  );
});

test("a parent that cannot be used is kept aside with its place, and the rest is read", () => {
  const cases: readonly (readonly [string | CodedError, string])[] = [
    ["", "../pom.xml 1:1"],
    ["<settings/>", "../pom.xml 1:1"],
    ["<project><a></project>", "../pom.xml 1:22"],
    ["<!DOCTYPE project><project/>", "../pom.xml 1:1"],
    [" ".repeat(5_000_000), "../pom.xml"],
    [project(coordinates("top") + "<a/>".repeat(50_001)), "../pom.xml"],
    [new CodedError("document-invalid", "Expected this, found that"), "../pom.xml"],
    [new CodedError("document-too-large", "Expected less, found more"), "../pom.xml"],
  ];
  for (const [file, place] of cases) {
    const inventory = read(CHILD, { "../pom.xml": file });
    assert.deepEqual(
      [said(inventory), placesOf(inventory), inventory.format],
      [["a -"], [place], "pom.xml, declared versions only"],
      place,
    );
  }
  const spaced = read(CHILD, { "../pom.xml": project(coordinates("top") + managed(dependency("a", version("1 0")))) });
  assert.deepEqual([said(spaced), spaced.problems.map(({ reason }) => reason)], [["a - ../pom.xml"], ['Expected a version, found "1 0"']]);
  const unnamed = read(CHILD, {
    "../pom.xml": project(coordinates("top") + dependencies("<dependency><groupId>g</groupId></dependency>")),
  });
  assert.deepEqual([said(unnamed), placesOf(unnamed).map((place) => place.replace(/\d+:\d+/, "L"))], [["a -"], ["../pom.xml L"]]);
});

test("parents that lead back to one another, or on and on, end", () => {
  const self = project(parent("top", at("pom.xml")) + coordinates("top") + managed(dependency("a", version("2"))));
  assert.deepEqual(said(read(CHILD, { "../pom.xml": self })), ["a 2 ../pom.xml"]);
  assert.deepEqual(placesOf(read(CHILD, { "../pom.xml": self })), ["../pom.xml 1:10"]);
  const own = read(parent("gate", at("pom.xml")) + coordinates("gate"), { "pom.xml": self });
  assert.deepEqual(placesOf(own), ["1:10"]);
  const chain = Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [
      `${"../".repeat(index + 1)}pom.xml`,
      project(parent(`p${index + 1}`) + coordinates(`p${index}`)),
    ]),
  );
  const long = read(parent("p0") + coordinates("gate"), chain);
  assert.deepEqual(placesOf(long), [`${"../".repeat(11)}pom.xml`]);
  const round = read(parent("a", at("a.xml")) + coordinates("gate"), {
    "a.xml": project(parent("b", at("b.xml")) + coordinates("a")),
    "b.xml": project(parent("a", at("a.xml")) + coordinates("b")),
  });
  assert.deepEqual(placesOf(round), ["b.xml 1:10"]);
});

test("a bill of materials that a parent imports is another file, and its versions are not known", () => {
  const bom = dependency("bom", `${version("1")}<type>pom</type><scope>import</scope>`);
  assert.deepEqual(said(read(CHILD, { "../pom.xml": project(coordinates("top") + managed(bom)), "../bom/pom.xml": TOP })), ["a -"]);
});

test("a parent's profile that is active by default holds, and others do not", () => {
  const profile = (active: boolean, value: string): string =>
    `<profile><activation><activeByDefault>${String(active)}</activeByDefault></activation>${properties({ v: value })}</profile>`;
  const top = (active: boolean): string =>
    project(`${coordinates("top")}${managed(dependency("a", version("${v}")))}<profiles>${profile(active, "5")}</profiles>`);
  assert.deepEqual(said(read(CHILD, { "../pom.xml": top(true) })), ["a 5 ../pom.xml"]);
  assert.deepEqual(said(read(CHILD, { "../pom.xml": top(false) })), ["a - ../pom.xml"]);
});

test("many profiles under parents with many managed versions are read within the bounds", () => {
  const many = (artifact: string, above: string): string =>
    project(
      above +
        coordinates(artifact) +
        managed(...Array.from({ length: 4000 }, (_, index) => dependency(`${artifact}-${index}`, version("1")))),
    );
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`${"../".repeat(index + 1)}pom.xml`, many(`p${index}`, parent(`p${index + 1}`))]),
  );
  const profiles = `<profile>${dependencies(dependency("p9-3999"))}</profile>`.repeat(100);
  const inventory = read(`${parent("p0")}${coordinates("gate")}<profiles>${profiles}</profiles>`, files);
  assert.deepEqual([said(inventory), inventory.problems], [[`p9-3999 1 ${"../".repeat(10)}pom.xml`], []]);
});

test("a real project has all its versions from its parents", { skip: feeds === "" ? "SLUICE_FEEDS is not set" : false }, () => {
  const folder = join(feeds, "lockfiles/maven/zeppelin-server");
  const files = Object.fromEntries(
    ["parent/pom.xml", "parent/parent/pom.xml"].map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
  const document = { name: "pom.xml", bytes: readFileSync(join(folder, "pom.xml")), beside: filesInMemory(files) };
  const inventory = pomXml.read(document, () => undefined);
  assert.deepEqual([inventory.components.length, inventory.problems], [38, []]);
  assert.deepEqual(
    inventory.components.filter(({ version: found }) => found === undefined),
    [],
  );
  assert.equal(inventory.components.filter(({ statedIn }) => statedIn === "parent/pom.xml").length, 21);
});
