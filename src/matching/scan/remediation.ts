import { invariant } from "../../vocabulary/invariant.ts";
import type { Change, Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystems/ecosystem.ts";
import { withoutOrder } from "../ecosystems/without-order.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { notesOf } from "./change-notes.ts";
import { type DependencyGraph, dependencyGraphOf } from "./dependency-graph.ts";
import type { DocumentToAnswer } from "./answer-scan.ts";
import type { Exposure } from "./exposures.ts";
import { obstaclesTo } from "./obstacles.ts";
import { findReleasedTogether, type ReleasedTogether } from "./released-together.ts";
import { followersOf } from "./stated-elsewhere.ts";
import { compareIds, compareWorstFirst, highestScore, type Ranked, worstOf } from "./ranking.ts";

/** A change with the exposures it ends. */
export type PlannedChange = { readonly change: Change; readonly exposures: readonly Exposure[] };

type Draft = { readonly exposures: readonly Exposure[]; readonly change: Omit<Change, "number"> };

const MAX_THROUGH = 5;

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
  for (const { document } of exposures) if (!graphs.has(document)) graphs.set(document, dependencyGraphOf(document.inventory));
  const together = new Map<Exposure, ReleasedTogether>();
  for (const [document, own] of Map.groupBy(exposures, (exposure) => exposure.document)) {
    const graph = graphs.get(document);
    if (graph === undefined) continue;
    for (const released of findReleasedTogether(snapshot, ecosystemOf, graph, own))
      for (const exposure of released.exposures) together.set(exposure, released);
  }
  const followers = followersOf(exposures);
  const following = new Set([...followers.values()].flat());
  const groups = new Map<string | ReleasedTogether, { readonly graph: DependencyGraph; readonly exposures: Exposure[] }>();
  for (const exposure of exposures) {
    const graph = graphs.get(exposure.document);
    if (exposure.fix.kind === "none" || graph === undefined || following.has(exposure)) continue;
    const key = together.get(exposure) ?? groupKey(exposure, graph);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { graph, exposures: [exposure] });
    else known.exposures.push(exposure);
  }
  const drafts = [...groups]
    .map(([key, { graph, exposures: group }]) => draftOf(snapshot, ecosystemOf, group, graph, typeof key === "string" ? undefined : key))
    .map((draft) =>
      withFollowers(
        draft,
        draft.exposures.flatMap((exposure) => followers.get(exposure) ?? []),
        graphs,
      ),
    )
    .toSorted(compareDrafts);
  return withPreparations(drafts, ecosystemOf).map(({ change, exposures: ended }, index) => ({
    change: { number: index + 1, ...change },
    exposures: ended,
  }));
}

/** A change of what other documents only take over is a change for these as well: direct where it is for one of them. */
function withFollowers(
  { change, exposures }: Draft,
  following: readonly Exposure[],
  graphs: ReadonlyMap<DocumentToAnswer, DependencyGraph>,
): Draft {
  const isDirect = following.some(({ document, component }) => graphs.get(document)?.isDirect(component.ref) === true);
  return {
    exposures: [...exposures, ...following],
    change: {
      ...change,
      ...(isDirect ? { direct: true, through: [] } : {}),
      development: change.development && following.every(({ component }) => component.development),
    },
  };
}

/** What is to be run once before an ecosystem's commands stands before the first of them, document by document. */
function withPreparations(drafts: readonly Draft[], ecosystemOf: (ecosystem: string) => Ecosystem | undefined): readonly Draft[] {
  const prepared = new Set<string>();
  return drafts.map((draft) => {
    const { document, ecosystem, commands, fix } = draft.change;
    const preparation = ecosystemOf(ecosystem)?.preparation;
    const key = `${document}\0${preparation ?? ""}`;
    if (preparation === undefined || commands.length === 0 || fix.kind === "remove" || prepared.has(key)) return draft;
    prepared.add(key);
    return { ...draft, change: { ...draft.change, commands: [preparation, ...commands] } };
  });
}

/**
 * Direct and nested copies, and copies for which the step is a large one, need different care, so they are different changes.
 * What is installed of one source package is changed together, whoever needs it.
 */
function groupKey({ component, document, fix }: Exposure, graph: DependencyGraph): string {
  const to = fix.kind === "version" || fix.kind === "above" ? `${fix.version} ${String(fix.majorChange)}` : "";
  const direct = component.source === undefined ? String(graph.isDirect(component.ref)) : "";
  return [document.name, component.ecosystem, component.name, fix.kind, to, direct, component.statedIn ?? ""].join("\0");
}

/** Of packages that are changed together: direct where all are, not known where some are. */
function areDirect(copies: readonly Exposure["component"][], graph: DependencyGraph): boolean | undefined {
  const [first, ...others] = new Set(copies.map(({ ref }) => graph.isDirect(ref)));
  return others.length === 0 ? first : undefined;
}

