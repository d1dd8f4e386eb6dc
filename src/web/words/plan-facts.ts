import type { WireScanAnswer } from "../../contract/schemas.ts";
import { countText, numberText } from "./count-text.ts";

/** The counts behind a plan's heading and its strip of facts. Components are counted once, under the first word that holds. */
export type PlanFacts = {
  readonly components: number;
  readonly findings: number;
  /** Findings that the changes end everywhere. */
  readonly ended: number;
  readonly exploited: number;
  /** Findings with a fix known for each of their components. */
  readonly withPatch: number;
  readonly foundComponents: number;
  readonly nothingFound: number;
  readonly cannotSay: number;
  readonly cannotCompare: number;
  /** What `cannotSay` is made of: by ecosystem, without the components in which something was found or that cannot be compared. */
  readonly unsaid: ReadonlyMap<string, number>;
};

export function planFacts(answer: WireScanAnswer): PlanFacts {
  const found = new Map<string, Set<string>>();
  for (const finding of answer.findings) {
    for (const { ecosystem, places } of finding.components) addAll(found, ecosystem, places);
  }
  const incomparable = new Map<string, Set<string>>();
  for (const { ecosystem, place } of answer.cannotCompare) {
    if (found.get(ecosystem)?.has(place) !== true) addAll(incomparable, ecosystem, [place]);
  }
  let nothingFound = 0;
  const unsaid = new Map<string, number>();
  for (const { ecosystem, components, cannotSay: reason } of answer.ecosystems) {
    const rest = Math.max(0, components - (found.get(ecosystem)?.size ?? 0) - (incomparable.get(ecosystem)?.size ?? 0));
    if (reason === undefined) nothingFound += rest;
    else unsaid.set(ecosystem, rest);
  }
  return {
    components: answer.documents.reduce((sum, document) => sum + document.components, 0),
    findings: answer.findings.length,
    ended: answer.findings.filter(isEnded).length,
    exploited: answer.findings.filter((finding) => finding.exploited).length,
    withPatch: answer.findings.filter(hasPatch).length,
    foundComponents: sizes(found),
    nothingFound,
    cannotSay: [...unsaid.values()].reduce((sum, rest) => sum + rest, 0),
    cannotCompare: sizes(incomparable),
    unsaid,
  };
}

/** True when the plan's changes end it in every component. */
export function isEnded(finding: WireScanAnswer["findings"][number]): boolean {
  return finding.endedBy.length > 0 && hasPatch(finding);
}

function hasPatch({ components }: WireScanAnswer["findings"][number]): boolean {
  return components.every(({ fix }) => fix.kind !== "none");
}

/** The answer as one line: what to do and what it ends, or what was and was not found; for a member with what is not public yet. */
export function planHeading(answer: WireScanAnswer): string {
  return [publicHeading(answer), ...stagedHeading(answer.staged)].join(". ");
}

function stagedHeading(staged: WireScanAnswer["staged"]): readonly string[] {
  const [findings, notices] = [staged?.findings.length ?? 0, staged?.notices.length ?? 0];
  return [
    ...(findings > 0 ? [`Not public yet: ${numberText(findings)} that ${findings === 1 ? "affects" : "affect"} you`] : []),
    ...(notices > 0 ? [`Coming: ${numberText(notices)}`] : []),
  ];
}

function publicHeading(answer: WireScanAnswer): string {
  const { components, findings, ended, nothingFound, cannotSay, cannotCompare } = planFacts(answer);
  const unsaid = cannotSay + cannotCompare;
  if (findings === 0) {
    if (components === 0) return "The file names no components";
    if (nothingFound === 0) return `Cannot say anything about ${countText(unsaid, "component")}`;
    const said = `Nothing found in ${countText(nothingFound, "component")}`;
    return unsaid === 0 ? said : `${said}. Cannot say: ${numberText(unsaid)}`;
  }
  const word = answer.findings.some(({ kind }) => kind === "malware") ? "finding" : findings === 1 ? "vulnerability" : "vulnerabilities";
  const things = word === "finding" ? countText(findings, "finding") : `${numberText(findings)} ${word}`;
  const changes = answer.changes.length;
  if (changes === 0 || ended === 0) return `${things}, and no change known that ends ${findings === 1 ? "it" : "them"}`;
  const end = `${countText(changes, "change")} ${changes === 1 ? "ends" : "end"}`;
  if (ended === findings) return findings === 1 ? `${end} the one ${word}` : `${end} all ${things}`;
  return `${end} ${numberText(ended)} of ${things}`;
}

function addAll(sets: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, (set = new Set()));
  for (const value of values) set.add(value);
}

function sizes(sets: ReadonlyMap<string, ReadonlySet<string>>): number {
  let sum = 0;
  for (const set of sets.values()) sum += set.size;
  return sum;
}
