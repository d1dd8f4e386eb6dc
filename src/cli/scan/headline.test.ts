import assert from "node:assert/strict";
import { test } from "node:test";
import { foundComponent, statedAnswer, statedChange, statedEcosystem, statedFinding } from "../../../tests/support/stated-answer.ts";
import { NOW, npmStanding } from "../../../tests/support/stated-snapshot.ts";
import type { EcosystemAnswer, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { headline } from "./headline.ts";

const MINUTE = 60_000;
const open = { components: [foundComponent({ fix: { kind: "none" } })], endedBy: [] };
const documentOf = (components: number, problems = 0): ScanAnswer["documents"] => [
  { name: "l", format: "f", components, problems: Array.from({ length: problems }, () => ({ place: "p", reason: "r" })) },
];

test("nothing found is said with how many, of what and how old the data is, and never without evidence", () => {
  const aged = (ecosystem: string, components: number, minutes: number): EcosystemAnswer =>
    statedEcosystem({ ecosystem, components, standing: { ...npmStanding, ecosystem, statedAtMs: NOW - minutes * MINUTE } });
  const cases: readonly (readonly [Partial<ScanAnswer>, string])[] = [
    [{ ecosystems: [aged("npm", 10, 38)] }, "Nothing found in 10 components (npm; data 38 minutes old)"],
    [{ ecosystems: [aged("npm", 1, 38)] }, "Nothing found in 1 component (npm; data 38 minutes old)"],
    [
      {
        documents: documentOf(406),
        ecosystems: [
          aged("Maven", 200, 38),
          aged("npm", 160, 38),
          aged("Go", 3, 38),
          statedEcosystem({ ecosystem: "deb", components: 43, cannotSay: "no-scheme" }),
        ],
      },
      "Nothing found in 363 components (Maven, npm, Go; data 38 minutes old). Cannot say: 43",
    ],
    [{ ecosystems: [aged("npm", 5, 10), aged("Go", 5, 3 * 24 * 60)] }, "Nothing found in 10 components (npm, Go; data up to 3 days old)"],
    [{ documents: documentOf(1200), ecosystems: [aged("npm", 1200, 61)] }, "Nothing found in 1,200 components (npm; data 61 minutes old)"],
    [{ documents: documentOf(10, 2) }, "Nothing found in 10 components (npm; data 60 minutes old). Left out: 2"],
    [
      { cannotCompare: [{ ecosystem: "npm", name: "a", version: "x", place: "p", reason: "r", advisories: [] }] },
      "Nothing found in 9 components (npm; data 60 minutes old). Cannot say: 1",
    ],
    [{ unreadable: [{ place: "x", reason: "r" }] }, "Nothing found in 10 components (npm; data 60 minutes old). Not read: 1"],
    [{ ecosystems: [statedEcosystem({ cannotSay: "sample" })] }, "Cannot say anything about 10 components"],
    [
      { documents: documentOf(1), ecosystems: [statedEcosystem({ components: 1, cannotSay: "stale" })] },
      "Cannot say anything about 1 component",
    ],
    [{ documents: documentOf(0), ecosystems: [] }, "No components in what was read"],
    [{ documents: documentOf(0, 3), ecosystems: [] }, "No components in what was read. Left out: 3"],
    [{ documents: [], ecosystems: [] }, "Nothing could be read"],
    [{ documents: [], ecosystems: [], unreadable: [{ place: "x", reason: "r" }] }, "Nothing could be read"],
  ];
  for (const [stated, expected] of cases) assert.equal(headline(statedAnswer(stated)), expected);
});

test("what was found is said by what ends it", () => {
  const finding = statedFinding("A");
  const change = statedChange();
  const cases: readonly (readonly [Partial<ScanAnswer>, string])[] = [
    [{ findings: [finding], changes: [change] }, "1 change ends the one vulnerability found"],
    [{ findings: [finding, finding], changes: [change] }, "1 change ends both vulnerabilities"],
    [{ findings: [finding, finding], changes: [change, change] }, "2 changes end both vulnerabilities"],
    [{ findings: [finding, finding, finding], changes: [change, change] }, "2 changes end all 3 vulnerabilities"],
    [{ findings: [finding, finding, statedFinding("B", open)], changes: [change] }, "1 change ends 2 of 3 vulnerabilities"],
    [{ findings: [finding, statedFinding("M", { kind: "malware" })], changes: [change, change] }, "2 changes end both findings"],
    [{ findings: [statedFinding("M", { kind: "malware" })], changes: [change] }, "1 change ends the one finding"],
    [{ findings: [statedFinding("B", open)] }, "1 vulnerability in 10 components, and no fixed version is known for it"],
    [
      { findings: [statedFinding("B", open), statedFinding("C", open)] },
      "2 vulnerabilities in 10 components, and no fixed version is known for any",
    ],
    [
      { findings: [finding], changes: [change], ecosystems: [statedEcosystem({ cannotSay: "sample" })] },
      "1 change ends the one vulnerability found. Cannot say: 9",
    ],
    [
      { findings: [finding], changes: [change], documents: documentOf(10, 1), unreadable: [{ place: "x", reason: "r" }] },
      "1 change ends the one vulnerability found. Left out: 1. Not read: 1",
    ],
  ];
  for (const [stated, expected] of cases) assert.equal(headline(statedAnswer(stated)), expected);
});

test("a finding with one copy that nothing ends is not ended", () => {
  const half = statedFinding("A", { components: [foundComponent(), foundComponent({ version: "3.0.0", fix: { kind: "none" } })] });
  assert.equal(
    headline(statedAnswer({ findings: [half], changes: [statedChange()] })),
    "1 change ends 1 vulnerability in part: not for every copy is a fix known",
  );
});
