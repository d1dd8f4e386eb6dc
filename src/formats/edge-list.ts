import type { Dependency } from "../vocabulary/component.ts";

/** Collects edges of documents that state no ranges; a repeated edge counts once. */
export type EdgeList = Map<string, Map<string, Dependency>>;

/** Notes that the document speaks of what `from` needs, even if that is nothing. */
export function noteSource(edges: EdgeList, from: string): Map<string, Dependency> {
  const known = edges.get(from);
  if (known !== undefined) return known;
  const targets = new Map<string, Dependency>();
  edges.set(from, targets);
  return targets;
}

export function addEdge(edges: EdgeList, from: string, to: string): void {
  if (from !== to) noteSource(edges, from).set(to, { ref: to, range: undefined });
}

export function toDependencies(edges: EdgeList): ReadonlyMap<string, readonly Dependency[]> {
  return new Map([...edges].map(([from, targets]) => [from, [...targets.values()]]));
}
