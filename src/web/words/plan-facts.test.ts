import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireScanAnswer } from "../../contract/schemas.ts";
import { planFacts, planHeading } from "./plan-facts.ts";

type Finding = WireScanAnswer["findings"][number];

const npm = { ecosystem: "npm", components: 10 };

function answer(part: Partial<WireScanAnswer>): WireScanAnswer {
  const documents = [{ name: "package-lock.json", format: "package-lock 3", components: 10, problems: [] }];
  return { documents, unreadable: [], changes: [], findings: [], cannotCompare: [], ecosystems: [npm], answeredAtMs: 0, ...part };
}

function finding(id: string, places: string[], part: Partial<Finding> = {}): Finding {
  const component = { ecosystem: "npm", name: id, version: "1.0.0", advisory: id, affected: "[0, 2)", places };
  const components = [{ ...component, fix: { kind: "version" as const, version: "2.0.0", majorChange: true } }];
  return { vulnerability: id, ids: [id], title: id, kind: "vulnerability", exploited: false, components, endedBy: [1], ...part };
}

function change(number: number): WireScanAnswer["changes"][number] {
  const fix = { kind: "version" as const, version: "2.0.0", majorChange: true };
  const lists = { from: [], through: [], blockedBy: [], commands: [], notes: [], ends: [] };
  return { number, ecosystem: "npm", name: "a", fix, document: "package-lock.json", development: false, exploited: false, ...lists };
}

const unfixed = finding("C", ["c"], { endedBy: [] });
const malware = finding("M", ["m"], { kind: "malware" });
const compare = { ecosystem: "npm", name: "x", place: "x", reason: "no version", advisories: [] };

const headings: readonly (readonly [string, WireScanAnswer])[] = [
  [
    "3 changes end 1 of 2 vulnerabilities",
    answer({ changes: [change(1), change(2), change(3)], findings: [finding("A", ["a"]), unfixed] }),
  ],
  ["1 change ends all 2 vulnerabilities", answer({ changes: [change(1)], findings: [finding("A", ["a"]), finding("B", ["b"])] })],
  ["1 change ends the one vulnerability", answer({ changes: [change(1)], findings: [finding("A", ["a"])] })],
  ["1 vulnerability, and no change known that ends it", answer({ findings: [unfixed] })],
  ["1 change ends all 2 findings", answer({ changes: [change(1)], findings: [finding("A", ["a"]), malware] })],
  ["Nothing found in 10 components", answer({})],
  ["Nothing found in 9 components. Cannot say: 1", answer({ cannotCompare: [compare] })],
  ["Cannot say anything about 10 components", answer({ ecosystems: [{ ...npm, cannotSay: "sample" }] })],
  ["The file names no components", answer({ documents: [{ name: "a", format: "b", components: 0, problems: [] }], ecosystems: [] })],
];
for (const [expected, given] of headings) test(expected, () => assert.equal(planHeading(given), expected));

test("each component is counted once: found, else cannot compare, else what its ecosystem can say", () => {
  const facts = planFacts(
    answer({
      documents: [{ name: "bom.json", format: "CycloneDX 1.5", components: 14, problems: [] }],
      findings: [finding("A", ["a", "b"]), finding("B", ["b"])],
      cannotCompare: [compare, { ...compare, place: "a", advisories: ["A"] }],
      ecosystems: [npm, { ecosystem: "NuGet", components: 4, cannotSay: "no-data" }],
    }),
  );
  assert.deepEqual([facts.components, facts.foundComponents, facts.nothingFound, facts.cannotSay, facts.cannotCompare], [14, 2, 7, 4, 1]);
});

test("a finding has a patch only when each of its components has one", () => {
  const none = {
    ecosystem: "npm",
    name: "A",
    version: "0.9.0",
    advisory: "A",
    affected: "[0, ∞)",
    places: ["z"],
    fix: { kind: "none" as const },
  };
  const both = finding("A", ["a"]);
  assert.equal(planFacts(answer({ findings: [both] })).withPatch, 1);
  const half = planFacts(answer({ findings: [{ ...both, components: [...both.components, none] }] }));
  assert.deepEqual([half.withPatch, half.ended], [0, 0]);
});
