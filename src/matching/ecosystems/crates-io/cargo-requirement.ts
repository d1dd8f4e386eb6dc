import { orderOfParts, parseSemver, type SemverParts } from "../../versions/semver/semver-parts.ts";

type Operator = "=" | ">" | ">=" | "<" | "<=" | "~" | "^" | "*";

/** `1`, `1.2` or `1.2.3-rc.1` behind an operator; what is missing is left open. */
type Comparator = {
  readonly operator: Operator;
  readonly numbers: readonly number[];
  readonly prerelease: string | undefined;
};

const COMPARATOR = /^(>=|<=|[=<>~^])? *(\d+)(?:\.(\d+|[*xX]))?(?:\.(\d+|[*xX]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Cargo refuses more. */
const MAX_COMPARATORS = 32;

/**
 * Whether Cargo takes a version for a requirement such as `1.2`, `>=1.2, <1.5` or `~0.3`: every comparator holds, and a prerelease is admitted
 * only where one of them names a prerelease of the same numbers. Undefined when Cargo reads the version, or the requirement, not.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  const candidate = parseSemver(version);
  const comparators = parseRequirement(requirement.trim());
  if (candidate === undefined || comparators === undefined) return undefined;
  if (!comparators.every((comparator) => holds(comparator, candidate))) return false;
  return (
    candidate.prerelease === undefined ||
    comparators.some(
      ({ numbers, prerelease }) => prerelease !== undefined && numbers.every((number, place) => number === candidate.numbers[place]),
    )
  );
}

/** No comparators for `*`. */
function parseRequirement(text: string): readonly Comparator[] | undefined {
  if (/^[*xX]$/.test(text)) return [];
  const parts = text.split(",", MAX_COMPARATORS + 1);
  if (parts.length > MAX_COMPARATORS) return undefined;
  const comparators: Comparator[] = [];
  for (const part of parts) {
    const comparator = parseComparator(part.trim());
    if (comparator === undefined) return undefined;
    comparators.push(comparator);
  }
  return comparators;
}

function parseComparator(text: string): Comparator | undefined {
  const [, operator, major, minor, patch, prerelease] = COMPARATOR.exec(text) ?? [];
  if (major === undefined) return undefined;
  const isWild = (part: string | undefined): boolean => part !== undefined && !/^\d/.test(part);
  if (isWild(minor) && patch !== undefined && !isWild(patch)) return undefined;
  const numbers = [major, minor, patch].filter((part) => part !== undefined && !isWild(part));
  // The whole has to follow SemVer once what is left open is filled in; a prerelease needs all three numbers.
  const parts = parseSemver(`${[...numbers, "0", "0"].slice(0, 3).join(".")}${prerelease === undefined ? "" : `-${prerelease}`}`);
  if (parts === undefined || (text.includes("-") && numbers.length < 3) || (text.includes("+") && numbers.length < 3)) return undefined;
  const wild = isWild(minor) || isWild(patch);
  return {
    operator: operator === undefined ? (wild ? "*" : "^") : (operator as Operator),
    numbers: parts.numbers.slice(0, numbers.length),
    prerelease: parts.prerelease,
  };
}

function holds(comparator: Comparator, version: SemverParts): boolean {
  switch (comparator.operator) {
    case "=":
    case "*":
      return isExact(comparator, version);
    case ">":
      return isAbove(comparator, version);
    case ">=":
      return isExact(comparator, version) || isAbove(comparator, version);
    case "<":
      return isBelow(comparator, version);
    case "<=":
      return isExact(comparator, version) || isBelow(comparator, version);
    case "~":
      return sameThrough(comparator, version, 1) && isNotBelow(comparator, version);
    case "^": {
      const first = comparator.numbers.findIndex((number) => number > 0);
      return sameThrough(comparator, version, first === -1 ? 2 : first) && isNotBelow(comparator, version);
    }
  }
}

/** The numbers given are the same, and so is the prerelease: `=1.2` admits `1.2.9` and not `1.2.9-rc.1`. */
function isExact({ numbers, prerelease }: Comparator, version: SemverParts): boolean {
  return numbers.every((number, place) => number === version.numbers[place]) && prerelease === version.prerelease;
}

function isAbove({ numbers, prerelease }: Comparator, version: SemverParts): boolean {
  return (
    differs(numbers, version, (theirs, ours) => ours > theirs) ?? (numbers.length === 3 && prereleaseOrder(version, prerelease) === ">")
  );
}

function isBelow({ numbers, prerelease }: Comparator, version: SemverParts): boolean {
  return (
    differs(numbers, version, (theirs, ours) => ours < theirs) ?? (numbers.length === 3 && prereleaseOrder(version, prerelease) === "<")
  );
}

function isNotBelow({ numbers, prerelease }: Comparator, version: SemverParts): boolean {
  return differs(numbers, version, (theirs, ours) => ours > theirs) ?? prereleaseOrder(version, prerelease) !== "<";
}

/** The answer of the first number that is another; undefined where all that are given are the same. */
function differs(numbers: readonly number[], version: SemverParts, answer: (theirs: number, ours: number) => boolean): boolean | undefined {
  for (const [place, theirs] of numbers.entries()) {
    const ours = version.numbers[place] ?? 0;
    if (ours !== theirs) return answer(theirs, ours);
  }
  return undefined;
}

function sameThrough({ numbers }: Comparator, version: SemverParts, last: number): boolean {
  return numbers.every((number, place) => place > last || number === version.numbers[place]);
}

function prereleaseOrder({ prerelease: ours }: SemverParts, theirs: string | undefined): "<" | "=" | ">" {
  return orderOfParts({ numbers: [0, 0, 0], prerelease: ours }, { numbers: [0, 0, 0], prerelease: theirs });
}
