import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inventory } from "../../vocabulary/component.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { spdx } from "./spdx.ts";

const feeds = process.env["SLUICE_FEEDS"] ?? "";
const needsFeeds = { skip: feeds === "" ? "SLUICE_FEEDS is not set" : false };

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

const START = "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: works\n";

test("the same document in tags and in JSON is the same inventory, its places aside", () => {
  const [tags, json] = [readFile("works-2.3.spdx"), readFile("works-2.3.json")];
  const placeless = (inventory: Inventory): unknown =>
    inventory.components.map((component) => ({ ...component, place: "", ref: component.ref.replace(/@.*/, "@") }));
  assert.deepEqual(placeless(tags), placeless(json));
  assert.deepEqual([tags.format, tags.root, tags.dependencies], [json.format, json.root, json.dependencies]);
});

test("a component's place is the line of its name, and a problem's the line of its tag", () => {
  const inventory = readFile("works-2.3.spdx");
  assert.deepEqual(
    inventory.components.map(({ name, place }) => [name, place]),
    [
      ["@steel/gate", "line 26"],
      ["bolt", "line 33"],
      ["gauge", "line 38"],
      ["riverlinux", "line 43"],
      ["odd", "line 48"],
      ["spare", "line 51"],
    ],
  );
  assert.deepEqual(inventory.problems, [
    { place: "line 54", reason: 'Expected one PackageVersion of a package, found another: "2"' },
    { place: "line 55", reason: 'Expected a category, a type and a locator, found "PACKAGE-MANAGER purl"' },
    { place: "line 60", reason: 'Expected a tag, a colon and a value, found "a line that is no tag"' },
    { place: "line 79", reason: 'Expected an element, a type and an element, found "SPDXRef-gate DEPENDS_ON"' },
    { place: "line 50", reason: 'Expected a type, a "/" and a name after "pkg:", found "pkg:npm"' },
    { place: "line 52", reason: 'Expected an id that no earlier component has, found "SPDXRef-gate"' },
    { place: "line 56", reason: "Expected a text that is not empty, found nothing" },
    { place: "line 58", reason: "Expected a text that is not empty, found nothing" },
  ]);
});

test("a text over several lines holds no tags, and one that does not end is refused where it begins", () => {
  const inventory = readText(
    `${START}PackageName: a\r\nSPDXID: SPDXRef-a\r\nPackageComment: <text>\r\nPackageName: b\r\n</text>\r\nPackageVersion: 1\r\n`,
  );
  assert.deepEqual(
    inventory.components.map(({ name, version }) => [name, version]),
    [["a", "1"]],
  );
  assert.deepEqual(inventory.problems, []);
  assert.throws(() => readText(`${START}PackageComment: <text>a\nPackageName: b\nSPDXID: SPDXRef-b\n`), {
    code: "document-invalid",
    place: "line 4",
    message: "Expected </text> after <text>, found nothing",
  });
});

test("tags of files, snippets and licences are not those of the package before them", () => {
  for (const other of ["FileName: ./a", "SnippetSPDXID: SPDXRef-s", "LicenseID: LicenseRef-1"]) {
    const inventory = readText(
      `${START}PackageName: a\nSPDXID: SPDXRef-a\n${other}\nPackageVersion: 9\nExternalRef: PACKAGE-MANAGER purl pkg:npm/x@9\n`,
    );
    assert.deepEqual(
      inventory.components.map(({ name, version, purl }) => [name, version, purl]),
      [["a", undefined, undefined]],
      other,
    );
  }
});

test("other versions are refused by name, and a document without one", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["SPDXVersion: SPDX-2.1\n", "-", '"SPDX-2.1"'],
    ["# no version\nPackageName: a\n", "x.spdx", "nothing"],
    ["", "x.spdx", "nothing"],
  ];
  for (const [text, name, found] of cases) {
    assert.throws(() => readText(text, name), {
      code: "document-unknown",
      message: `Expected SPDX 2.2 or 2.3 in JSON or tag-value, found version ${found}`,
    });
  }
});

test("long lines, and many of them, cost no more than their length", () => {
  const line = "x".repeat(1_000_000);
  const inventory = readText(`${START}${line}\n${line}: y\n:\n${" ".repeat(1_000_000)}:\n${"Relationship: a b c\n".repeat(50_000)}`);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["line 4", "line 5", "line 6", "line 7"],
  );
});

test("the standard's own example is the same inventory in tags and in JSON", needsFeeds, () => {
  const [tags, json] = ["SPDXTagExample-v2.2.spdx", "SPDXJSONExample-v2.2.spdx.json"].map((name) =>
    read(name, readFileSync(join(feeds, "sbom/spdx", name))),
  );
  const facts = (inventory: Inventory | undefined): unknown => [
    inventory?.root,
    inventory?.components
      .map(({ ref, name, version, purl, ecosystem }) => ({ ref, name, version, purl, ecosystem }))
      .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    inventory?.dependencies,
    inventory?.problems,
  ];
  assert.deepEqual(facts(tags), facts(json));
});
