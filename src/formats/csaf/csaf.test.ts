import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { PartBody, PartKind } from "../../vocabulary/draft-advisory.ts";
import type { DraftDocument } from "../draft-document.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { readCsaf } from "./csaf.ts";
import { readVersRange } from "./vers-range.ts";

const testdata = new URL("testdata/", import.meta.url);
const feeds = process.env["SLUICE_FEEDS"];
const resolvePurl: PurlResolver = ({ type, namespace, name }) =>
  type === "npm" ? { ecosystem: "npm", name: namespace === undefined ? name : `${namespace}/${name}` } : undefined;

test("a document's parts say what it says of its vulnerability", () => {
  const document = read(bytesOf("halyard-broker.json"));
  assert.deepEqual([document.id, document.tlp], ["HALYARD-2026-0007", "TLP:AMBER+STRICT"]);
  assert.deepEqual(bodies(document, "summary"), [{ text: "Packet reader of Halyard broker" }]);
  assert.deepEqual(bodies(document, "affected"), [
    {
      package: { ecosystem: "npm", name: "@halyard/broker" },
      purl: "pkg:npm/%40halyard/broker",
      ranges: [
        {
          type: "ECOSYSTEM",
          repository: undefined,
          events: [
            { kind: "introduced", version: "2.4.0" },
            { kind: "fixed", version: "2.8.4" },
          ],
        },
      ],
      versions: ["2.3.1"],
    },
  ]);
  assert.deepEqual(bodies(document, "patch"), [
    { kind: "fixed-version", ecosystem: "npm", name: "@halyard/broker", text: "2.8.4" },
    { kind: "mitigation", ecosystem: undefined, name: undefined, text: "Close port 1883 to other networks." },
  ]);
  assert.deepEqual(bodies(document, "details"), [
    { text: "A length in a packet is trusted before it is checked." },
    { text: "A peer can make the broker read past its buffer." },
    { text: "Affected products:\n\n- Halyard Field gateway" },
    { text: "Fix: Update to 2.8.4.\n\nhttps://halyard.example/releases/2.8.4" },
  ]);
  assert.deepEqual(bodies(document, "severity"), [{ type: "CVSS_V3", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }]);
  assert.deepEqual(bodies(document, "weakness"), [{ text: "CWE-130" }]);
  assert.deepEqual(bodies(document, "alias"), [{ text: "CVE-2026-99999" }, { text: "HSEC-2026-7" }]);
  assert.deepEqual(bodies(document, "credit"), [{ name: "A. Finder (Example Lab)", role: "OTHER", contact: ["https://lab.example"] }]);
  assert.deepEqual(
    document.leftOut.map(({ place }) => place),
    ["document.notes[1]", "vulnerabilities[0].product_status", "vulnerabilities[0].ids[1]", "document.references[1].url"],
  );
});

test("of several vulnerabilities the one that is named is read, and none is guessed", () => {
  const bytes = bytesOf("two-vulnerabilities.json");
  assert.throws(() => read(bytes), refusedAt("vulnerabilities", "document-invalid", /CVE-2026-99999, CVE-2026-99998/));
  assert.throws(() => read(bytes, "CVE-2026-1"), refusedAt("vulnerabilities"));
  const other = read(bytes, "CVE-2026-99998");
  assert.deepEqual(
    [other.tlp, bodies(other, "summary"), bodies(other, "affected")],
    ["TLP:RED", [{ text: "Another of the same release" }], []],
  );
  const first = read(bytes, "HSEC-2026-7");
  assert.deepEqual(bodies(first, "alias"), [{ text: "CVE-2026-99999" }, { text: "HSEC-2026-7" }]);
  assert.deepEqual(first.leftOut.filter(({ reason }) => reason.includes("counts as affected")).length, 2);
});

test("what is not such a document, or contradicts itself, is refused at its place", () => {
  const whole = JSON.parse(new TextDecoder().decode(bytesOf("halyard-broker.json"))) as Changeable;
  const circle = [relationship("A", "B"), relationship("B", "A")];
  const longChain = Array.from({ length: 20_000 }, (_, index) => relationship(`R${index}`, `R${index + 1}`));
  const cases: readonly (readonly [string, unknown, string, RefusalCode?])[] = [
    ["a list", [], ""],
    ["nothing", {}, "document"],
    ["CSAF 2.1", { document: { csaf_version: "2.1" } }, "document.csaf_version", "document-unknown"],
    ["a number for a version", { document: { csaf_version: 2 } }, "document.csaf_version"],
    ["a text for the tracking", { ...whole, document: { ...whole.document, tracking: "x" } }, "document.tracking"],
    ["no vulnerability", { ...whole, vulnerabilities: [] }, "vulnerabilities"],
    [
      "a marking of another scheme",
      { ...whole, document: { ...whole.document, distribution: { tlp: { label: "SECRET" } } } },
      "document.distribution.tlp.label",
    ],
    [
      "a product twice",
      { ...whole, product_tree: { full_product_names: [product("A"), product("A")] } },
      "product_tree.full_product_names[1].product_id",
    ],
    ["relationships in a circle", { ...whole, product_tree: { relationships: circle } }, "product_tree.relationships[1].product_reference"],
    [
      "a relationship with itself",
      { ...whole, product_tree: { relationships: [relationship("A", "A")] } },
      "product_tree.relationships[0].product_reference",
    ],
    [
      "a chain that ends nowhere",
      { ...whole, product_tree: { relationships: longChain } },
      "product_tree.relationships[19999].product_reference",
    ],
    [
      "a status of a product that is not there",
      { ...whole, product_tree: undefined },
      "vulnerabilities[0].product_status.known_affected[0]",
    ],
    [
      "numbers for product ids",
      { ...whole, vulnerabilities: [{ product_status: { fixed: [1] } }] },
      "vulnerabilities[0].product_status.fixed[0]",
    ],
    ["branches that are no list", { ...whole, product_tree: { branches: { a: 1 } } }, "product_tree.branches"],
    ["a score that is a text", { ...whole, vulnerabilities: [{ scores: ["10.0"] }] }, "vulnerabilities[0].scores[0]"],
  ];
  for (const [what, value, place, code = "document-invalid"] of cases) {
    assert.throws(() => read(new TextEncoder().encode(JSON.stringify(value))), refusedAt(place, code), what);
  }
});

