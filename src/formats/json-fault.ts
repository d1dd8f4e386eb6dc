import { invariant } from "../vocabulary/invariant.ts";

/** Where a text stops being JSON (RFC 8259), with what was expected and what stands there, in a reader's words. */
export type JsonFault = { readonly offset: number; readonly expected: string; readonly actual: string };

/**
 * Finds the first fault of a text that `JSON.parse` refused. The engine's own messages name no position for short texts,
 * and quote the document in them. Iterative, so that nesting cannot exhaust the stack.
 */
export function findJsonFault(text: string): JsonFault {
  const open: ("[" | "{")[] = [];
  let state: State = "value";
  let at = skipSpace(text, 0);
  for (;;) {
    const step = takeToken(text, at, state, open);
    if (step.fault !== undefined) {
      return { offset: step.at, expected: step.fault, actual: describeAt(text, step.at) };
    }
    state = step.state;
    at = skipSpace(text, step.at);
  }
}

type State = "value" | "value-or-close" | "name" | "name-or-close" | "colon" | "after-value";
type Step = { readonly at: number; readonly state: State; readonly fault?: string };

function takeToken(text: string, at: number, state: State, open: ("[" | "{")[]): Step {
  const character = text[at];
  switch (state) {
    case "value-or-close":
      if (character === "]") return close(at, open);
      return takeValue(text, at, open, "a value or ]");
    case "value":
      return takeValue(text, at, open, "a value");
    case "name-or-close":
      if (character === "}") return close(at, open);
      return takeName(text, at, "a name in double quotes or }");
    case "name":
      return takeName(text, at, "a name in double quotes");
    case "colon":
      return character === ":" ? { at: at + 1, state: "value" } : { at, state, fault: "a colon" };
    case "after-value":
      invariant(at < text.length || open.length > 0, "JSON.parse refused a text in which no fault is found");
      return takeAfterValue(character, at, open);
  }
}

function takeAfterValue(character: string | undefined, at: number, open: ("[" | "{")[]): Step {
  const container = open.at(-1);
  if (container === undefined) return { at, state: "after-value", fault: "the end of the document" };
  if (character === ",") return { at: at + 1, state: container === "{" ? "name" : "value" };
  if (character === (container === "{" ? "}" : "]")) return close(at, open);
  return { at, state: "after-value", fault: container === "{" ? "a comma or }" : "a comma or ]" };
}

function takeValue(text: string, at: number, open: ("[" | "{")[], expected: string): Step {
  const character = text[at];
  if (character === "{" || character === "[") {
    open.push(character);
    return { at: at + 1, state: character === "{" ? "name-or-close" : "value-or-close" };
  }
  if (character === '"') return takeString(text, at, "after-value");
  const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
  scalar.lastIndex = at;
  return scalar.test(text) ? { at: scalar.lastIndex, state: "after-value" } : { at, state: "value", fault: expected };
}

function takeName(text: string, at: number, expected: string): Step {
  return text[at] === '"' ? takeString(text, at, "colon") : { at, state: "name", fault: expected };
}

function takeString(text: string, start: number, next: State): Step {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"') return { at: at + 1, state: next };
    if (character < " ") return { at, state: next, fault: "no control character inside a string" };
    if (character === "\\") {
      const escape = /(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
      escape.lastIndex = at + 1;
      if (!escape.test(text)) return { at: Math.min(at + 1, text.length), state: next, fault: "an escape that JSON has" };
      at = escape.lastIndex - 1;
    }
  }
  return { at: text.length, state: next, fault: "the closing quote of a string" };
}

function close(at: number, open: ("[" | "{")[]): Step {
  open.pop();
  return { at: at + 1, state: "after-value" };
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && " \t\n\r".includes(text[at] ?? "")) at++;
  return at;
}

export function describeAt(text: string, at: number): string {
  const codePoint = text.codePointAt(at);
  if (codePoint === undefined) return "the end";
  const printable = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(String.fromCodePoint(codePoint));
  return printable ? `"${String.fromCodePoint(codePoint)}"` : `character U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
