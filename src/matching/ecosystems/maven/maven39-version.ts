import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";
import { mavenItems, RANK, type MavenItem } from "./maven-items.ts";

/** What may come next, in order. A number in the same list comes last of all, with the first byte of its own. */
const WORD_BELOW = 0x01;
const LIST_BELOW = 0x02;
const END = 0x04;
const LIST_ABOVE = 0x06;
const LIST_NUMBER = 0x07;
/** Behind `06`, where a rank may stand: above every rank, as a list is above every word. */
const FURTHER_LIST = 0x09;

/** A 0 written with more digits is a large number to Maven where it meets another, and nothing where it meets none. */
const MAX_SHORT_ZERO = 9;

/** The order of Maven's `ComparableVersion`, as of 3.8.7 and 3.9: numbers and words, in lists within lists. */
export const maven39: VersionScheme = { id: "maven39", encode };

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const refusal = isPlain(version) ? writePlain(version, out) : (refusalOf(version) ?? writeItems(mavenItems(version), out));
  out.byte(END);
  return refusal ?? (out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined);
}

/**
 * Not versions to Maven either: its model refuses these characters, and resolves properties, ranges, `LATEST` and `RELEASE` before it compares.
 * Gradle does the same with `1.+` and `latest.release`. Their place among versions would be none that anything is installed at.
 */
function refusalOf(version: string): CannotEncode | undefined {
  if (USUAL.test(version) && !STAND_IN.test(version)) return undefined;
  if (version === "") return { reason: "it is empty" };
  if (version.includes("${")) return { reason: "it names a property whose value is not known" };
  if (/^[[(\]]/.test(version)) return { reason: "expected a version, found a range of versions" };
  if (STAND_IN.test(version)) return { reason: "it stands for whichever version is the newest" };
  if (version.includes("\0")) return { reason: "it holds a NUL character" };
  if (/[\\/:"<>|?*\s\p{Cc}]/u.test(version)) return { reason: "it holds a character that Maven takes in no version" };
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant; which of it Maven takes was asked above
  if (/^[\x00-\x7f]*$/.test(version)) return undefined;
  if (/\p{Nd}/u.test(version.replaceAll(/[0-9]/g, ""))) return { reason: "expected the digits 0 to 9, found another script's" };
  // Java compares UTF-16, and the key is UTF-8: they differ where surrogates meet U+E000 to U+FFFF.
  return /[\ud800-\udfff]/.test(version) ? { reason: "it holds a character beyond U+FFFF" } : undefined;
}

const USUAL = /^[0-9A-Za-z._-]+$/;
const STAND_IN = /^(?:LATEST|RELEASE)$|^latest\.|\+$/;

/** Numbers between dots and nothing else, as most versions are; none of them a long 0. */
function isPlain(version: string): boolean {
  let afterDigit = false;
  for (let at = 0; at < version.length; at++) {
    const code = version.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && (code !== 0x2e || !afterDigit)) return false;
    afterDigit = isDigit;
  }
  return afterDigit && (version.length <= MAX_SHORT_ZERO || !LONG_ZERO.test(version));
}

const LONG_ZERO = new RegExp(`(?<![0-9])0{${MAX_SHORT_ZERO + 1}}`);

function writePlain(version: string, out: KeyWriter): undefined {
  let end = version.length;
  while (end > 0 && (version.charCodeAt(end - 1) === 0x30 || version.charCodeAt(end - 1) === 0x2e)) end--;
  // The zeros of `10.0` that belong to its last number are no components.
  while (end < version.length && end > 0 && version.charCodeAt(end) === 0x30) end++;
  for (let at = 0; at < end; at++) {
    const start = at;
    while (at < end && version.charCodeAt(at) !== 0x2e) at++;
    out.number(version, start, at);
  }
}

function writeItems(items: readonly MavenItem[], out: KeyWriter): CannotEncode | undefined {
  let zeros = 0;
  let listsBeforeZeros = 0;
  for (const item of items) {
    if (item.kind === "zero") {
      if (item.text.length > MAX_SHORT_ZERO) return IN_A_CIRCLE;
      if (zeros++ === 0) listsBeforeZeros = item.listsOpened;
      continue;
    }
    if (item.kind === "word" && standsInACircle(item, zeros)) return IN_A_CIRCLE;
    for (let zero = 0; zero < zeros; zero++) writeNumber("0", zero === 0 ? listsBeforeZeros : 0, out);
    if (item.kind === "number") writeNumber(item.text, item.listsOpened, out);
    else writeWord(item, out);
    zeros = 0;
  }
  return undefined;
}

/** Families A, C and B of `testdata/cycles.txt`: no order of bytes can agree with all that Maven says of such versions. */
function standsInACircle({ belowEnd, listsOpened }: MavenItem, zerosBefore: number): boolean {
  return belowEnd ? zerosBefore > 0 || listsOpened > 1 : listsOpened === 0;
}

const IN_A_CIRCLE: CannotEncode = { reason: "Maven's own comparison of such versions contradicts itself" };

function writeNumber(text: string, listsOpened: number, out: KeyWriter): void {
  for (let list = 0; list < listsOpened; list++) out.byte(LIST_NUMBER);
  out.number(text);
}

function writeWord({ rank, belowEnd, listsOpened, text }: MavenItem, out: KeyWriter): void {
  for (let list = 1; list < listsOpened; list++) {
    out.byte(LIST_ABOVE);
    out.byte(FURTHER_LIST);
  }
  out.byte(belowEnd ? (listsOpened === 0 ? WORD_BELOW : LIST_BELOW) : LIST_ABOVE);
  out.byte(rank);
  if (rank === RANK.other) out.text(text);
}
