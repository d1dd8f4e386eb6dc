import cvss from "ae-cvss-calculator";

/** CVSS base score of a vector of any version, 0.0–10.0; undefined when the vector is not one. A version 4 score costs milliseconds, so each vector is computed once. */
export function scoreOfVector(vector: string): number | undefined {
  if (known.has(vector)) return known.get(vector);
  const score = compute(vector);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(vector, score);
  return score;
}

/** CVSS's qualitative rating of a score; 0.0 is `none`. */
export function ratingOf(score: number): "none" | "low" | "medium" | "high" | "critical" {
  if (score < 0.1) return "none";
  if (score < 4) return "low";
  if (score < 7) return "medium";
  return score < 9 ? "high" : "critical";
}

const MAX_KNOWN = 50_000;
const known = new Map<string, number | undefined>();

function compute(vector: string): number | undefined {
  if (vector.length > 500) return undefined;
  try {
    // `overall` is 0 for a vector with missing metrics; `base` is then absent, which is the truth.
    const score = cvss.fromVector(vector)?.calculateScores(false)?.base;
    return score !== undefined && Number.isFinite(score) && score >= 0 && score <= 10 ? Math.round(score * 10) / 10 : undefined;
  } catch {
    // The calculator throws on anything that is not a vector: that is the answer.
    return undefined;
  }
}
