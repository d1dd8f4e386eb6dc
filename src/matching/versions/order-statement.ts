import type { Order } from "./encode-version.ts";

/** A statement about two versions, one a line in a file: `1.0.0-rc.1 < 1.0.0`. */
export type OrderStatement = { readonly a: string; readonly order: Order; readonly b: string };

/** The statement in `line`; `"nothing"` for a blank line or a `#` comment, undefined when it is neither. */
export function parseOrderStatement(line: string): OrderStatement | "nothing" | undefined {
  const words = line.split(/[ \t\r]+/).filter((word) => word !== "");
  if (words.length === 0 || words[0]?.startsWith("#") === true) return "nothing";
  const [a, order, b, ...more] = words;
  if (a === undefined || b === undefined || more.length > 0 || !isOrder(order)) return undefined;
  return { a, order, b };
}

function isOrder(word: string | undefined): word is Order {
  return word === "<" || word === "=" || word === ">";
}
