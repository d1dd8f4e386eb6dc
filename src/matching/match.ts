import { createCommitLookup } from "./commit-lookup.ts";
import { COMMIT_REASON, isCommit } from "./commits.ts";
import type { Ecosystem } from "./ecosystems/ecosystem.ts";
import { whyWithoutOrder } from "./ecosystems/without-order.ts";
import { createPackageLookup } from "./package-lookup.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "./versions/key-writer.ts";

/** How one advisory came to match one component: through an interval, or because it lists the version's exact text. */
export type Hit = { readonly advisory: number; readonly row: number | undefined };

export type MatchOutcome =
  | {
      readonly kind: "compared";
      readonly hits: readonly Hit[];
      readonly setAside: readonly { readonly advisory: number; readonly reason: string }[];
      /** Why the hits may be none: of an unnamed release, or of a version that is not whole. Absent = nothing is doubtful. */
      readonly doubt?: string;
    }
  /** The version has no key. Advisories that list its exact text still hit. */
  | { readonly kind: "cannot-compare"; readonly reason: string; readonly hits: readonly Hit[] };

export type ComponentToMatch = {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  /** True when the name may be a binary package's, while the advisories go by source packages. */
  readonly sourceUnsaid?: boolean;
};

const NOTHING: MatchOutcome = { kind: "compared", hits: [], setAside: [] };

/** Which advisories of `snapshot` hit a component. One matcher holds the buffers, so use one a thread. */
export type Matcher = (component: ComponentToMatch) => MatchOutcome;

/** `ecosystemOf` gives the version order of an OSV ecosystem; undefined = none is known. */
export function createMatcher(snapshot: Snapshot, ecosystemOf: (ecosystem: string) => Ecosystem | undefined): Matcher {
  const writer = new KeyWriter();
  const rows: number[] = [];
  const lookup = createPackageLookup(snapshot, ecosystemOf);
  const commits = createCommitLookup(snapshot);
  return (component) => {
    const ecosystem = ecosystemOf(component.ecosystem);
    const { packages, obstacle, doubt } = lookup(component.ecosystem, component.name, component.sourceUnsaid);
    if (component.version === undefined || component.version === "")
      return { kind: "cannot-compare", reason: "the document does not say which version", hits: [] };
    const listed = listing(snapshot, packages, component.version);
    if (isCommit(component.version)) {
      const named = commits(component.version).filter((advisory) =>
        packages.some((index) => snapshot.advisoriesOf(index).includes(advisory)),
      );
      const hits = oneHitEach(snapshot, [], [...listed, ...named.map((advisory) => ({ advisory, row: undefined }))]);
      return { kind: "cannot-compare", reason: COMMIT_REASON, hits };
    }
    if (ecosystem === undefined) return { kind: "cannot-compare", reason: whyWithoutOrder(component.ecosystem), hits: listed };
    writer.reset();
    const refusal = ecosystem.scheme.encode(component.version, writer);
    if (refusal !== undefined) return { kind: "cannot-compare", reason: refusal.reason, hits: listed };
    rows.length = 0;
    for (const index of packages) snapshot.rowsHolding(index, writer.bytes, writer.length, rows);
    if (obstacle !== undefined) {
      const equal = rows.filter((row) => snapshot.row(row).hiKind === "listed");
      return { kind: "cannot-compare", reason: obstacle, hits: oneHitEach(snapshot, equal, listed) };
    }
    const hits = oneHitEach(snapshot, rows, listed);
    const uncertain = packages.length === 0 ? undefined : ecosystem.scheme.doubtOf?.(component.version);
    const setAside = packages.flatMap((index) => [
      ...snapshot.setAside(index),
      ...(uncertain === undefined ? [] : rangesAbove(snapshot, index, writer.key(), uncertain)),
    ]);
    if (hits.length === 0 && setAside.length === 0) return NOTHING;
    const compared = { kind: "compared", hits, setAside: withoutHits(setAside, hits) } as const;
    const byRange = uncertain !== undefined && hits.some(({ row }) => row !== undefined && snapshot.row(row).hiKind !== "listed");
    const doubtful = hits.length === 0 ? undefined : (doubt ?? (byRange ? uncertain : undefined));
    return doubtful === undefined ? compared : { ...compared, doubt: doubtful };
  };
}

function listing(snapshot: Snapshot, packages: readonly number[], version: string): readonly Hit[] {
  return packages.flatMap((index) => snapshot.advisoriesListing(index, version).map((advisory) => ({ advisory, row: undefined })));
}

/** A doubtful version may lie above its key: in a range that begins there it may be as well. */
function rangesAbove(
  snapshot: Snapshot,
  index: number,
  key: Uint8Array,
  reason: string,
): readonly { readonly advisory: number; readonly reason: string }[] {
  const above = snapshot
    .rowsOf(index)
    .filter((row) => compareKeys(snapshot.rowKeys(row).lo, key) > 0 && snapshot.row(row).hiKind !== "listed");
  return [...new Set(above.map((row) => snapshot.rowAdvisory(row)))].map((advisory) => ({ advisory, reason }));
}

/** An advisory may hold a version in several rows; the first, which has the highest upper bound, stands for it. */
function oneHitEach(snapshot: Snapshot, rows: readonly number[], listed: readonly Hit[]): readonly Hit[] {
  if (rows.length === 0 && listed.length === 0) return [];
  const hits = new Map<number, Hit>();
  for (const row of rows) {
    const advisory = snapshot.rowAdvisory(row);
    if (!hits.has(advisory)) hits.set(advisory, { advisory, row });
  }
  for (const hit of listed) if (!hits.has(hit.advisory)) hits.set(hit.advisory, hit);
  return [...hits.values()];
}

function withoutHits<T extends { readonly advisory: number }>(setAside: readonly T[], hits: readonly Hit[]): readonly T[] {
  if (setAside.length === 0 || hits.length === 0) return setAside;
  const hitting = new Set(hits.map(({ advisory }) => advisory));
  return setAside.filter(({ advisory }) => !hitting.has(advisory));
}
