import { MAX_KEY_BYTES, type KeyWriter } from "../key-writer.ts";
import type { CannotEncode, VersionScheme } from "../version-scheme.ts";

/**
 * Slots in a part: `~` `01` < END `02` < `^` `03` < a run of letters, closed by `04` < a number from `80`.
 * Letters take their own bytes, `41`–`7A`. END is always written, since `~` sorts below it.
 */
const TILDE = 0x01;
const END = 0x02;
const CARET = 0x03;
const LETTERS_END = 0x04;
const NUMBER = 0x80;
const LONGER_NUMBER = 0xe0;
const LONGEST_NUMBER = 0xe6;

/** The largest number that is one byte: the next would take `E0`. */
const MAX_ONE_BYTE = 95;

/** rpm's order: an epoch, a version and a release, each by its runs of digits and of letters; whatever else is written only parts them. */
export const rpm: VersionScheme = { id: "rpm", encode, doubtOf };

/** A version without its release lies below all its releases: what they fix may be fixed in it. */
function doubtOf(version: string): string | undefined {
  return /-./.test(version) ? undefined : "it has no release: it is compared as older than every release of its version";
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  if (version.includes("\0")) return { reason: "it holds a NUL character" };
  const digits = endOf(isDigit, version, 0, version.length);
  const hasEpoch = version.charCodeAt(digits) === 0x3a;
  const start = hasEpoch ? digits + 1 : 0;
  const hyphen = version.indexOf("-", start);
  const end = hyphen === -1 ? version.length : hyphen;
  if (start === end) return { reason: "it has no version" };
  writeNumber(version, 0, hasEpoch ? digits : 0, out);
  writePart(version, start, end, out);
  // Without a release the key ends here, below every release.
  if (end + 1 < version.length) writePart(version, end + 1, version.length, out);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function writePart(text: string, start: number, end: number, out: KeyWriter): void {
  for (let at = start; at < end;) {
    const first = at;
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      at = endOf(isDigit, text, at, end);
      writeNumber(text, first, at, out);
    } else if (isLetter(code)) {
      at = endOf(isLetter, text, at, end);
      for (let letter = first; letter < at; letter++) out.byte(text.charCodeAt(letter));
      out.byte(LETTERS_END);
    } else {
      if (code === 0x7e) out.byte(TILDE);
      else if (code === 0x5e) out.byte(CARET);
      at++;
    }
  }
  out.byte(END);
}

/** Numbers lie above letters here, so that they cannot be those of other schemes; nothing at all is 0. */
function writeNumber(text: string, start: number, end: number, out: KeyWriter): void {
  let first = start;
  while (first < end - 1 && text.charCodeAt(first) === 0x30) first++;
  const digits = end - first;
  if (digits > 14) {
    out.byte(LONGEST_NUMBER);
    out.byte(digits >> 8);
    out.byte(digits & 0xff);
    for (let at = first; at < end; at++) out.byte(text.charCodeAt(at));
    return;
  }
  const value = Number(text.slice(first, end));
  if (value <= MAX_ONE_BYTE) {
    out.byte(NUMBER + value);
    return;
  }
  let bytes = 1;
  while (value >= 256 ** bytes) bytes++;
  out.byte(LONGER_NUMBER + bytes - 1);
  for (let place = bytes - 1; place >= 0; place--) out.byte(Math.floor(value / 256 ** place) % 256);
}

function endOf(is: (code: number) => boolean, text: string, from: number, end: number): number {
  let at = from;
  while (at < end && is(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
