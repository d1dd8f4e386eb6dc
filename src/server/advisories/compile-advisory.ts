import type { Advisory, AffectedPackage, PackageName } from "../../vocabulary/advisory.ts";
import { GIT_ECOSYSTEM } from "../../matching/commit-lookup.ts";
import { exactCommits, repositoryName, whyNoVersions } from "../../matching/commits.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { compileAffected, type CompiledPackage, type Interval } from "../../matching/interval.ts";
import { compareKeys } from "../../matching/versions/key-writer.ts";
import { fixOfReference } from "../../formats/osv/fix-of-reference.ts";
import { ratingOf, scoreOfVector } from "./score-vector.ts";

/** One package of one advisory, ready for the database and the snapshot. */
export type CompiledAffected = PackageName & {
  readonly scheme: string | undefined;
  readonly compiled: CompiledPackage;
  readonly listedVersions: number;
};

export type ScoredSeverity = {
  readonly type: string;
  readonly vector: string;
  readonly score: number | undefined;
  readonly package: PackageName | undefined;
};

export type PatchStatement = {
  readonly kind: "fixed-version" | "commit" | "pull-request";
  readonly value: string;
  readonly package: PackageName | undefined;
};

/** An advisory and everything that is made from it alone. */
export type CompiledAdvisory = {
  readonly advisory: Advisory;
  readonly packages: readonly CompiledAffected[];
  readonly severities: readonly ScoredSeverity[];
  readonly patches: readonly PatchStatement[];
  /** The score that ranks it: of the newest CVSS version with a usable vector. */
  readonly score: number | undefined;
  readonly vector: string;
};

/** Makes intervals, scores and patches of an advisory. A withdrawn one is found by its packages, but it matches nothing. */
export function compileAdvisory(advisory: Advisory): CompiledAdvisory {
  const packages = compilePackages(advisory.affected);
  const severities = advisory.severities.map((stated) => ({
    type: stated.type,
    vector: stated.score,
    score: stated.type.startsWith("CVSS") ? scoreOfVector(stated.score) : undefined,
    package: stated.package,
  }));
  const primary = severities
    .filter((severity) => severity.score !== undefined)
    .toSorted((a, b) => (a.type < b.type ? 1 : a.type > b.type ? -1 : (b.score ?? 0) - (a.score ?? 0)))[0];
  return {
    advisory,
    packages: advisory.withdrawn === undefined ? packages : packages.map((entry) => ({ ...entry, compiled: MATCHES_NOTHING })),
    severities,
    patches: patchesOf(advisory),
    score: primary?.score,
    vector: primary?.vector ?? "",
  };
}

/** True when a source's own word for the severity is not the one its vector gives. */
export function isMismatch(word: string, score: number): boolean {
  const stated = word.toLowerCase() === "moderate" ? "medium" : word.toLowerCase();
  return stated !== ratingOf(score);
}

const MATCHES_NOTHING: CompiledPackage = { intervals: [], texts: [], setAside: [], empty: 0 };

/** What each package of an advisory's entries amounts to: entries for one package are put together. */
export function compilePackages(affected: readonly AffectedPackage[]): readonly CompiledAffected[] {
  const merged = new Map<string, CompiledAffected>();
  for (const entry of affected) {
    for (const repository of repositoriesOf(entry)) add(merged, repository);
    if (entry.package === undefined) continue;
    const ecosystem = ecosystemOf(entry.package.ecosystem);
    const name = ecosystem?.normaliseName(entry.package.name) ?? entry.package.name;
    const compiled = compileAffected(entry, ecosystem?.scheme);
    add(merged, {
      ecosystem: entry.package.ecosystem,
      name,
      scheme: ecosystem?.scheme.id,
      compiled,
      listedVersions: entry.versions.length,
    });
  }
  return [...merged.values()];
}

function add(merged: Map<string, CompiledAffected>, one: CompiledAffected): void {
  const key = `${one.ecosystem}\0${one.name}`;
  const known = merged.get(key);
  if (known === undefined) merged.set(key, one);
  else
    merged.set(key, {
      ...known,
      compiled: join(known.compiled, one.compiled),
      listedVersions: known.listedVersions + one.listedVersions,
    });
}

/**
 * The repositories of an entry's ranges over commits, as packages: with the commits that are affected by their own names, and where the entry names
 * no package with the tags that it lists.
 */
function repositoriesOf(entry: AffectedPackage): readonly CompiledAffected[] {
  const ranges = Map.groupBy(
    entry.ranges.filter(({ type }) => type === "GIT"),
    ({ repository }) => repositoryName(repository ?? ""),
  );
  return [...ranges].flatMap(([name, overCommits]): readonly CompiledAffected[] => {
    const commits = overCommits.flatMap(exactCommits);
    const tags = entry.package === undefined ? entry.versions : [];
    if (name === "" || (entry.package !== undefined && commits.length === 0)) return [];
    const unsaid = entry.package === undefined ? whyNoVersions({ ...entry, ranges: overCommits }) : undefined;
    const compiled = {
      intervals: [],
      texts: [...new Set([...commits, ...tags])],
      setAside: unsaid === undefined ? [] : [{ reason: unsaid }],
      empty: 0,
    };
    return [{ ecosystem: GIT_ECOSYSTEM, name, scheme: undefined, compiled, listedVersions: tags.length }];
  });
}

/** Two entries for one package stand beside each other; what both say is kept once. */
function join(a: CompiledPackage, b: CompiledPackage): CompiledPackage {
  const same = (x: Interval, y: Interval): boolean => compareKeys(x.lo, y.lo) === 0 && compareKeys(x.hi, y.hi) === 0;
  return {
    intervals: [...a.intervals, ...b.intervals.filter((interval) => !a.intervals.some((other) => same(interval, other)))],
    texts: [...new Set([...a.texts, ...b.texts])],
    setAside: [...a.setAside, ...b.setAside.filter(({ reason }) => !a.setAside.some((other) => other.reason === reason))],
    empty: a.empty + b.empty,
  };
}

function patchesOf(advisory: Advisory): readonly PatchStatement[] {
  const patches = new Map<string, PatchStatement>();
  for (const entry of advisory.affected) {
    for (const range of entry.ranges) {
      const kind = range.type === "GIT" ? "commit" : "fixed-version";
      for (const event of range.events) {
        if (event.kind !== "fixed") continue;
        const value = kind === "commit" ? `${range.repository ?? ""}@${event.version}` : event.version;
        patches.set([kind, value, entry.package?.ecosystem, entry.package?.name].join("\0"), { kind, value, package: entry.package });
      }
    }
  }
  for (const reference of advisory.references) {
    const fix = fixOfReference(reference);
    if (fix !== undefined) patches.set(`${fix.kind}\0${fix.url}`, { kind: fix.kind, value: fix.url, package: undefined });
  }
  return [...patches.values()];
}
