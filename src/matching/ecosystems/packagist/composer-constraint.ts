import { compareKeys, KeyWriter } from "../../versions/key-writer.ts";
import { isStable, MODIFIER, normaliseComposer, writeNormalised } from "./composer-version.ts";

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** A normalised version, or a branch, behind an operator. */
type Constraint = { readonly operator: Operator; readonly version: string };

const VERSION = `v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:\\.(\\d+))?(?:${MODIFIER}|\\.([xX*][.-]?dev))(?:\\+\\S+)?`;
const TILDE = new RegExp(`^~${VERSION}$`, "i");
const CARET = new RegExp(`^\\^${VERSION}$`, "i");
const HYPHEN = new RegExp(`^(${VERSION}) +- +(${VERSION})$`, "i");
const WILDCARD = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[xX*])+$/;
/** Only what is written in lower case, and RC never, keeps `VersionParser` from adding `-dev`. */
const HAS_MODIFIER = new RegExp(`-${MODIFIER}$`);

/** The least version but for words that PHP does not know. */
const ZERO_DEV = "0.0.0.0-dev";

/** No published constraint is as long, and the separators are looked for from every place. */
const MAX_CONSTRAINT_LENGTH = 1000;

/**
 * Whether a version satisfies a constraint such as `^1.2 || ~2.3.1, !=2.3.4`, as `Composer\Semver\Semver::satisfies` decides it.
 * Undefined when Composer reads the version, or a part of the constraint, not; and for a branch as the version.
 */
export function constraintAdmits(constraint: string, version: string): boolean | undefined {
  const candidate = normaliseComposer(version);
  const key = candidate === undefined ? undefined : keyOf(candidate);
  const alternatives = parseConstraints(constraint);
  if (key === undefined || alternatives === undefined) return undefined;
  return alternatives.some((all) => all.every((one) => holds(one, key)));
}

function parseConstraints(text: string): readonly (readonly Constraint[])[] | undefined {
  if (text.length > MAX_CONSTRAINT_LENGTH || !/^[\t\n\r -~]*$/.test(text)) return undefined;
  const alternatives: (readonly Constraint[])[] = [];
  for (const alternative of text.trim().split(/\s*\|\|?\s*/)) {
    const all: Constraint[] = [];
    for (const part of alternative.split(/(?<!^|as|[=>< ,]) *(?<!-)[, ](?!-) *(?!,|as|$)/)) {
      const constraints = parseConstraint(part);
      if (constraints === undefined) return undefined;
      all.push(...constraints);
    }
    alternatives.push(all);
  }
  return alternatives;
}

/** No constraints for what admits everything. */
function parseConstraint(text: string): readonly Constraint[] | undefined {
  const unaliased = /^([^,\s]+) +as +[^,\s]+$/.exec(text)?.[1] ?? text;
  const [flagged, before, flag] = /^([^,\s]*?)@(stable|RC|beta|alpha|dev)$/i.exec(unaliased) ?? [];
  const unflagged = flagged === undefined ? unaliased : before === undefined || before === "" ? "*" : before;
  const part = /^(dev-[^,\s@]+?|[^,\s@]+?\.x-dev)#.+$/i.exec(unflagged)?.[1] ?? unflagged;
  if (/^[xX*]$/.test(part)) return [];
  if (/^v?[xX*](?:\.[xX*])*$/i.test(part)) return [{ operator: ">=", version: ZERO_DEV }];
  return tilde(part) ?? caret(part) ?? wildcard(part) ?? hyphenRange(part) ?? comparison(part, flag);
}

function tilde(text: string): readonly Constraint[] | undefined {
  const match = TILDE.exec(text);
  if (match === null) return undefined;
  const given = [match[4], match[3], match[2]].findIndex((number) => number !== undefined);
  const position = (given === -1 ? 1 : 4 - given) + (match[8] === undefined ? 0 : 1);
  return between(normaliseComposer(text.slice(1) + devUnlessModified(match, 5)), risen(match.slice(1, 5), Math.max(1, position - 1)));
}

function caret(text: string): readonly Constraint[] | undefined {
  const match = CARET.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  const position = major !== "0" || minor === undefined ? 1 : minor !== "0" || patch === undefined ? 2 : 3;
  return between(normaliseComposer(text.slice(1) + devUnlessModified(match, 5)), risen(match.slice(1, 5), position));
}

