import type { MatchExplanation } from "../../matching/scan/explain-match.ts";
import type { Colours } from "../colours.ts";
import { printableLine, printableTexts } from "../printable.ts";

/** `--why ID`: for each component the advisory could mean, the key, the intervals and what decided. */
export function explanationText(id: string, explanations: readonly MatchExplanation[], paint: Colours): string {
  if (explanations.length === 0)
    return `No component here is of a package that ${printableLine(id)} names in this data. That is no word on packages or ids it does not know\n`;
  return explanations.map((explanation) => blockOf(printableTexts(explanation), paint)).join("\n");
}

function blockOf(explanation: MatchExplanation, paint: Colours): string {
  const { name, version, advisory, modified, source, place, key, scheme, decidedBy } = explanation;
  const lines = [
    `${paint.strong(`${name} ${version ?? "without a version"}`)}: ${verdictWords(explanation, paint)}, because ${decidedBy}`,
    `  place     ${place}`,
    `  advisory  ${advisory}, modified ${modified}, from ${source}`,
    `  key       ${key ?? "none"}${scheme === undefined ? "" : ` (${scheme})`}`,
    ...explanation.intervals.map(
      ({ text, lo, hi, holds }) => `  ${holds ? "in      " : "not in  "}  ${text}   ${lo === "" ? "start" : lo} ≤ key < ${hi}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function verdictWords({ verdict }: MatchExplanation, paint: Colours): string {
  switch (verdict) {
    case "affected":
      return paint.bad("affected");
    case "not-affected":
      return paint.good("not affected");
    case "cannot-compare":
      return paint.unsaid("cannot compare");
  }
}
