import type { Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Hit } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "../versions/key-writer.ts";

/** Where to go, and which of the hits that ends. `above`: the advisories name a last affected version and no fixed one. */
export type Upgrade = {
  readonly kind: "version" | "above";
  readonly version: string;
  readonly breaking: boolean;
  readonly ends: ReadonlySet<number>;
};

type Candidate = Omit<Upgrade, "ends"> & { readonly remaining: ReadonlySet<number> };

/**
 * The version to recommend for a component that `hits` affect: the smallest bound above it that lies in no interval of its package.
 * One within the same major version goes before one that may break, a named fixed version before "above X"; where nothing ends everything, what ends most.
 * Undefined when no advisory names an end. A bound is the advisory's word: it is not checked against the registry.
 */
export function bestUpgrade(
  snapshot: Snapshot,
  ecosystem: Ecosystem,
  packageIndex: number,
  version: string,
  hits: readonly Hit[],
): Upgrade | undefined {
  const candidates = candidatesAbove(snapshot, ecosystem, packageIndex, version);
  const affected = hits.map((hit) => hit.advisory);
  const left = (candidate: Candidate): number => affected.filter((advisory) => candidate.remaining.has(advisory)).length;
  const clean = candidates.filter((candidate) => candidate.remaining.size === 0);
  const fewest = Math.min(...candidates.map(left));
  const pick = preferred(clean) ?? preferred(candidates.filter((candidate) => left(candidate) === fewest));
  if (pick === undefined) return undefined;
  const ends = new Set(affected.filter((advisory) => !pick.remaining.has(advisory)));
  return ends.size === 0 ? undefined : { kind: pick.kind, version: pick.version, breaking: pick.breaking, ends };
}

/** What ends one hit, given the upgrade chosen for its component. */
export function fixOfHit(snapshot: Snapshot, hit: Hit, upgrade: Upgrade | undefined): Fix {
  if (snapshot.advisory(hit.advisory).kind === "malware") return { kind: "remove" };
  if (upgrade === undefined || !upgrade.ends.has(hit.advisory)) return { kind: "none" };
  return { kind: upgrade.kind, version: upgrade.version, majorChange: upgrade.breaking };
}

/** The first that breaks nothing, else the first; a version that is named goes before one that is only known to lie above. */
function preferred(candidates: readonly Candidate[]): Candidate | undefined {
  const named = candidates.filter((candidate) => candidate.kind === "version");
  const unbroken = (candidate: Candidate): boolean => !candidate.breaking;
  return named.find(unbroken) ?? candidates.find(unbroken) ?? named[0] ?? candidates[0];
}

/** Bounds above `version`, lowest first. A prerelease is offered only to who already runs one. */
function candidatesAbove(snapshot: Snapshot, ecosystem: Ecosystem, packageIndex: number, version: string): readonly Candidate[] {
  const writer = new KeyWriter();
  if (ecosystem.scheme.encode(version, writer) !== undefined) return [];
  const from = writer.key();
  const bounds = new Map<string, { readonly kind: Candidate["kind"]; readonly version: string; readonly key: Uint8Array }>();
  for (const row of snapshot.rowsOf(packageIndex)) {
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
      remaining: advisoriesAt(snapshot, packageIndex, key),
      breaking: ecosystem.isBreaking(version, text),
    }));
}

/** Sources without a way to say "no fix" write a version that will never be published, such as 999.999.999 or 1.999.0. */
function isNever(version: string): boolean {
  return /(?:^|\.)999+(?:\.|$)/.test(version);
}

function advisoriesAt(snapshot: Snapshot, packageIndex: number, key: Uint8Array): ReadonlySet<number> {
  const rows: number[] = [];
  snapshot.rowsHolding(packageIndex, key, key.length, rows);
  return new Set(rows.map((row) => snapshot.rowAdvisory(row)));
}
