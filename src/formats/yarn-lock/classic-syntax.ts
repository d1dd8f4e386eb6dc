import { refusal } from "../json-reading.ts";
import { linesOf, type TextLine } from "../text-lines.ts";

/** One entry of a lockfile of yarn 1: what was asked for, and what it came to. */
export type ClassicEntry = {
  /** `name@range` for each requirement that came to it. */
  readonly patterns: readonly string[];
  readonly fields: Map<string, string>;
  /** Such as `dependencies`, each from name to range. */
  readonly sections: Map<string, Map<string, string>>;
  readonly place: string;
};

/**
 * Reads the syntax that yarn 1 writes: entries, fields and sections, each two blanks further in, and nothing deeper.
 * @throws CodedError `document-invalid` at `line N`
 */
export function parseClassic(text: string): readonly ClassicEntry[] {
  const entries: ClassicEntry[] = [];
  let section: Map<string, string> | undefined;
  for (const line of linesOf(text)) {
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const depth = depthOf(line);
    const entry = entries.at(-1);
    if (depth === 0) {
      entries.push({ patterns: patternsOf(line), fields: new Map(), sections: new Map(), place: line.place });
      section = undefined;
    } else if (depth === 1 && entry !== undefined) {
      section = readField(entry, line);
    } else if (depth === 2 && section !== undefined) {
      const [name, range] = pairOf(line);
      put(section, name, range, line);
    } else {
      throw refusal(line.place, "a line no further in than its entry or section", line.text);
    }
  }
  return entries;
}

function depthOf({ text, place }: TextLine): number {
  const [blanks = ""] = /^\s*/.exec(text) ?? [];
  if (/[^ ]/.test(blanks) || blanks.length % 2 !== 0) throw refusal(place, "an indentation of two or four blanks", text);
  return blanks.length / 2;
}

function patternsOf(line: TextLine): readonly string[] {
  const reader = newWordReader(line);
  const patterns = [reader.word()];
  while (reader.takes(",")) patterns.push(reader.word());
  if (!reader.takes(":")) throw refusal(line.place, "a comma or a colon behind a requirement", line.text);
  reader.end();
  return patterns;
}

/** The section that begins with the line, or undefined if it is a field. */
function readField(entry: ClassicEntry, line: TextLine): Map<string, string> | undefined {
  const reader = newWordReader(line);
  const name = reader.word();
  if (!reader.takes(":")) {
    put(entry.fields, name, reader.word(), line);
    reader.end();
    return undefined;
  }
  reader.end();
  if (entry.sections.has(name)) throw refusal(line.place, "each section once", name);
  const section = new Map<string, string>();
  entry.sections.set(name, section);
  return section;
}

function pairOf(line: TextLine): readonly [string, string] {
  const reader = newWordReader(line);
  const pair = [reader.word(), reader.word()] as const;
  reader.end();
  return pair;
}

function put(fields: Map<string, string>, name: string, value: string, { place }: TextLine): void {
  if (fields.has(name)) throw refusal(place, "each name once", name);
  fields.set(name, value);
}

type WordReader = { readonly word: () => string; readonly takes: (mark: string) => boolean; readonly end: () => void };

/** The longest real lines name some dozens of requirements. */
const LONGEST_LINE = 1_000_000;

/** Words are quoted as in JSON, or bare: then no blank, comma, colon or quote is in them. */
function newWordReader({ text, place }: TextLine): WordReader {
  if (text.length > LONGEST_LINE) throw refusal(place, `a line of at most ${LONGEST_LINE} characters`, text);
  const bareOrQuoted = /"(?:[^"\\]|\\.)*"|[^\s,:"]+/y;
  let at = 0;
  const skipBlanks = (): void => {
    while (text[at] === " ") at++;
  };
  return {
    word: () => {
      skipBlanks();
      bareOrQuoted.lastIndex = at;
      const [found] = bareOrQuoted.exec(text) ?? [];
      if (found === undefined) throw refusal(place, "a word, in quotes or without blanks", text.slice(at));
      at += found.length;
      return found.startsWith('"') ? unquoted(found, place) : found;
    },
    takes: (mark) => {
      skipBlanks();
      if (text[at] !== mark) return false;
      at++;
      return true;
    },
    end: () => {
      skipBlanks();
      if (at < text.length) throw refusal(place, "the end of the line", text.slice(at));
    },
  };
}

function unquoted(quoted: string, place: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refusal(place, "a text quoted as in JSON", quoted);
  }
}
