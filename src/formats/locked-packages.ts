import { CodedError } from "../vocabulary/coded-error.ts";
import type { Component, Dependency } from "../vocabulary/component.ts";

/** One package of a lockfile that lists packages side by side, each with what it needs by name. */
export type LockedPackage = {
  /** What needs name it by. */
  readonly key: string;
  readonly version: string | undefined;
  /** Where it comes from, in a form that needs of the same document can be held against. */
  readonly source: string | undefined;
  /** Undefined for the project's own: its root, its workspaces and local directories. */
  readonly component: Component | undefined;
  readonly needs: readonly LockedNeed[];
};

export type LockedNeed = {
  readonly key: string;
  /** Stated where the name alone does not say which; undefined = any. */
  readonly version: string | undefined;
  readonly source: string | undefined;
  /** The requirement as written. */
  readonly range: string | undefined;
  /** True when it is asked for in development only. */
  readonly development: boolean;
};

/** Packages of one name that all need that name would make a square of edges; no real lockfile comes near. */
const MAX_EDGES = 2_000_000;

/** Which packages each need leads to, with what has been looked at so far. */
export type NeedResolver = (need: LockedNeed) => readonly LockedPackage[];

/** @throws CodedError `document-too-large`, from the resolver, when needs lead to too many packages. */
export function resolverOf(packages: readonly LockedPackage[]): NeedResolver {
  const byKey = Map.groupBy(packages, ({ key }) => key);
  const byVersion = Map.groupBy(packages, ({ key, version }) => `${key}\0${version ?? ""}`);
  let left = MAX_EDGES;
  return ({ key, version, source }) => {
    const candidates = (version === undefined ? byKey.get(key) : byVersion.get(`${key}\0${version}`)) ?? [];
    left -= candidates.length;
    if (left < 0) throw new CodedError("document-too-large", `Expected at most ${MAX_EDGES} dependencies, found more`);
    return source === undefined ? candidates : candidates.filter((candidate) => candidate.source === source);
  };
}

/**
 * The edges from every component and, where the document has them, from the project's own packages together under `""`.
 * A need that leads to several versions of one package has an edge to each, without a range: it is not said which one the range is about.
 */
export function dependenciesOf(
  packages: readonly LockedPackage[],
  resolve: NeedResolver,
  projectNeeds: readonly LockedNeed[] | undefined,
): ReadonlyMap<string, readonly Dependency[]> {
  const dependencies = new Map<string, readonly Dependency[]>();
  if (projectNeeds !== undefined) dependencies.set("", edgesOf(projectNeeds, resolve));
  for (const { component, needs } of packages) {
    if (component !== undefined) dependencies.set(component.ref, edgesOf(needs, resolve));
  }
  return dependencies;
}

/** What the project's own packages ask for. */
export function needsOfProject(packages: readonly LockedPackage[]): readonly LockedNeed[] {
  return packages.flatMap(({ component, needs }) => (component === undefined ? needs : []));
}

function edgesOf(needs: readonly LockedNeed[], resolve: NeedResolver): readonly Dependency[] {
  const edges: Dependency[] = [];
  const seen = new Map<string, Set<string | undefined>>();
  for (const need of needs) {
    const targets = resolve(need);
    const range = targets.length === 1 ? need.range : undefined;
    for (const ref of targets.flatMap(({ component }) => component?.ref ?? [])) {
      const ranges = seen.get(ref) ?? new Set();
      if (!ranges.has(range)) edges.push({ ref, range });
      seen.set(ref, ranges.add(range));
    }
  }
  return edges;
}

/** Refs of what is asked for in development and of what comes through it, without what is needed otherwise as well. */
export function developmentRefs(projectNeeds: readonly LockedNeed[], resolve: NeedResolver): ReadonlySet<string> {
  const inside = projectNeeds.filter(({ development }) => development);
  return refsBehind(inside, resolve).difference(refsOutsideDevelopment(projectNeeds, resolve));
}

/** Refs of what is needed, at whatever remove, through needs of the project that are not for development only. */
export function refsOutsideDevelopment(projectNeeds: readonly LockedNeed[], resolve: NeedResolver): ReadonlySet<string> {
  return refsBehind(
    projectNeeds.filter(({ development }) => !development),
    resolve,
  );
}

function refsBehind(needs: readonly LockedNeed[], resolve: NeedResolver): ReadonlySet<string> {
  const seen = new Set<LockedPackage>();
  const open = [...needs];
  for (let need = open.pop(); need !== undefined; need = open.pop()) {
    for (const found of resolve(need)) {
      if (seen.has(found)) continue;
      seen.add(found);
      // What the project's own packages ask for is among the needs already, each for what it is for.
      if (found.component !== undefined) for (const next of found.needs) open.push(next);
    }
  }
  return new Set([...seen].flatMap(({ component }) => component?.ref ?? []));
}
