import type { MatchExplanation } from "../../matching/scan/explain-match.ts";
import type { Colours } from "../colours.ts";
import { printable } from "../terminal-error.ts";

/** `--why ID`: for each component the advisory could mean, the key, the intervals and what decided. */
export function explanationText(id: string, explanations: readonly MatchExplanation[], paint: Colours): string {
  if (explanations.length === 0)
    return `No component here is of a package that ${printable(id)} names in this data. That is no word on packages or ids it does not know\n`;
  return explanations.map((explanation) => blockOf(explanation, paint)).join("\n");
}

function blockOf(explanation: MatchExplanation, paint: Colours): string {
  const verdict =
    explanation.verdict === "affected"
      ? paint.bad("affected")
      : explanation.verdict === "not-affected"
        ? paint.good("not affected")
        : paint.unsaid("cannot compare");
  const lines = [
    `${paint.strong(`${printable(explanation.name)} ${printable(explanation.version ?? "without a version")}`)}: ${verdict}, because ${printable(explanation.decidedBy)}`,
    `  place     ${printable(explanation.place)}`,
    `  advisory  ${printable(explanation.advisory)}, modified ${printable(explanation.modified)}, from ${printable(explanation.source)}`,
    `  key       ${explanation.key ?? "none"}${explanation.scheme === undefined ? "" : ` (${explanation.scheme})`}`,
    ...explanation.intervals.map(
      (interval) =>
        `  ${interval.holds ? "in      " : "not in  "}  ${printable(interval.text)}   ${interval.lo === "" ? "start" : interval.lo} ≤ key < ${interval.hi}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
