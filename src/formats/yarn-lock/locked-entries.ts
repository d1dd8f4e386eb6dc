import type { Component } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { describe } from "../json-reading.ts";
import { developmentRefs, type LockedNeed, type LockedPackage, type NeedResolver } from "../locked-packages.ts";
import { parseRequirement } from "../npm-descriptor.ts";

/** An entry of either lockfile, before it is known which entries its needs lead to. */
export type LockedEntry = {
  /** Its own: every requirement that leads here leads to it. */
  readonly key: string;
  /** The names under which it is asked for. */
  readonly names: ReadonlySet<string>;
  readonly component: Component | undefined;
  readonly needs: readonly StatedNeed[];
};

export type StatedNeed = {
  readonly name: string;
  readonly range: string;
  readonly place: string;
  /** True where a workspace asks for it in development only. */
  readonly development?: boolean;
};

/** Requirements by how they are written, and the entries that they came to. */
export type Requirements = ReadonlyMap<string, LockedEntry>;

/**
 * Entries with what each needs. Where `resolutions` changed a requirement, the lockfile may have another than is written
 * in the package: then what has the name is meant, without a range if there is a choice.
 */
export function packagesOf(entries: readonly LockedEntry[], requirements: Requirements, problems: Problem[]): readonly LockedPackage[] {
  const byName = new Map<string, LockedEntry[]>();
  for (const entry of entries) {
    for (const name of entry.names) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [entry]);
      else known.push(entry);
    }
  }
  return entries.map(({ key, component, needs }) => ({
    key,
    version: undefined,
    source: undefined,
    component,
    needs: needs.flatMap((need) => targetsOf(need, requirements, byName, problems)),
  }));
}

/** Components with what is known of them from what the project's own packages ask for in development only. */
export function componentsOf(
  packages: readonly LockedPackage[],
  needs: readonly LockedNeed[],
  resolve: NeedResolver,
): readonly Component[] {
  const development = developmentRefs(needs, resolve);
  return packages.flatMap(({ component }) =>
    component === undefined ? [] : development.has(component.ref) ? { ...component, development: true } : component,
  );
}

/** More are no choice between a few that `resolutions` left, and would make a square of edges. */
const MAX_CHOICES = 20;

function targetsOf(
  { name, range, place, development = false }: StatedNeed,
  requirements: Requirements,
  byName: ReadonlyMap<string, readonly LockedEntry[]>,
  problems: Problem[],
): readonly LockedNeed[] {
  const written = parseRequirement(range).range;
  const exact = requirements.get(`${name}@${range}`) ?? requirements.get(`${name}@npm:${range}`);
  if (exact !== undefined) return [needOf(exact, written, development)];
  const candidates = byName.get(name) ?? [];
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return [needOf(only, written, development)];
  if (candidates.length > 0 && candidates.length <= MAX_CHOICES)
    return candidates.map((candidate) => needOf(candidate, undefined, development));
  problems.push({ place, reason: `Expected a requirement that an entry is for, found ${describe(`${name}@${range}`)}` });
  return [];
}

function needOf({ key }: LockedEntry, range: string | undefined, development: boolean): LockedNeed {
  return { key, version: undefined, source: undefined, range, development };
}
