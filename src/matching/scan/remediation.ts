import { invariant } from "../../vocabulary/invariant.ts";
import type { Change, Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { type DependencyGraph, dependencyGraphOf } from "./dependency-graph.ts";
import type { DocumentToAnswer } from "./answer-scan.ts";
import type { Exposure } from "./exposures.ts";
import { compareIds, compareWorstFirst } from "./ranking.ts";

/** A change with the exposures it ends. */
export type PlannedChange = { readonly change: Change; readonly exposures: readonly Exposure[] };

type Draft = { readonly exposures: readonly Exposure[]; readonly change: Omit<Change, "number">; readonly malware: boolean };

const MAX_THROUGH = 5;
const MAX_BLOCKERS = 5;

/**
 * The fewest changes that end the most, worst first: one change a package, document and version to go to,
 * because that version was chosen to end every fixable exposure of the package at once.
 */
export function planChanges(snapshot: Snapshot, ecosystemOf: (ecosystem: string) => Ecosystem | undefined, exposures: readonly Exposure[]): readonly PlannedChange[] {
  const graphs = new Map<DocumentToAnswer, DependencyGraph>();
  const graphOf = (document: DocumentToAnswer): DependencyGraph => {
    const graph = graphs.get(document) ?? dependencyGraphOf(document.inventory);
    graphs.set(document, graph);
    return graph;
  };
  const groups = new Map<string, Exposure[]>();
  for (const exposure of exposures) {
    if (exposure.fix.kind === "none") continue;
    const key = groupKey(exposure, graphOf(exposure.document));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [exposure]);
    else known.push(exposure);
  }
  return [...groups.values()]
    .map((group) => draftOf(snapshot, ecosystemOf, group, graphOf))
    .toSorted(compareDrafts)
    .map(({ change, exposures: ended }, index) => ({ change: { number: index + 1, ...change }, exposures: ended }));
}

/** Direct and nested copies of one package need different commands, so they are different changes. */
function groupKey({ component, document, fix }: Exposure, graph: DependencyGraph): string {
  const to = fix.kind === "version" || fix.kind === "above" ? fix.version : "";
  return [document.name, component.ecosystem, component.name, fix.kind, to, String(graph.isDirect(component.ref))].join("\0");
}

function draftOf(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  group: readonly Exposure[],
  graphOf: (document: DocumentToAnswer) => DependencyGraph,
): Draft {
  const first = group[0];
  invariant(first !== undefined, "a group of exposures is never empty");
  const ecosystem = ecosystemOf(first.component.ecosystem);
  invariant(ecosystem !== undefined, "an exposure has an ecosystem with an order");
  const { component, document } = first;
  const fix = mergedFix(group);
  const graph = graphOf(document);
  const refs = [...new Set(group.map((exposure) => exposure.component.ref))];
  const direct = graph.isDirect(component.ref);
  const development = group.every((exposure) => exposure.component.development);
  const blockedBy = fix.kind === "version" ? blockersOf(ecosystem, graph, refs, fix.version) : [];
  const facts = [...new Set(group.map((exposure) => exposure.hit.advisory))].map((advisory) => snapshot.advisory(advisory));
  const ends = new Map(facts.toSorted((a, b) => compareWorstFirst(rankOf(a), rankOf(b))).map((fact) => [fact.vulnerability, fact.vulnerabilityIds.toSorted(compareIds)[0] ?? fact.id]));
  const scores = facts.flatMap((fact) => (fact.score === undefined ? [] : [fact.score]));
  const step = { name: component.name, direct, development, blocked: blockedBy.length > 0 };
  return {
    exposures: group,
    malware: fix.kind === "remove",
    change: {
      ecosystem: component.ecosystem,
      name: component.name,
      from: [...new Set(group.map((exposure) => exposure.component.version))],
      fix,
      document: document.name,
      direct,
      development,
      through: direct === true ? [] : [...new Set(refs.flatMap((ref) => graph.throughOf(ref, MAX_THROUGH)))].slice(0, MAX_THROUGH),
      blockedBy,
      commands: fix.kind === "version" ? ecosystem.commandsFor({ ...step, version: fix.version }) : fix.kind === "remove" ? ecosystem.removalCommands({ name: component.name, direct }) : [],
      notes: notesOf(fix, group),
      ends: [...ends.values()],
      exploited: facts.some((fact) => fact.exploited),
      score: scores.length === 0 ? undefined : Math.max(...scores),
    },
  };
}

/** A group shares its target; it is a breaking change if it is one for any version in it. */
function mergedFix(group: readonly Exposure[]): Fix {
  const breaking = group.some(({ fix }) => fix.kind === "version" && fix.majorChange);
  const fix = group[0]?.fix ?? { kind: "none" };
  return fix.kind === "version" ? { ...fix, majorChange: breaking } : fix;
}

function blockersOf(ecosystem: Ecosystem, graph: DependencyGraph, refs: readonly string[], version: string): readonly string[] {
  const blockers = new Set<string>();
  for (const ref of refs) {
    for (const { component, range } of graph.dependentsOf(ref)) {
      // The root's own requirement is rewritten by the command itself.
      if (component === undefined || range === undefined || ecosystem.admits(range, version) !== false) continue;
      blockers.add(`${component.name} ${component.version ?? ""} asks for ${range}`);
    }
  }
  return [...blockers].slice(0, MAX_BLOCKERS);
}

function notesOf(fix: Fix, group: readonly Exposure[]): readonly string[] {
  switch (fix.kind) {
    case "version":
      return fix.majorChange ? [`${group[0]?.component.version ?? ""} to ${fix.version} may break its users: read its release notes`] : [];
    case "above":
      return [`the advisory names ${fix.version} as the last affected version, not the first fixed one: take the next release above it`];
    case "remove":
      return ["this package is malware: treat the machines that installed it as compromised and change their secrets"];
    case "none":
      return [];
  }
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    compareWorstFirst({ ...a.change, malware: a.malware }, { ...b.change, malware: b.malware }) ||
    b.change.ends.length - a.change.ends.length ||
    Number(a.change.development) - Number(b.change.development) ||
    (a.change.name < b.change.name ? -1 : a.change.name > b.change.name ? 1 : 0)
  );
}

function rankOf(fact: { readonly exploited: boolean; readonly kind: string; readonly score: number | undefined }): { readonly exploited: boolean; readonly malware: boolean; readonly score: number | undefined } {
  return { exploited: fact.exploited, malware: fact.kind === "malware", score: fact.score };
}
