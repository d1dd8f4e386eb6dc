import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readKevCatalogue, type KevCatalogue } from "./kev.ts";

const feeds = process.env["SLUICE_FEEDS"];

const entry = {
  cveID: "CVE-2026-10001",
  vendorProject: "Sluice",
  product: "Gate",
  vulnerabilityName: "Made up",
  dateAdded: "2026-01-02",
  requiredAction: "Close it.",
  dueDate: "2026-01-23",
};

function read(fields: object): KevCatalogue {
  const catalogue = { catalogVersion: "2026.01.02", dateReleased: "2026-01-02T15:00:00Z", count: 1, vulnerabilities: [entry], ...fields };
  return readKevCatalogue(new TextEncoder().encode(JSON.stringify(catalogue)));
}

test("a catalogue is read, and entries that cannot be used are kept aside with their place", () => {
  assert.deepEqual(readKevCatalogue(readFileSync(join(import.meta.dirname, "testdata/catalogue.json"))), {
    catalogVersion: "2026.01.02",
    dateReleased: "2026-01-02T15:00:00.1234Z",
    entries: [
      {
        cve: "CVE-2026-10001",
        vendor: "Sluice",
        product: "Gate",
        name: "Sluice Gate Made-Up Vulnerability",
        dateAdded: "2026-01-02",
        dueDate: "2026-01-23",
        requiredAction: "Close the gate.",
        ransomware: "known",
      },
      {
        cve: "CVE-2026-100020",
        vendor: "Sluice",
        product: "Weir",
        name: "Sluice Weir Made-Up Vulnerability",
        dateAdded: "2026-01-01",
        dueDate: "2026-01-22",
        requiredAction: "Raise the weir.",
        ransomware: "unknown",
      },
    ],
    problems: [
      { place: "vulnerabilities[2].cveID", reason: 'Expected a CVE id, found "2026-3"' },
      { place: "vulnerabilities[3].cveID", reason: 'Expected a CVE id that no earlier entry has, found "CVE-2026-10001"' },
    ],
  });
});

test("a stated count that is not the number of entries is a problem", () => {
  assert.deepEqual(read({ count: 2 }).problems, [{ place: "count", reason: "Expected 1, the number of entries, found 2" }]);
});

test("an entry with a field missing or of the wrong kind is kept aside", () => {
  for (const [fields, place] of [
    [{ dueDate: "soon" }, "dueDate"],
    [{ dateAdded: "2026-02-30" }, "dateAdded"],
    [{ dateAdded: "2026-01-02T00:00:00Z" }, "dateAdded"],
    [{ product: "" }, "product"],
    [{ vulnerabilityName: 7 }, "vulnerabilityName"],
    [{ requiredAction: null }, "requiredAction"],
  ] as const) {
    const { entries, problems } = read({ count: 2, vulnerabilities: [entry, { ...entry, cveID: "CVE-2026-2000", ...fields }] });
    assert.deepEqual([entries.length, problems.map((problem) => problem.place)], [1, [`vulnerabilities[1].${place}`]]);
  }
});

test("what is no catalogue, or has no entry that can be used, is refused", () => {
  for (const fields of [
    { catalogVersion: undefined },
    { dateReleased: "today" },
    { vulnerabilities: {} },
    { vulnerabilities: [] },
    { vulnerabilities: [{ ...entry, cveID: "x" }] },
  ]) {
    assert.throws(() => read(fields), { name: "CodedError", code: "document-invalid" }, JSON.stringify(fields));
  }
});

test("both releases of the real catalogue are read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  for (const [file, count] of [
    ["kev.json", 1404],
    ["kev-2025-05-05.json", 1332],
  ] as const) {
    const catalogue = readKevCatalogue(readFileSync(join(feeds ?? "", "cve", file)));
    assert.deepEqual([catalogue.entries.length, catalogue.problems], [count, []]);
  }
});
