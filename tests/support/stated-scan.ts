import { ecosystemOf } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { answerScan } from "../../src/matching/scan/answer-scan.ts";
import type { Snapshot } from "../../src/matching/snapshot/snapshot.ts";
import type { Inventory } from "../../src/vocabulary/component.ts";
import type { Change, ScanAnswer } from "../../src/vocabulary/scan-answer.ts";
import { projectOf, type StatedProject } from "./stated-project.ts";
import { NOW, type StatedAdvisory, statedSnapshot } from "./stated-snapshot.ts";

/** The answer to one lockfile. */
export function answerTo(snapshot: Snapshot, inventory: Inventory): ScanAnswer {
  return answerScan({ snapshot, ecosystemOf, documents: [{ name: "package-lock.json", inventory }], unreadable: [], nowMs: NOW });
}

/** What to change in a project, by these advisories. */
export function changesOf(project: StatedProject, advisories: readonly StatedAdvisory[]): readonly Change[] {
  return answerTo(statedSnapshot(advisories), projectOf(project)).changes;
}
