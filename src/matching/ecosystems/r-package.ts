import { cran } from "../versions/cran/cran.ts";
import { encodeVersion } from "../versions/encode-version.ts";
import { compareKeys } from "../versions/key-writer.ts";

const OPERATORS: ReadonlyMap<string, (difference: number) => boolean> = new Map([
  ["<", (difference: number) => difference < 0],
  ["<=", (difference: number) => difference <= 0],
  ["==", (difference: number) => difference === 0],
  ["!=", (difference: number) => difference !== 0],
  [">=", (difference: number) => difference >= 0],
  [">", (difference: number) => difference > 0],
]);

/**
 * Whether R takes a version for the requirement of a DESCRIPTION file (`>= 1.2`, its parentheses or not). R's operators, which decide here,
 * take zeros at the end for nothing, unlike the order of versions.
 */
export function rAdmits(requirement: string, version: string): boolean | undefined {
  const [, operator = "", required = ""] = /^\s*\(?\s*([<>=!]{1,2})\s*([0-9][0-9.-]*)\s*\)?\s*$/.exec(requirement) ?? [];
  const holds = OPERATORS.get(operator);
  if (holds === undefined) return undefined;
  const [bound, key] = [withoutZeros(required), withoutZeros(version)].map((text) => encodeVersion(text, cran));
  return bound instanceof Uint8Array && key instanceof Uint8Array ? holds(compareKeys(key, bound)) : undefined;
}

/** R's own form of a package's name, which neither its prompt nor a shell takes for anything else. */
export function isRPackageName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]$/.test(name);
}

/** A version's numbers without leading zeros; undefined for what has no place in the order. */
export function rNumbers(version: string): readonly string[] | undefined {
  if (!(encodeVersion(version, cran) instanceof Uint8Array)) return undefined;
  return version.split(/[.-]/).map((number) => number.replace(/^0+(?=.)/, ""));
}

/** One look at each character, from the end: a stranger's version may be as long as its document. */
function withoutZeros(version: string): string {
  let end = version.length;
  for (let at = end - 1; at > 0; at--) {
    const character = version[at];
    if (character === "0") continue;
    if ((character !== "." && character !== "-") || at + 1 === end) break;
    end = at;
  }
  return version.slice(0, end);
}
