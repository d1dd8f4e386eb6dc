import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Hit } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "../versions/key-writer.ts";
import { compareSets, compareWorstFirst, type Ranked, worstOf } from "./ranking.ts";

/** Where to go. `above`: the advisories name a last affected version and no fixed one. */
export type Upgrade = {
  readonly kind: "version" | "above";
  readonly version: string;
  readonly breaking: boolean;
  /** Vulnerabilities that it ends. One stays as long as any of its advisories holds the version to go to. */
  readonly ends: ReadonlySet<number>;
  /** Vulnerabilities of the version to go to that the one in use does not have. */
  readonly brings: ReadonlySet<number>;
};

type Candidate = Pick<Upgrade, "kind" | "version" | "breaking"> & { readonly remaining: Vulnerabilities };

/** What affects one version: the vulnerabilities, and how bad they are, worst first. */
type Vulnerabilities = { readonly numbers: ReadonlySet<number>; readonly ranks: readonly Ranked[] };

/**
 * The version to recommend for a component that `hits` affect: of the bounds above it those at which the least is left,
 * and of these the smallest within the same major version, else the smallest; a named fixed version before "above X".
 * Undefined when none leaves less than there is. A bound is the advisory's word: it is not checked against the registry.
 */
export function bestUpgrade(
  snapshot: Snapshot,
  ecosystem: Ecosystem,
  packages: readonly number[],
  version: string,
  hits: readonly Hit[],
): Upgrade | undefined {
  const now = vulnerabilitiesOf(
    snapshot,
    hits.map((hit) => hit.advisory),
  );
  const pick = preferred(leastBad(candidatesAbove(snapshot, ecosystem, packages, version)));
  if (pick === undefined || compareSets(pick.remaining.ranks, now.ranks) >= 0) return undefined;
  const ends = now.numbers.difference(pick.remaining.numbers);
  const brings = pick.remaining.numbers.difference(now.numbers);
  return ends.size === 0 ? undefined : { kind: pick.kind, version: pick.version, breaking: pick.breaking, ends, brings };
}

function leastBad(candidates: readonly Candidate[]): readonly Candidate[] {
  let least: Candidate[] = [];
  for (const candidate of candidates) {
    const order = least[0] === undefined ? 0 : compareSets(candidate.remaining.ranks, least[0].remaining.ranks);
    if (order < 0) least = [candidate];
    else if (order === 0) least.push(candidate);
  }
  return least;
}

/** The first that breaks nothing, else the first; a version that is named goes before one that is only known to lie above. */
function preferred(candidates: readonly Candidate[]): Candidate | undefined {
  const named = candidates.filter((candidate) => candidate.kind === "version");
  const unbroken = (candidate: Candidate): boolean => !candidate.breaking;
  return named.find(unbroken) ?? candidates.find(unbroken) ?? named[0] ?? candidates[0];
}

/** Bounds above `version`, lowest first. A prerelease is offered only to who already runs one. */
function candidatesAbove(snapshot: Snapshot, ecosystem: Ecosystem, packages: readonly number[], version: string): readonly Candidate[] {
  const writer = new KeyWriter();
  if (ecosystem.scheme.encode(version, writer) !== undefined) return [];
  const from = writer.key();
  const bounds = new Map<string, { readonly kind: Candidate["kind"]; readonly version: string; readonly key: Uint8Array }>();
  for (const row of packages.flatMap((index) => snapshot.rowsOf(index))) {
    const { hiKind, hiText } = snapshot.row(row);
    const { hi } = snapshot.rowKeys(row);
    if ((hiKind !== "fixed" && hiKind !== "last_affected") || hiText === undefined || compareKeys(hi, from) <= 0 || isNever(hiText))
      continue;
    if (ecosystem.isPrerelease(hiText) && !ecosystem.isPrerelease(version)) continue;
    bounds.set(`${hiKind} ${hiText}`, { kind: hiKind === "fixed" ? "version" : "above", version: hiText, key: hi });
  }
  return [...bounds.values()]
    .toSorted((a, b) => compareKeys(a.key, b.key))
    .map(({ kind, version: text, key }) => ({
      kind,
      version: text,
      breaking: ecosystem.isBreaking(version, text),
      remaining: vulnerabilitiesAt(snapshot, packages, key),
    }));
}

/** Sources without a way to say "no fix" write a version that will never be published, such as 999.999.999 or 1.999.0. */
function isNever(version: string): boolean {
  return /(?:^|\.)999+(?:\.|$)/.test(version);
}

function vulnerabilitiesAt(snapshot: Snapshot, packages: readonly number[], key: Uint8Array): Vulnerabilities {
  const rows: number[] = [];
  for (const index of packages) snapshot.rowsHolding(index, key, key.length, rows);
  return vulnerabilitiesOf(
    snapshot,
    rows.map((row) => snapshot.rowAdvisory(row)),
  );
}

function vulnerabilitiesOf(snapshot: Snapshot, advisories: readonly number[]): Vulnerabilities {
  const groups = Map.groupBy(new Set(advisories), (advisory) => snapshot.advisoryVulnerability(advisory));
  const ranks = [...groups.values()].map((group) => worstOf(group.map((advisory) => snapshot.advisoryRank(advisory))));
  return { numbers: new Set(groups.keys()), ranks: ranks.sort(compareWorstFirst) };
}
