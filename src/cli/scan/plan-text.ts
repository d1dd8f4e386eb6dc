import { hasUnknown } from "./exit-code.ts";
import type { Change, EcosystemAnswer, Finding, Fix, FoundComponent, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { ageWords, counted, durationWords } from "../age-words.ts";
import type { Colours } from "../colours.ts";
import { printable } from "../terminal-error.ts";

/** How many findings of one list are shown in full; the rest is counted and found in `--format json`. */
const MAX_FINDINGS = 60;

export type PlanTextOptions = {
  readonly paint: Colours;
  readonly downloads: (ecosystem: string) => { readonly bytes: number } | undefined;
};

/** The answer for a person: the plan first, then what has no fix, what cannot be said, the findings and what the answer rests on. */
export function planText(answer: ScanAnswer, { paint, downloads }: PlanTextOptions): string {
  const sections = [
    [paint.strong(headline(answer)), ...documentLines(answer)],
    answer.changes.flatMap((change) => changeLines(change, answer, paint)),
    noFixLines(answer, paint),
    cannotSayLines(answer, paint, downloads),
    findingLines(answer, paint),
    dataLines(answer, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(printableLine).join("\n"))
    .join("\n\n")}\n`;
}

/** The one sentence that answers. */
export function headline(answer: ScanAnswer): string {
  const { findings, changes } = answer;
  const components = answer.documents.reduce((sum, document) => sum + document.components, 0);
  if (answer.documents.length === 0) return "Nothing could be read";
  if (findings.length === 0) {
    const said = answer.ecosystems.filter((ecosystem) => ecosystem.cannotSay === undefined);
    const covered = said.reduce((sum, ecosystem) => sum + ecosystem.components, 0);
    if (components === 0) return "No components in what was read";
    if (covered === 0) return `Cannot say: ${counted(components, "component")}, and no data that could answer for them`;
    const words = `Nothing found in ${counted(covered, "component")} (${said.map((ecosystem) => ecosystem.ecosystem).join(", ")})`;
    return hasUnknown(answer) ? `${words}. Not all could be said` : words;
  }
  const ended = findings.filter((finding) => isEnded(finding)).length;
  const all = counted(findings.length, "vulnerability", "vulnerabilities");
  if (ended === 0)
    return `${all} in ${counted(components, "component")}, and no fixed version is known for ${findings.length === 1 ? "it" : "any"}`;
  const share = ended < findings.length ? `${ended} of ${all}` : findings.length === 1 ? "the one vulnerability found" : `all ${all}`;
  return `${counted(changes.length, "change")} ${changes.length === 1 ? "ends" : "end"} ${share}`;
}

/** True when every component of it has something to change. */
export function isEnded(finding: Finding): boolean {
  return finding.components.every((component) => component.fix.kind !== "none");
}

function documentLines({ documents, unreadable }: ScanAnswer): readonly string[] {
  return [
    ...documents.slice(0, 10).map((document) => `  ${document.name}: ${document.format}, ${counted(document.components, "component")}`),
    ...(documents.length > 10 ? [`  and ${documents.length - 10} more documents`] : []),
    ...documents.flatMap((document) =>
      document.problems.slice(0, 5).map((problem) => `  left out: ${document.name}: ${problem.place}: ${problem.reason}`),
    ),
    ...unreadable.map((problem) => `  not read: ${problem.place}: ${problem.reason}`),
  ];
}

function changeLines(change: Change, answer: ScanAnswer, paint: Colours): readonly string[] {
  const several = answer.documents.length > 1 ? `  ${paint.faint(change.document)}` : "";
  const number = String(change.number).padStart(2);
  return [
    "",
    `${paint.strong(`${number}  ${change.name}`)} ${change.from.join(", ")} ${arrow(change.fix)}  ${standing(change, paint)}${several}`,
    ...change.commands.map((command) => (command.startsWith("# ") ? `    ${command}` : `    $ ${command}`)),
    `    ends ${listed(change.ends, 4)}`,
    ...whereLines(change).map((line) => `    ${paint.faint(line)}`),
    ...change.notes.map((note) => `    ${paint.due(note)}`),
  ].slice(change.number === 1 ? 1 : 0);
}

function whereLines(change: Change): readonly string[] {
  const kind = change.development ? "development dependency" : "dependency";
  const place =
    change.direct === true
      ? `direct ${kind}`
      : change.through.length > 0
        ? `${kind} ${change.direct === undefined ? "needed by" : "through"} ${listed(change.through, 4)}`
        : change.direct === false
          ? `indirect ${kind}`
          : "the document does not say what depends on it";
  return [place, ...(change.blockedBy.length > 0 ? [`outside a range that is asked for: ${change.blockedBy.join("; ")}`] : [])];
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

function standing(of: { readonly exploited: boolean; readonly score: number | undefined }, paint: Colours): string {
  return [...(of.exploited ? [paint.bad("exploited")] : []), of.score === undefined ? "no score" : of.score.toFixed(1)].join(", ");
}

function noFixLines({ findings }: ScanAnswer, paint: Colours): readonly string[] {
  const open = findings.flatMap((finding) =>
    finding.components.filter((component) => component.fix.kind === "none").map((component) => ({ finding, component })),
  );
  if (open.length === 0) return [];
  const lines = open
    .slice(0, 20)
    .map(({ finding, component }) => `  ${component.name} ${component.version}  ${finding.ids[0] ?? ""}  ${finding.title}`);
  return [paint.strong("No fix known"), ...lines, ...(open.length > 20 ? [`  and ${open.length - 20} more`] : [])];
}

function cannotSayLines(answer: ScanAnswer, paint: Colours, downloads: PlanTextOptions["downloads"]): readonly string[] {
  const ecosystems = answer.ecosystems.filter((ecosystem) => ecosystem.cannotSay !== undefined);
  const { cannotCompare } = answer;
  if (ecosystems.length === 0 && cannotCompare.length === 0) return [];
  const width = Math.max(0, ...ecosystems.map((ecosystem) => ecosystem.ecosystem.length));
  return [
    paint.unsaid("Cannot say"),
    ...ecosystems.map(
      (ecosystem) =>
        `  ${ecosystem.ecosystem.padEnd(width)}  ${counted(ecosystem.components, "component")}. ${whyNot(ecosystem, answer.answeredAtMs, downloads)}`,
    ),
    ...cannotCompare.slice(0, 10).map((entry) => {
      const about = entry.advisories.length === 0 ? "" : ` (for ${listed(entry.advisories, 3)})`;
      return `  ${entry.name} ${entry.version ?? "without a version"}: cannot compare: ${entry.reason}${about}, ${entry.place}`;
    }),
    ...(cannotCompare.length > 10 ? [`  and ${cannotCompare.length - 10} more that cannot be compared`] : []),
  ];
}

function whyNot({ ecosystem, cannotSay, standing: data }: EcosystemAnswer, nowMs: number, downloads: PlanTextOptions["downloads"]): string {
  const size = downloads(ecosystem)?.bytes;
  const sync = `\`sluice sync ${ecosystem}\`${size === undefined ? "" : `: ${Math.round(size / 1e6)} MB when last looked at`}`;
  switch (cannotSay) {
    case "no-data":
      return `No data for ${ecosystem}. ${sync}`;
    case "sample":
      return `Only the bundled sample of ${data?.advisories ?? 0} advisories is here. ${sync}`;
    case "undated":
      return `The age of the data is unknown. ${sync}, or give its date with --stated-at`;
    case "future":
      return "The data states a time in the future: check this machine's clock and the date given with --stated-at";
    case "stale":
      return `The data is ${durationWords(nowMs - (data?.statedAtMs ?? nowMs))} old, and 7 days is the most. ${sync}`;
    case "no-scheme":
      return "Sluice does not know its versions yet";
    case undefined:
      return "";
  }
}

function findingLines({ findings, changes }: ScanAnswer, paint: Colours): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings
    .slice(0, MAX_FINDINGS)
    .flatMap((finding) => finding.components.map((component) => rowOf(finding, component, changes)));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return [
    paint.strong("Findings"),
    ...rows.map(
      (row) =>
        `  ${row.map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : column < 4 ? cell.padEnd(widths[column] ?? 0) : cell)).join("  ")}`,
    ),
    ...(findings.length > MAX_FINDINGS ? [`  and ${findings.length - MAX_FINDINGS} more; --format json has all`] : []),
  ];
}

