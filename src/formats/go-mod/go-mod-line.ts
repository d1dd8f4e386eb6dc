import { refusal } from "../json-reading.ts";
import type { TextLine } from "../text-lines.ts";

/** The words of one line, unquoted, and the text of the comment behind them. */
export type GoModLine = { readonly words: readonly string[]; readonly comment: string };

const MAX_WORDS = 16;

/** A word is quoted as a string of Go is, or ends at a space, at a parenthesis of its own, or at `//`. @throws CodedError `document-invalid` */
export function splitLine({ text, place }: TextLine): GoModLine {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && /[ \t\r]/.test(text[at] ?? "")) at++;
    if (at >= text.length) return { words, comment: "" };
    if (text.startsWith("//", at)) return { words, comment: text.slice(at + 2) };
    if (words.length === MAX_WORDS) throw refusal(place, `at most ${MAX_WORDS} words`, text);
    const quote = text[at];
    if (quote === '"' || quote === "`") {
      const end = endOfQuoted(text, at, quote, place);
      words.push(quote === "`" ? text.slice(at + 1, end - 1) : unescaped(text.slice(at, end), place));
      at = end;
    } else {
      const end = endOfBare(text, at);
      words.push(text.slice(at, end));
      at = end;
    }
  }
}

function endOfQuoted(text: string, start: number, quote: string, place: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return at + 1;
    if (quote === '"' && text[at] === "\\") at++;
  }
  throw refusal(place, `a closing ${quote}`, text.slice(start));
}

/** Go's escapes of characters that paths have are JSON's too. */
function unescaped(quoted: string, place: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw refusal(place, "a string without unusual escapes", quoted);
  }
}

function endOfBare(text: string, start: number): number {
  if (text[start] === "(" || text[start] === ")") return start + 1;
  let at = start;
  while (at < text.length && !/[\s()"`]/.test(text[at] ?? "") && !text.startsWith("//", at)) at++;
  // Whatever begins a word and is none of these stands for itself.
  return Math.max(at, start + 1);
}
