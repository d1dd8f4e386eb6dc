import type { Change, Fix } from "../../vocabulary/scan-answer.ts";

export type NotedChange = Pick<Change, "from" | "commands" | "direct" | "through"> & {
  readonly fix: Fix;
  readonly blocked: boolean;
  /** Names of what the changed package pins to its own version and takes along. */
  readonly parts: readonly string[];
  /** What its ecosystem has to say of the package, whatever the change. */
  readonly ofPackage: string | undefined;
  /** Ids of the vulnerabilities that the version to go to has and the one in use has not. */
  readonly brings: readonly string[];
};

const MAX_IDS = 3;

/** What to mind when making a change, in a reader's words. */
export function notesOf(change: NotedChange): readonly string[] {
  switch (change.fix.kind) {
    case "none":
      return [];
    case "remove":
      return ["this package is malware: treat the machines that installed it as compromised and change their secrets"];
    case "version":
    case "above":
      return upgradeNotes(change, change.fix);
  }
}

function upgradeNotes(
  { from, direct, commands, blocked, parts, ofPackage, through, brings }: NotedChange,
  fix: Extract<Fix, { version: string }>,
): readonly string[] {
  const notes: string[] = [];
  const to = `${fix.kind === "above" ? "above " : ""}${fix.version}`;
  if (fix.kind === "above")
    notes.push(`the advisory names ${fix.version} as the last affected version, not the first fixed one: take the next release above it`);
  if (parts.length > 0)
    notes.push(
      `takes along ${listed(parts)}, pinned to its own version; the advisories are about these, and do not say that there is a ${fix.version} of it`,
    );
  if (fix.majorChange) notes.push(`${from.join(" and ")} to ${to} may break its users: read its release notes`);
  if (brings.length > 0)
    notes.push(
      `${fix.version} has ${listed(brings)}, which ${from.join(" and ")} ${from.length === 1 ? "has" : "have"} not: nothing better is known`,
    );
  if (ofPackage !== undefined) notes.push(ofPackage);
  if (blocked && direct === false && through.length > 0)
    notes.push(`a newer ${through.slice(0, 2).join(" or ")} may bring it by itself: look there first`);
  else if (commands.length === 0) notes.push(whereToRaise(direct));
  return notes;
}

function whereToRaise(direct: boolean | undefined): string {
  return direct === undefined
    ? "if the project asks for it itself, raise it there; if only others do, override it"
    : "no command is known to be right here: raise it where the project asks for it, and override it where only others do";
}

function listed(ids: readonly string[]): string {
  const more = ids.length - MAX_IDS;
  return more > 0 ? `${ids.slice(0, MAX_IDS).join(", ")} and ${more} more` : ids.join(" and ");
}