function rowOf(finding: Finding, component: FoundComponent, changes: readonly Change[]): readonly string[] {
  const ending = changes
    .filter(
      (change) => finding.endedBy.includes(change.number) && change.name === component.name && change.from.includes(component.version),
    )
    .map((change) => change.number);
  return [
    finding.ids[0] ?? "",
    finding.score === undefined ? "no score" : finding.score.toFixed(1),
    `${component.name} ${component.version}`,
    component.fix.kind === "none" ? "no fix known" : `change ${ending.join(", ")}`,
    `${finding.exploited ? "exploited: " : ""}${shortened(finding.title)}`,
  ];
}

function dataLines({ ecosystems, answeredAtMs }: ScanAnswer, paint: Colours): readonly string[] {
  return ecosystems
    .filter((ecosystem) => ecosystem.standing !== undefined)
    .map(({ ecosystem, standing: data }) => {
      const age = data?.sample === true ? "a sample" : ageWords(data?.statedAtMs, answeredAtMs);
      return paint.faint(
        `${ecosystem}: ${counted(data?.advisories ?? 0, "advisory", "advisories")}, ${age}, from ${data?.source ?? ""}. Fixed versions are the advisories' own, not checked against the registry`,
      );
    });
}

function listed(items: readonly string[], limit: number): string {
  const more = items.length - limit;
  return more > 0 ? `${items.slice(0, limit).join(", ")} and ${more} more` : items.join(", ");
}

function shortened(title: string): string {
  const line = title.replaceAll(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

const ESCAPE = "\u001B";

/** Colour codes are ours; everything else that could move the cursor came from a document or a feed. */
function printableLine(line: string): string {
  const [first = "", ...rest] = line.split(ESCAPE);
  const coloured = rest.map((part) => {
    const code = /^\[\d{1,2}m/.exec(part)?.[0];
    return code === undefined ? printable(`${ESCAPE}${part}`) : `${ESCAPE}${code}${printable(part.slice(code.length))}`;
  });
  return [printable(first), ...coloured].join("");
}
