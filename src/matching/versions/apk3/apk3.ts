import { MAX_KEY_BYTES, type KeyWriter } from "../key-writer.ts";
import type { CannotEncode, VersionScheme } from "../version-scheme.ts";

/**
 * One tag a token, in order: suffixes before a release `01`–`04` < invalid `05` < END `06` < `-r` `07` < hash `08` <
 * the number of a suffix `09` < suffixes after a release `0A`–`0E` < a letter `0F` < a component with a leading zero `10` < a number.
 */
const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ["alpha", 0x01],
  ["beta", 0x02],
  ["pre", 0x03],
  ["rc", 0x04],
  ["cvs", 0x0a],
  ["svn", 0x0b],
  ["git", 0x0c],
  ["hg", 0x0d],
  ["p", 0x0e],
]);
const INVALID = 0x05;
const END = 0x06;
const REVISION = 0x07;
const HASH = 0x08;
const SUFFIX_NUMBER = 0x09;
const LETTER = 0x0f;
const LEADING_ZERO = 0x10;

/** How far into the grammar a version has come: each kind of token may follow only those that stand before it, itself where it repeats. */
const STAGE = { number: 0, letter: 1, suffix: 2, suffixNumber: 3, hash: 4, revision: 5 } as const;

/** The order of apk-tools 3: numbers, a letter, suffixes, a commit hash and `-r`; what breaks that grammar sorts by where it breaks. */
export const apk3: VersionScheme = { id: "apk3", encode };

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  if (version.includes("\0")) return { reason: "it holds a NUL character" };
  if (!version.isWellFormed()) return { reason: "it is not well-formed Unicode" };
  let at = digitsEnd(version, 0);
  if (at === 0) return { reason: "expected a digit at the start" };
  out.number(version, 0, at);
  for (let stage: number = STAGE.number; at < version.length;) {
    const next = writeToken(version, at, stage, out);
    if (next === undefined) {
      out.byte(INVALID);
      out.text(version);
      return overflow(out);
    }
    ({ at, stage } = next);
  }
  out.byte(END);
  return overflow(out);
}

/** Where the token at `at` ends and how far it leads; undefined when none may stand there. */
function writeToken(
  version: string,
  at: number,
  stage: number,
  out: KeyWriter,
): { readonly at: number; readonly stage: number } | undefined {
  const code = version.charCodeAt(at);
  if (isDigit(code)) {
    if (stage !== STAGE.suffix) return undefined;
    const end = digitsEnd(version, at);
    out.byte(SUFFIX_NUMBER);
    out.number(version, at, end);
    return { at: end, stage: STAGE.suffixNumber };
  }
  if (isLetter(code)) {
    if (stage > STAGE.number) return undefined;
    out.byte(LETTER);
    out.byte(code);
    return { at: at + 1, stage: STAGE.letter };
  }
  switch (version[at]) {
    case ".": {
      const end = digitsEnd(version, at + 1);
      if (stage > STAGE.number || end === at + 1) return undefined;
      writeComponent(version, at + 1, end, out);
      return { at: end, stage: STAGE.number };
    }
    case "_": {
      let end = at + 1;
      while (isLetter(version.charCodeAt(end))) end++;
      const suffix = SUFFIXES.get(version.slice(at + 1, end));
      if (stage > STAGE.suffixNumber || suffix === undefined) return undefined;
      out.byte(suffix);
      return { at: end, stage: STAGE.suffix };
    }
    case "~": {
      let end = at + 1;
      while (isHexDigit(version.charCodeAt(end))) end++;
      if (stage >= STAGE.hash || end === at + 1) return undefined;
      out.byte(HASH);
      out.text(version, at + 1, end);
      return { at: end, stage: STAGE.hash };
    }
    case "-": {
      const end = digitsEnd(version, at + 2);
      if (stage >= STAGE.revision || version[at + 1] !== "r" || end === at + 2) return undefined;
      out.byte(REVISION);
      out.number(version, at + 2, end);
      return { at: end, stage: STAGE.revision };
    }
    default:
      return undefined;
  }
}

/** A component that begins with 0 is compared as text, and so is below all that do not. */
function writeComponent(version: string, start: number, end: number, out: KeyWriter): void {
  if (version.charCodeAt(start) !== 0x30) {
    out.number(version, start, end);
    return;
  }
  out.byte(LEADING_ZERO);
  out.text(version, start, end);
}

function overflow(out: KeyWriter): CannotEncode | undefined {
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function digitsEnd(version: string, from: number): number {
  let at = from;
  while (isDigit(version.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66);
}
