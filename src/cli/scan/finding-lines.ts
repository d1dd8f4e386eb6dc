import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import type { Change, Finding, FoundComponent, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { Colours } from "../colours.ts";
import { endingChanges } from "./ending-changes.ts";
import { shortened } from "./list-words.ts";

/** How many findings of each list are shown; the rest is counted and found in `--format json`. */
const MAX_FINDINGS = 60;
const MAX_OPEN = 20;

/** What no change ends, with the source that says so. */
export function noFixLines({ findings }: ScanAnswer, paint: Colours): readonly string[] {
  const open = findings.flatMap((finding) =>
    finding.components.filter((component) => component.fix.kind === "none").map((component) => ({ finding, component })),
  );
  if (open.length === 0) return [];
  const rows = open
    .slice(0, MAX_OPEN)
    .map(({ finding, component }) => [
      `${component.name} ${component.version}`,
      finding.ids[0] ?? "",
      component.advisory === finding.ids[0] ? component.affected : `${component.affected} by ${component.advisory}`,
      `${exploitedWord(finding)}${prereleaseWords(component)}${shortened(finding.title)}`,
    ]);
  return [paint.strong("No fix known"), ...aligned(rows), ...remainder(open.length - MAX_OPEN)];
}

/** Every finding, worst first, with the change that ends it. */
export function findingLines({ findings, changes }: ScanAnswer, paint: Colours): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings
    .slice(0, MAX_FINDINGS)
    .flatMap((finding) => finding.components.map((component) => rowOf(finding, component, changes)));
  return [paint.strong("Findings"), ...aligned(rows, 1), ...remainder(findings.length - MAX_FINDINGS)];
}

function rowOf(finding: Finding, component: FoundComponent, changes: readonly Change[]): readonly string[] {
  const ending = endingChanges(finding, component, changes);
  return [
    finding.ids[0] ?? "",
    finding.score === undefined ? "no score" : finding.score.toFixed(1),
    `${component.name} ${component.version}`,
    component.fix.kind === "none" ? withoutFix(component) : `change ${ending.map(({ number }) => number).join(", ")}`,
    `${exploitedWord(finding)}${shortened(finding.title)}`,
  ];
}

function withoutFix(component: FoundComponent): string {
  return fixingPrerelease(component) === undefined ? "no fix known" : "only a prerelease";
}

function prereleaseWords(component: FoundComponent): string {
  const prerelease = fixingPrerelease(component);
  return prerelease === undefined ? "" : `only a prerelease fixes it, ${prerelease}: `;
}

/** The prerelease that ends the interval, to which no plan leads from a release. */
function fixingPrerelease({ affected, ecosystem, version }: FoundComponent): string | undefined {
  const rules = ecosystemOf(ecosystem);
  const [, end] = /, ([^,\s]+)\)$/.exec(affected) ?? [];
  return end !== undefined && rules?.isPrerelease(end) === true && !rules.isPrerelease(version) ? end : undefined;
}

function exploitedWord({ exploited, kind }: Finding): string {
  return `${exploited ? "exploited: " : ""}${kind === "malware" ? "malware: " : ""}`;
}

/** Columns of one width, but for the last; column `right` is aligned at its end. */
function aligned(rows: readonly (readonly string[])[], right?: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      if (column === row.length - 1) return cell;
      const width = widths[column] ?? 0;
      return column === right ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${cells.join("  ")}`;
  });
}

function remainder(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more; --format json has all`] : [];
}
