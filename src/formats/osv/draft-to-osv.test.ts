import assert from "node:assert/strict";
import { test } from "node:test";
import type { AffectedPackage } from "../../vocabulary/advisory.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import { draftToOsv } from "./draft-to-osv.ts";
import { readOsvDetails, readOsvRecord } from "./osv.ts";

const head = { id: "x_SLUICE-TEST-1", modified: "2026-11-30T16:00:00.000Z", published: "2026-11-30T16:00:00.000Z" };

const broker: AffectedPackage = {
  package: { ecosystem: "npm", name: "@halyard/broker" },
  purl: "pkg:npm/%40halyard/broker",
  ranges: [
    {
      type: "SEMVER",
      repository: undefined,
      events: [
        { kind: "introduced", version: "2.0.0" },
        { kind: "fixed", version: "2.4.1" },
      ],
    },
    {
      type: "GIT",
      repository: "https://git.example/halyard/broker",
      events: [
        { kind: "introduced", version: "0" },
        { kind: "fixed", version: "1111111111111111111111111111111111111111" },
      ],
    },
  ],
  versions: ["2.0.0", "2.4.0"],
};

const parts: readonly PartBody[] = [
  { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "@halyard/broker" }] } },
  { kind: "summary", body: { text: " A length is trusted before it is checked " } },
  { kind: "details", body: { text: "A peer can make the broker read past its buffer." } },
  { kind: "affected", body: broker },
  { kind: "severity", body: { type: "CVSS_V3", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" } },
  { kind: "weakness", body: { text: "CWE-130" } },
  { kind: "alias", body: { text: "CVE-2026-99999" } },
  { kind: "reference", body: { type: "ADVISORY", url: "https://halyard.example/advisories/1" } },
  { kind: "reference", body: { type: "blog", url: "https://halyard.example/blog" } },
  { kind: "credit", body: { name: "Example Lab", role: "finder", contact: ["https://lab.example"] } },
  { kind: "credit", body: { name: "A helper", role: "cook", contact: [] } },
  { kind: "patch", body: { kind: "fixed-version", ecosystem: "npm", name: "@halyard/broker", text: "2.4.1" } },
  { kind: "patch", body: { kind: "commit", ecosystem: undefined, name: undefined, text: "https://git.example/halyard/broker/commit/1" } },
  { kind: "patch", body: { kind: "mitigation", ecosystem: undefined, name: undefined, text: "Close port 1883." } },
  { kind: "build", body: { text: "how to build the fix" } },
  { kind: "research", body: { text: "how to reach the length" } },
];

test("a draft advisory's parts, written as OSV and read again, say the same", () => {
  const record = draftToOsv(parts, head);
  assert.deepEqual(readOsvRecord(record, "test"), {
    id: "x_SLUICE-TEST-1",
    modified: head.modified,
    published: head.published,
    withdrawn: undefined,
    aliases: ["CVE-2026-99999"],
    upstream: [],
    related: [],
    summary: "A length is trusted before it is checked",
    severities: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", package: undefined }],
    weaknesses: ["CWE-130"],
    affected: [broker],
    references: [
      { type: "ADVISORY", url: "https://halyard.example/advisories/1" },
      { type: "WEB", url: "https://halyard.example/blog" },
      { type: "FIX", url: "https://git.example/halyard/broker/commit/1" },
    ],
    license: undefined,
    kind: "vulnerability",
  });
  assert.equal(readOsvDetails(record, "test"), "A peer can make the broker read past its buffer.\n\nMitigation: Close port 1883.");
});

test("what is more confidential than a published advisory has no place in its record", () => {
  const text = new TextDecoder().decode(draftToOsv(parts, head));
  for (const secret of ["how to build the fix", "how to reach the length"]) assert.ok(!text.includes(secret), secret);
});

test("a credit's role is one of the schema's words", () => {
  const { credits } = JSON.parse(new TextDecoder().decode(draftToOsv(parts, head))) as { readonly credits: unknown };
  assert.deepEqual(credits, [
    { name: "Example Lab", type: "FINDER", contact: ["https://lab.example"] },
    { name: "A helper", type: "OTHER" },
  ]);
});

test("a patch that no field has is said in the details", () => {
  const cases: readonly (readonly [PartBody & { readonly kind: "patch" }, string])[] = [
    [{ kind: "patch", body: { kind: "fixed-version", ecosystem: "npm", name: "other", text: "3.0.0" } }, "Fixed in other 3.0.0."],
    [{ kind: "patch", body: { kind: "fixed-version", ecosystem: undefined, name: undefined, text: "3.0.0" } }, "Fixed in 3.0.0."],
    [{ kind: "patch", body: { kind: "commit", ecosystem: undefined, name: undefined, text: "1a2b3c" } }, "Fixed by commit 1a2b3c."],
    [{ kind: "patch", body: { kind: "diff", ecosystem: undefined, name: undefined, text: "-a\n+b\n" } }, "Patch:\n\n    -a\n    +b"],
  ];
  for (const [part, words] of cases) {
    assert.equal(readOsvDetails(draftToOsv([part, { kind: "affected", body: broker }], head), "test"), words);
  }
});

test("a draft without parts is a record all the same", () => {
  assert.deepEqual(JSON.parse(new TextDecoder().decode(draftToOsv([], { ...head, published: undefined }))), {
    schema_version: "1.7.5",
    id: "x_SLUICE-TEST-1",
    modified: "2026-11-30T16:00:00.000Z",
    affected: [],
  });
});

test("what was corrected or withdrawn is in the record, with its reason, and read as such", () => {
  const changes = [
    { modified: "2026-12-01T09:00:00.000Z", reason: "2.4.1 trusts the length still" },
    { modified: "2026-12-02T09:00:00.000Z", reason: "the caller checks it" },
  ];
  const withdrawn = "2026-12-02T09:00:00.000Z";
  const bytes = draftToOsv([{ kind: "weakness", body: { text: "CWE-130" } }], { ...head, modified: withdrawn, withdrawn, changes });
  const record = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  assert.deepEqual(
    [record["published"], record["modified"], record["withdrawn"], record["database_specific"]],
    [head.published, withdrawn, withdrawn, { cwe_ids: ["CWE-130"], changes }],
  );
  assert.equal(readOsvRecord(bytes, "test").withdrawn, withdrawn);
});
