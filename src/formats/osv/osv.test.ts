import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Advisory } from "../../vocabulary/advisory.ts";
import { readOsvRecord } from "./osv.ts";

function fileOf(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, "testdata", name));
}

function readFields(fields: object): Advisory {
  const record = { id: "x_TEST-1", modified: "2026-01-01T00:00:00Z", ...fields };
  return readOsvRecord(new TextEncoder().encode(JSON.stringify(record)), "test");
}

test("every field that Sluice uses is read, and no other", () => {
  assert.deepEqual(readOsvRecord(fileOf("vulnerability.json"), "test"), {
    id: "x_TEST-2026-1",
    modified: "2026-03-04T05:06:07.123456789Z",
    published: "2026-03-01T00:00:00Z",
    withdrawn: undefined,
    aliases: ["CVE-2026-10001", "GHSA-test-test-test"],
    upstream: ["UPSTREAM-1"],
    related: ["x_TEST-2026-2"],
    summary: "Reads past the end of a made-up buffer",
    severities: [
      { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", package: undefined },
      {
        type: "CVSS_V4",
        score: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        package: { ecosystem: "npm", name: "@sluice-test/buffer" },
      },
    ],
    weaknesses: ["CWE-125", "CWE-787", "CWE-20"],
    affected: [
      {
        package: { ecosystem: "npm", name: "@sluice-test/buffer" },
        purl: "pkg:npm/%40sluice-test/buffer",
        ranges: [
          {
            type: "SEMVER",
            repository: undefined,
            events: [
              { kind: "introduced", version: "0" },
              { kind: "fixed", version: "1.2.3" },
              { kind: "introduced", version: "2.0.0" },
              { kind: "last_affected", version: "2.1.0" },
            ],
          },
          {
            type: "GIT",
            repository: "https://git.example/buffer.git",
            events: [
              { kind: "introduced", version: "0" },
              { kind: "fixed", version: "1111111111111111111111111111111111111111" },
            ],
          },
        ],
        versions: ["0.9.0", "1.0.0"],
      },
      {
        package: undefined,
        purl: undefined,
        ranges: [
          {
            type: "ECOSYSTEM",
            repository: undefined,
            events: [
              { kind: "introduced", version: "1" },
              { kind: "limit", version: "3" },
            ],
          },
        ],
        versions: [],
      },
    ],
    references: [
      { type: "FIX", url: "https://git.example/buffer/commit/1111111111111111111111111111111111111111" },
      { type: "ADVISORY", url: "https://advisories.example/1" },
    ],
    license: "CC-BY-4.0",
    kind: "vulnerability",
  });
});

test("a malware record is a kind of its own, and without a summary the first line of the details stands in", () => {
  const advisory = readOsvRecord(fileOf("malware.json"), "test");
  assert.equal(advisory.kind, "malware");
  assert.equal(advisory.summary, "A made-up package that sends environment variables away.");
  assert.equal(readFields({ details: "word ".repeat(100) }).summary.length, 160);
  assert.equal(readFields({}).summary, "");
});

test("a withdrawn record with null lists is read", () => {
  const advisory = readOsvRecord(fileOf("withdrawn.json"), "test");
  assert.equal(advisory.withdrawn, "2026-02-01T00:00:00Z");
  assert.deepEqual([advisory.aliases, advisory.affected, advisory.references, advisory.severities], [[], [], [], []]);
});

test("any 1.x schema version and none are read, another major version is refused", () => {
  for (const version of ["1.0.0", "1.7.5", "1.99.0", undefined]) assert.equal(readFields({ schema_version: version }).id, "x_TEST-1");
  for (const version of ["2.0.0", "0.9", "1", "x"]) {
    assert.throws(() => readFields({ schema_version: version }), { code: "document-invalid", place: "test: schema_version" });
  }
});

test("a range keeps fixed beside last_affected, and events of several kinds in one object are taken apart", () => {
  const events = [
    { limit: "9", last_affected: "2", fixed: "3", introduced: "1" },
    { introduced: "5", note: "ignored" },
  ];
  const [affected] = readFields({ affected: [{ ranges: [{ type: "SEMVER", events }] }] }).affected;
  assert.deepEqual(
    affected?.ranges[0]?.events.map((event) => `${event.kind} ${event.version}`),
    ["introduced 1", "fixed 3", "last_affected 2", "limit 9", "introduced 5"],
  );
});

test("a record that does not say what it must is refused with the place and what is there", () => {
  const range = (events: unknown): object => ({ affected: [{ ranges: [{ type: "SEMVER", events }] }] });
  const named = (name: unknown, ecosystem: unknown = "npm"): object => ({ affected: [{ package: { ecosystem, name } }] });
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [{ id: undefined }, "id", /found nothing/],
    [{ id: "" }, "id", /found ""/],
    [{ id: "../etc" }, "id", /without slashes/],
    [{ id: "a\\b" }, "id", /without slashes/],
    [{ id: ".hidden" }, "id", /leading dot/],
    [{ id: "a\u0007b" }, "id", /control/],
    [{ id: "a\u202eb" }, "id", /control/],
    [{ id: "a".repeat(201) }, "id", /at most 200/],
    [{ modified: undefined }, "modified", /found nothing/],
    [{ modified: "yesterday" }, "modified", /RFC 3339 time with a zone, found "yesterday"/],
    [{ modified: "2026-02-30T00:00:00Z" }, "modified", /RFC 3339/],
    [{ published: 7 }, "published", /a text, found 7/],
    [{ aliases: "CVE-2026-1" }, "aliases", /a list/],
    [{ aliases: ["CVE-2026-1", 3] }, "aliases[1]", /an id/],
    [{ summary: "a\u0000b" }, "summary", /U\+0000/],
    [{ severity: [{ type: "CVSS_V3", score: 9.8 }] }, "severity[0].score", /found 9.8/],
    [{ affected: {} }, "affected", /a list, found an object/],
    [{ affected: [1] }, "affected[0]", /an object, found 1/],
    [named(undefined), "affected[0].package.name", /found nothing/],
    [named("a", ""), "affected[0].package.ecosystem", /not empty/],
    [named("a\u001b[2J"), "affected[0].package.name", /control/],
    [named("a".repeat(501)), "affected[0].package.name", /at most 500/],
    [{ affected: [{ versions: [1] }] }, "affected[0].versions[0]", /a text, found 1/],
    [{ affected: [{ ranges: [{ events: [{ introduced: "0" }] }] }] }, "affected[0].ranges[0].type", /found nothing/],
    [range(undefined), "affected[0].ranges[0].events", /a list, found nothing/],
    [range([]), "affected[0].ranges[0].events", /an introduced event, found "no event"/],
    [range([{ fixed: "1" }]), "affected[0].ranges[0].events", /an introduced event, found "fixed"/],
    [range([{ introduced: "0" }, {}]), "affected[0].ranges[0].events[1]", /found "no kind of event"/],
    [range([{ introduced: "0" }, { unaffected: "1" }]), "affected[0].ranges[0].events[1]", /found "unaffected"/],
    [range([{ introduced: 0 }]), "affected[0].ranges[0].events[0].introduced", /a text, found 0/],
    [{ references: [{ type: "WEB" }] }, "references[0].url", /found nothing/],
  ];
  for (const [fields, place, message] of cases) {
    assert.throws(
      () => readFields(fields),
      { code: "document-invalid", place: `test: ${place}`, message },
      JSON.stringify(fields).slice(0, 200),
    );
  }
});

test("what is inside database_specific is a source's own affair and never an error", () => {
  for (const specific of [null, [], "x", { cwe_ids: 7, cwes: { a: 1 }, cwe: null, license: ["MIT"] }]) {
    assert.deepEqual(readFields({ database_specific: specific }).weaknesses, []);
  }
});

test("bytes that are no JSON are refused below the record's place", () => {
  const truncated = fileOf("vulnerability.json").subarray(0, 40);
  assert.throws(() => readOsvRecord(truncated, "npm/all.zip!x.json"), { code: "document-invalid", place: "npm/all.zip!x.json: 3:10" });
  assert.throws(() => readOsvRecord(new TextEncoder().encode("[]"), "npm/all.zip!x.json"), {
    code: "document-invalid",
    place: "npm/all.zip!x.json",
  });
});
