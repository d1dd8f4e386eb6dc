import { encodeVersion } from "../../versions/encode-version.ts";
import { compareKeys } from "../../versions/key-writer.ts";
import { gem, parseGemVersion } from "./gem-version.ts";

type Candidate = { readonly key: Uint8Array; readonly releaseKey: Uint8Array };

type Constraint = (candidate: Candidate) => boolean;

/**
 * Whether a version meets every part of a requirement such as `~> 2.0, >= 2.0.8`, as `Gem::Requirement` decides it;
 * undefined when Gem reads the version, or one of the parts, not.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  const candidate = parseCandidate(version);
  if (candidate === undefined) return undefined;
  let admitted = true;
  for (const part of requirement.split(",")) {
    const constraint = parseConstraint(part);
    if (constraint === undefined) return undefined;
    admitted &&= constraint(candidate);
  }
  return admitted;
}

function parseCandidate(version: string): Candidate | undefined {
  const parsed = parseGemVersion(version);
  const key = parsed === undefined ? undefined : keyOf(parsed.text);
  const releaseKey = parsed === undefined ? undefined : keyOf(parsed.release.join("."));
  return key === undefined || releaseKey === undefined ? undefined : { key, releaseKey };
}

function parseConstraint(part: string): Constraint | undefined {
  const [, operator = "=", text = ""] = /^[ \t-\r]*(=|!=|>=?|<=?|~>)?(.*)$/s.exec(part) ?? [];
  const version = parseGemVersion(text);
  const bound = version === undefined ? undefined : keyOf(version.text);
  if (version === undefined || bound === undefined) return undefined;
  switch (operator) {
    case "=":
      return ({ key }) => compareKeys(key, bound) === 0;
    case "!=":
      return ({ key }) => compareKeys(key, bound) !== 0;
    case ">":
      return ({ key }) => compareKeys(key, bound) > 0;
    case ">=":
      return ({ key }) => compareKeys(key, bound) >= 0;
    case "<":
      return ({ key }) => compareKeys(key, bound) < 0;
    case "<=":
      return ({ key }) => compareKeys(key, bound) <= 0;
    default: {
      const end = keyOf(bumped(version.release));
      // The prereleases of the end are below it, and shut out by their release numbers.
      return end === undefined ? undefined : ({ key, releaseKey }) => compareKeys(key, bound) >= 0 && compareKeys(releaseKey, end) < 0;
    }
  }
}

/** The numbers without the last, and what is then the last raised by one: `1.2.3` is followed by `1.3`, `1` by `2`. */
function bumped(release: readonly string[]): string {
  const kept = release.length > 1 ? release.slice(0, -1) : release;
  return [...kept.slice(0, -1), String(BigInt(kept.at(-1) ?? "0") + 1n)].join(".");
}

function keyOf(version: string): Uint8Array | undefined {
  const key = encodeVersion(version, gem);
  return key instanceof Uint8Array ? key : undefined;
}
