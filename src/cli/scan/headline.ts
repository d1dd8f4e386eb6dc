import type { Finding, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { scanCounts } from "../../vocabulary/scan-counts.ts";
import { ageWords, counted } from "../age-words.ts";
import { stagedWords } from "./staged-lines.ts";

/** The one sentence that answers, and after it what it does not speak for. */
export function headline(answer: ScanAnswer): string {
  const { cannotSay, cannotCompare, leftOut } = scanCounts(answer);
  const unsaid = cannotSay + cannotCompare;
  const sentence = answer.findings.length === 0 ? nothingFound(answer) : whatEndsIt(answer);
  const saysUnsaid = unsaid > 0 && !sentence.startsWith("Cannot say");
  return [
    sentence,
    ...stagedWords(answer.staged),
    ...(saysUnsaid ? [`Cannot say: ${unsaid.toLocaleString("en")}`] : []),
    ...(leftOut > 0 ? [`Left out: ${leftOut.toLocaleString("en")}`] : []),
    ...(answer.unreadable.length > 0 && answer.documents.length > 0 ? [`Not read: ${answer.unreadable.length}`] : []),
  ].join(". ");
}

/** True when each component of it has something to change. */
export function isEnded(finding: Finding): boolean {
  return finding.components.every((component) => component.fix.kind !== "none");
}

function nothingFound(answer: ScanAnswer): string {
  const { components, nothingFound: covered } = scanCounts(answer);
  if (answer.documents.length === 0) return "Nothing could be read";
  if (components === 0) return "No components in what was read";
  if (covered === 0) return `Cannot say anything about ${counted(components, "component")}`;
  const said = answer.ecosystems.filter((ecosystem) => ecosystem.cannotSay === undefined);
  return `Nothing found in ${counted(covered, "component")} (${said.map(({ ecosystem }) => ecosystem).join(", ")}; data ${ages(said, answer.answeredAtMs)})`;
}

/** The oldest speaks for all. */
function ages(said: ScanAnswer["ecosystems"], nowMs: number): string {
  const stated = said.flatMap(({ standing }) => standing?.statedAtMs ?? []);
  const differ = new Set(stated.map((at) => ageWords(at, nowMs))).size > 1;
  return `${differ ? "up to " : ""}${ageWords(Math.min(...stated), nowMs)}`;
}

function whatEndsIt({ findings, changes, documents }: ScanAnswer): string {
  const one = findings.some(({ kind }) => kind === "malware") ? "finding" : "vulnerability";
  const all = counted(findings.length, one, one === "finding" ? "findings" : "vulnerabilities");
  const ended = findings.filter(isEnded).length;
  if (ended === 0 && changes.length === 0) {
    const components = documents.reduce((sum, document) => sum + document.components, 0);
    return `${all} in ${counted(components, "component")}, and no fixed version is known for ${findings.length === 1 ? "it" : "any"}`;
  }
  const end = `${counted(changes.length, "change")} ${changes.length === 1 ? "ends" : "end"}`;
  return ended === 0 ? `${end} ${all} in part: not for every copy is a fix known` : `${end} ${share(ended, findings.length, one, all)}`;
}

function share(ended: number, findings: number, one: string, all: string): string {
  if (ended < findings) return `${ended.toLocaleString("en")} of ${all}`;
  if (findings === 1) return one === "finding" ? "the one finding" : `the one ${one} found`;
  return findings === 2 ? all.replace("2", "both") : `all ${all}`;
}
