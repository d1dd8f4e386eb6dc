import type { Change, EcosystemAnswer, Finding, FoundComponent, ScanAnswer } from "../../src/vocabulary/scan-answer.ts";
import { NOW, npmStanding } from "./stated-snapshot.ts";

/** An answer to one lockfile of ten npm components in which nothing was found, but for what a test states. */
export function statedAnswer(stated: Partial<ScanAnswer> = {}): ScanAnswer {
  return {
    documents: [{ name: "package-lock.json", format: "package-lock 3", components: 10, problems: [] }],
    unreadable: [],
    changes: [],
    findings: [],
    cannotCompare: [],
    ecosystems: [statedEcosystem()],
    answeredAtMs: NOW,
    ...stated,
  };
}

export function statedEcosystem(stated: Partial<EcosystemAnswer> = {}): EcosystemAnswer {
  return { ecosystem: "npm", components: 10, standing: npmStanding, cannotSay: undefined, ...stated };
}

export function statedFinding(id: string, stated: Partial<Finding> = {}): Finding {
  return {
    vulnerability: `v-${id}`,
    ids: [id],
    title: `title of ${id}`,
    kind: "vulnerability",
    exploited: false,
    score: undefined,
    components: [foundComponent()],
    endedBy: [1],
    ...stated,
  };
}

export function foundComponent(stated: Partial<FoundComponent> = {}): FoundComponent {
  return {
    ecosystem: "npm",
    name: "lodash",
    version: "4.17.15",
    advisory: "GHSA-1",
    affected: "[0, 4.17.21)",
    places: ["package-lock.json: node_modules/lodash"],
    fix: { kind: "version", version: "4.17.21", majorChange: false },
    ...stated,
  };
}

export function statedChange(stated: Partial<Change> = {}): Change {
  return {
    number: 1,
    ecosystem: "npm",
    name: "lodash",
    from: ["4.17.15"],
    fix: { kind: "version", version: "4.17.21", majorChange: false },
    document: "package-lock.json",
    direct: true,
    development: false,
    through: [],
    blockedBy: [],
    commands: ["npm install lodash@4.17.21"],
    notes: [],
    ends: ["CVE-2026-1"],
    exploited: false,
    score: undefined,
    ...stated,
  };
}
