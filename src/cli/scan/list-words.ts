const LONGEST_TITLE = 90;

/** `a, b and 3 more`. */
export function listed(items: readonly string[], limit: number): string {
  const more = items.length - limit;
  return more > 0 ? `${items.slice(0, limit).join(", ")} and ${more} more` : items.join(", ");
}

/** A title on one line of a table. */
export function shortened(title: string): string {
  const line = title.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1).toWellFormed()}…` : line;
}
