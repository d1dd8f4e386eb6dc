import { paddingLeaf } from "../../sealing/statement-leaf.ts";
import { entryBundle, TILE_WIDTH } from "../../sealing/tiles.ts";
import type { BundleAddition, PendingLeaf, PendingRevision } from "./ledger-store.ts";

export type Batch = {
  /** In the order in which they come into the tree. */
  readonly leaves: readonly Uint8Array[];
  readonly statements: readonly (PendingLeaf & { readonly index: number })[];
  readonly revisions: readonly (PendingRevision & { readonly index: number })[];
};

/**
 * Public leaves first, which tell what they are anyway; then always the same number of confidential ones, filled up with noise and
 * ordered by their bytes, so that neither how many statements there were nor their order can be told.
 */
export function composeBatch(
  size: number,
  pending: { readonly statements: readonly PendingLeaf[]; readonly revisions: readonly PendingRevision[] },
  confidentialLeaves: number,
): Batch {
  const revisions = pending.revisions.map((revision, place) => ({ ...revision, index: size + place }));
  const padding = Array.from({ length: confidentialLeaves - pending.statements.length }, () => ({ leaf: paddingLeaf() }));
  const confidential = [...pending.statements, ...padding].toSorted((a, b) => Buffer.compare(a.leaf, b.leaf));
  const first = size + revisions.length;
  return {
    leaves: [...revisions, ...confidential].map(({ leaf }) => leaf),
    revisions,
    statements: confidential.flatMap((entry, place) => ("id" in entry ? [{ ...entry, index: first + place }] : [])),
  };
}

/** What comes to which bundle when these leaves are added to a tree of this size. */
export function bundleAdditions(size: number, leaves: readonly Uint8Array[]): readonly BundleAddition[] {
  const additions: BundleAddition[] = [];
  for (let taken = 0; taken < leaves.length;) {
    const place = (size + taken) % TILE_WIDTH;
    const added = leaves.slice(taken, taken + TILE_WIDTH - place);
    additions.push({ index: Math.floor((size + taken) / TILE_WIDTH), entries: entryBundle(added) });
    taken += added.length;
  }
  return additions;
}
