import { orderOf } from "../../versions/encode-version.ts";
import type { SemverParts } from "../../versions/semver/semver-parts.ts";
import { bitnami, parseBitnamiVersion } from "./bitnami-version.ts";

type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "^" | "~";

type Comparator = { readonly operator: Operator; readonly version: string; readonly parts: SemverParts };

const COMPARATOR = /^(==?|!=|>=?|<=?|\^|~)? *(\S+)$/;

/** Nobody writes a longer one. */
const MAX_CONSTRAINT_LENGTH = 1000;

/**
 * Whether a constraint such as `>=1.2.3, <2.0.0 || ^3.1.0` admits a version: `,` is and, `||` is or.
 * Undefined where the version, or one of the constraint, is not whole, and for whatever else is not read.
 */
export function constraintAdmits(constraint: string, version: string): boolean | undefined {
  const candidate = parseBitnamiVersion(version);
  const alternatives = parseConstraint(constraint);
  if (candidate === undefined || alternatives === undefined) return undefined;
  return alternatives.some((all) => all.every((comparator) => holds(comparator, version, candidate)));
}

function parseConstraint(constraint: string): readonly (readonly Comparator[])[] | undefined {
  if (constraint.length > MAX_CONSTRAINT_LENGTH) return undefined;
  const alternatives: (readonly Comparator[])[] = [];
  for (const alternative of constraint.split("||")) {
    const all: Comparator[] = [];
    for (const part of alternative.split(",")) {
      const text = part.trim();
      if (text === "*") continue;
      const [, sign = "=", version = ""] = COMPARATOR.exec(text) ?? [];
      const parts = parseBitnamiVersion(version);
      if (parts === undefined) return undefined;
      all.push({ operator: sign === "==" ? "=" : (sign as Operator), version, parts });
    }
    alternatives.push(all);
  }
  return alternatives;
}

function holds({ operator, version, parts }: Comparator, candidate: string, candidateParts: SemverParts): boolean {
  const order = orderOf(candidate, version, bitnami);
  switch (operator) {
    case "=":
      return order === "=";
    case "!=":
      return order !== "=";
    case ">":
      return order === ">";
    case ">=":
      return order !== "<";
    case "<":
      return order === "<";
    case "<=":
      return order !== ">";
    case "^": {
      const first = parts.numbers.findIndex((number) => number > 0);
      return order !== "<" && isSameThrough(first === -1 ? 2 : first, parts, candidateParts);
    }
    case "~":
      return order !== "<" && isSameThrough(1, parts, candidateParts);
  }
}

function isSameThrough(last: number, a: SemverParts, b: SemverParts): boolean {
  return a.numbers.every((number, place) => place > last || number === b.numbers[place]);
}
