import type { MatchExplanation } from "../../matching/scan/explain-match.ts";
import type { Colours } from "../colours.ts";
import { printableLine, printableTexts } from "../printable.ts";

/** `--why ID`: for each component the advisory could mean, the key, the intervals and what decided. */
export function explanationText(id: string, explanations: readonly MatchExplanation[], paint: Colours): string {
  if (explanations.length === 0)
    return `No component here is of a package that ${printableLine(id)} names in this data. That is no word on packages or ids it does not know\n`;
  // What is built from one source package, or installed many times over, has one explanation.
  const alike = Map.groupBy(explanations, (explanation) => JSON.stringify({ ...explanation, place: "" }));
  return [...alike.values()].map((group) => blockOf(printableTexts(group), paint)).join("\n");
}

const MAX_PLACES = 5;
const MAX_INTERVALS = 20;

function blockOf(group: readonly MatchExplanation[], paint: Colours): string {
  const [explanation] = group;
  if (explanation === undefined) return "";
  const { name, version, advisory, modified, source, key, scheme, decidedBy } = explanation;
  // What decides is among the first.
  const intervals = explanation.intervals.toSorted((a, b) => Number(b.holds) - Number(a.holds)).slice(0, MAX_INTERVALS);
  const lines = [
    `${paint.strong(`${name} ${version ?? "without a version"}`)}: ${verdictWords(explanation, paint)}, because ${decidedBy}`,
    ...group.slice(0, MAX_PLACES).map(({ place }) => `  place     ${place}`),
    ...remainder(group.length - MAX_PLACES),
    `  advisory  ${advisory}, modified ${modified}, from ${source}`,
    `  key       ${key ?? "none"}${scheme === undefined ? "" : ` (${scheme})`}`,
    ...intervals.map(
      ({ text, lo, hi, holds }) => `  ${relation(explanation, holds).padEnd(8)}  ${text}   ${lo === "" ? "start" : lo} ≤ key < ${hi}`,
    ),
    ...remainder(explanation.intervals.length - MAX_INTERVALS),
  ];
  return `${lines.join("\n")}\n`;
}

function remainder(count: number): readonly string[] {
  return count > 0 ? [`            and ${count.toLocaleString("en")} more`] : [];
}

/** That it is not in an interval is said only where it was compared. */
function relation({ verdict }: MatchExplanation, holds: boolean): string {
  if (holds) return "in";
  return verdict === "cannot-compare" ? "range" : "not in";
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
