import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { osvRecord, scene } from "../../../tests/support/draft-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { MAX_PARTS } from "../../contract/draft-part-schemas.ts";
import { importDraft } from "../../contract/endpoints/draft-imports.ts";
import { downloadDraftOsv, listDrafts, readDraft } from "../../contract/endpoints/drafts.ts";
import type { RefusalCode } from "../../vocabulary/coded-error.ts";

scene("documents that are none, or are hostile, are refused with their place", async ({ desk, owner }) => {
  const ask = desk.as(owner);
  const bytes = (value: unknown): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  const cases: readonly (readonly [string, Uint8Array<ArrayBuffer>, RefusalCode])[] = [
    ["no bytes", new Uint8Array(0), "document-invalid"],
    ["no JSON", bytes("<xml/>"), "document-invalid"],
    ["neither kind", bytes({ hello: "world" }), "document-unknown"],
    ["a list", bytes([]), "document-unknown"],
    ["too deep", bytes(`{"document":${"[".repeat(5000)}`), "document-invalid"],
    ["too many values", bytes(`{"id":1,"modified":[${"1,".repeat(5_100_000)}1]}`), "document-too-large"],
    ["wrong types", bytes({ id: {}, modified: 3 }), "document-invalid"],
    ["another version", bytes({ document: { csaf_version: "2.1" } }), "document-unknown"],
    [
      "more parts than a draft takes",
      bytes({
        ...osvRecord,
        references: Array.from({ length: MAX_PARTS }, (_, index) => ({ type: "WEB", url: `https://a.example/${index}` })),
      }),
      "document-too-large",
    ],
  ];
  for (const [what, body, code] of cases) await assert.rejects(ask(importDraft, { body, query: {} }), refused(code), what);
  const tooLarge = await desk.transport(owner)({
    method: "POST",
    path: "/api/drafts/import",
    headers: { "content-type": "application/json" },
    body: new Uint8Array(17 << 20),
    signal: undefined,
  });
  assert.equal(tooLarge.status, 413);
  assert.deepEqual((await ask(listDrafts, { query: {} })).rows, []);
  const csaf = new Uint8Array(await readFile(new URL("../../formats/csaf/testdata/halyard-broker.json", import.meta.url)));
  const imported = await ask(importDraft, { body: csaf, query: {} });
  assert.deepEqual([imported.format, imported.leftOut.length], ["csaf", 4]);
  const record = await ask(downloadDraftOsv, { params: { draft: imported.id } });
  assert.deepEqual([record["affected"], record["details"]], [[], undefined]);
  const { parts = [] } = await ask(readDraft, { params: { draft: imported.id } });
  assert.ok(
    parts.every(({ level }) => level === "build"),
    "a document marked TLP:AMBER+STRICT makes no part less confidential than build",
  );
});
