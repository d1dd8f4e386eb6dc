import type { StatedSeverity } from "../../vocabulary/advisory.ts";
import { isMismatch } from "../advisories/compile-advisory.ts";
import { scoreOfVector } from "../advisories/score-vector.ts";

/** A severity as stated, with the score that its vector gives and whether the source's own figure or word says otherwise. */
export type JudgedSeverity = {
  readonly type: string;
  /** The vector, word or number as stated. */
  readonly vector: string;
  readonly score: number | undefined;
  readonly statedScore: number | undefined;
  readonly mismatch: boolean;
  readonly package: string | undefined;
};

/** Numbers stand with the vector they are for; words and numbers without one stand alone. */
export function judgeSeverities(severities: readonly StatedSeverity[]): readonly JudgedSeverity[] {
  const vectors = severities.filter(isVector).map((stated) => ({ stated, score: scoreOfVector(stated.score) }));
  const numbers = severities.filter(({ type }) => type.startsWith("SCORE"));
  const numberOf = new Map<StatedSeverity, StatedSeverity>();
  for (const number of numbers) {
    const vector = vectors
      .map(({ stated }) => stated)
      .filter((stated) => isFor(number, stated) && !numberOf.has(stated))
      .toSorted((a, b) => (a.type < b.type ? 1 : -1))[0];
    if (vector !== undefined) numberOf.set(vector, number);
  }
  const paired = new Set(numberOf.values());
  return severities.flatMap((stated): readonly JudgedSeverity[] => {
    const named = { type: stated.type, vector: stated.score, package: stated.package?.name };
    if (isVector(stated)) {
      const score = scoreOfVector(stated.score);
      const number = numberOf.get(stated);
      const statedScore = number === undefined ? undefined : Number(number.score);
      return [{ ...named, score, statedScore, mismatch: score !== undefined && statedScore !== undefined && score !== statedScore }];
    }
    if (stated.type.startsWith("SCORE"))
      return paired.has(stated) ? [] : [{ ...named, score: undefined, statedScore: Number(stated.score), mismatch: false }];
    const scores = vectors.flatMap(({ stated: vector, score }) => (score !== undefined && isOfSamePackage(stated, vector) ? [score] : []));
    return [
      { ...named, score: undefined, statedScore: undefined, mismatch: stated.type === "RATING" && isOutOfLine(stated.score, scores) },
    ];
  });
}

/** One word stands beside vectors of several CVSS versions, and it may be that of any of them. */
function isOutOfLine(word: string, scores: readonly number[]): boolean {
  return /^(none|low|moderate|medium|high|critical)$/i.test(word) && scores.length > 0 && scores.every((score) => isMismatch(word, score));
}

function isVector({ type }: StatedSeverity): boolean {
  return type.startsWith("CVSS");
}

/** `SCORE_V3` is for a vector of version 3, `SCORE` for any. */
function isFor(number: StatedSeverity, vector: StatedSeverity): boolean {
  return isOfSamePackage(number, vector) && (number.type === "SCORE" || `CVSS${number.type.slice("SCORE".length)}` === vector.type);
}

/** What is stated for the whole record is stated for each of its packages. */
function isOfSamePackage(a: StatedSeverity, b: StatedSeverity): boolean {
  return (
    a.package === undefined || b.package === undefined || (a.package.ecosystem === b.package.ecosystem && a.package.name === b.package.name)
  );
}
