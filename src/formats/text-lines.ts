import { refusal } from "./json-reading.ts";

/** One line of a text document, without its end; `place` is where it stands, for people. */
export type TextLine = { readonly text: string; readonly place: string };

export function* linesOf(text: string): Generator<TextLine> {
  let number = 1;
  for (let start = 0; start <= text.length; number++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    yield { text: text.slice(start, text[end - 1] === "\r" ? Math.max(start, end - 1) : end), place: `line ${number}` };
    start = end + 1;
  }
}

const LONGEST_WORD = 1024;

/**
 * A name or version as it may be looked up: without spaces and control characters.
 * @throws CodedError `document-invalid`
 */
export function asWord(text: string | undefined, place: string, expected: string): string {
  if (text === undefined || text === "" || /[\s\p{Cc}\p{Cs}]/u.test(text)) throw refusal(place, expected, text);
  if (text.length > LONGEST_WORD) throw refusal(place, `${expected} of at most ${LONGEST_WORD} characters`, text);
  return text;
}
