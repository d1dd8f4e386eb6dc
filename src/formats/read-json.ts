import { CodedError } from "../vocabulary/coded-error.ts";
import type { Json } from "../vocabulary/json.ts";
import { findJsonFault } from "./json-fault.ts";
import { checkSize, readText } from "./read-text.ts";

/** Bounds on an untrusted document. `maxValues` counts objects, lists and everything inside them, names of members aside. */
export type JsonLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxValues: number };

/** For documents with a list of components: two orders of magnitude above the largest SBOMs met in practice. */
export const DOCUMENT_LIMITS: JsonLimits = { maxBytes: 256 * 1024 * 1024, maxDepth: 200, maxValues: 20_000_000 };

/** For one advisory: the largest public records (long lists of versions) stay under 16 MiB. */
export const RECORD_LIMITS: JsonLimits = { maxBytes: 64 * 1024 * 1024, maxDepth: 100, maxValues: 5_000_000 };

/**
 * Reads one JSON document from untrusted bytes; a byte order mark is accepted.
 * @throws CodedError `document-invalid` at `line:column` or `byte N`, `document-too-large`.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): Json {
  checkSize(bytes, limits.maxBytes);
  checkShape(bytes, limits);
  const text = readText(bytes, limits.maxBytes);
  try {
    // Members named `__proto__` become own properties here; nothing downstream may copy members by name into a plain object.
    return JSON.parse(text) as Json;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const fault = findJsonFault(text);
    throw invalidAt(lineAndColumn(text, fault.offset), `Expected ${fault.expected}, found ${fault.actual}`, cause);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Bounds depth and count before anything is built. Works on bytes: in UTF-8 no part of a longer character looks like ASCII. */
function checkShape(bytes: Uint8Array, limits: JsonLimits): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at + 1);
        break;
      case COMMA:
        values++;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        values++;
        depth++;
        if (depth > limits.maxDepth) {
          throw invalidAt(`byte ${at}`, `Expected at most ${limits.maxDepth} levels of nesting, found more`);
        }
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
    }
  }
  if (values > limits.maxValues) {
    throw new CodedError("document-too-large", `Expected at most ${limits.maxValues} values, found about ${values}`);
  }
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

/** `line:column` of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) line++;
  return `${line}:${offset - lineStart + 1}`;
}

function invalidAt(place: string, message: string, cause?: unknown): CodedError {
  return new CodedError("document-invalid", message, { place, cause });
}
