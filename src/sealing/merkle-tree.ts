import { createHash } from "node:crypto";

/** The Merkle tree of RFC 6962, section 2.1, over SHA-256. Hashes are 32 bytes; sizes and indexes are whole numbers below 2^53. */
export const HASH_BYTES = 32;

/** Half-open: the leaves from `start` up to but not including `end`. */
export type LeafRange = { readonly start: number; readonly end: number };

/** The root of the 2^height leaves from `index` · 2^height on. */
export type TreeNode = { readonly height: number; readonly index: number };

/** Gives the hash of a node whose leaves are all there. */
export type ReadNode = (node: TreeNode) => Uint8Array;

/** The hash of a tree without leaves: that of nothing. */
export function emptyRoot(): Uint8Array {
  return digest();
}

export function leafHash(leaf: Uint8Array): Uint8Array {
  return digest(Uint8Array.of(0), leaf);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return digest(Uint8Array.of(1), left, right);
}

export function treeRoot(size: number, read: ReadNode): Uint8Array {
  return size === 0 ? emptyRoot() : rangeHash({ start: 0, end: size }, read);
}

/** The nodes, left to right, that make up a range which begins at a multiple of the largest power of two in it. */
export function nodesOf({ start, end }: LeafRange): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let from = start; from < end;) {
    let height = 0;
    while (2 ** (height + 1) <= end - from) height++;
    nodes.push({ height, index: from / 2 ** height });
    from += 2 ** height;
  }
  return nodes;
}

export function rangeHash(range: LeafRange, read: ReadNode): Uint8Array {
  return nodesOf(range)
    .map(read)
    .reduceRight((right, left) => nodeHash(left, right));
}

/** PATH(index, D[size]) of section 2.1.1: the ranges whose hashes are the proof, from the leaf's sibling up. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  return pathIn(index, { start: 0, end: size });
}

/** PROOF(oldSize, D[size]) of section 2.1.2, in the order in which they are sent. */
export function consistencyRanges(oldSize: number, size: number): readonly LeafRange[] {
  return oldSize === 0 || oldSize === size ? [] : subProof(oldSize, { start: 0, end: size }, true);
}

/** True when `proof` shows the leaf at `index` in the tree of `size` leaves with this root. RFC 9162, section 2.1.3.2. */
export function isIncluded(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!(index >= 0 && index < size)) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSameHash(hash, root);
}

/** True when `proof` shows that the tree of `size` leaves begins with the one of `oldSize`. RFC 9162, section 2.1.4.2. */
export function isConsistent(oldSize: number, size: number, oldRoot: Uint8Array, root: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (!(oldSize >= 0 && oldSize <= size)) return false;
  if (oldSize === size) return proof.length === 0 && isSameHash(oldRoot, root);
  if (oldSize === 0) return proof.length === 0 && isSameHash(oldRoot, emptyRoot());
  const isWhole = Number.isInteger(Math.log2(oldSize)) && 2 ** Math.round(Math.log2(oldSize)) === oldSize;
  const [first, ...rest] = isWhole ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let place = oldSize - 1;
  let last = size - 1;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let oldHash = first;
  let hash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      oldHash = nodeHash(sibling, oldHash);
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSameHash(oldHash, oldRoot) && isSameHash(hash, root);
}

/** Of public values: no need for constant time. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function pathIn(index: number, range: LeafRange): readonly LeafRange[] {
  if (range.end - range.start <= 1) return [];
  const [left, right] = halves(range);
  return index < left.end ? [...pathIn(index, left), right] : [...pathIn(index, right), left];
}

/** SUBPROOF(m, D[n], b), with `oldSize` counted from the first leaf of all. */
function subProof(oldSize: number, range: LeafRange, isComplete: boolean): readonly LeafRange[] {
  if (oldSize === range.end) return isComplete ? [] : [range];
  const [left, right] = halves(range);
  return oldSize <= left.end ? [...subProof(oldSize, left, isComplete), right] : [...subProof(oldSize, right, false), left];
}

/** Divided at the largest power of two that is smaller than the count. */
function halves({ start, end }: LeafRange): readonly [LeafRange, LeafRange] {
  let width = 1;
  while (width * 2 < end - start) width *= 2;
  return [
    { start, end: start + width },
    { start: start + width, end },
  ];
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
