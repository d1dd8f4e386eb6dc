import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { cyclonedx } from "./cyclonedx.ts";

const feeds = process.env["SLUICE_FEEDS"] ?? "";
const needsFeeds = { skip: feeds === "" ? "SLUICE_FEEDS is not set" : false };

const resolvePurl: PurlResolver = (purl) =>
  purl.type === "npm" ? { ecosystem: "npm", name: purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}` } : undefined;

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(cyclonedx.recognises(document), name);
  return cyclonedx.read(document, resolvePurl);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readBom(namespace: string, content = "", name = "x.cdx.xml"): Inventory {
  return read(name, new TextEncoder().encode(`<?xml version="1.0"?>\n<bom xmlns="${namespace}" version="1">${content}</bom>`));
}

test("components are read with those nested in them and in the main one, but not tools, ancestors or other namespaces' elements", () => {
  const inventory = readFile("nested-1.5.xml");
  assert.equal(inventory.format, "CycloneDX 1.5");
  assert.deepEqual(inventory.root, { name: "works/waterworks", version: "1.0.0" });
  assert.deepEqual(
    inventory.components.map(({ ref, ecosystem, packageType, name, version }) => [ref, ecosystem, packageType, name, version]),
    [
      ["gate", "npm", "npm", "@steel/gate", "2.3.4"],
      ["components[0].components[0]", "npm", "npm", "bolt", "3.1.0"],
      ["gauge", "npm", "npm", "gauge", "1.1.5"],
      ["tester", "npm", "npm", "tester", "1.0.0"],
      ["os", undefined, "operating-system", "works/riverlinux", "12"],
      ["gate@components[4]", "npm", "npm", "spare", "1.0.0"],
      ["odd", undefined, "unknown", "odd", "1.0.0"],
      ["works-part", "npm", "npm", "part", "0.0.1"],
    ],
  );
  assert.deepEqual(
    inventory.components.filter((component) => component.development).map((component) => component.name),
    ["gauge", "tester"],
  );
});

test("what cannot be used is a problem, under the place that it would have in JSON", () => {
  assert.deepEqual(readFile("nested-1.5.xml").problems, [
    { place: "components[4].bom-ref", reason: 'Expected an id that no earlier component has, found "gate"' },
    { place: "components[5].purl", reason: 'Expected a package URL that begins with "pkg:", found "npm:odd@1.0.0"' },
    { place: "components[6].name", reason: "Expected a text that is not empty, found nothing" },
    { place: "dependencies[3].dependsOn[0]", reason: "Expected a text, found null" },
    { place: "dependencies[4].ref", reason: "Expected a text that is not empty, found null" },
  ]);
});

test("edges are those of the dependencies, or of the extension that version 1.1 had for them", () => {
  const edges = (name: string): unknown => [...readFile(name).dependencies].map(([from, to]) => [from, to.map((edge) => edge.ref)]);
  assert.deepEqual(edges("nested-1.5.xml"), [
    ["", ["gate", "gauge"]],
    ["gate", ["os"]],
    ["gauge", []],
    ["tester", []],
  ]);
  assert.deepEqual(edges("graph-1.1.xml"), [["gate", ["bolt"]]]);
});

test("a document about one package alone has that package as its component", () => {
  const main = `<metadata><component type="library"><name>gate</name><version>2.3.4</version><purl>pkg:npm/gate@2.3.4</purl></component></metadata>`;
  assert.deepEqual(
    readBom("http://cyclonedx.org/schema/bom/1.4", main).components.map(({ name, place }) => [name, place]),
    [["gate", "metadata.component"]],
  );
});

test("the namespace decides the version: 1.0 to 1.7 are read, any other is refused by name", () => {
  for (const version of ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]) {
    assert.equal(readBom(`http://cyclonedx.org/schema/bom/${version}`).format, `CycloneDX ${version}`);
  }
  const cases: readonly (readonly [() => Inventory, RegExp])[] = [
    [() => readBom("http://cyclonedx.org/schema/bom/2.0", "", "-"), /found the namespace "http:\/\/cyclonedx\.org\/schema\/bom\/2\.0"$/],
    [() => readBom("http://cyclonedx.org/schema/bom/12"), /found the namespace/],
    [() => readBom(""), /^Expected CycloneDX XML of version 1\.0 to 1\.7, found the namespace ""$/],
    [() => read("x.cdx.xml", new TextEncoder().encode("\n<html/>")), /found <html>$/],
  ];
  for (const [refused, message] of cases) assert.throws(refused, { code: "document-unknown", place: /^[12]:1$/, message });
});

test("a document type declaration, and components inside one another without end, are refused", () => {
  const laughs = `<!DOCTYPE bom [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4">&b;</bom>`;
  assert.throws(() => read("-", new TextEncoder().encode(laughs)), { code: "document-invalid", place: "1:1" });
  const nested = "<components><component type='library'><name>a</name>".repeat(100_000);
  assert.throws(() => readBom("http://cyclonedx.org/schema/bom/1.4", nested), { code: "document-invalid", message: /levels of nesting/ });
});

test("one SBOM in both forms is one inventory", needsFeeds, () => {
  const [xml, json] = ["laravel-7.12.0.cdx-1.2.xml", "laravel-7.12.0.cdx-1.3.json"].map((name) =>
    read(name, readFileSync(join(feeds, "sbom/cyclonedx", name))),
  );
  assert.equal(xml?.components.length, 62);
  assert.deepEqual({ ...xml, format: "" }, { ...json, format: "" });
});
