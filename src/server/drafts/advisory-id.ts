import { randomInt } from "node:crypto";

/** No vowels, so that no word comes out; no characters that are taken for one another. */
const ALPHABET = "23456789bcdfghjkmnpqrstvwxz";
const CHARACTERS = 12;

/**
 * The id that a draft is published under: it tells the year it was begun, and neither how many there are nor which comes next.
 * OSV schema 1.7.5 takes prefixes that are registered, and private ones that begin with `x_`.
 */
export function makeAdvisoryId(nowMs: number): string {
  const year = new Date(nowMs).getUTCFullYear();
  const random = Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return `x_SLUICE-${year}-${random}`;
}
