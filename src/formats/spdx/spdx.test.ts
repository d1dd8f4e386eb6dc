import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import { packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { spdx } from "./spdx.ts";

const resolvePurl: PurlResolver = (purl) =>
  purl.type === "npm" ? { ecosystem: "npm", name: purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}` } : undefined;

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(spdx.recognises(document), name);
  return spdx.read(document, resolvePurl);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readText(text: string, name = "-"): Inventory {
  return read(name, new TextEncoder().encode(text));
}

function readSbom(fields: object): Inventory {
  return readText(JSON.stringify({ spdxVersion: "SPDX-2.3", SPDXID: "SPDXRef-DOCUMENT", ...fields }));
}

test("packages are components by their purl; the described one is the root, under its stated name", () => {
  const inventory = readFile("works-2.3.json");
  assert.equal(inventory.format, "SPDX 2.3");
  assert.deepEqual(inventory.root, { name: "waterworks", version: "1.0.0" });
  assert.deepEqual(
    inventory.components.map(({ ref, ecosystem, packageType, name, version }) => [ref, ecosystem, packageType, name, version]),
    [
      ["SPDXRef-gate", "npm", "npm", "@steel/gate", "2.3.4"],
      ["SPDXRef-bolt", "npm", "npm", "bolt", undefined],
      ["SPDXRef-gauge", "npm", "npm", "gauge", "1.1.5"],
      ["SPDXRef-os", undefined, "operating-system", "riverlinux", "12"],
      ["SPDXRef-odd", undefined, "unknown", "odd", undefined],
      ["SPDXRef-gate@packages[6]", undefined, "unknown", "spare", undefined],
    ],
  );
});

test("what cannot be used is a problem with its place", () => {
  assert.deepEqual(
    readFile("works-2.3.json").problems.map((problem) => problem.place),
    [
      "packages[5].externalRefs[0].referenceLocator",
      "packages[6].SPDXID",
      "packages[7].name",
      "packages[8].SPDXID",
      "relationships[11].relationshipType",
    ],
  );
});

test("edges follow dependency relationships either way; containment counts only where no dependency leads", () => {
  const { dependencies, components } = readFile("works-2.3.json");
  assert.deepEqual(
    [...dependencies].map(([from, to]) => [from, to.map((edge) => edge.ref)]),
    [
      ["SPDXRef-gate", ["SPDXRef-bolt"]],
      ["", ["SPDXRef-os", "SPDXRef-gauge", "SPDXRef-bolt", "SPDXRef-gate"]],
    ],
  );
  // The bolt is also needed by the gate at run time.
  assert.deepEqual(
    components.filter((component) => component.development).map((component) => component.name),
    ["gauge"],
  );
});

test("GitHub's wrapper is taken off and stays in the places", () => {
  const inventory = readFile("wrapped-2.3.json");
  assert.deepEqual(inventory.root, { name: "com.forge.works/waterworks", version: undefined });
  assert.deepEqual(
    inventory.components.map(({ name, place }) => [name, place]),
    [["bolt", "sbom.packages[1]"]],
  );
  assert.deepEqual(inventory.problems, [{ place: "sbom.packages[0].versionInfo", reason: "Expected a text, found 2" }]);
  assert.deepEqual(inventory.dependencies.get(""), [{ ref: "SPDXRef-npm-bolt", range: undefined }]);
});

test("a document that describes several packages has them as components and its own name as root", () => {
  const inventory = readFile("several-described-2.2.json");
  assert.deepEqual(inventory.root, { name: "two-modules", version: undefined });
  assert.deepEqual(
    inventory.components.map((component) => component.name),
    ["example.org/a", "example.org/b"],
  );
});

test("a package described alone is a component if it has a purl, and only the root if it has none", () => {
  const alone = (externalRefs: object[]): Inventory =>
    readSbom({ documentDescribes: ["SPDXRef-a"], packages: [{ SPDXID: "SPDXRef-a", name: "a", externalRefs }] });
  assert.equal(alone([{ referenceType: "purl", referenceLocator: "pkg:npm/a@1.0.0" }]).components.length, 1);
  assert.deepEqual([alone([]).components.length, alone([]).root?.name], [0, "a"]);
});

test("writers that sort names put the version last, and it is still recognised", () => {
  const packages = Array.from({ length: 500 }, (_, index) => ({ SPDXID: `SPDXRef-${index}`, name: `package-${index}` }));
  const text = JSON.stringify({ comment: "x".repeat(5000), packages, spdxVersion: "SPDX-2.3" });
  assert.equal(readText(text).components.length, 500);
});

test("JSON without indentation is not taken for YAML", () => {
  assert.equal(readText('{\n"SPDXID": "SPDXRef-DOCUMENT",\n"spdxVersion": "SPDX-2.3"\n}').format, "SPDX 2.3");
});

test("other versions and other forms of SPDX are refused by name", () => {
  const cases: readonly (readonly [() => Inventory, string])[] = [
    [() => readFile("graph-3.0.json"), "SPDX 3.0.1 JSON-LD, which is not read yet"],
    [() => readText('SPDXID: "SPDXRef-DOCUMENT"\nspdxVersion: "SPDX-2.3"\n'), "SPDX 2.3 YAML, which is not read yet"],
    [() => readText("<?xml version='1.0'?>\n<Document><SPDXID>SPDXRef-DOCUMENT</SPDXID></Document>"), "SPDX XML, which is not read yet"],
    [() => readText('<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"></rdf:RDF>'), "SPDX RDF, which is not read yet"],
    [() => readSbom({ spdxVersion: "SPDX-2.1" }), 'version "SPDX-2.1"'],
    [() => readSbom({ spdxVersion: 2.3 }), "version 2.3"],
    [() => readText("{}", "x.spdx.json"), "version nothing"],
  ];
  for (const [refused, found] of cases) {
    assert.throws(refused, {
      name: "CodedError",
      code: "document-unknown",
      message: `Expected SPDX 2.2 or 2.3 in JSON or tag-value, found ${found}`,
    });
  }
});

test("sections of the wrong kind are problems, and the rest is read", () => {
  const inventory = readSbom({ packages: { a: 1 }, relationships: "none", name: 7, documentDescribes: [7] });
  assert.deepEqual(
    inventory.problems.map((problem) => problem.place),
    ["packages", "relationships", "name"],
  );
});

test("the source package that Trivy names in a sentence is what is looked up", () => {
  const cases: readonly (readonly [string | undefined, string, string])[] = [
    ["built package from: util-linux 2.38.1-5", "util-linux", "2.38.1-5"],
    ["built package from: util-linux", "util-linux", "1:2.38.1-5"],
    ["acquired package information from DPKG DB: /var/lib/dpkg/status", "bsdutils", "1:2.38.1-5"],
    [undefined, "bsdutils", "1:2.38.1-5"],
  ];
  for (const [sourceInfo, name, version] of cases) {
    const purl = "pkg:deb/debian/bsdutils@1:2.38.1-5?distro=debian-12";
    const externalRefs = [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }];
    const packages = [{ SPDXID: "SPDXRef-a", name: "bsdutils", externalRefs, ...(sourceInfo === undefined ? {} : { sourceInfo }) }];
    const bytes = new TextEncoder().encode(JSON.stringify({ spdxVersion: "SPDX-2.3", SPDXID: "SPDXRef-DOCUMENT", packages }));
    const [component] = spdx.read({ name: "x.spdx.json", bytes }, packageOfPurl).components;
    assert.deepEqual([component?.name, component?.version], [name, version], sourceInfo ?? "none");
  }
});
