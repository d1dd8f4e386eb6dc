import type { Component } from "../../vocabulary/component.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { createMatcher, type Matcher, type MatchOutcome } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { orderOf } from "../versions/encode-version.ts";
import type { DependencyGraph } from "./dependency-graph.ts";
import type { Exposure } from "./exposures.ts";

/** Parts that a direct dependency pins to its own version: they are published together, and no part can go anywhere without the whole. */
export type ReleasedTogether = {
  readonly whole: Exposure["component"];
  /** The whole's own exposures and those of its parts. */
  readonly exposures: readonly Exposure[];
  /** Everything between the parts and the whole that goes along. */
  readonly refs: ReadonlySet<string>;
  /** The highest of the versions that the parts must go to; that the whole has it is not known. */
  readonly version: string;
};

/** What of one document's exposures is released together; the others are left as they are. */
export function findReleasedTogether(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  graph: DependencyGraph,
  exposures: readonly Exposure[],
): readonly ReleasedTogether[] {
  const wholes = new Map<string, { readonly whole: Exposure["component"]; readonly refs: Set<string>; readonly exposures: Exposure[] }>();
  for (const exposure of exposures) {
    const ecosystem = ecosystemOf(exposure.component.ecosystem);
    const up = ecosystem === undefined ? undefined : pinnedUnder(ecosystem, graph, exposure);
    if (up === undefined) continue;
    const known = wholes.get(up.whole.ref) ?? { whole: up.whole, refs: new Set([up.whole.ref]), exposures: [] };
    wholes.set(up.whole.ref, known);
    for (const ref of up.refs) known.refs.add(ref);
    known.exposures.push(exposure);
  }
  const match = createMatcher(snapshot, ecosystemOf);
  return [...wholes.values()].flatMap(({ whole, refs, exposures: parts }) => {
    const ecosystem = ecosystemOf(whole.ecosystem);
    const own = exposures.filter(({ component, fix }) => component.ref === whole.ref && fix.kind === "version");
    const version = ecosystem === undefined ? undefined : highest(ecosystem, [...own, ...parts]);
    if (version === undefined) return [];
    const going = [...own, ...parts];
    if (going.some(({ component }) => bringsAt(snapshot, match, component, version))) return [];
    const ended = going.filter((exposure) => endsAt(snapshot, match, exposure, version));
    return ended.some(({ component }) => component.ref !== whole.ref) ? [{ whole, refs, exposures: ended, version }] : [];
  });
}

/** The one direct dependency under which the component is pinned, and what lies between; undefined = it is free, or there are several. */
function pinnedUnder(
  ecosystem: Ecosystem,
  graph: DependencyGraph,
  { component, fix }: Exposure,
): { readonly whole: Exposure["component"]; readonly refs: ReadonlySet<string> } | undefined {
  if (fix.kind !== "version" || graph.isDirect(component.ref) !== false) return undefined;
  const refs = new Set([component.ref]);
  const wholes = new Map<string, Exposure["component"]>();
  // A set is walked in the order in which it grows.
  for (const ref of refs) {
    for (const { component: above, range } of graph.dependentsOf(ref)) {
      if (above?.version === undefined || !isSameRelease(component, above) || !isPinnedTo(ecosystem, range, component.version, fix.version))
        continue;
      refs.add(above.ref);
      if (graph.isDirect(above.ref) === true)
        wholes.set(above.ref, { ...above, ecosystem: component.ecosystem, version: component.version });
    }
  }
  const [whole, another] = wholes.values();
  return whole === undefined || another !== undefined ? undefined : { whole, refs };
}

function isSameRelease(part: Exposure["component"], above: Component): boolean {
  return above.ecosystem === part.ecosystem && above.version === part.version;
}

/** True for `= 7.0.2.2` and whatever else admits the version in use and says nothing but it. */
function isPinnedTo(ecosystem: Ecosystem, range: string | undefined, version: string, next: string): boolean {
  return (
    range !== undefined &&
    range.replace(/^[=\s]+/, "").trim() === version &&
    ecosystem.admits(range, version) === true &&
    ecosystem.admits(range, next) === false
  );
}

function highest(ecosystem: Ecosystem, exposures: readonly Exposure[]): string | undefined {
  const versions = exposures.flatMap(({ fix }) => (fix.kind === "version" ? [fix.version] : []));
  return versions.reduce<string | undefined>(
    (best, version) => (best === undefined || orderOf(best, version, ecosystem.scheme) === "<" ? version : best),
    undefined,
  );
}

/** A version above the one that ends a vulnerability may have it again, where branches were mended one by one. */
function endsAt(snapshot: Snapshot, match: Matcher, { component, hit }: Exposure, version: string): boolean {
  const { ecosystem, name } = component;
  return !vulnerabilitiesOf(snapshot, match({ ecosystem, name, version })).has(snapshot.advisoryVulnerability(hit.advisory));
}

/** What a part has at the version to go to and has not now is for its own change to weigh: it chooses a version that has less. */
function bringsAt(snapshot: Snapshot, match: Matcher, { ecosystem, name, version: from }: Exposure["component"], version: string): boolean {
  const [now, then] = [from, version].map((at) => vulnerabilitiesOf(snapshot, match({ ecosystem, name, version: at })));
  return now === undefined || then === undefined || !then.isSubsetOf(now);
}

function vulnerabilitiesOf(snapshot: Snapshot, { hits }: MatchOutcome): ReadonlySet<number> {
  return new Set(hits.map(({ advisory }) => snapshot.advisoryVulnerability(advisory)));
}
