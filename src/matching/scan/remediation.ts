import { invariant } from "../../vocabulary/invariant.ts";
import type { Change, Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystems/ecosystem.ts";
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
export function planChanges(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  exposures: readonly Exposure[],
): readonly PlannedChange[] {
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

/** Direct and nested copies, and copies for which the step is a large one, need different care, so they are different changes. */
function groupKey({ component, document, fix }: Exposure, graph: DependencyGraph): string {
  const to = fix.kind === "version" || fix.kind === "above" ? `${fix.version} ${String(fix.majorChange)}` : "";
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
  const { component, document, fix } = first;
  const ecosystem = ecosystemOf(component.ecosystem);
  invariant(ecosystem !== undefined, "an exposure has an ecosystem with an order");
  const graph = graphOf(document);
  const refs = [...new Set(group.map((exposure) => exposure.component.ref))];
  const from = [...new Set(group.map((exposure) => exposure.component.version))];
  const direct = graph.isDirect(component.ref);
  const development = group.every((exposure) => exposure.component.development);
  const obstacles = obstaclesTo(ecosystem, graph, refs, fix);
  const through = direct === true ? [] : [...new Set(refs.flatMap((ref) => graph.throughOf(ref, MAX_THROUGH)))].slice(0, MAX_THROUGH);
  const step = { name: component.name, direct, development, blocked: obstacles.blocked };
  const commands = commandsOf(ecosystem, fix, step);
  return {
    exposures: group,
    malware: fix.kind === "remove",
    change: {
      ecosystem: component.ecosystem,
      name: component.name,
      from,
      fix,
      document: document.name,
      direct,
      development,
      through,
      blockedBy: obstacles.blockedBy,
      commands,
      notes: notesOf(fix, from, { commands, direct, blocked: obstacles.blocked, through }),
      ...outcomeOf(snapshot, group),
    },
  };
}

function commandsOf(ecosystem: Ecosystem, fix: Fix, step: Omit<UpgradeStep, "version" | "above">): readonly string[] {
  switch (fix.kind) {
    case "version":
    case "above":
      return ecosystem.commandsFor({ ...step, version: fix.version, above: fix.kind === "above" });
    case "remove":
      return ecosystem.removalCommands({ name: step.name, direct: step.direct });
    case "none":
      return [];
  }
}

/** What the group's change ends, worst first, and how bad that is. */
function outcomeOf(snapshot: Snapshot, group: readonly Exposure[]): Pick<Change, "ends" | "exploited" | "score"> {
  const facts = [...new Set(group.map((exposure) => exposure.hit.advisory))].map((advisory) => snapshot.advisory(advisory));
  const worstFirst = facts.toSorted((a, b) => compareWorstFirst(rankOf(a), rankOf(b)));
  const ends = new Map(worstFirst.map((fact) => [fact.vulnerability, fact.vulnerabilityIds.toSorted(compareIds)[0] ?? fact.id]));
  const scores = facts.flatMap((fact) => (fact.score === undefined ? [] : [fact.score]));
  return {
    ends: [...ends.values()],
    exploited: facts.some((fact) => fact.exploited),
    score: scores.length === 0 ? undefined : Math.max(...scores),
  };
}

type Obstacles = { readonly blockedBy: readonly string[]; readonly blocked: boolean };

/** Requirements that do not admit the version. Where a document has no requirements, a step that may break must be taken to be outside them. */
function obstaclesTo(ecosystem: Ecosystem, graph: DependencyGraph, refs: readonly string[], fix: Fix): Obstacles {
  if (fix.kind !== "version" && fix.kind !== "above") return { blockedBy: [], blocked: false };
  const blockers = new Set<string>();
  let unknown = false;
  for (const ref of refs) {
    for (const { component, range } of graph.dependentsOf(ref)) {
      // The root's own requirement is rewritten by the command itself.
      if (component === undefined) continue;
      const admitted = range === undefined ? undefined : ecosystem.admits(range, fix.version);
      if (admitted === undefined) unknown = true;
      if (admitted === false) blockers.add(`${component.name} ${component.version ?? ""} asks for ${range ?? ""}`);
    }
    if (graph.isDirect(ref) === undefined && graph.dependentsOf(ref).length === 0) unknown = true;
  }
  return { blockedBy: [...blockers].slice(0, MAX_BLOCKERS), blocked: blockers.size > 0 || (unknown && fix.majorChange) };
}

type ChangeContext = {
  readonly commands: readonly string[];
  readonly direct: boolean | undefined;
  readonly blocked: boolean;
  readonly through: readonly string[];
};

function notesOf(fix: Fix, from: readonly string[], { commands, direct, blocked, through }: ChangeContext): readonly string[] {
  if (fix.kind === "none") return [];
  if (fix.kind === "remove")
    return ["this package is malware: treat the machines that installed it as compromised and change their secrets"];
  const notes: string[] = [];
  if (fix.kind === "above")
    notes.push(`the advisory names ${fix.version} as the last affected version, not the first fixed one: take the next release above it`);
  if (fix.majorChange) notes.push(`${from.join(" and ")} to ${fix.version} may break its users: read its release notes`);
  if (blocked && direct === false && through.length > 0) {
    notes.push(`a newer ${through.slice(0, 2).join(" or ")} may bring it by itself: look there first`);
  } else if (commands.length === 0) {
    notes.push("no command is known to be right here: raise it where the project asks for it, and override it where only others do");
  }
  return notes;
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    compareWorstFirst({ ...a.change, malware: a.malware }, { ...b.change, malware: b.malware }) ||
    b.change.ends.length - a.change.ends.length ||
    Number(a.change.development) - Number(b.change.development) ||
    (a.change.name < b.change.name ? -1 : a.change.name > b.change.name ? 1 : 0)
  );
}

function rankOf(fact: { readonly exploited: boolean; readonly kind: string; readonly score: number | undefined }): {
  readonly exploited: boolean;
  readonly malware: boolean;
  readonly score: number | undefined;
} {
  return { exploited: fact.exploited, malware: fact.kind === "malware", score: fact.score };
}
