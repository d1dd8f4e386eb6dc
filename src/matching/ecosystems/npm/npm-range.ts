import { encodeVersion } from "../../versions/encode-version.ts";
import { compareKeys, NO_END, NO_START, successorOf } from "../../versions/key-writer.ts";
import { semver } from "../../versions/semver/semver.ts";
import { caretPlace, npmVersionText, parseNpmVersion, raised, type NpmVersion } from "./npm-version.ts";

/** One alternative of a range: the keys in `[lo, hi)`, prereleases only of the versions named in `prereleasesOf`. */
type Alternative = { readonly lo: Uint8Array; readonly hi: Uint8Array; readonly prereleasesOf: readonly string[] };

/** What a requirement admits, as alternatives. */
export type NpmRange = readonly Alternative[];

const ANY: Alternative = { lo: NO_START, hi: NO_END, prereleasesOf: [] };
const NONE: Alternative = { lo: NO_END, hi: NO_START, prereleasesOf: [] };

const COMPARATOR = /^(\^|~>?|[<>]=?|=|)(.+)$/;

/** npm's range grammar: comparators, `^`, `~`, x-ranges, hyphen ranges and `||`; undefined for anything else, tags and URLs included. */
export function parseNpmRange(text: string): NpmRange | undefined {
  const alternatives: Alternative[] = [];
  for (const part of text.trim().replace(/\s+/g, " ").split("||")) {
    const alternative = parseAlternative(part.trim());
    if (alternative === undefined) return undefined;
    alternatives.push(alternative);
  }
  // node-semver takes `* || 1.0.0-rc` for `*`: the prerelease named beside it is not admitted.
  return alternatives.includes(ANY) ? [ANY] : alternatives;
}

/** Whether a whole version lies in the range. A prerelease does only where its own numbers are named with a prerelease. */
export function rangeAdmits(range: NpmRange, version: NpmVersion): boolean {
  const key = keyOf(version);
  return range.some(
    ({ lo, hi, prereleasesOf }) =>
      compareKeys(lo, key) <= 0 &&
      compareKeys(key, hi) < 0 &&
      (version.prerelease === undefined || prereleasesOf.includes(version.numbers.join("."))),
  );
}

function parseAlternative(text: string): Alternative | undefined {
  if (text === "") return ANY;
  const [from, dash, to, ...more] = text.split(" ");
  if (from !== undefined && dash === "-" && to !== undefined && more.length === 0) return hyphenRange(from, to);
  const words = text.replace(/(\^|~>?|[<>]=?|=) /g, "$1").split(" ");
  let all: Alternative = ANY;
  for (const word of words) {
    const one = parseComparator(word);
    if (one === undefined) return undefined;
    all = both(all, one);
  }
  return all;
}

function hyphenRange(from: string, to: string): Alternative | undefined {
  const first = parseNpmVersion(from);
  const last = parseNpmVersion(to);
  return first === undefined || last === undefined ? undefined : both(atLeast(first), atMost(last));
}

function parseComparator(word: string): Alternative | undefined {
  const [, operator, text] = COMPARATOR.exec(word) ?? [];
  const version = text === undefined ? undefined : parseNpmVersion(text);
  if (version === undefined) return undefined;
  if (operator === "^") return version.precision === 0 ? ANY : both(atLeast(version), below(raised(version, caretPlace(version), "0")));
  if (operator === "~" || operator === "~>") return sameUpTo(version, version.precision === 1 ? 0 : 1);
  if (!version.ordered) return undefined;
  switch (operator) {
    case ">=":
      return atLeast(version);
    case ">":
      return above(version);
    case "<=":
      return atMost(version);
    case "<":
      return version.precision === 0 ? NONE : below(version.precision === 3 ? version : { ...version, prerelease: "0" });
    default:
      return version.precision === 3 ? both(atLeast(version), atMost(version)) : sameUpTo(version, version.precision === 1 ? 0 : 1);
  }
}

/** From the version on, as long as the number at `place` and those before it stay the same. */
function sameUpTo(version: NpmVersion, place: 0 | 1): Alternative {
  return version.precision === 0 ? ANY : both(atLeast(version), below(raised(version, place, "0")));
}

function atLeast(version: NpmVersion): Alternative {
  // node-semver reads `>=0.0.0` as `*`, so that it shuts out no prerelease of 0.0.0 that another comparator names.
  if (version.precision === 0 || npmVersionText(version) === "0.0.0") return ANY;
  return { lo: keyOf(version), hi: NO_END, prereleasesOf: prereleasesNamed(version) };
}

function above(version: NpmVersion): Alternative {
  if (version.precision === 0) return NONE;
  if (version.precision !== 3) return atLeast(raised(version, version.precision === 1 ? 0 : 1, undefined));
  return { lo: successorOf(keyOf(version)), hi: NO_END, prereleasesOf: prereleasesNamed(version) };
}

function atMost(version: NpmVersion): Alternative {
  if (version.precision === 0) return ANY;
  if (version.precision !== 3) return below(raised(version, version.precision === 1 ? 0 : 1, "0"));
  return { lo: NO_START, hi: successorOf(keyOf(version)), prereleasesOf: prereleasesNamed(version) };
}

function below(version: NpmVersion): Alternative {
  return { lo: NO_START, hi: keyOf(version), prereleasesOf: prereleasesNamed(version) };
}

function both(a: Alternative, b: Alternative): Alternative {
  if (a === ANY) return b;
  if (b === ANY) return a;
  return {
    lo: compareKeys(a.lo, b.lo) > 0 ? a.lo : b.lo,
    hi: compareKeys(a.hi, b.hi) < 0 ? a.hi : b.hi,
    prereleasesOf: [...a.prereleasesOf, ...b.prereleasesOf],
  };
}

function prereleasesNamed({ numbers, prerelease }: NpmVersion): readonly string[] {
  return prerelease === undefined ? [] : [numbers.join(".")];
}

function keyOf(version: NpmVersion): Uint8Array {
  const key = encodeVersion(npmVersionText(version), semver);
  if (key instanceof Uint8Array) return key;
  throw new Error(`invariant broken: ${npmVersionText(version)} follows npm's grammar and has no key: ${key.reason}`);
}
