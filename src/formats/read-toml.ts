import { parse, TomlDate, TomlError } from "smol-toml";

import { CodedError } from "../vocabulary/coded-error.ts";
import { invariant } from "../vocabulary/invariant.ts";
import { isJsonObject, type Json, type JsonObject } from "../vocabulary/json.ts";
import { describeAt } from "./json-fault.ts";
import { checkSize, readText } from "./read-text.ts";

/** Bounds on an untrusted document. `maxValues` counts keys, parts of dotted keys, entries of lists, lines and escapes. */
export type TomlLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxValues: number };

/** For lockfiles: an order of magnitude above the largest met in practice. The parser takes up to a kilobyte and 20 µs for each value. */
export const TOML_LIMITS: TomlLimits = { maxBytes: 64 * 1024 * 1024, maxDepth: 100, maxValues: 1_000_000 };

/**
 * Reads one TOML document from untrusted bytes into values as JSON has them; dates become their text. A byte order mark is accepted.
 * @throws CodedError `document-invalid` at `line:column`, `byte N` or the name of a key, `document-too-large`.
 */
export function readToml(bytes: Uint8Array, limits: TomlLimits): JsonObject {
  checkSize(bytes, limits.maxBytes);
  checkCount(bytes, limits);
  const text = readText(bytes, limits.maxBytes);
  let document: unknown;
  try {
    document = parse(text, { maxDepth: limits.maxDepth });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new CodedError("document-invalid", messageOf(cause, text), { place: `${cause.line}:${cause.column}`, cause });
  }
  invariant(isJsonObject(document), "a TOML document is a table");
  finish(document, limits.maxDepth);
  return document;
}

/** The parser's first line names the fault; what it adds quotes the document. */
function messageOf(error: TomlError, text: string): string {
  const fault = (error.message.split("\n", 1)[0] ?? "").replace("Invalid TOML document: ", "");
  return `Expected TOML (${fault}), found ${describeAt(text, offsetOf(text, error.line, error.column))}`;
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DOT = 0x2e;
const EQUALS = 0x3d;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_TABLE = 0x7b;

/** Bounds the counts before anything is built. What stands in strings and comments is not counted, but for lines and escapes. */
function checkCount(bytes: Uint8Array, { maxDepth, maxValues }: TomlLimits): void {
  let values = 1;
  let dots = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
      case APOSTROPHE: {
        const string = passString(bytes, at);
        values += string.values;
        at = string.last;
        break;
      }
      case HASH:
        at = endOfLine(bytes, at) - 1;
        break;
      case DOT:
        values++;
        dots++;
        if (dots > maxDepth) throw tooDeep(maxDepth, `byte ${at}`);
        break;
      case NEWLINE:
      case COMMA:
      case EQUALS:
      case OPEN_LIST:
      case OPEN_TABLE:
        values++;
        dots = 0;
        break;
    }
  }
  if (values > maxValues) throw new CodedError("document-too-large", `Expected at most ${maxValues} values, found about ${values}`);
}

type PassedString = { readonly last: number; readonly values: number };

/** Up to its last quote, or to the byte before a line break that it may not hold. */
function passString(bytes: Uint8Array, start: number): PassedString {
  const quote = bytes[start];
  const isLong = bytes[start + 1] === quote && bytes[start + 2] === quote;
  let values = 0;
  for (let at = start + (isLong ? 3 : 1); at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      if (!isLong) return { last: at, values };
      if (bytes[at + 1] !== quote || bytes[at + 2] !== quote) continue;
      // Of five quotes the first two belong to the text.
      const extra = bytes[at + 3] !== quote ? 0 : bytes[at + 4] !== quote ? 1 : 2;
      return { last: at + 2 + extra, values };
    } else if (byte === NEWLINE) {
      if (!isLong) return { last: at - 1, values };
      values++;
    } else if (byte === BACKSLASH && quote === QUOTE) {
      values++;
      // The line break behind it is still one.
      if (bytes[at + 1] !== NEWLINE) at++;
    }
  }
  return { last: bytes.length, values };
}

function endOfLine(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(NEWLINE, start);
  return end === -1 ? bytes.length : end;
}

type Level = { readonly value: Json; readonly depth: number; readonly key: string };

/** Dotted keys nest without the parser's bound on depth, and dates are objects of its own. Iterative, for the same reason. */
function finish(document: JsonObject, maxDepth: number): void {
  const open: Level[] = [{ value: document, depth: 0, key: "" }];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { value, depth, key } = level;
    if (depth > maxDepth) throw tooDeep(maxDepth, key);
    // The parser made these tables for this document alone.
    const entries = value as Record<string, Json>;
    for (const [name, entry] of Object.entries(entries)) {
      if (typeof entry !== "object" || entry === null) continue;
      if (entry instanceof TomlDate) entries[name] = entry.toISOString();
      else open.push({ value: entry, depth: depth + 1, key: key === "" ? name.slice(0, 60) : key });
    }
  }
}

function tooDeep(maxDepth: number, place: string): CodedError {
  return new CodedError("document-invalid", `Expected at most ${maxDepth} levels of nesting, found more`, { place });
}
