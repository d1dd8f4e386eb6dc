import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireScanAnswer } from "../../contract/schemas.ts";
import { exposureOf } from "./exposure.ts";

const document = { name: "a", format: "b", components: 1, problems: [] };
const npm = { ecosystem: "npm", components: 1 };
const nothing = { unreadable: [], changes: [], findings: [], cannotCompare: [], answeredAtMs: 0 };
const clean: WireScanAnswer = { ...nothing, documents: [document], ecosystems: [npm] };

const component = {
  ecosystem: "npm",
  name: "a",
  version: "1",
  advisory: "A",
  affected: "[0, 2)",
  places: [],
  fix: { kind: "none" as const },
};
const finding = {
  vulnerability: "V",
  ids: ["CVE-1"],
  title: "",
  kind: "vulnerability" as const,
  exploited: false,
  components: [component],
  endedBy: [],
};
const problem = { place: "p", reason: "r" };

const cases: readonly (readonly [string, WireScanAnswer, ReturnType<typeof exposureOf>])[] = [
  ["a finding under any of its ids", { ...clean, findings: [{ ...finding, vulnerability: "other" }] }, { kind: "exposed", components: 1 }],
  ["nothing found where everything could be said", clean, { kind: "not-found" }],
  ["an ecosystem that cannot answer", { ...clean, ecosystems: [{ ...npm, cannotSay: "stale" }] }, { kind: "cannot-say" }],
  ["an entry that was left out", { ...clean, documents: [{ ...document, problems: [problem] }] }, { kind: "cannot-say" }],
  [
    "a component without a version",
    { ...clean, cannotCompare: [{ ...problem, ecosystem: "npm", name: "a", advisories: [] }] },
    { kind: "cannot-say" },
  ],
];
for (const [title, answer, expected] of cases) {
  test(`${title}: ${expected.kind}`, () => assert.deepEqual(exposureOf(answer, { vulnerability: "V", ids: ["CVE-1"] }), expected));
}
