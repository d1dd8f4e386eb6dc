import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  consistencyRanges,
  emptyRoot,
  inclusionRanges,
  isConsistent,
  isIncluded,
  type LeafRange,
  leafHash,
  nodesOf,
  rangeHash,
  type ReadNode,
  treeRoot,
} from "./merkle-tree.ts";

/** The definitions of RFC 6962, section 2.1, word for word: recursive, over the leaves themselves, sharing nothing with the code under test. */
const naive = {
  hash: (...parts: readonly Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest(),
  split: (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1),
  root: (leaves: readonly Uint8Array[]): Buffer => {
    const [only] = leaves;
    if (only === undefined) return naive.hash();
    if (leaves.length === 1) return naive.hash(Buffer.of(0), only);
    const k = naive.split(leaves.length);
    return naive.hash(Buffer.of(1), naive.root(leaves.slice(0, k)), naive.root(leaves.slice(k)));
  },
  path: (m: number, leaves: readonly Uint8Array[]): readonly Buffer[] => {
    if (leaves.length <= 1) return [];
    const k = naive.split(leaves.length);
    return m < k
      ? [...naive.path(m, leaves.slice(0, k)), naive.root(leaves.slice(k))]
      : [...naive.path(m - k, leaves.slice(k)), naive.root(leaves.slice(0, k))];
  },
  proof: (m: number, leaves: readonly Uint8Array[], isComplete: boolean): readonly Buffer[] => {
    if (m === leaves.length) return isComplete ? [] : [naive.root(leaves)];
    const k = naive.split(leaves.length);
    return m <= k
      ? [...naive.proof(m, leaves.slice(0, k), isComplete), naive.root(leaves.slice(k))]
      : [...naive.proof(m - k, leaves.slice(k), false), naive.root(leaves.slice(0, k))];
  },
};

const leaves = Array.from({ length: 70 }, (_, index) => Buffer.from(`leaf ${index}`));
const read: ReadNode = ({ height, index }) => new Uint8Array(naive.root(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height)));
const hashes = (ranges: readonly LeafRange[]): readonly Uint8Array[] => ranges.map((range) => rangeHash(range, read));
const hex = (list: readonly Uint8Array[]): readonly string[] => list.map((hash) => Buffer.from(hash).toString("hex"));
const at = (index: number): Uint8Array => leaves[index] ?? new Uint8Array();

test("roots are those that Certificate Transparency's own implementations test with", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((text) =>
    Buffer.from(text, "hex"),
  );
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  for (const [size, root] of roots.entries()) {
    const readInput: ReadNode = ({ height, index }) =>
      new Uint8Array(naive.root(inputs.slice(index * 2 ** height, (index + 1) * 2 ** height)));
    assert.equal(Buffer.from(treeRoot(size, readInput)).toString("hex"), root, `size ${size}`);
  }
});

test("root, inclusion and consistency of every tree up to 70 leaves are those of the definitions, and verify", () => {
  for (let size = 0; size <= leaves.length; size++) {
    const inTree = leaves.slice(0, size);
    const root = treeRoot(size, read);
    assert.deepEqual(hex([root]), hex([naive.root(inTree)]));
    for (let index = 0; index < size; index++) {
      const proof = hashes(inclusionRanges(index, size));
      assert.deepEqual(hex(proof), hex(naive.path(index, inTree)), `leaf ${index} of ${size}`);
      assert.ok(isIncluded(leafHash(at(index)), index, size, proof, root), `leaf ${index} of ${size}`);
    }
    for (let old = 1; old <= size; old++) {
      const proof = hashes(consistencyRanges(old, size));
      assert.deepEqual(hex(proof), hex(naive.proof(old, inTree, true)), `${old} in ${size}`);
      assert.ok(isConsistent(old, size, treeRoot(old, read), root, proof), `${old} in ${size}`);
    }
    assert.ok(isConsistent(0, size, emptyRoot(), root, []), `nothing in ${size}`);
  }
});

test("a proof verifies for no other leaf, place, size or root, and not with a hash changed, left out or added", () => {
  const other = new Uint8Array(32).fill(9);
  for (let size = 1; size <= 20; size++) {
    const root = treeRoot(size, read);
    for (let index = 0; index < size; index++) {
      const leaf = leafHash(at(index));
      const proof = hashes(inclusionRanges(index, size));
      assert.equal(isIncluded(other, index, size, proof, root), false);
      assert.equal(isIncluded(leaf, index, size, proof, other), false);
      for (let place = 0; place < size + 2; place++) {
        if (place !== index) assert.equal(isIncluded(leaf, place, size, proof, root), false, `leaf ${index} as ${place} of ${size}`);
      }
      for (const changed of mutations(proof, other)) assert.equal(isIncluded(leaf, index, size, changed, root), false);
    }
    for (let old = 1; old < size; old++) {
      const proof = hashes(consistencyRanges(old, size));
      const oldRoot = treeRoot(old, read);
      assert.equal(isConsistent(old, size, other, root, proof), false);
      assert.equal(isConsistent(old, size, oldRoot, other, proof), false);
      assert.equal(isConsistent(size, old, root, oldRoot, proof), false);
      for (const changed of mutations(proof, other))
        assert.equal(isConsistent(old, size, oldRoot, root, changed), false, `${old} in ${size}`);
    }
  }
  assert.equal(isConsistent(0, 3, other, treeRoot(3, read), []), false);
  assert.equal(isConsistent(3, 3, treeRoot(3, read), treeRoot(3, read), [other]), false);
  assert.equal(isIncluded(other, -1, 3, [], other), false);
});

test("ranges of large trees are few, aligned nodes", () => {
  const size = 2 ** 52 - 3;
  for (const range of [...inclusionRanges(2 ** 51 + 12345, size), ...consistencyRanges(2 ** 40 + 7, size)]) {
    for (const { index } of nodesOf(range)) assert.ok(Number.isSafeInteger(index));
  }
  assert.ok(inclusionRanges(0, size).length <= 63);
});

function mutations(proof: readonly Uint8Array[], other: Uint8Array): readonly (readonly Uint8Array[])[] {
  return [
    [...proof, other],
    [other, ...proof],
    ...proof.flatMap((_, index) => [proof.with(index, other), proof.filter((__, place) => place !== index)]),
  ];
}
