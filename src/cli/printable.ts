/** C0, DEL and C1; the marks that reorder text; the separators that some terminals break lines at. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from outside without what would move the cursor, recolour the terminal or reorder text. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, "\uFFFD");
}

/** The same without line breaks and tabs: it cannot pass for a line of ours. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/[\n\t]/g, "\uFFFD");
}

/** A copy of plain data in which every text is a printable line. */
export function printableTexts<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === "string") return printableLine(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapped(member)]));
}
