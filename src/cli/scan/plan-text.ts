import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { ageWords, counted } from "../age-words.ts";
import type { Colours } from "../colours.ts";
import { printableTexts } from "../printable.ts";
import { changeLines } from "./change-lines.ts";
import { findingLines, noFixLines } from "./finding-lines.ts";
import { headline } from "./headline.ts";
import { stagedLines } from "./staged-lines.ts";
import { type FeedBytes, unsaidLines } from "./unsaid-lines.ts";

const MAX_DOCUMENTS = 10;
const MAX_PROBLEMS = 5;

/** The answer for a person: the plan first, then what has no fix, what cannot be said, the findings and what the answer rests on. */
export function planText(asReceived: ScanAnswer, { paint, feedBytes }: { readonly paint: Colours; readonly feedBytes: FeedBytes }): string {
  // Before anything is painted: names and titles are strangers' words, and colour codes are to be ours alone.
  const answer = printableTexts(asReceived);
  const sections = [
    [paint.strong(headline(answer)), ...documentLines(answer)],
    stagedLines(answer, paint),
    ...answer.changes.map((change) => changeLines(change, { paint, showsDocument: answer.documents.length > 1 })),
    noFixLines(answer, paint),
    unsaidLines(answer, paint, feedBytes),
    findingLines(answer, paint),
    dataLines(answer, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function documentLines({ documents, unreadable }: ScanAnswer): readonly string[] {
  return [
    ...documents.slice(0, MAX_DOCUMENTS).map(({ name, format, components }) => `  ${name}: ${format}, ${counted(components, "component")}`),
    ...(documents.length > MAX_DOCUMENTS ? [`  and ${counted(documents.length - MAX_DOCUMENTS, "more document")}`] : []),
    ...documents.flatMap(({ name, problems }) => [
      ...problems.slice(0, MAX_PROBLEMS).map(({ place, reason }) => `  left out: ${name}: ${place}: ${reason}`),
      ...(problems.length > MAX_PROBLEMS ? [`  left out: ${name}: ${problems.length - MAX_PROBLEMS} more; --format json has all`] : []),
    ]),
    ...unreadable.map(({ place, reason }) => `  not read: ${place}: ${reason}`),
  ];
}

/** What the answer rests on. */
function dataLines({ ecosystems, changes, answeredAtMs }: ScanAnswer, paint: Colours): readonly string[] {
  const lines = ecosystems.flatMap(({ ecosystem, standing }) => {
    if (standing === undefined) return [];
    const age = standing.sample ? "a sample" : ageWords(standing.statedAtMs, answeredAtMs);
    return [`${ecosystem}: ${counted(standing.advisories, "advisory", "advisories")}, ${age}, from ${standing.source}`];
  });
  const names = changes.some(({ fix }) => fix.kind === "version" || fix.kind === "above");
  return [...lines, ...(names ? ["Versions to go to are the advisories' own words; the registry was not asked"] : [])].map(paint.faint);
}
