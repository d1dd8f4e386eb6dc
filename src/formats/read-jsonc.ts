import type { Json } from "../vocabulary/json.ts";
import { readJson, type JsonLimits } from "./read-json.ts";
import { checkSize } from "./read-text.ts";

const NEWLINE = 0x0a;
const BLANK = 0x20;
const QUOTE = 0x22;
const STAR = 0x2a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/**
 * Reads JSON with comments, and with a comma behind the last entry of a list or an object. What JSON does not have is
 * blanked out, so that the places of faults are those of the document.
 * @throws CodedError `document-invalid` at `line:column` or `byte N`, `document-too-large`.
 */
export function readJsonc(bytes: Uint8Array, limits: JsonLimits): Json {
  checkSize(bytes, limits.maxBytes);
  return readJson(withoutExtras(bytes), limits);
}

/** Works on bytes: in UTF-8 no part of a longer character looks like ASCII. */
function withoutExtras(bytes: Uint8Array): Uint8Array {
  const plain = Uint8Array.from(bytes);
  /** The last comma while nothing but blanks and comments has followed, and what stands before it. */
  let comma = -1;
  let before = NEWLINE;
  let last = NEWLINE;
  for (let at = 0; at < plain.length; at++) {
    const byte = plain[at] ?? BLANK;
    if (byte === SLASH && (plain[at + 1] === SLASH || plain[at + 1] === STAR)) {
      at = blankComment(plain, at);
      continue;
    }
    if (byte === BLANK || (byte >= 0x09 && byte <= 0x0d)) continue;
    if (byte === COMMA) {
      comma = at;
      before = last;
    } else {
      if (comma !== -1 && isClose(byte) && isEndOfValue(before)) plain[comma] = BLANK;
      comma = -1;
      if (byte === QUOTE) at = endOfString(plain, at + 1);
    }
    last = byte;
  }
  return plain;
}

function isClose(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}

/** Of `[,]` and `{,}` the comma stays, and is a fault. */
function isEndOfValue(byte: number): boolean {
  return byte !== COMMA && byte !== 0x5b && byte !== 0x7b && byte !== 0x3a && byte !== NEWLINE;
}

/** The offset of the comment's last byte. One without an end stays as it is, and is a fault. */
function blankComment(bytes: Uint8Array, start: number): number {
  const isLine = bytes[start + 1] === SLASH;
  let end = start + 2;
  if (isLine) while (end < bytes.length && bytes[end] !== NEWLINE) end++;
  else {
    while (end < bytes.length && !(bytes[end] === STAR && bytes[end + 1] === SLASH)) end++;
    if (end >= bytes.length) return bytes.length;
    end += 2;
  }
  for (let at = start; at < end; at++) if (bytes[at] !== NEWLINE) bytes[at] = BLANK;
  return end - 1;
}

/** The offset of the closing quote, or the end of the bytes. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return bytes.length;
}
