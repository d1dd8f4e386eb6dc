/** A finding without a score is not a harmless one: it sorts among the high ones, above 6.9 and below 7.0. */
export const UNSCORED_RANK = 6.95;

export type Ranked = { readonly exploited: boolean; readonly malware: boolean; readonly score: number | undefined };

/** Worst first: exploited, then malware, then by score. */
export function compareWorstFirst(a: Ranked, b: Ranked): number {
  return (
    Number(b.exploited) - Number(a.exploited) ||
    Number(b.malware) - Number(a.malware) ||
    (b.score ?? UNSCORED_RANK) - (a.score ?? UNSCORED_RANK)
  );
}

/** CVE first, then GHSA, then the rest; within a kind by year and number, then by name. */
export function compareIds(a: string, b: string): number {
  return idRank(a) - idRank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function idRank(id: string): number {
  if (id.startsWith("CVE-")) return 0;
  if (id.startsWith("GHSA-")) return 1;
  return 2;
}
