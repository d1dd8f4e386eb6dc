import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { cyclonedx } from "./cyclonedx.ts";

/** Knows npm and the one distribution of the test documents. */
const resolvePurl: PurlResolver = (purl) => {
  if (purl.type === "npm") return { ecosystem: "npm", name: purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}` };
  return purl.type === "rpm" ? { ecosystem: "Red Hat", name: purl.name } : undefined;
};

function read(name: string, bytes: Uint8Array): Inventory {
  const document = { name, bytes };
  assert.ok(cyclonedx.recognises(document), name);
  return cyclonedx.read(document, resolvePurl);
}

function readFile(name: string): Inventory {
  return read(name, readFileSync(join(import.meta.dirname, "testdata", name)));
}

function readBom(fields: object): Inventory {
  return read("-", new TextEncoder().encode(JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", ...fields })));
}

test("components are read with those nested in them and in the main one, by purl where there is one", () => {
  const inventory = readFile("nested-1.6.json");
  assert.equal(inventory.format, "CycloneDX 1.6");
  assert.deepEqual(inventory.root, { name: "works/waterworks", version: "1.0.0" });
  assert.deepEqual(
    inventory.components.map(({ ref, ecosystem, packageType, name, version }) => [ref, ecosystem, packageType, name, version]),
    [
      ["gate", "npm", "npm", "@steel/gate", "2.3.4"],
      ["components[0].components[0]", "npm", "npm", "bolt", "3.1.0"],
      ["gauge", "npm", "npm", "gauge", "1.1.5"],
      ["tester", "npm", "npm", "tester", "1.0.0"],
      ["openssl", "Red Hat", "rpm", "openssl", "1:3.0.7-1.el9"],
      ["os", undefined, "operating-system", "works/riverlinux", "12"],
      ["gate@components[5]", "npm", "npm", "spare", "1.0.0"],
      ["odd", undefined, "unknown", "odd", "1.0.0"],
      ["no-version", "npm", "npm", "no-version", undefined],
      ["components[8].components[0]", undefined, "library", "inside", "1.0.0"],
      ["works-part", "npm", "npm", "part", "0.0.1"],
    ],
  );
  const gate = inventory.components[0];
  assert.deepEqual([gate?.purl, gate?.place, gate?.development], ["pkg:npm/%40steel/gate@2.3.4", "components[0]", false]);
});

test("what cannot be used is a problem with its place: a repeated bom-ref, a wrong purl, a missing name, a wrong version", () => {
  assert.deepEqual(readFile("nested-1.6.json").problems, [
    { place: "components[5].bom-ref", reason: 'Expected an id that no earlier component has, found "gate"' },
    { place: "components[6].purl", reason: 'Expected a package URL that begins with "pkg:", found "npm:odd@1.0.0"' },
    { place: "components[8].name", reason: "Expected a text that is not empty, found nothing" },
    { place: "components[9].version", reason: "Expected a text, found 1.5" },
    { place: "dependencies[5].ref", reason: "Expected a text that is not empty, found nothing" },
  ]);
});

test("excluded scope and the generators' own properties mark what is for development only", () => {
  const development = readFile("nested-1.6.json").components.filter((component) => component.development);
  assert.deepEqual(
    development.map((component) => component.name),
    ["gauge", "tester"],
  );
});

test("edges lead from the main component's ref as from the root, once each, and never to what is no component", () => {
  const edges = [...readFile("nested-1.6.json").dependencies].map(([from, to]) => [from, to.map((edge) => [edge.ref, edge.range])]);
  assert.deepEqual(edges, [
    [
      "",
      [
        ["gate", undefined],
        ["gauge", undefined],
        ["os", undefined],
      ],
    ],
    ["gate", [["openssl", undefined]]],
    ["gauge", []],
  ]);
});

test("a document about one package alone has that package as its component", () => {
  const inventory = readFile("only-metadata-1.4.json");
  assert.deepEqual(
    inventory.components.map(({ ref, name, version, place }) => [ref, name, version, place]),
    [["gate", "gate", "2.3.4", "metadata.component"]],
  );
  assert.equal(inventory.dependencies.size, 0);
});

test("a component with a range of versions has no version", () => {
  assert.deepEqual(
    readFile("range-1.7.json").components.map(({ name, version }) => [name, version]),
    [
      ["gate", undefined],
      ["gate", "2.3.4"],
    ],
  );
});

test("the version of the purl counts before the stated one, and the stated one where the purl has none", () => {
  const component = (version: string | undefined, purl: string): string | undefined =>
    readBom({ components: [{ name: "a", version, purl }] }).components[0]?.version;
  assert.equal(component("v1", "pkg:npm/a@1.0.0"), "1.0.0");
  assert.equal(component("1.0.0", "pkg:npm/a"), "1.0.0");
  assert.equal(component(undefined, "pkg:npm/a"), undefined);
  assert.equal(component("2:1.0", "pkg:rpm/redhat/a?epoch=2"), "2:1.0");
  assert.equal(component("1.0", "pkg:rpm/redhat/a?epoch=0"), "1.0");
});

test("sections of the wrong kind are problems, and the rest is read", () => {
  const inventory = readBom({
    components: [{ name: "a", components: 7 }, 7],
    dependencies: {},
    metadata: { component: { name: 7, purl: "pkg:npm/x" } },
  });
  assert.equal(inventory.components.length, 1);
  assert.deepEqual(
    inventory.problems.map((problem) => problem.place),
    ["components[0].components", "components[1]", "metadata.component.name", "dependencies"],
  );
});

test("versions 1.2 to 1.7 are read; any other and another bomFormat are refused by name", () => {
  for (const specVersion of ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]) {
    assert.equal(readBom({ specVersion }).format, `CycloneDX ${specVersion}`);
  }
  const cases: readonly (readonly [() => Inventory, RegExp])[] = [
    [() => readBom({ specVersion: "1.1" }), /^Expected CycloneDX JSON of version 1\.2 to 1\.7, found version "1\.1"$/],
    [() => readBom({ specVersion: "2.0" }), /found version "2\.0"$/],
    [() => readBom({ specVersion: 1.4 }), /found version 1\.4$/],
    [() => read("x.cdx.json", new TextEncoder().encode('{"bomFormat":"Other"}')), /found bomFormat "Other"$/],
  ];
  for (const [refused, message] of cases) assert.throws(refused, { name: "CodedError", code: "document-unknown", message });
});

test("nesting that would unfold to more than the bound is refused as too large", () => {
  let components: object[] = Array.from({ length: 80_000 }, () => ({ name: "a" }));
  for (let depth = 0; depth < 60; depth++) components = [{ name: "a", components }];
  assert.throws(() => readBom({ components }), { code: "document-too-large" });
});

test("thousands of components with one bom-ref all stay, each under a ref of its own", () => {
  const inventory = readBom({ components: Array.from({ length: 5000 }, () => ({ name: "a", "bom-ref": "a" })) });
  assert.equal(new Set(inventory.components.map((component) => component.ref)).size, 5000);
  assert.equal(inventory.problems.length, 4999);
});
