import { orderOfParts, parseSemver, type SemverParts } from "../../versions/semver/semver-parts.ts";

type Operator = "==" | ">" | ">=" | "<" | "<=" | "~>";

type Term = {
  readonly operator: Operator;
  readonly version: SemverParts;
  /** False for `~> 1.2`, which lets the second number rise. */
  readonly hasPatch: boolean;
};

const TERM = /^ *(>=|<=|~>|>|<|==)? *([^ <>=~!]+) *$/;

/** No published requirement is as long. */
const MAX_REQUIREMENT_LENGTH = 1000;

/**
 * Whether a requirement such as `~> 1.2 or >= 2.1.3 and < 3.0.0` admits a version, as Elixir's `Version.match?` decides it.
 * Undefined when Elixir reads the version, or a part of the requirement, not.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  const candidate = parseSemver(version);
  const alternatives = parseRequirement(requirement);
  if (candidate === undefined || alternatives === undefined) return undefined;
  return alternatives.some((all) => all.every((term) => holds(term, candidate)));
}

function parseRequirement(text: string): readonly (readonly Term[])[] | undefined {
  if (text.length > MAX_REQUIREMENT_LENGTH) return undefined;
  const alternatives: (readonly Term[])[] = [];
  for (const alternative of text.split(" or ")) {
    const all: Term[] = [];
    for (const part of alternative.split(" and ")) {
      const term = parseTerm(part);
      if (term === undefined) return undefined;
      all.push(term);
    }
    alternatives.push(all);
  }
  return alternatives;
}

function parseTerm(text: string): Term | undefined {
  const [, sign, operand] = TERM.exec(text) ?? [];
  if (operand === undefined) return undefined;
  const operator = sign === undefined ? "==" : (sign as Operator);
  const whole = parseSemver(operand);
  if (whole !== undefined) return { operator, version: whole, hasPatch: true };
  const withPatch = operator === "~>" ? parseSemver(operand.replace(/^(\d+\.\d+)(?![\d.])/, "$1.0")) : undefined;
  return withPatch === undefined ? undefined : { operator, version: withPatch, hasPatch: false };
}

function holds({ operator, version, hasPatch }: Term, candidate: SemverParts): boolean {
  const order = orderOfParts(candidate, version);
  switch (operator) {
    case "==":
      return order === "=";
    case ">":
      return order === ">";
    case ">=":
      return order !== "<";
    case "<":
      return order === "<";
    case "<=":
      return order !== ">";
    case "~>":
      return order !== "<" && candidate.numbers[0] === version.numbers[0] && (!hasPatch || candidate.numbers[1] === version.numbers[1]);
  }
}
