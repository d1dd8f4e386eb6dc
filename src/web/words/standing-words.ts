import type { CannotSayReason } from "../../vocabulary/data-standing.ts";

/** Why nothing can be said of an ecosystem, in a table's words. */
export function whyCannotSay(reason: CannotSayReason, advisories: number): string {
  switch (reason) {
    case "no-data":
      return "This server holds no advisories for it";
    case "no-release":
      return "The list does not say of which distribution and release it is";
    case "no-scheme":
      return "Its versions have no order here: only those that an advisory lists are found";
    case "sample":
      return `This server holds ${advisories} of its advisories: a sample`;
    case "undated":
      return "The age of its data is not known";
    case "future":
      return "Its data states a time in the future";
    case "stale":
      return "Its data is over 7 days old";
  }
}

/** What would change it, as a sentence and, where there is one, the command that does. */
export function whatWouldChange(reason: CannotSayReason, ecosystem: string): { readonly sentence: string; readonly command?: string } {
  const sync = `sluice sync ${/\s/.test(ecosystem) ? `"${ecosystem}"` : ecosystem}`;
  switch (reason) {
    case "no-data":
    case "sample":
    case "stale":
      return { sentence: "An administrator runs", command: sync };
    case "no-release":
      return { sentence: "Scan it again with its release" };
    case "no-scheme":
      return { sentence: "Somebody reads what each advisory states of its versions" };
    case "undated":
      return { sentence: "An administrator says when it was stated", command: `${sync} --stated-at DATE` };
    case "future":
      return { sentence: "An administrator checks the clock of this machine and the date given with --stated-at" };
  }
}

/** A data age in a dense table: `a sample`, `none`, `not known`; undefined = show the age itself. */
export function standingWord(reason: CannotSayReason | undefined): string | undefined {
  if (reason === "sample") return "a sample";
  if (reason === "no-data") return "none";
  if (reason === "undated") return "not known";
  return undefined;
}
