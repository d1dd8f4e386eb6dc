import { UNSCORED_RANK } from "../../matching/scan/ranking.ts";
import type { Finding, ScanAnswer } from "../../vocabulary/scan-answer.ts";

/** From which finding on a scan fails; `any` = every finding. */
export const FAIL_ON = ["any", "low", "medium", "high", "critical", "exploited"] as const;
export type FailOn = (typeof FAIL_ON)[number];

const LOWEST_SCORE: Readonly<Record<Exclude<FailOn, "any" | "exploited">, number>> = { low: 0.1, medium: 4, high: 7, critical: 9 };

/** 2 a document could not be read, else 1 found, else 3 something could not be said or compared, else 0. */
export function exitCodeOf(answer: ScanAnswer, options: { readonly failOn: FailOn; readonly allowUnknown: boolean }): 0 | 1 | 2 | 3 {
  if (answer.unreadable.length > 0) return 2;
  if (answer.findings.some((finding) => fails(finding, options.failOn))) return 1;
  if (answer.staged?.findings.some(() => fails(STAGED, options.failOn)) === true) return 1;
  return !options.allowUnknown && hasUnknown(answer) ? 3 : 0;
}

/** True when something in the documents got no answer: no evidence, no order, or an entry left out. */
export function hasUnknown(answer: ScanAnswer): boolean {
  return (
    answer.cannotCompare.length > 0 ||
    (answer.staged?.cannotCompare.length ?? 0) > 0 ||
    answer.ecosystems.some((ecosystem) => ecosystem.cannotSay !== undefined) ||
    answer.documents.some((document) => document.problems.length > 0)
  );
}

/** Nobody has scored what is not public yet. */
const STAGED = { exploited: false, kind: "vulnerability", score: undefined } as const;

/** An unscored finding counts as high: not known is not low. */
function fails(finding: Pick<Finding, "exploited" | "kind" | "score">, failOn: FailOn): boolean {
  if (failOn === "any" || finding.exploited || finding.kind === "malware") return true;
  if (failOn === "exploited") return false;
  return (finding.score ?? Math.ceil(UNSCORED_RANK)) >= LOWEST_SCORE[failOn];
}