function wildcard(text: string): readonly Constraint[] | undefined {
  const match = WILDCARD.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1, 4).filter((number) => number !== undefined);
  const low = `${padded(numbers, numbers.length).join(".")}-dev`;
  const high = risen(numbers, numbers.length);
  return low === ZERO_DEV ? [{ operator: "<", version: high }] : between(low, high);
}

/** The end of `1.0 - 2.1` is all of 2.1; that of `1.0 - 2.1.0` is 2.1.0. */
function hyphenRange(text: string): readonly Constraint[] | undefined {
  const match = HYPHEN.exec(text);
  if (match === null) return undefined;
  const from = normaliseComposer(match[1] ?? "");
  const to = normaliseComposer(match[10] ?? "");
  if (from === undefined || to === undefined) return undefined;
  const low = `${from}${devUnlessModified(match, 6)}`;
  const isWhole = (match[12] !== undefined && match[13] !== undefined) || devUnlessModified(match, 15) === "";
  if (!isWhole) return between(low, risen(match.slice(11, 15), match[12] === undefined ? 1 : 2));
  return [
    { operator: ">=", version: low },
    { operator: "<=", version: to },
  ];
}

function comparison(text: string, flag: string | undefined): readonly Constraint[] | undefined {
  const [, sign, operand = ""] = /^(<>|!=|>=?|<=?|==?)?\s*(.*)/.exec(text) ?? [];
  const operator = operatorOf(sign);
  const version = normaliseComposer(operand) ?? branchOf(operand);
  if (version === undefined) return undefined;
  if (operator !== "=" && flag !== undefined && flag !== "stable" && isStable(version))
    return [{ operator, version: `${version}-${flag}` }];
  const addsDev = (operator === "<" || operator === ">=") && !HAS_MODIFIER.test(operand.toLowerCase()) && !operand.startsWith("dev-");
  return [{ operator, version: addsDev ? `${version}-dev` : version }];
}

function operatorOf(sign: string | undefined): Operator {
  if (sign === undefined || sign === "==" || sign === "=") return "=";
  return sign === "<>" ? "!=" : (sign as Operator);
}

/** `feature-dev` is the branch `feature`. */
function branchOf(operand: string): string | undefined {
  return /^[0-9a-zA-Z\-./]+-dev$/.test(operand) ? normaliseComposer(`dev-${operand.slice(0, -4)}`) : undefined;
}

function holds({ operator, version }: Constraint, candidate: Uint8Array): boolean {
  const bound = keyOf(version);
  // A version is no branch, and neither above nor below one.
  if (bound === undefined) return operator === "!=";
  const difference = compareKeys(candidate, bound);
  switch (operator) {
    case "=":
      return difference === 0;
    case "!=":
      return difference !== 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

function between(low: string | undefined, high: string): readonly Constraint[] | undefined {
  if (low === undefined) return undefined;
  return [
    { operator: ">=", version: low },
    { operator: "<", version: high },
  ];
}

/** Whether `VERSION`'s groups from `at` on (word, its numbers, `dev`, `x-dev`) are all absent: then unstable releases of the bound count too. */
function devUnlessModified(match: RegExpExecArray, at: number): "" | "-dev" {
  return match[at] === undefined && match[at + 2] === undefined && match[at + 3] === undefined ? "-dev" : "";
}

/** The number at `position`, counted from 1, raised by one, those behind it 0, and below every release of that. */
function risen(numbers: readonly (string | undefined)[], position: number): string {
  const kept = numbers.slice(0, position).map((number) => BigInt(number ?? "0"));
  return `${padded([...kept.slice(0, -1), (kept.at(-1) ?? 0n) + 1n].map(String), position).join(".")}-dev`;
}

function padded(numbers: readonly string[], count: number): readonly string[] {
  return [...numbers.slice(0, count), "0", "0", "0", "0"].slice(0, 4);
}

const writer = new KeyWriter();

function keyOf(normalised: string): Uint8Array | undefined {
  writer.reset();
  return writeNormalised(normalised, writer) === undefined ? writer.key() : undefined;
}
