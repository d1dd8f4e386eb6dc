import { orderOf } from "../../versions/encode-version.ts";
import { parsePvp, pvp } from "./pvp-version.ts";

/** How deep parentheses may stand in one another; far above what anyone writes. */
const MAX_DEPTH = 20;

/** Longer requirements are not read. */
const MAX_LENGTH = 4096;

const TOKEN = /\s*(\|\||&&|\(|\)|(\^>=|>=|<=|==|>|<)\s*([0-9]+(?:\.[0-9]+)*(?:\.\*)?)|-any|-none)/y;

/** Says whether a version lies in a range. */
type Range = (version: string) => boolean;

/**
 * Whether Cabal takes a version for the requirement of a `build-depends` field, such as `>=1.2 && <1.5 || ^>=2.0.1`.
 * Undefined for sets in braces, for what Cabal reads as no version or requirement, and for what is very long or deep.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  if (parsePvp(version) === undefined) return undefined;
  return parseRange(requirement)?.(version);
}

function parseRange(text: string): Range | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  let at = 0;

  /** `&&` binds closer than `||`. */
  const either = (depth: number): Range | undefined => {
    let range = both(depth);
    while (range !== undefined && tokens[at] === "||") {
      at++;
      const [left, right] = [range, both(depth)];
      range = right === undefined ? undefined : (version) => left(version) || right(version);
    }
    return range;
  };
  const both = (depth: number): Range | undefined => {
    let range = one(depth);
    while (range !== undefined && tokens[at] === "&&") {
      at++;
      const [left, right] = [range, one(depth)];
      range = right === undefined ? undefined : (version) => left(version) && right(version);
    }
    return range;
  };
  const one = (depth: number): Range | undefined => {
    const token = tokens[at++];
    if (token === undefined || typeof token !== "string") return token;
    if (token === "-any") return () => true;
    if (token === "-none") return () => false;
    if (token !== "(" || depth === MAX_DEPTH) return undefined;
    const range = either(depth + 1);
    return tokens[at++] === ")" ? range : undefined;
  };

  const range = either(0);
  return at === tokens.length ? range : undefined;
}

/** The text's words, each bound already as its range. */
function tokensOf(text: string): readonly (string | Range)[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > MAX_LENGTH) return undefined;
  const tokens: (string | Range)[] = [];
  for (let at = 0; at < trimmed.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [, token, operator, bound] = TOKEN.exec(trimmed) ?? [];
    if (token === undefined) return undefined;
    const range = operator === undefined || bound === undefined ? token : rangeOf(operator, bound);
    if (range === undefined) return undefined;
    tokens.push(range);
  }
  return tokens;
}

function rangeOf(operator: string, bound: string): Range | undefined {
  const wild = bound.endsWith(".*");
  const base = wild ? bound.slice(0, -2) : bound;
  const numbers = parsePvp(base);
  if (numbers === undefined || (wild && operator !== "==")) return undefined;
  const isAtLeast: Range = (version) => orderOf(version, base, pvp) !== "<";
  const isAbove: Range = (version) => orderOf(version, base, pvp) === ">";
  switch (operator) {
    case ">=":
      return isAtLeast;
    case ">":
      return isAbove;
    case "<":
      return (version) => !isAtLeast(version);
    case "<=":
      return (version) => !isAbove(version);
    case "^>=": {
      const end = raised([...numbers, "0"].slice(0, 2));
      return (version) => isAtLeast(version) && orderOf(version, end, pvp) === "<";
    }
    case "==": {
      const end = raised(numbers);
      return wild
        ? (version) => isAtLeast(version) && orderOf(version, end, pvp) === "<"
        : (version) => orderOf(version, base, pvp) === "=";
    }
    default:
      return undefined;
  }
}

/** The same with its last number one higher. */
function raised(numbers: readonly string[]): string {
  return [...numbers.slice(0, -1), String(BigInt(numbers.at(-1) ?? "0") + 1n)].join(".");
}
