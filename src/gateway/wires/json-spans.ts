import { isUtf8 } from "node:buffer";
import { CodedError } from "../../vocabulary/coded-error.ts";

/**
 * A JSON value as the bytes it stands in: `[start, end)`. Nothing is decoded until asked for, so what is not looked at
 * goes upstream exactly as it came.
 */
export type JsonSpan = ObjectSpan | ListSpan | ScalarSpan;
export type ObjectSpan = { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: readonly MemberSpan[] };
export type ListSpan = { readonly kind: "list"; readonly start: number; readonly end: number; readonly items: readonly JsonSpan[] };
export type ScalarSpan = { readonly kind: "text" | "number" | "word"; readonly start: number; readonly end: number };

/** A member of an object; `name` is decoded, `start` is where its opening quote stands. */
export type MemberSpan = { readonly name: string; readonly folded: string; readonly start: number; readonly value: JsonSpan };

const MAX_DEPTH = 128;
const MAX_VALUES = 250_000;

/**
 * The spans of one JSON text (RFC 8259) in UTF-8, without a byte order mark. Stricter than most readers on purpose: whatever
 * two readers could take differently is refused, so that upstream sees the fields that were looked at here. Inside a text, escapes
 * and control characters are checked only where it is decoded: they do not move its end.
 * @throws CodedError `document-invalid` with the offset, `document-too-large` beyond 128 levels or 250,000 values.
 */
export function readSpans(bytes: Buffer): JsonSpan {
  if (!isUtf8(bytes)) throw new CodedError("document-invalid", "Expected a body in UTF-8, found other bytes");
  const reader = new SpanReader(bytes);
  return reader.document();
}

/**
 * A name as the most lenient readers compare it: some match members without regard to case, by Unicode's simple folding (LATIN
 * SMALL LETTER LONG S is an s, KELVIN SIGN a k) or letter by letter (I WITH DOT ABOVE and DOTLESS I are an i); some stop at U+0000.
 */
export function foldName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  const end = name.indexOf("\0");
  const read = end === -1 ? name : name.slice(0, end);
  return read
    .replaceAll(/[\u0130\u0131]/g, "i")
    .replaceAll("\u212a", "k")
    .replaceAll("\u017f", "s")
    .toLowerCase();
}

const PLAIN_NAME = /^[a-z0-9_]*$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MINUS = 0x2d;
const WORDS = ["true", "false", "null"];
/** Beyond so many bytes, the native search for a closing quote is faster than a loop. */
const SHORT_TEXT = 64;

class SpanReader {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): JsonSpan {
    this.#skipSpace();
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at !== this.#bytes.length) throw this.#unexpected("the end");
    return value;
  }

  #value(depth: number): JsonSpan {
    if (++this.#values > MAX_VALUES) throw new CodedError("document-too-large", `Expected at most ${MAX_VALUES} JSON values, found more`);
    const start = this.#at;
    const byte = this.#bytes[start];
    if (byte === QUOTE) {
      this.#skipText();
      return { kind: "text", start, end: this.#at };
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth >= MAX_DEPTH) throw new CodedError("document-too-large", `Expected at most ${MAX_DEPTH} levels of nesting, found more`);
      return byte === OPEN_OBJECT ? this.#object(depth + 1) : this.#list(depth + 1);
    }
    if (byte === MINUS || isDigit(byte)) {
      this.#skipNumber();
      return { kind: "number", start, end: this.#at };
    }
    const beginning = this.#bytes.toString("latin1", start, start + 5);
    const word = WORDS.find((candidate) => beginning.startsWith(candidate));
    if (word === undefined) throw this.#unexpected("a JSON value");
    this.#at += word.length;
    return { kind: "word", start, end: this.#at };
  }

  #object(depth: number): ObjectSpan {
    const start = this.#at++;
    const members: MemberSpan[] = [];
    this.#skipSpace();
    while (this.#bytes[this.#at] !== CLOSE_OBJECT) {
      if (members.length > 0) this.#expect(COMMA, "`,` or `}`");
      const nameStart = this.#at;
      if (this.#bytes[nameStart] !== QUOTE) throw this.#unexpected("a member's name");
      this.#skipText();
      const name = decodeText(this.#bytes, nameStart, this.#at);
      this.#skipSpace();
      this.#expect(COLON, "`:`");
      members.push({ name, folded: foldName(name), start: nameStart, value: this.#value(depth) });
      this.#skipSpace();
    }
    return { kind: "object", start, end: ++this.#at, members };
  }

  #list(depth: number): ListSpan {
    const start = this.#at++;
    const items: JsonSpan[] = [];
    this.#skipSpace();
    while (this.#bytes[this.#at] !== CLOSE_LIST) {
      if (items.length > 0) this.#expect(COMMA, "`,` or `]`");
      items.push(this.#value(depth));
      this.#skipSpace();
    }
    return { kind: "list", start, end: ++this.#at, items };
  }

  #expect(byte: number, words: string): void {
    if (this.#bytes[this.#at] !== byte) throw this.#unexpected(words);
    this.#at++;
    this.#skipSpace();
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #skipText(): void {
    const end = endOfText(this.#bytes, this.#at + 1);
    if (end === -1) {
      this.#at = this.#bytes.length;
      throw this.#unexpected("a closing quote");
    }
    this.#at = end;
  }

  #skipNumber(): void {
    const start = this.#at;
    while (isNumberByte(this.#bytes[this.#at])) this.#at++;
    const text = this.#bytes.toString("latin1", start, this.#at);
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return;
    this.#at = start;
    throw this.#unexpected("a JSON number");
  }

  #unexpected(expected: string): CodedError {
    const byte = this.#bytes[this.#at];
    const found = byte === undefined ? "the end" : `byte 0x${byte.toString(16).padStart(2, "0")}`;
    return new CodedError("document-invalid", `Expected ${expected}, found ${found}`, { place: `byte ${this.#at}` });
  }
}

/** The offset behind the closing quote of a text whose content starts at `from`, or -1. */
function endOfText(bytes: Buffer, from: number): number {
  for (let at = from; at < from + SHORT_TEXT; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === undefined) return -1;
    if (byte === BACKSLASH) return endOfEscapedText(bytes, at);
  }
  return endOfEscapedText(bytes, from + SHORT_TEXT);
}

function endOfEscapedText(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return -1;
    let before = quote;
    while (before > from && bytes[before - 1] === BACKSLASH) before--;
    if ((quote - before) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The text between `start` and `end`, quotes included, decoded. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString("utf8", start, end);
  if (!NEEDS_DECODING.test(raw)) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch (cause) {
    throw new CodedError("document-invalid", "Expected a JSON text, found a bad escape or a control character", {
      place: `byte ${start}`,
      cause,
    });
  }
}

// oxlint-disable-next-line no-control-regex -- these are what JSON forbids inside a text
const NEEDS_DECODING = /[\\\u0000-\u001f]/;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isNumberByte(byte: number | undefined): boolean {
  return isDigit(byte) || byte === MINUS || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45;
}
