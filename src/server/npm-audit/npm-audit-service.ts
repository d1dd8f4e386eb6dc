import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { npmBulkAdvisories } from "../../contract/endpoints/npm-audit.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { createMatcher, type Matcher } from "../../matching/match.ts";
import { standingOf } from "../../matching/scan/answer-scan.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { cannotSayReason, cannotSaySentence } from "../../vocabulary/data-standing.ts";
import type { Config } from "../config.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { auditPackage } from "./npm-advisories.ts";

export type NpmAuditService = {
  /**
   * The advisories that affect any of the versions, by package. `host` is where the asker found this server.
   * @throws CodedError `cannot-say` when nothing was found and there is no evidence for it
   */
  readonly bulk: (asked: BodyOf<typeof npmBulkAdvisories>, host: string) => AnswerOf<typeof npmBulkAdvisories>;
};

export type NpmAuditServiceParts = {
  readonly snapshots: Pick<SnapshotService, "current">;
  readonly config: Pick<Config, "emptyAnswerWithoutEvidence" | "publicUrl" | "tls">;
  readonly now: () => number;
};

type Held = { readonly snapshot: Snapshot; readonly match: Matcher; readonly scoreOf: (vulnerability: number) => number | undefined };

export function createNpmAuditService({ snapshots, config, now }: NpmAuditServiceParts): NpmAuditService {
  let held: Held | undefined;
  const current = (): Held | undefined => {
    const snapshot = snapshots.current()?.snapshot;
    if (snapshot !== held?.snapshot)
      held =
        snapshot === undefined
          ? undefined
          : { snapshot, match: createMatcher(snapshot, ecosystemOf), scoreOf: vulnerabilityScores(snapshot) };
    return held;
  };
  return {
    bulk: (asked, host) => {
      const using = current();
      const baseUrl = config.publicUrl?.replace(/\/$/, "") ?? `${config.tls === undefined ? "http" : "https"}://${host}`;
      const pageOf = (id: string): string => `${baseUrl}/vulnerabilities/${encodeURIComponent(id)}`;
      const answer: AnswerOf<typeof npmBulkAdvisories> = {};
      let notCompared: string | undefined;
      if (using !== undefined) {
        for (const [name, versions] of Object.entries(asked)) {
          const audit = auditPackage(using.snapshot, using.match, { name, versions }, { scoreOf: using.scoreOf, pageOf });
          notCompared ??= audit.notCompared;
          if (audit.advisories.length > 0) answer[name] = [...audit.advisories];
        }
      }
      const isEmpty = Object.keys(answer).length === 0 && Object.keys(asked).length > 0;
      if (isEmpty && !config.emptyAnswerWithoutEvidence) {
        const reason = whyNotNothing(using?.snapshot, notCompared, now());
        if (reason !== undefined) throw new CodedError("cannot-say", reason);
      }
      return answer;
    },
  };
}

function whyNotNothing(snapshot: Snapshot | undefined, notCompared: string | undefined, nowMs: number): string | undefined {
  const reason = cannotSayReason(snapshot === undefined ? undefined : standingOf(snapshot, "npm"), nowMs);
  if (reason !== undefined) return cannotSaySentence(reason, "npm");
  return notCompared === undefined ? undefined : `Nothing was found, but not everything could be compared: ${notCompared}`;
}

/** The highest score of each vulnerability's statements, whichever packages they name; made at the first question. */
function vulnerabilityScores(snapshot: Snapshot): (vulnerability: number) => number | undefined {
  let scores: Float64Array | undefined;
  return (vulnerability) => {
    scores ??= highestScores(snapshot);
    const score = scores[vulnerability] ?? -1;
    return score < 0 ? undefined : score;
  };
}

function highestScores(snapshot: Snapshot): Float64Array {
  const scores = new Float64Array(snapshot.header.counts.vulnerabilities).fill(-1);
  for (let advisory = 0; advisory < snapshot.advisoryCount; advisory++) {
    const score = snapshot.advisoryScore(advisory) ?? -1;
    const vulnerability = snapshot.advisoryVulnerability(advisory);
    if (score > (scores[vulnerability] ?? -1)) scores[vulnerability] = score;
  }
  return scores;
}
