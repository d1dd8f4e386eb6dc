import { counted } from "./age-words.ts";
import { printableLine } from "./printable.ts";

const MOST_NAMED = 50;

/** Which files of draft advisories are not there, a line each; empty when all are. */
export function missingFileWords(missing: readonly { readonly advisory: string; readonly name: string }[], what: string): string {
  if (missing.length === 0) return "";
  const named = missing.slice(0, MOST_NAMED).map(({ advisory, name }) => `  ${printableLine(name)} of ${printableLine(advisory)}\n`);
  const more = missing.length > MOST_NAMED ? `  and ${counted(missing.length - MOST_NAMED, "more")}\n` : "";
  return `${counted(missing.length, "file")} ${what}\n${named.join("")}${more}`;
}
