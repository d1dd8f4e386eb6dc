import { orderOfParts, parseSemver, semverText, type SemverParts } from "../../versions/semver/semver-parts.ts";

/** From the lower bound to below the upper one; `exact` where they are one version. */
type Requirement = { readonly exact: SemverParts } | { readonly lower: SemverParts; readonly upper: SemverParts };

const STRING = '"([^"\\\\]*)"';
const EXACT = new RegExp(`^(?:exact\\s*:\\s*${STRING}|\\.exact\\(\\s*${STRING}\\s*\\))$`);
const FROM = new RegExp(`^(?:from\\s*:\\s*${STRING}|\\.upToNextMajor\\(\\s*from\\s*:\\s*${STRING}\\s*\\))$`);
const MINOR = new RegExp(`^\\.upToNextMinor\\(\\s*from\\s*:\\s*${STRING}\\s*\\)$`);
const RANGE = new RegExp(`^${STRING}\\s*(\\.\\.<|\\.\\.\\.)\\s*${STRING}$`);

/** No manifest's requirement is as long. */
const MAX_REQUIREMENT_LENGTH = 1000;

/**
 * Whether a requirement as Package.swift writes it (`from: "1.2.3"`, `exact: "1.2.3"`, `"1.0.0"..<"2.0.0"`) admits a version, as SwiftPM decides it.
 * Undefined for branches, revisions and paths, and for what Swift does not read.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  const candidate = parseSwiftTag(version);
  const parsed = parseRequirement(requirement);
  if (candidate === undefined || parsed === undefined) return undefined;
  if ("exact" in parsed) return orderOfParts(candidate, parsed.exact) === "=";
  const { lower, upper } = parsed;
  if (isShutOutPrerelease(candidate, lower, upper)) return false;
  return orderOfParts(candidate, lower) !== "<" && orderOfParts(candidate, upper) === "<";
}

/** A version, or the tag that stands for it: `v1.2.3`, and `1.2` for 1.2.0. */
export function parseSwiftTag(tag: string): SemverParts | undefined {
  const text = tag.startsWith("v") ? tag.slice(1) : tag;
  return parseSemver(text.replace(/^(\d+\.\d+)$/, "$1.0"));
}

/** What a requirement `from:` a version asks for, as Package.swift writes it. */
export function requirementFrom(version: SemverParts): string {
  return `from: "${semverText(version)}"`;
}

/** A range without prereleases at its ends admits none, and no range those of its release that ends it. */
function isShutOutPrerelease(candidate: SemverParts, lower: SemverParts, upper: SemverParts): boolean {
  if (candidate.prerelease === undefined || upper.prerelease !== undefined) return false;
  return lower.prerelease === undefined || upper.numbers.every((number, place) => number === candidate.numbers[place]);
}

function parseRequirement(requirement: string): Requirement | undefined {
  const text = requirement.trim();
  if (text.length > MAX_REQUIREMENT_LENGTH) return undefined;
  const [, exactly, alsoExactly] = EXACT.exec(text) ?? [];
  const exact = parsed(exactly ?? alsoExactly);
  if (exact !== undefined) return { exact };
  const [, from, alsoFrom] = FROM.exec(text) ?? [];
  const lower = parsed(from ?? alsoFrom);
  if (lower !== undefined) return upTo(lower, [lower.numbers[0] + 1, 0, 0]);
  const minor = parsed(MINOR.exec(text)?.[1]);
  if (minor !== undefined) return upTo(minor, [minor.numbers[0], minor.numbers[1] + 1, 0]);
  return range(text);
}

/** The end of `"1.0.0"..."1.2.3"` is below 1.2.4. */
function range(text: string): Requirement | undefined {
  const [, first, sign, last] = RANGE.exec(text) ?? [];
  const [lower, end] = [parsed(first), parsed(last)];
  // Swift stops at a range whose end lies before its start.
  if (lower === undefined || end === undefined || orderOfParts(lower, end) === ">") return undefined;
  // One release of SwiftPM takes the start of an empty range, another does not.
  if (sign === "..<") return orderOfParts(lower, end) === "=" ? undefined : { lower, upper: end };
  const [major, minor, patch] = end.numbers;
  return { lower, upper: { numbers: [major, minor, patch + 1], prerelease: end.prerelease } };
}

function upTo(lower: SemverParts, numbers: readonly [number, number, number]): Requirement {
  return { lower, upper: { numbers, prerelease: undefined } };
}

function parsed(version: string | undefined): SemverParts | undefined {
  const parts = version === undefined ? undefined : parseSemver(version);
  return parts?.numbers.every((number) => number < Number.MAX_SAFE_INTEGER) === true ? parts : undefined;
}
