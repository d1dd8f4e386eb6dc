const grouped = new Intl.NumberFormat("en-GB");

/** `1 change`, `3 changes`, `1,200 components`. */
export function countText(n: number, one: string, many = `${one}s`): string {
  return `${numberText(n)} ${n === 1 ? one : many}`;
}

/** `26,517`. */
export function numberText(n: number): string {
  return grouped.format(n);
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return "";
  return words.length === 1 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** The same with a capital at its beginning, unless a version stands there. */
export function sentenceText(text: string): string {
  return /^v\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
