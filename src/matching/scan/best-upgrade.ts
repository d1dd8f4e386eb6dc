import type { Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Hit } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "../versions/key-writer.ts";

/** The version to go to, and which of the hits it ends. */
export type Upgrade = { readonly version: string; readonly breaking: boolean; readonly ends: ReadonlySet<number> };

type Candidate = { readonly version: string; readonly key: Uint8Array; readonly remaining: ReadonlySet<number>; readonly breaking: boolean };

/**
 * The version to recommend for a component that `hits` affect: the smallest `fixed` bound above it that lies in no interval of its package,
 * within the same major version if there is one; failing that the one that ends most. Undefined when no advisory names a fixed version above.
 * A `fixed` bound is the advisory's word: it is not checked against the registry.
 */
export function bestUpgrade(snapshot: Snapshot, ecosystem: Ecosystem, packageIndex: number, version: string, hits: readonly Hit[]): Upgrade | undefined {
  const candidates = candidatesAbove(snapshot, ecosystem, packageIndex, version);
  const affected = hits.map((hit) => hit.advisory);
  const clean = candidates.filter((candidate) => candidate.remaining.size === 0);
  const pick = clean.find((candidate) => !candidate.breaking) ?? clean[0] ?? mostEnding(candidates, affected);
  if (pick === undefined) return undefined;
  const ends = new Set(affected.filter((advisory) => !pick.remaining.has(advisory)));
  return ends.size === 0 ? undefined : { version: pick.version, breaking: pick.breaking, ends };
}

/** What ends one hit, given the upgrade chosen for its component. */
export function fixOfHit(snapshot: Snapshot, hit: Hit, upgrade: Upgrade | undefined): Fix {
  if (snapshot.advisory(hit.advisory).kind === "malware") return { kind: "remove" };
  if (upgrade?.ends.has(hit.advisory) === true) return { kind: "version", version: upgrade.version, majorChange: upgrade.breaking };
  if (hit.row === undefined) return { kind: "none" };
  const { hiKind, hiText } = snapshot.row(hit.row);
  return hiKind === "last_affected" && hiText !== undefined ? { kind: "above", version: hiText } : { kind: "none" };
}

/** Distinct `fixed` bounds above `version`, lowest first. A prerelease is offered only to who already runs one. */
function candidatesAbove(snapshot: Snapshot, ecosystem: Ecosystem, packageIndex: number, version: string): readonly Candidate[] {
  const writer = new KeyWriter();
  if (ecosystem.scheme.encode(version, writer) !== undefined) return [];
  const from = writer.key();
  const bounds = new Map<string, Uint8Array>();
  for (const row of snapshot.rowsOf(packageIndex)) {
    const { hiKind, hiText } = snapshot.row(row);
    const { hi } = snapshot.rowKeys(row);
    if (hiKind !== "fixed" || hiText === undefined || compareKeys(hi, from) <= 0) continue;
    if (ecosystem.isPrerelease(hiText) && !ecosystem.isPrerelease(version)) continue;
    bounds.set(hiText, hi);
  }
  return [...bounds]
    .sort(([, a], [, b]) => compareKeys(a, b))
    .map(([text, key]) => ({ version: text, key, remaining: advisoriesAt(snapshot, packageIndex, key), breaking: ecosystem.isBreaking(version, text) }));
}

function advisoriesAt(snapshot: Snapshot, packageIndex: number, key: Uint8Array): ReadonlySet<number> {
  const rows: number[] = [];
  snapshot.rowsHolding(packageIndex, key, key.length, rows);
  return new Set(rows.map((row) => snapshot.rowAdvisory(row)));
}

function mostEnding(candidates: readonly Candidate[], affected: readonly number[]): Candidate | undefined {
  const left = (candidate: Candidate): number => affected.filter((advisory) => candidate.remaining.has(advisory)).length;
  const fewest = Math.min(...candidates.map(left));
  const best = candidates.filter((candidate) => left(candidate) === fewest);
  return best.find((candidate) => !candidate.breaking) ?? best[0];
}
