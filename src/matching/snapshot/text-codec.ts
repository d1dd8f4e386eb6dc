/**
 * Texts in about half their bytes, each still to be had by itself: common runs of up to eight bytes are one byte, after the "fast static symbol
 * table" of Boncz, Neumann and Leis (VLDB 2020). A code below 255 is a symbol of the table; 255 says that the next byte stands for itself.
 */
export type SymbolTable = { readonly start: Uint32Array; readonly bytes: Uint8Array };

export const LONGEST_SYMBOL = 8;
const MOST_SYMBOLS = 255;
const ESCAPE = 255;
const ROUNDS = 5;

export type EncodedTexts = {
  readonly symbolStart: Uint32Array;
  readonly symbolBytes: Uint8Array;
  readonly stringStart: Uint32Array;
  readonly stringBytes: Uint8Array;
};

/** Texts that lie end to end, in the symbols that serve them. */
export function encodeTexts(starts: Uint32Array, bytes: Uint8Array): EncodedTexts {
  const table = trainSymbols(sampleOf(starts, bytes));
  const texts = encodeAll(table, starts.length - 1, bytes.length, (text) => bytes.subarray(starts[text], starts[text + 1]));
  return { symbolStart: table.start, symbolBytes: table.bytes, ...texts };
}

/** The same texts in other symbols. */
export function recodeTexts(texts: EncodedTexts, table: SymbolTable): Pick<EncodedTexts, "stringStart" | "stringBytes"> {
  const { stringStart, stringBytes } = texts;
  const decode = createDecoder({ start: texts.symbolStart, bytes: texts.symbolBytes });
  return encodeAll(table, stringStart.length - 1, stringBytes.length, (text) =>
    decode(stringBytes, stringStart[text] ?? 0, stringStart[text + 1] ?? 0),
  );
}

function encodeAll(
  table: SymbolTable,
  count: number,
  likelyBytes: number,
  textAt: (text: number) => Uint8Array,
): Pick<EncodedTexts, "stringStart" | "stringBytes"> {
  const encode = createEncoder(table);
  const stringStart = new Uint32Array(count + 1);
  let out = new Uint8Array(likelyBytes + 1024);
  let used = 0;
  for (let text = 0; text < count; text++) {
    const plain = textAt(text);
    if (used + plain.length * 2 > out.length) {
      const larger = new Uint8Array(out.length * 2 + plain.length * 2);
      larger.set(out);
      out = larger;
    }
    used += encode(plain, out.subarray(used));
    stringStart[text + 1] = used;
  }
  return { stringStart, stringBytes: out.slice(0, used) };
}

const SAMPLED_TEXTS = 2000;
const SAMPLED_BYTES_OF_ONE = 200;

function sampleOf(starts: Uint32Array, bytes: Uint8Array): readonly Uint8Array[] {
  const count = starts.length - 1;
  const step = Math.max(1, Math.floor(count / SAMPLED_TEXTS));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => {
    const first = starts[index * step] ?? 0;
    return bytes.subarray(first, Math.min(starts[index * step + 1] ?? first, first + SAMPLED_BYTES_OF_ONE));
  });
}

/** The table that serves texts like these. */
export function trainSymbols(sample: readonly Uint8Array[]): SymbolTable {
  let table = tableOf([]);
  for (let round = 0; round < ROUNDS; round++) table = betterTable(table, sample);
  return table;
}

/** Writes a text's codes to the start of `out`, which must have twice its room; how many there are. */
export function createEncoder(table: SymbolTable): (text: Uint8Array, out: Uint8Array) => number {
  const longest = createMatcher(table);
  return (text, out) => {
    let written = 0;
    for (let at = 0; at < text.length;) {
      const code = longest(text, at);
      if (code === ESCAPE) {
        out[written++] = ESCAPE;
        out[written++] = text[at++] ?? 0;
      } else {
        out[written++] = code;
        at += lengthOf(table, code);
      }
    }
    return written;
  };
}

/** The text of the codes from `from` to before `to`; a view that is good until the next call. Codes that no encoder writes give a text all the same. */
export function createDecoder({ start, bytes }: SymbolTable): (codes: Uint8Array, from: number, to: number) => Uint8Array {
  let out = new Uint8Array(1024);
  return (codes, from, to) => {
    if (out.length < (to - from) * LONGEST_SYMBOL) out = new Uint8Array((to - from) * LONGEST_SYMBOL);
    let written = 0;
    for (let at = from; at < to; at++) {
      const code = codes[at] ?? 0;
      if (code === ESCAPE) {
        at++;
        if (at < to) out[written++] = codes[at] ?? 0;
        continue;
      }
      const first = start[code] ?? 0;
      const end = Math.min(start[code + 1] ?? first, first + LONGEST_SYMBOL);
      for (let byte = first; byte < end; byte++) out[written++] = bytes[byte] ?? 0;
    }
    return out.subarray(0, written);
  };
}

/** Keeps the symbols that save the most when they are used as they were last, of those there are and of any two that followed one another. */
function betterTable(table: SymbolTable, sample: readonly Uint8Array[]): SymbolTable {
  const gains = new Map<string, number>();
  const longest = createMatcher(table);
  const note = (symbol: string): void => void gains.set(symbol, (gains.get(symbol) ?? 0) + symbol.length);
  for (const text of sample) {
    let before = "";
    for (let at = 0; at < text.length;) {
      const code = longest(text, at);
      const length = code === ESCAPE ? 1 : lengthOf(table, code);
      const symbol = String.fromCharCode(...text.subarray(at, at + length));
      note(symbol);
      if (before !== "" && before.length + length <= LONGEST_SYMBOL) note(before + symbol);
      before = symbol;
      at += length;
    }
  }
  const best = [...gains].sort(([a, gainA], [b, gainB]) => gainB - gainA || (a < b ? -1 : 1));
  return tableOf(best.slice(0, MOST_SYMBOLS).map(([symbol]) => symbol));
}

/** The code of the longest symbol that stands in `text` at `at`, or `ESCAPE`. */
function createMatcher(table: SymbolTable): (text: Uint8Array, at: number) => number {
  const count = table.start.length - 1;
  const byFirst: number[][] = Array.from({ length: 256 }, () => []);
  const codes = Array.from({ length: count }, (_, code) => code).sort((a, b) => lengthOf(table, b) - lengthOf(table, a));
  for (const code of codes) byFirst[table.bytes[table.start[code] ?? 0] ?? 0]?.push(code);
  return (text, at) => {
    for (const code of byFirst[text[at] ?? 0] ?? []) if (standsAt(table, code, text, at)) return code;
    return ESCAPE;
  };
}

function standsAt({ start, bytes }: SymbolTable, code: number, text: Uint8Array, at: number): boolean {
  const first = start[code] ?? 0;
  const length = (start[code + 1] ?? first) - first;
  if (at + length > text.length) return false;
  for (let index = 1; index < length; index++) if (bytes[first + index] !== text[at + index]) return false;
  return true;
}

function lengthOf({ start }: SymbolTable, code: number): number {
  return (start[code + 1] ?? 0) - (start[code] ?? 0);
}

/** Symbols as strings of bytes. */
function tableOf(symbols: readonly string[]): SymbolTable {
  const start = new Uint32Array(symbols.length + 1);
  for (const [code, symbol] of symbols.entries()) start[code + 1] = (start[code] ?? 0) + symbol.length;
  return { start, bytes: Uint8Array.from([...symbols.join("")], (character) => character.charCodeAt(0)) };
}
