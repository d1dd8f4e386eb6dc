import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Hit } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "../versions/key-writer.ts";
import { compareSets, compareWorstFirst, numberOfRank, type Ranked, RANKS, worstOf } from "./ranking.ts";

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

type Candidate = Pick<Upgrade, "kind" | "version" | "breaking"> & { readonly key: Uint8Array };

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
  const pick = preferred(leastBad(snapshot, packages, candidatesAbove(snapshot, ecosystem, packages, version)));
  if (pick === undefined) return undefined;
  const remaining = vulnerabilitiesAt(snapshot, packages, pick.key);
  if (compareSets(remaining.ranks, now.ranks) >= 0) return undefined;
  const ends = now.numbers.difference(remaining.numbers);
  const brings = remaining.numbers.difference(now.numbers);
  return ends.size === 0 ? undefined : { kind: pick.kind, version: pick.version, breaking: pick.breaking, ends, brings };
}

/**
 * The candidates, in the order of versions, at which the least is left. The package's rows are walked once along with them: a kernel has thousands of
 * both, and asking each candidate anew for all that holds it would take seconds.
 */
function leastBad(snapshot: Snapshot, packages: readonly number[], candidates: readonly Candidate[]): readonly Candidate[] {
  const changes = candidates.map(() => ({ enter: [] as number[], leave: [] as number[] }));
  for (const row of packages.flatMap((index) => snapshot.rowsOf(index))) {
    const { lo, hi } = snapshot.rowKeys(row);
    const from = firstNotBelow(candidates, lo);
    const to = firstNotBelow(candidates, hi);
    if (from === to) continue;
    changes[from]?.enter.push(snapshot.rowAdvisory(row));
    changes[to]?.leave.push(snapshot.rowAdvisory(row));
  }
  const present = createPresent(snapshot);
  let least: Candidate[] = [];
  let leastCounts: Int32Array | undefined;
  for (const [at, candidate] of candidates.entries()) {
    for (const advisory of changes[at]?.enter ?? []) present.enter(advisory);
    for (const advisory of changes[at]?.leave ?? []) present.leave(advisory);
    const order = leastCounts === undefined ? -1 : compareCounts(present.counts, leastCounts);
    if (order < 0) {
      least = [candidate];
      leastCounts = present.counts.slice();
    } else if (order === 0) least.push(candidate);
  }
  return least;
}

/** What holds the version at which the walk stands: how many vulnerabilities of each rank, the worst rank first. */
type Present = { readonly counts: Int32Array; readonly enter: (advisory: number) => void; readonly leave: (advisory: number) => void };

function createPresent(snapshot: Snapshot): Present {
  const counts = new Int32Array(RANKS);
  /** Of each vulnerability its advisories that hold the version, each with the number of rows in which it does. */
  const holding = new Map<number, Map<number, number>>();
  const change = (advisory: number, by: number): void => {
    const vulnerability = snapshot.advisoryVulnerability(advisory);
    const rows = holding.get(vulnerability) ?? new Map<number, number>();
    holding.set(vulnerability, rows);
    const before = rows.get(advisory) ?? 0;
    if (before > 0 && before + by > 0) {
      rows.set(advisory, before + by);
      return;
    }
    countGroup(rows, -1);
    if (before + by > 0) rows.set(advisory, before + by);
    else rows.delete(advisory);
    countGroup(rows, 1);
  };
  const countGroup = (rows: ReadonlyMap<number, number>, by: number): void => {
    if (rows.size === 0) return;
    const rank = numberOfRank(worstOf([...rows.keys()].map((advisory) => snapshot.advisoryRank(advisory))));
    counts[rank] = (counts[rank] ?? 0) + by;
  };
  return { counts, enter: (advisory) => change(advisory, 1), leave: (advisory) => change(advisory, -1) };
}

/** Of two that count by rank, what has more at the worst rank in which they differ is the worse: the order of `compareSets`. */
function compareCounts(a: Int32Array, b: Int32Array): number {
  for (let rank = 0; rank < a.length; rank++) {
    const difference = (a[rank] ?? 0) - (b[rank] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The number of the first candidate that lies at the key or above it. */
function firstNotBelow(candidates: readonly Candidate[], key: Uint8Array): number {
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = candidates[middle];
    if (candidate !== undefined && compareKeys(candidate.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
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
      key,
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