test("deep and large documents are refused in bounded time, before anything is built of them", () => {
  const deep = `${'{"product_tree":{"branches":['}${'{"branches":['.repeat(5000)}`;
  assert.throws(() => read(new TextEncoder().encode(deep)), refusedAt(undefined));
  const many = `{"document":${"[".repeat(50)}${",1".repeat(6_000_000).slice(1)}${"]".repeat(50)}}`;
  assert.throws(
    () => read(new TextEncoder().encode(many)),
    (error) => isCodedError(error, "document-too-large"),
  );
});

test("ranges in VERS become events where OSV has words for them", () => {
  const introduced = (version: string) => ({ kind: "introduced", version });
  const cases: readonly (readonly [string, ReturnType<typeof readVersRange>])[] = [
    ["vers:all/*", { versions: [], events: [introduced("0")] as never, unsaid: [] }],
    ["vers:npm/1.0.0|1.2.0", { versions: ["1.0.0", "1.2.0"], events: [], unsaid: [] }],
    ["vers:generic/<2", { versions: [], events: [introduced("0"), { kind: "fixed", version: "2" }] as never, unsaid: [] }],
    [
      "vers:npm/>=1|<=2|>=3",
      { versions: [], events: [introduced("1"), { kind: "last_affected", version: "2" }, introduced("3")] as never, unsaid: [] },
    ],
    ["vers:pypi/>=1%2A", { versions: [], events: [introduced("1*")] as never, unsaid: [] }],
    ["vers:npm/>=1|>=2", undefined],
    ["vers:npm/<1|<2", undefined],
    ["vers:npm/*|1", undefined],
    ["vers:npm/", undefined],
    ["vers:npm/>= 1", undefined],
    ["vers:npm/>=%zz", undefined],
    ["< 4.3", undefined],
    [`vers:npm/${"1|".repeat(20_000)}1`, undefined],
  ];
  for (const [text, expected] of cases) assert.deepEqual(readVersRange(text), expected, text.slice(0, 60));
});

test(
  "the standard's examples and test documents are read, or refused at a place",
  { skip: feeds === undefined && "SLUICE_FEEDS is not set" },
  () => {
    const folder = join(feeds ?? "", "csaf", "2.0");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
    let readable = 0;
    for (const file of files) {
      const bytes = readFileSync(join(folder, file));
      const names = namesIn(bytes);
      for (const name of names.length === 0 ? [undefined] : names) {
        try {
          const document = read(bytes, name);
          assert.ok(document.id !== "" && document.parts.length > 0, file);
          readable++;
        } catch (error) {
          assert.ok(
            isCodedError(error, "document-invalid", "document-unknown") && error.place !== undefined && error.place !== "",
            `${file}: ${String(error)}`,
          );
        }
      }
    }
    assert.ok(readable >= 100, `only ${readable} of ${files.length} documents are read`);
  },
);

type Changeable = { readonly document: object; readonly product_tree: object; readonly vulnerabilities: readonly object[] };

function read(bytes: Uint8Array, vulnerability?: string): DraftDocument {
  return readCsaf(bytes, "test.json", { resolvePurl, vulnerability });
}

function bytesOf(name: string): Uint8Array {
  return readFileSync(new URL(name, testdata));
}

function bodies(document: DraftDocument, kind: PartKind): readonly PartBody["body"][] {
  return document.parts.filter((part) => part.kind === kind).map(({ body }) => body);
}

function product(id: string): object {
  return { name: `Product ${id}`, product_id: id };
}

function relationship(id: string, reference: string): object {
  return {
    category: "default_component_of",
    full_product_name: product(id),
    product_reference: reference,
    relates_to_product_reference: "X",
  };
}

function refusedAt(place: string | undefined, code: RefusalCode = "document-invalid", message = /./) {
  return (error: unknown): boolean =>
    isCodedError(error, code) &&
    message.test(error.message) &&
    (place === undefined || error.place === (place === "" ? "test.json" : `test.json: ${place}`));
}

function namesIn(bytes: Uint8Array): readonly string[] {
  try {
    const { vulnerabilities } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly vulnerabilities?: readonly { readonly cve?: string }[];
    };
    return (vulnerabilities ?? []).length < 2 ? [] : (vulnerabilities ?? []).flatMap(({ cve }) => cve ?? []);
  } catch {
    return [];
  }
}
