/**
 * What an installation holds for one ecosystem, and whether that is enough to answer "nothing found".
 * No data, a sample, data of unknown age and data over 7 days old cannot carry such an answer.
 */
export type DataStanding = {
  readonly ecosystem: string;
  /** Where it came from, for people: a URL without credentials, a directory, a file or `bundled sample`. */
  readonly source: string;
  readonly advisories: number;
  /** The moment at which the source last stated its complete state, in milliseconds since 1970; undefined = unknown. */
  readonly statedAtMs: number | undefined;
  /** A sample is facts to try with: it finds, but can never say "nothing found". */
  readonly sample: boolean;
};

export type CannotSayReason = "no-data" | "no-release" | "no-scheme" | "sample" | "undated" | "future" | "stale";

export const MAX_DATA_AGE_MS = 7 * 24 * 60 * 60 * 1000;
/** A source's clock may run a little ahead of ours before its statement is refused as being in the future. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** Why `standing` cannot answer at `nowMs`, or undefined when it can. */
export function cannotSayReason(standing: DataStanding | undefined, nowMs: number): CannotSayReason | undefined {
  if (standing === undefined || standing.advisories === 0) return "no-data";
  if (standing.sample) return "sample";
  if (standing.statedAtMs === undefined) return "undated";
  const ageMs = nowMs - standing.statedAtMs;
  if (ageMs < -CLOCK_TOLERANCE_MS) return "future";
  return ageMs > MAX_DATA_AGE_MS ? "stale" : undefined;
}

/** The reason in a reader's words, naming the ecosystem and what would change it. */
export function cannotSaySentence(reason: CannotSayReason, ecosystem: string): string {
  switch (reason) {
    case "no-data":
      return `No data for ${ecosystem}. An administrator runs: sluice sync ${ecosystem}`;
    case "no-release":
      return `Nobody said of which distribution and release these ${ecosystem} packages are`;
    case "no-scheme":
      return `Sluice has no version order for ${ecosystem}: only versions that an advisory lists are found`;
    case "sample":
      return `Only a bundled sample of ${ecosystem} is here. An administrator runs: sluice sync ${ecosystem}`;
    case "undated":
      return `The age of the ${ecosystem} data is unknown. Sync it with --stated-at DATE, or from the public feed`;
    case "future":
      return `The ${ecosystem} data states a time in the future: check this machine's clock and the date given with --stated-at`;
    case "stale":
      return `The ${ecosystem} data is over 7 days old. An administrator runs: sluice sync ${ecosystem}`;
  }
}
