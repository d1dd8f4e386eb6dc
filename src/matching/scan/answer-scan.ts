import type { Inventory } from "../../vocabulary/component.ts";
import { cannotSayReason, type DataStanding } from "../../vocabulary/data-standing.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import type { EcosystemAnswer, Finding, FoundComponent, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { AdvisoryFacts, Snapshot } from "../snapshot/snapshot.ts";
import { affectedText } from "./affected-text.ts";
import { type Exposure, findExposures } from "./exposures.ts";
import { compareIds, compareWorstFirst } from "./ranking.ts";
import { planChanges, type PlannedChange } from "./remediation.ts";

export type DocumentToAnswer = { readonly name: string; readonly inventory: Inventory };

export type ScanQuestion = {
  readonly snapshot: Snapshot;
  /** The version order of an OSV ecosystem; undefined = none is known. */
  readonly ecosystemOf: (ecosystem: string) => Ecosystem | undefined;
  readonly documents: readonly DocumentToAnswer[];
  readonly unreadable: readonly Problem[];
  readonly nowMs: number;
};

const MAX_PLACES = 20;

/** The one answer to a scan, wherever it is asked. Pure: same snapshot, documents and moment, same answer. */
export function answerScan({ snapshot, ecosystemOf, documents, unreadable, nowMs }: ScanQuestion): ScanAnswer {
  const { exposures, cannotCompare } = findExposures(snapshot, ecosystemOf, documents);
  const planned = planChanges(snapshot, ecosystemOf, exposures);
  return {
    documents: documents.map(({ name, inventory }) => ({
      name,
      format: inventory.format,
      components: inventory.components.length,
      problems: inventory.problems,
    })),
    unreadable,
    changes: planned.map(({ change }) => change),
    findings: findingsOf(snapshot, exposures, planned),
    cannotCompare,
    ecosystems: ecosystemAnswers(snapshot, ecosystemOf, documents, nowMs),
    answeredAtMs: nowMs,
  };
}

/** What stands for an ecosystem in the snapshot; the release suffix (`Debian:12`) does not count. */
export function standingOf(snapshot: Snapshot, ecosystem: string): DataStanding | undefined {
  const base = ecosystem.split(":", 1)[0];
  return snapshot.header.standings.find((standing) => standing.ecosystem === base);
}

/** Vulnerability ids of an exposure's advisory, best known first. */
export function orderedIds(facts: AdvisoryFacts): readonly string[] {
  return facts.vulnerabilityIds.toSorted(compareIds);
}

function findingsOf(snapshot: Snapshot, exposures: readonly Exposure[], planned: readonly PlannedChange[]): readonly Finding[] {
  const groups = new Map<number, Exposure[]>();
  for (const exposure of exposures) {
    const vulnerability = snapshot.advisoryVulnerability(exposure.hit.advisory);
    const known = groups.get(vulnerability);
    if (known === undefined) groups.set(vulnerability, [exposure]);
    else known.push(exposure);
  }
  const changeOf = new Map<Exposure, number>();
  for (const { change, exposures: ended } of planned) for (const exposure of ended) changeOf.set(exposure, change.number);
  return [...groups.values()]
    .map((group) => findingOf(snapshot, group, changeOf))
    .toSorted((a, b) => compareWorstFirst(toRanked(a), toRanked(b)) || compareIds(a.ids[0] ?? "", b.ids[0] ?? ""));
}

function findingOf(snapshot: Snapshot, group: readonly Exposure[], changeOf: ReadonlyMap<Exposure, number>): Finding {
  const facts = [...new Set(group.map((exposure) => exposure.hit.advisory))].map((advisory) => snapshot.advisory(advisory));
  const named = facts.toSorted((a, b) => Number(a.title === "") - Number(b.title === "") || compareIds(a.id, b.id))[0];
  const scores = facts.flatMap((fact) => (fact.score === undefined ? [] : [fact.score]));
  const ids = named === undefined ? [] : orderedIds(named);
  return {
    vulnerability: named?.vulnerability ?? "",
    ids,
    title: named === undefined || named.title === "" ? (ids[0] ?? "") : named.title,
    kind: facts.some((fact) => fact.kind === "malware") ? "malware" : "vulnerability",
    exploited: facts.some((fact) => fact.exploited),
    score: scores.length === 0 ? undefined : Math.max(...scores),
    components: foundComponents(snapshot, group),
    endedBy: [...new Set(group.flatMap((exposure) => changeOf.get(exposure) ?? []))].sort((a, b) => a - b),
  };
}

/** One entry a package version: of several advisories of the same vulnerability the first that matched speaks. */
function foundComponents(snapshot: Snapshot, group: readonly Exposure[]): readonly FoundComponent[] {
  const found = new Map<string, FoundComponent & { places: string[] }>();
  for (const { component, document, hit, fix } of group) {
    const key = `${component.ecosystem}\0${component.name}\0${component.version}`;
    const place = `${document.name}: ${component.place}`;
    const known = found.get(key);
    if (known !== undefined) {
      if (known.places.length < MAX_PLACES && !known.places.includes(place)) known.places.push(place);
      continue;
    }
    found.set(key, {
      ecosystem: component.ecosystem,
      name: component.name,
      version: component.version,
      advisory: snapshot.advisoryId(hit.advisory),
      affected: hit.row === undefined ? `=${component.version}` : affectedText(snapshot.row(hit.row)),
      places: [place],
      fix,
    });
  }
  return [...found.values()];
}

function ecosystemAnswers(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  documents: readonly DocumentToAnswer[],
  nowMs: number,
): readonly EcosystemAnswer[] {
  const counts = new Map<string, number>();
  for (const { inventory } of documents) {
    for (const component of inventory.components) {
      const ecosystem = component.ecosystem?.split(":", 1)[0] ?? component.packageType;
      counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([ecosystem, components]) => {
      const standing = standingOf(snapshot, ecosystem);
      const cannotSay = ecosystemOf(ecosystem) === undefined ? "no-scheme" : cannotSayReason(standing, nowMs);
      return { ecosystem, components, standing, cannotSay };
    })
    .toSorted((a, b) => b.components - a.components || (a.ecosystem < b.ecosystem ? -1 : 1));
}

function toRanked(finding: Finding): { readonly exploited: boolean; readonly malware: boolean; readonly score: number | undefined } {
  return { exploited: finding.exploited, malware: finding.kind === "malware", score: finding.score };
}
