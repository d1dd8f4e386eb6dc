import type { Change, Fix } from "../../vocabulary/scan-answer.ts";
import type { Colours } from "../colours.ts";
import { listed } from "./list-words.ts";

/** One change: what to take where, how to make it, what it ends, where it stands and what to mind. */
export function changeLines(
  change: Change,
  { paint, showsDocument }: { readonly paint: Colours; readonly showsDocument: boolean },
): readonly string[] {
  const number = String(change.number).padStart(2);
  const document = showsDocument ? `  ${paint.faint(change.document)}` : "";
  return [
    `${paint.strong(`${number}  ${change.name}`)} ${change.from.join(", ")} ${arrow(change.fix)}  ${standing(change, paint)}${document}`,
    ...change.commands.map(commandLine),
    `    ends ${listed(change.ends, 4)}`,
    `    ${paint.faint(whereItStands(change))}`,
    ...(change.blockedBy.length === 0 ? [] : [`    ${paint.faint(`outside a range that is asked for: ${change.blockedBy.join("; ")}`)}`]),
    ...change.notes.map((note) => `    ${paint.due(note)}`),
  ];
}

/** An edit that no command makes is stated as `# FILE: what to write`: it gets no prompt, since there is nothing to run. */
function commandLine(command: string): string {
  return command.startsWith("# ") ? `    in ${command.slice(2)}` : `    $ ${command}`;
}

function whereItStands({ direct, development, through }: Change): string {
  const kind = development ? "development dependency" : "dependency";
  if (direct === true) return `direct ${kind}`;
  if (through.length > 0) return `${kind} ${direct === undefined ? "needed by" : "through"} ${listed(through, 4)}`;
  return direct === false ? `indirect ${kind}` : "the document does not say what depends on it";
}

function arrow(fix: Fix): string {
  switch (fix.kind) {
    case "version":
      return `→ ${fix.version}`;
    case "above":
      return `→ above ${fix.version}`;
    case "remove":
      return "→ remove it";
    case "none":
      return "no fix known";
  }
}

function standing({ exploited, score }: Change, paint: Colours): string {
  const words = score === undefined ? "no score" : score.toFixed(1);
  return exploited ? `${paint.bad("exploited")}, ${words}` : words;
}
