import type { PackageName, StatedSeverity } from "../../vocabulary/advisory.ts";
import { isJsonObject, type Json } from "../../vocabulary/json.ts";

/**
 * A source's own word or number for the severity, beside or instead of a vector. The schema leaves the inside of `database_specific` and
 * `ecosystem_specific` to each source, so nothing in it is an error: what is not understood says nothing.
 */
export function statedRatings(specific: Json | undefined, name: PackageName | undefined): readonly StatedSeverity[] {
  if (!isJsonObject(specific)) return [];
  return FIELDS.flatMap(({ key, type }): StatedSeverity[] => {
    const value = specific[key];
    const score = type === "RATING" ? wordOf(value) : numberOf(isJsonObject(value) ? value["score"] : value);
    return score === undefined ? [] : [{ type, score, package: name }];
  });
}

/** `RATING` is a word; `SCORE` a number of an unnamed CVSS version, `SCORE_V3` of a named one. */
const FIELDS = [
  { key: "severity", type: "RATING" },
  { key: "cvss", type: "SCORE" },
  { key: "cvss_score", type: "SCORE" },
  { key: "cvss_v2", type: "SCORE_V2" },
  { key: "cvss_v3", type: "SCORE_V3" },
  { key: "cvss_v4", type: "SCORE_V4" },
] as const;

function wordOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && /^[a-z]{3,20}$/i.test(value) ? value : undefined;
}

function numberOf(value: Json | undefined): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^(?:10(?:\.0)?|\d(?:\.\d)?)$/.test(text) ? text : undefined;
}