/** The names that a command takes for packages that go by their source package. */
function installedNames(copies: readonly Exposure["component"][]): readonly string[] | undefined {
  if (!copies.every(({ source }) => source !== undefined)) return undefined;
  return [...new Set(copies.map(({ installedAs, name }) => installedAs ?? name))].toSorted(compareTexts);
}

function draftOf(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  group: readonly Exposure[],
  graph: DependencyGraph,
  together: ReleasedTogether | undefined,
): Draft {
  const first = group[0];
  invariant(first !== undefined, "a group of exposures is never empty");
  const { document } = first;
  const component = together?.whole ?? first.component;
  const ecosystem = ecosystemOf(component.ecosystem) ?? withoutOrder;
  const fix = together === undefined ? first.fix : fixOfWhole(ecosystem, together);
  const affected = [...new Map(group.map((exposure) => [exposure.component.ref, exposure.component])).values()];
  const copies = together === undefined ? affected : [together.whole];
  const from = [...new Set(copies.map(({ version }) => version))];
  const direct = areDirect(copies, graph);
  const installed = installedNames(copies);
  const development = copies.every((copy) => copy.development);
  const { blockedBy, blocked, within } = obstaclesTo(ecosystem, graph, [...new Set([...copies, ...affected])], fix, together?.refs);
  const through = direct === true ? [] : [...new Set(copies.flatMap(({ ref }) => graph.throughOf(ref, MAX_THROUGH)))].slice(0, MAX_THROUGH);
  const { tool } = document.inventory;
  const { name, statedIn } = component;
  const fileName = document.name.split(/[\\/]/).at(-1);
  const isOne = from.length === 1 && copies.every((copy) => graph.copiesOf(copy).length === 1);
  const commands = commandsOf(ecosystem, fix, {
    from: isOne ? undefined : from,
    name,
    installed,
    direct,
    development,
    blocked,
    within,
    tool,
    document: fileName,
    statedIn,
  });
  // What a part's own goal brings says nothing of a higher one.
  const going =
    together === undefined
      ? group
      : group.filter((exposure) => exposure.fix.kind === "version" && exposure.fix.version === together.version);
  const brings = [...new Set(going.flatMap((exposure) => [...exposure.brings]))].map((vulnerability) =>
    bestKnownId(snapshot, vulnerability),
  );
  return {
    exposures: group,
    change: {
      ecosystem: component.ecosystem,
      name: component.name,
      from,
      fix,
      document: document.name,
      direct,
      development,
      through,
      blockedBy,
      commands,
      notes: notesOf({
        fix,
        from,
        commands,
        direct,
        blocked,
        through,
        brings,
        parts:
          together === undefined
            ? []
            : [...new Set(affected.filter(({ ref }) => ref !== component.ref).map(({ name }) => name))].toSorted(compareTexts),
        ofPackage: ecosystem.noteOn?.({ name: component.name, installed }),
      }),
      ...outcomeOf(snapshot, group),
    },
  };
}

function fixOfWhole(ecosystem: Ecosystem, { whole, version }: ReleasedTogether): Fix {
  return { kind: "version", version, majorChange: ecosystem.isBreaking(whole.version, version) };
}

function commandsOf(ecosystem: Ecosystem, fix: Fix, step: Omit<UpgradeStep, "version" | "above">): readonly string[] {
  switch (fix.kind) {
    case "version":
    case "above":
      return ecosystem.commandsFor({ ...step, version: fix.version, above: fix.kind === "above" });
    case "remove":
      return ecosystem.removalCommands(step);
    case "none":
      return [];
  }
}

/** What the group's change ends, worst first, and how bad that is. */
function outcomeOf(snapshot: Snapshot, group: readonly Exposure[]): Pick<Change, "ends" | "exploited" | "score"> {
  const advisories = new Set(group.map((exposure) => exposure.hit.advisory));
  const ended = [...Map.groupBy(advisories, (advisory) => snapshot.advisoryVulnerability(advisory))]
    .map(([vulnerability, stating]) => ({
      id: bestKnownId(snapshot, vulnerability),
      rank: worstOf(stating.map((advisory) => snapshot.advisoryRank(advisory))),
    }))
    .toSorted((a, b) => compareWorstFirst(a.rank, b.rank) || compareIds(a.id, b.id));
  const ranks = ended.map(({ rank }) => rank);
  return { ends: ended.map(({ id }) => id), exploited: ranks.some(({ exploited }) => exploited), score: highestScore(ranks) };
}

function bestKnownId(snapshot: Snapshot, vulnerability: number): string {
  return snapshot.vulnerabilityIds(vulnerability).toSorted(compareIds)[0] ?? "";
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    compareWorstFirst(rankOf(a.change), rankOf(b.change)) ||
    b.change.ends.length - a.change.ends.length ||
    Number(a.change.development) - Number(b.change.development) ||
    compareTexts(a.change.name, b.change.name) ||
    compareTexts(a.change.document, b.change.document)
  );
}

function rankOf({ exploited, fix, score }: Draft["change"]): Ranked {
  return { exploited, malware: fix.kind === "remove", score };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
