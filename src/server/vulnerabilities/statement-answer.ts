import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";
import type { Interval } from "../../matching/interval.ts";
import { affectedText } from "../../matching/scan/affected-text.ts";
import { compareKeys } from "../../matching/versions/key-writer.ts";
import type { CompiledAffected } from "../advisories/compile-advisory.ts";
import type { ReadStatement } from "./read-statement.ts";
import { judgeSeverities } from "./stated-severities.ts";

export type StatementAnswer = AnswerOf<typeof readVulnerability>["statements"][number];
type AffectedAnswer = StatementAnswer["affected"][number];

/** One source's statement as the page shows it beside the others. */
export function answerStatement({ row, advisory, details, packages }: ReadStatement): StatementAnswer {
  return {
    advisory: advisory.id,
    source: row.location ?? row.feed,
    license: advisory.license,
    summary: advisory.summary,
    details,
    modified: advisory.modified,
    published: advisory.published,
    withdrawn: advisory.withdrawn,
    receivedAtMs: row.received_at.getTime(),
    hash: row.hash,
    revisions: row.revision,
    severities: [...judgeSeverities(advisory.severities)],
    weaknesses: [...advisory.weaknesses],
    aliases: [...advisory.aliases],
    upstream: [...advisory.upstream],
    related: [...advisory.related],
    affected: packages.map(answerAffected),
    references: [...advisory.references],
  };
}

function answerAffected({ ecosystem, name, compiled, listedVersions }: CompiledAffected): AffectedAnswer {
  const texts = compiled.texts.map((text) => ({ text: `=${text}`, hiKind: "listed" as const, lo: text, hi: text }));
  return {
    ecosystem,
    name,
    intervals: [...shownIntervals(compiled.intervals).map(answerInterval), ...texts],
    listedVersions,
    setAside: compiled.setAside.map(({ reason }) => reason),
  };
}

/** In the order of versions; versions listed one by one only where no range holds them. */
export function shownIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const ranges = intervals.filter(({ hiKind }) => hiKind !== "listed");
  const isHeld = ({ lo }: Interval): boolean => ranges.some((range) => compareKeys(range.lo, lo) <= 0 && compareKeys(lo, range.hi) < 0);
  return intervals
    .filter((interval) => interval.hiKind !== "listed" || !isHeld(interval))
    .toSorted((a, b) => compareKeys(a.lo, b.lo) || compareKeys(a.hi, b.hi));
}

function answerInterval(interval: Interval): AffectedAnswer["intervals"][number] {
  return { text: affectedText(interval), hiKind: interval.hiKind, lo: interval.loText, hi: interval.hiText };
}
