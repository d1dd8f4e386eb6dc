import { MAX_KEY_BYTES, type KeyWriter } from "../key-writer.ts";
import type { CannotEncode, VersionScheme } from "../version-scheme.ts";

/**
 * Slots in a part: `~` `01` < END `02` < a number < letters `B0`–`E3` < anything else by ASCII, from `E4`.
 * The number behind the last character is written even where it is missing, as 0, and END always, since `~` sorts below it.
 */
const TILDE = 0x01;
const END = 0x02;
const UPPER_A = 0xb0;
const LOWER_A = 0xca;

/** The characters that Debian allows have a byte of their own; others share one with their neighbours and are told apart by a second. */
const ALLOWED: ReadonlyMap<string, number> = new Map([
  ["+", 0xe5],
  ["-", 0xe7],
  [".", 0xe8],
  [":", 0xea],
]);
const BELOW_PLUS = 0xe4;
const BELOW_HYPHEN = 0xe6;
const BELOW_COLON = 0xe9;
const ABOVE_COLON = 0xeb;

/** dpkg keeps an epoch in a C `int`. */
const MAX_EPOCH = 2_147_483_647;

/** Debian's order: an epoch, the upstream version and the Debian revision, each by alternating non-digits and numbers. */
export const dpkg: VersionScheme = { id: "dpkg", encode };

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const text = withoutBlanks(version);
  if (text === "") return { reason: "it is empty" };
  const refused = /[^!-~]/.exec(text)?.[0];
  if (refused !== undefined) return { reason: `expected ASCII without blanks, found ${named(refused)}` };
  const colon = text.indexOf(":");
  const hyphen = text.lastIndexOf("-");
  const end = hyphen > colon ? hyphen : text.length;
  if (colon !== -1) {
    const epoch = text.slice(0, colon);
    if (!/^[0-9]+$/.test(epoch)) return { reason: epoch === "" ? "its epoch is empty" : "its epoch is not a number" };
    if (Number(epoch) > MAX_EPOCH) return { reason: `its epoch is above ${MAX_EPOCH}` };
    out.number(epoch);
  } else out.smallNumber(0);
  if (colon + 1 === end) return { reason: "it has no upstream version" };
  writePart(text, colon + 1, end, out);
  writePart(text, Math.min(end + 1, text.length), text.length, out);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

/** An empty part is the number 0: an absent revision is the revision `0`. */
function writePart(text: string, start: number, end: number, out: KeyWriter): void {
  let at = start;
  do {
    for (; at < end && !isDigit(text.charCodeAt(at)); at++) writeCharacter(text.charCodeAt(at), out);
    const digits = at;
    while (at < end && isDigit(text.charCodeAt(at))) at++;
    if (digits === at) out.smallNumber(0);
    else out.number(text, digits, at);
  } while (at < end);
  out.byte(END);
}

function writeCharacter(code: number, out: KeyWriter): void {
  if (code === 0x7e) out.byte(TILDE);
  else if (code >= 0x41 && code <= 0x5a) out.byte(UPPER_A + code - 0x41);
  else if (code >= 0x61 && code <= 0x7a) out.byte(LOWER_A + code - 0x61);
  else {
    const allowed = ALLOWED.get(String.fromCharCode(code));
    if (allowed !== undefined) out.byte(allowed);
    else {
      out.byte(code < 0x2b ? BELOW_PLUS : code < 0x2d ? BELOW_HYPHEN : code < 0x3a ? BELOW_COLON : ABOVE_COLON);
      out.byte(code);
    }
  }
}

/** The blanks that dpkg takes off: those of C, and no others. */
function withoutBlanks(version: string): string {
  let start = 0;
  let end = version.length;
  while (start < end && isBlank(version.charCodeAt(start))) start++;
  while (end > start && isBlank(version.charCodeAt(end - 1))) end--;
  return version.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function named(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
