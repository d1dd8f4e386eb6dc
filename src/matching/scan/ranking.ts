import type { AdvisoryKind } from "../../vocabulary/advisory.ts";

/** A finding without a score is not a harmless one: it sorts among the high ones, above 6.9 and below 7.0. */
export const UNSCORED_RANK = 6.95;

export type Ranked = { readonly exploited: boolean; readonly malware: boolean; readonly score: number | undefined };

/** What ranks an advisory or a finding. */
export function rankOfFacts({ exploited, kind, score }: Omit<Ranked, "malware"> & { readonly kind: AdvisoryKind }): Ranked {
  return { exploited, malware: kind === "malware", score };
}

/** Worst first: exploited, then malware, then by score. */
export function compareWorstFirst(a: Ranked, b: Ranked): number {
  return (
    Number(b.exploited) - Number(a.exploited) ||
    Number(b.malware) - Number(a.malware) ||
    (b.score ?? UNSCORED_RANK) - (a.score ?? UNSCORED_RANK)
  );
}

/** How many ranks there are: scores to the hundredth, with and without malware, exploited or not. */
export const RANKS = 4 * 1001;

/** The place of a rank in the order of `compareWorstFirst`, the worst being 0. */
export function numberOfRank({ exploited, malware, score }: Ranked): number {
  return (Number(!exploited) * 2 + Number(!malware)) * 1001 + 1000 - Math.round((score ?? UNSCORED_RANK) * 100);
}

/** How bad a vulnerability is by what its advisories say: one without a score does not make the others' unknown. */
export function worstOf(ranks: readonly Ranked[]): Ranked {
  const scores = ranks.flatMap(({ score }) => score ?? []);
  return {
    exploited: ranks.some(({ exploited }) => exploited),
    malware: ranks.some(({ malware }) => malware),
    score: scores.length === 0 ? undefined : Math.max(...scores),
  };
}

/** The score that ranks a set of vulnerabilities: the highest, or undefined when one without a score goes before all of them. */
export function highestScore(ranks: readonly Ranked[]): number | undefined {
  return ranks.toSorted((a, b) => (b.score ?? UNSCORED_RANK) - (a.score ?? UNSCORED_RANK))[0]?.score;
}

/** The order of two sets, each sorted worst first: what has the worse at the first difference is the worse, and more of the same is worse. */
export function compareSets(a: readonly Ranked[], b: readonly Ranked[]): number {
  for (const [index, ofA] of a.entries()) {
    const ofB = b[index];
    if (ofB === undefined) return 1;
    const order = compareWorstFirst(ofB, ofA);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The best known first: CVE by year and number, then GHSA, then the rest by name. */
export function compareIds(a: string, b: string): number {
  return idRank(a) - idRank(b) || (idRank(a) === 0 ? compareCves(a, b) : compareTexts(a, b));
}

function idRank(id: string): number {
  if (id.startsWith("CVE-")) return 0;
  if (id.startsWith("GHSA-")) return 1;
  return 2;
}

/** The number behind the year has no leading zeros beyond four digits, so that a longer one is a later one. */
function compareCves(a: string, b: string): number {
  const [yearOfA, yearOfB] = [a, b].map((id) => id.slice(0, "CVE-2026".length));
  return compareTexts(yearOfA ?? "", yearOfB ?? "") || a.length - b.length || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
