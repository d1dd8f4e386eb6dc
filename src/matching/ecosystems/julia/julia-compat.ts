import { MAX_NUMBER, parseJuliaVersion } from "./julia-version.ts";

/** The numbers that are given: `1.2` is all of 1.2 where it ends a range. */
type Bound = readonly number[];
type Range = { readonly lower: Bound; readonly upper: Bound };

const NUMBERS = "v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?";
const CARET_OR_TILDE = new RegExp(`^([~^]?)${NUMBERS}$`);
const INEQUALITY = new RegExp(`^(≥|>=|=|<)\\s*v?${NUMBERS}$`);
const HYPHEN = new RegExp(`^${NUMBERS}\\s+-\\s+${NUMBERS}$`);

/** No published entry is as long. */
const MAX_COMPAT_LENGTH = 1000;

/**
 * Whether an entry of `[compat]` such as `1.2, 2` or `~0.3.1` admits a version, as Pkg's `semver_spec` decides it: one of the ranges has to hold.
 * Undefined when Julia reads the version, or a part of the entry, not.
 */
export function compatAdmits(compat: string, version: string): boolean | undefined {
  const numbers = parseJuliaVersion(version)?.numbers;
  const ranges = parseCompat(compat);
  if (numbers === undefined || ranges === undefined) return undefined;
  return ranges.some(({ lower, upper }) => compareThrough(lower, numbers) <= 0 && compareThrough(upper, numbers) >= 0);
}

function parseCompat(compat: string): readonly Range[] | undefined {
  if (compat.length > MAX_COMPAT_LENGTH) return undefined;
  const ranges: Range[] = [];
  for (const part of compat.split(",")) {
    const text = part.trim();
    const range = caretOrTilde(text) ?? inequality(text) ?? hyphenRange(text);
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  return ranges;
}

function caretOrTilde(text: string): Range | undefined {
  const [, sign, ...parts] = CARET_OR_TILDE.exec(text) ?? [];
  const bound = boundOf(parts);
  if (bound === undefined || isZeroVersion(bound)) return undefined;
  const first = bound.findIndex((number) => number > 0);
  const held = sign === "~" ? Math.min(bound.length, 2) : first === -1 ? bound.length : first + 1;
  return { lower: padded(bound), upper: bound.slice(0, held) };
}

function inequality(text: string): Range | undefined {
  const [, sign, ...parts] = INEQUALITY.exec(text) ?? [];
  const bound = boundOf(parts);
  if (bound === undefined || isZeroVersion(bound)) return undefined;
  const whole = padded(bound);
  if (sign === "=") return { lower: whole, upper: whole };
  if (sign !== "<") return { lower: whole, upper: [] };
  const upper = predecessor(whole);
  return upper === undefined ? undefined : { lower: [], upper };
}

function hyphenRange(text: string): Range | undefined {
  const [, ...parts] = HYPHEN.exec(text) ?? [];
  const [lower, upper] = [boundOf(parts.slice(0, 3)), boundOf(parts.slice(3))];
  return lower === undefined || upper === undefined ? undefined : { lower, upper };
}

function boundOf(parts: readonly (string | undefined)[]): Bound | undefined {
  const numbers = parts.filter((part) => part !== undefined).map(Number);
  return numbers.length === 0 || numbers.some((number) => number > MAX_NUMBER) ? undefined : numbers;
}

/** Pkg has no version 0.0.0, and refuses a whole one. */
function isZeroVersion(bound: Bound): boolean {
  return bound.length === 3 && bound.every((number) => number === 0);
}

function padded(bound: Bound): Bound {
  return [...bound, 0, 0].slice(0, 3);
}

/** All that lies below `1.2.0` is 1.1 and less; undefined where nothing does. */
function predecessor(bound: Bound): Bound | undefined {
  const last = bound.findLastIndex((number) => number > 0);
  return last === -1 ? undefined : [...bound.slice(0, last), (bound[last] ?? 0) - 1];
}

/** The sign of the first number of the bound that is another than the version's; 0 where all that it gives are the same. */
function compareThrough(bound: Bound, numbers: readonly number[]): number {
  for (const [place, number] of bound.entries()) {
    const difference = number - (numbers[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
