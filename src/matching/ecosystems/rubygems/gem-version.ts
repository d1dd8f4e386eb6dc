import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/**
 * Slots: letters `02` < zeros, then letters `03` < END `04` < zeros, then a number `05` < a number.
 * Letters lie below a missing segment, which is 0: END stands after the last segment always.
 */
const LETTERS = 0x02;
const ZEROS_BEFORE_LETTERS = 0x03;
const END = 0x04;
const ZEROS_BEFORE_NUMBER = 0x05;

/** Zeros in a row are one byte: the more of them, the higher before letters, and the lower before a number. */
const MAX_ZEROS = 254;

/** Read as `.pre.`. */
const HYPHEN = 0x2d;

/** `Gem::Version`'s own pattern; it allows blanks around. */
const VERSION = /^[ \t-\r]*[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?[ \t-\r]*$/;

/** The order of `Gem::Version`: segments of digits or of letters, compared one by one, letters below numbers, what is missing as 0. */
export const gem: VersionScheme = { id: "gem", encode };

/** A version's parts as `Gem::Version` names them. */
export type GemVersion = {
  /** As written, without blanks around. */
  readonly text: string;
  /** The numbers before the first letters, without leading zeros; at least one. */
  readonly release: readonly string[];
  readonly isPrerelease: boolean;
};

/** Undefined for what `Gem::Version` refuses, and for the empty text, which it takes for 0. */
export function parseGemVersion(version: string): GemVersion | undefined {
  if (!VERSION.test(version)) return undefined;
  const text = version.trim();
  const numbers = /^[0-9.]+/.exec(text)?.[0] ?? "";
  return {
    text,
    release: numbers.split(".").flatMap((number) => (number === "" ? [] : [number.replace(/^0+(?=.)/, "")])),
    isPrerelease: numbers.length < text.length,
  };
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (!VERSION.test(version)) return { reason: refusalOf(version) };
  let zeros = 0;
  let afterLetters = false;
  for (let at = 0; at < version.length;) {
    const start = at;
    const code = version.charCodeAt(at);
    if (isDigit(code)) {
      at = endOf(isDigit, version, at);
      if (isZero(version, start, at)) {
        zeros++;
        continue;
      }
      if (zeros > MAX_ZEROS) return TOO_MANY_ZEROS;
      if (zeros > 0) writeZeros(out, ZEROS_BEFORE_NUMBER, 255 - zeros);
      out.number(version, start, at);
      zeros = 0;
    } else if (isLetter(code) || code === HYPHEN) {
      at = code === HYPHEN ? at + 1 : endOf(isLetter, version, at);
      // Zeros before the first letters do not count: `1.0.a` is `1.a`.
      if (afterLetters && zeros > MAX_ZEROS) return TOO_MANY_ZEROS;
      if (afterLetters && zeros > 0) writeZeros(out, ZEROS_BEFORE_LETTERS, zeros);
      out.byte(LETTERS);
      if (code === HYPHEN) out.text("pre");
      else out.text(version, start, at);
      zeros = 0;
      afterLetters = true;
    } else at++;
  }
  out.byte(END);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

const TOO_MANY_ZEROS: CannotEncode = { reason: `it has more than ${MAX_ZEROS} zeros in a row` };

function refusalOf(version: string): string {
  if (version === "") return "it is empty";
  return /^[ \t-\r]*[0-9]/.test(version)
    ? "expected numbers and letters between dots, then perhaps a hyphen and more of them"
    : "expected a digit at the start";
}

function endOf(kind: (code: number) => boolean, version: string, start: number): number {
  let at = start;
  while (kind(version.charCodeAt(at))) at++;
  return at;
}

function writeZeros(out: KeyWriter, slot: number, count: number): void {
  out.byte(slot);
  out.byte(count);
}

function isZero(version: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (version.charCodeAt(at) !== 0x30) return false;
  return true;
}

/** False for NaN, which `charCodeAt` gives past the end. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
