import { encodeVersion } from "../../versions/encode-version.ts";
import { compareKeys } from "../../versions/key-writer.ts";
import { parsePep440, pep440, publicText, type Pep440Version } from "./pep440-version.ts";

type Candidate = { readonly version: Pep440Version; readonly key: Uint8Array; readonly publicKey: Uint8Array };

type Specifier = (candidate: Candidate) => boolean;

/**
 * Whether a version meets every part of a specifier such as `>=2.0,!=2.3.*,<3`, as pip asks when it holds a version against a requirement:
 * a prerelease meets it by its place in the order alone. Undefined when PEP 440 does not read the version, or one of the parts.
 */
export function specifierAdmits(requirement: string, version: string): boolean | undefined {
  const parsed = parsePep440(version);
  const candidate = parsed === undefined ? undefined : keyed(parsed, version);
  if (candidate === undefined) return undefined;
  if (requirement.trim() === "*") return true;
  let admitted = true;
  for (const part of requirement.split(",")) {
    const text = part.trim();
    if (text === "") continue;
    const specifier = parseSpecifier(text);
    if (specifier === undefined) return undefined;
    admitted &&= specifier(candidate);
  }
  return admitted;
}

function parseSpecifier(text: string): Specifier | undefined {
  const [, operator, operand = ""] = /^(~=|==|!=|<=|>=|<|>)(?!=)\s*(\S+)$/.exec(text) ?? [];
  if (operator === undefined) return undefined;
  if (operator === "==" || operator === "!=") {
    const equal = operand.endsWith(".*") ? samePrefix(operand.slice(0, -2)) : sameVersion(operand);
    return equal === undefined || operator === "==" ? equal : (candidate) => !equal(candidate);
  }
  const version = parsePep440(operand);
  if (version === undefined || version.local.length > 0) return undefined;
  const bound = keyed(version, operand);
  return bound === undefined ? undefined : ordered(operator, bound);
}

/** A local part counts only where the specifier has one. */
function sameVersion(operand: string): Specifier | undefined {
  const version = parsePep440(operand);
  const wanted = version === undefined ? undefined : keyed(version, operand);
  if (wanted === undefined) return undefined;
  return ({ key, publicKey }) => compareKeys(wanted.version.local.length === 0 ? publicKey : key, wanted.key) === 0;
}

/** `==1.2.*`: only a release may stand before the star. */
function samePrefix(operand: string): Specifier | undefined {
  const prefix = parsePep440(operand);
  if (prefix === undefined || !/^v?(?:[0-9]+!)?[0-9.]+$/i.test(operand)) return undefined;
  return ({ version }) => startsWith(version, prefix.epoch, prefix.release);
}

function ordered(operator: string, bound: Candidate): Specifier | undefined {
  const { version } = bound;
  switch (operator) {
    case ">=":
      return ({ publicKey }) => compareKeys(publicKey, bound.key) >= 0;
    case "<=":
      return ({ publicKey }) => compareKeys(publicKey, bound.key) <= 0;
    case "<": {
      // `<1.0` shuts out the prereleases of 1.0, unless it names one itself.
      const end = isPrerelease(version) ? bound.key : keyOf({ ...version, dev: "0" });
      return end === undefined ? undefined : ({ key }) => compareKeys(key, end) < 0;
    }
    case ">": {
      const start = keyOf(nextOf(version));
      if (start === undefined) return undefined;
      if (version.dev !== undefined || version.post !== undefined) return ({ key }) => compareKeys(key, start) >= 0;
      // `>1.0` shuts out its post-releases and local versions, which lie between it and the next.
      return (candidate) =>
        compareKeys(candidate.key, bound.key) > 0 && !(samePhase(candidate.version, version) && sameBase(candidate.version, version));
    }
    default: {
      const held = version.release.slice(0, -1);
      if (held.length === 0) return undefined;
      return (candidate) => compareKeys(candidate.publicKey, bound.key) >= 0 && startsWith(candidate.version, version.epoch, held);
    }
  }
}

export function isPrerelease({ pre, dev }: Pep440Version): boolean {
  return pre !== undefined || dev !== undefined;
}

function startsWith({ epoch, release }: Pep440Version, wantedEpoch: string, wanted: readonly string[]): boolean {
  return epoch === wantedEpoch && wanted.every((number, place) => number === (release[place] ?? "0"));
}

function sameBase(a: Pep440Version, b: Pep440Version): boolean {
  return startsWith(a, b.epoch, b.release) && startsWith(b, a.epoch, a.release);
}

/** What follows a development or post-release directly; other versions have nothing that does, and stay. */
function nextOf(version: Pep440Version): Pep440Version {
  if (version.dev !== undefined) return { ...version, dev: String(BigInt(version.dev) + 1n) };
  return version.post === undefined ? version : { ...version, post: String(BigInt(version.post) + 1n), dev: "0" };
}

function samePhase(a: Pep440Version, b: Pep440Version): boolean {
  return a.pre?.phase === b.pre?.phase && a.pre?.number === b.pre?.number;
}

function keyOf(version: Pep440Version): Uint8Array | undefined {
  const key = encodeVersion(publicText(version), pep440);
  return key instanceof Uint8Array ? key : undefined;
}

function keyed(version: Pep440Version, text: string): Candidate | undefined {
  const key = encodeVersion(text, pep440);
  const publicKey = keyOf(version);
  return key instanceof Uint8Array && publicKey !== undefined ? { version, key, publicKey } : undefined;
}
