import { MAX_KEY_BYTES, type KeyWriter } from "../key-writer.ts";
import type { CannotEncode, VersionScheme } from "../version-scheme.ts";

const DOT = 0x2e;
const HYPHEN = 0x2d;
const LOWER_V = 0x76;

/** Slots after a number: prerelease `02` < release `10` < a further number. In a prerelease: END `01` < number < text `B0`. */
const PRERELEASE = 0x02;
const RELEASE = 0x10;
const END = 0x01;
const TEXT = 0xb0;

/** SemVer 2.0 order, read leniently: any count of numbers, an optional `v`, and a prerelease with or without its hyphen. */
export const semver: VersionScheme = { id: "semver", encode };

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  let at = version.charCodeAt(0) === LOWER_V ? 1 : 0;
  let numbers = 0;
  while (isDigit(version.charCodeAt(at))) {
    const start = at;
    while (isDigit(version.charCodeAt(at))) at++;
    out.number(version, start, at);
    numbers++;
    while (version.charCodeAt(at) === DOT) at++;
  }
  if (version.charCodeAt(at) > 0x7f && startsWithForeignDigit(version, at))
    return { reason: "expected the digits 0 to 9, found another script's" };
  if (numbers === 0) return { reason: version === "" ? "it is empty" : "expected a digit at the start, or after a leading v" };
  for (; numbers < 3; numbers++) out.smallNumber(0);

  return encodePrerelease(version, at, out) ?? (out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined);
}

function encodePrerelease(version: string, from: number, out: KeyWriter): CannotEncode | undefined {
  const plus = version.indexOf("+", from);
  const end = plus === -1 ? version.length : plus;
  const start = version.charCodeAt(from) === HYPHEN && holdsIdentifier(version, from + 1, end) ? from + 1 : from;
  if (plus !== -1 && version.includes("\0", plus)) return HOLDS_NUL;
  if (start >= end) {
    out.byte(RELEASE);
    return undefined;
  }
  out.byte(PRERELEASE);
  for (let at = start; at <= end; at++) {
    const first = at;
    let digitsOnly = true;
    let ascii = true;
    for (; at < end; at++) {
      const code = version.charCodeAt(at);
      if (code === DOT) break;
      if (isDigit(code)) continue;
      if (code === 0) return HOLDS_NUL;
      digitsOnly = false;
      if (code > 0x7f) ascii = false;
    }
    if (!ascii && !version.slice(first, at).isWellFormed()) return { reason: "it is not well-formed Unicode" };
    if (digitsOnly && at > first) out.number(version, first, at);
    else {
      out.byte(TEXT);
      out.text(version, first, at);
    }
  }
  out.byte(END);
  return undefined;
}

const HOLDS_NUL: CannotEncode = { reason: "it holds a NUL character" };

/** False for NaN, which `charCodeAt` gives past the end. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A hyphen with no identifier behind it is the identifier itself: npm reads `1.0.0-` as `1.0.0--`. */
function holdsIdentifier(version: string, at: number, end: number): boolean {
  return at < end && version.charCodeAt(at) !== DOT;
}

/** Only reached by non-ASCII versions: `１.2` is not `1.2` to any client, and not a word either. */
function startsWithForeignDigit(version: string, at: number): boolean {
  return /^\p{Nd}/u.test(version.slice(at, at + 2));
}
