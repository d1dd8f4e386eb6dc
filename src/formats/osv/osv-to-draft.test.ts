import assert from "node:assert/strict";
import { test } from "node:test";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import { draftToOsv } from "./draft-to-osv.ts";
import { osvToDraft } from "./osv-to-draft.ts";

const record = {
  schema_version: "1.7.5",
  id: "GHSA-xxxx-0001-test",
  modified: "2026-11-20T09:00:00Z",
  aliases: ["CVE-2026-99999", "x_OTHER-1"],
  related: ["CVE-2026-1"],
  summary: "A length is trusted",
  details: "A peer can make the broker read past its buffer.",
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }],
  affected: [
    {
      package: { ecosystem: "npm", name: "@halyard/broker", purl: "pkg:npm/%40halyard/broker" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "2.4.0" }, { fixed: "2.8.4" }] }],
      versions: ["2.4.0"],
    },
  ],
  references: [{ type: "FIX", url: "https://halyard.example/commit/1" }],
  credits: [{ name: "A. Finder", type: "FINDER", contact: ["https://lab.example"] }],
  database_specific: { cwe_ids: ["CWE-130"], severity: "HIGH" },
};

test("a record read into parts and written again says the same, but for what is declared as left out", () => {
  const document = osvToDraft(bytesOf(record), "test");
  const written = JSON.parse(
    new TextDecoder().decode(draftToOsv(document.parts, { id: "x_SLUICE-1", modified: record.modified, published: undefined })),
  ) as unknown;
  const { related: _, ...kept } = record;
  assert.deepEqual(written, {
    ...kept,
    id: "x_SLUICE-1",
    aliases: ["GHSA-xxxx-0001-test", "CVE-2026-99999"],
    database_specific: { cwe_ids: ["CWE-130"] },
  });
  assert.deepEqual(
    document.leftOut.map(({ place }) => place),
    ["severity", "aliases", "related", "database_specific"],
  );
});

test("a long text is told in several parts, and nothing of it is lost", () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index} 😀`).join("\n");
  const texts = osvToDraft(bytesOf({ ...record, details: lines, summary: "s ".repeat(400) }), "test").parts.flatMap((part) =>
    part.kind === "details" ? [part.body.text] : [],
  );
  assert.ok(texts.every((text) => text.length <= 100_000));
  assert.equal(texts.slice(1).join("\n"), lines);
  assert.equal(texts[0], "s ".repeat(400).trim());
});

test("a withdrawn record and what is no record are refused at their place", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ ...record, withdrawn: "2026-11-21T00:00:00Z" }, "test: withdrawn"],
    [{ ...record, credits: [{ type: "FINDER" }] }, "test: credits[0].name"],
    [{ ...record, affected: [{ ranges: [{ type: "SEMVER", events: [] }] }] }, "test: affected[0].ranges[0].events"],
  ];
  for (const [value, place] of cases) {
    assert.throws(
      () => osvToDraft(bytesOf(value), "test"),
      (error) => isCodedError(error, "document-invalid") && error.place === place,
      place,
    );
  }
});

test("a record of another draft is no alias: its id is nobody else's to know", () => {
  const aliases = (value: unknown): readonly PartBody[] => osvToDraft(bytesOf(value), "test").parts.filter(({ kind }) => kind === "alias");
  assert.deepEqual(aliases({ ...record, id: "x_SLUICE-2026-abc", aliases: [] }), []);
});

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
