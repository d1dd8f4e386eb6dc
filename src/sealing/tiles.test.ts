import assert from "node:assert/strict";
import { test } from "node:test";
import { consistencyRanges, inclusionRanges, isConsistent, isIncluded, leafHash, nodeHash, treeRoot } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import {
  bundleStart,
  entriesOf,
  entryBundle,
  growTiles,
  hashesFromTiles,
  nodeReader,
  parseTilePath,
  type Tile,
  tilePath,
  tilesOf,
  tilesToGrow,
  widthIn,
} from "./tiles.ts";

const refused = (error: unknown) => error instanceof SealingError && error.code === "proof-refused";

for (const [request, path] of [
  [{ level: 0, index: 0, width: 256 }, "0/000"],
  [{ level: 0, index: 999, width: 1 }, "0/999.p/1"],
  [{ level: 1, index: 1000, width: 256 }, "1/x001/000"],
  [{ level: 63, index: 1_234_067, width: 255 }, "63/x001/x234/067.p/255"],
  [{ level: "entries", index: 1_234_067, width: 256 }, "entries/x001/x234/067"],
] as const) {
  test(`the tile path ${path} is written and read`, () => {
    assert.equal(tilePath(request), path);
    assert.deepEqual(parseTilePath(path), request);
  });
}

for (const path of [
  "",
  "0",
  "0/0",
  "0/00",
  "00/000",
  "64/000",
  "0/000.p/0",
  "0/000.p/256",
  "0/000.p/01",
  "0/x000/000",
  "0/x001/x234",
  "0/001/234",
  "0/000/",
  "0/000.p",
  "-1/000",
  "entry/000",
  "0/../000",
  "0/000.p/1/2",
  "0/x001/x001/x001/x001/x001/000",
  " 0/000",
]) {
  test(`${JSON.stringify(path)} is no tile path`, () => assert.equal(parseTilePath(path), undefined));
}

test("a tree of 70,000 leaves has the tiles that the specification counts", () => {
  const widths = (level: number, indexes: readonly number[]): readonly number[] =>
    indexes.map((index) => widthIn(70_000, { level, index }));
  assert.deepEqual(widths(0, [0, 272, 273, 274]), [256, 256, 112, 0]);
  assert.deepEqual(widths(1, [0, 1, 2]), [256, 17, 0]);
  assert.deepEqual(widths(2, [0, 1]), [1, 0]);
  assert.equal(widthIn(256, { level: 1, index: 0 }), 1);
  assert.equal(widthIn(255, { level: 1, index: 0 }), 0);
});

/** Grown in batches of many sizes, keeping only what a store keeps. */
function grown(size: number, batches: readonly number[]): Map<string, Tile> {
  const held = new Map<string, Tile>();
  for (let at = 0, turn = 0; at < size; turn++) {
    const count = Math.min(batches[turn % batches.length] ?? 1, size - at);
    const needed = new Set(tilesToGrow(at).map(({ level, index }) => `${level}/${index}`));
    const tiles = growTiles(at, leafHashes.slice(at, at + count), ({ level, index }) => {
      assert.ok(needed.has(`${level}/${index}`), "a tile that tilesToGrow does not name");
      return held.get(`${level}/${index}`)?.hashes;
    });
    for (const tile of tiles) held.set(`${tile.level}/${tile.index}`, tile);
    at += count;
  }
  return held;
}

const leaves = Array.from({ length: 66_000 }, (_, index) => Buffer.from(String(index)));
const leafHashes = leaves.map((leaf) => leafHash(leaf));

test("tiles grown in any batches are the same, and their roots those of the leaves", () => {
  for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 1000, 66_000]) {
    const one = grown(size, [66_000]);
    const many = size > 2000 ? grown(size, [1, 255, 300, 4096]) : grown(size, [1, 7, 100, 256, 300]);
    assert.deepEqual(new Map([...many].toSorted()), new Map([...one].toSorted()), `size ${size}`);
    for (const tile of one.values()) assert.equal(tile.hashes.length, widthIn(size, tile) * 32);
    assert.deepEqual(treeRoot(size, nodeReader([...one.values()])), rootOf(leafHashes.slice(0, size)), `size ${size}`);
  }
});

test("proofs out of the tiles that are named for them verify, also where tiles hold more than the tree", () => {
  const held = grown(66_000, [66_000]);
  const roots = new Map([300, 65_536, 65_537, 66_000].map((size) => [size, rootOf(leafHashes.slice(0, size))]));
  for (const [size, root] of roots) {
    for (const index of [0, 1, 255, 256, 299, size - 1]) {
      const ranges = inclusionRanges(index, size);
      const tiles = tilesOf(ranges).flatMap(({ level, index: place }) => held.get(`${level}/${place}`) ?? []);
      assert.ok(
        isIncluded(leafHashes[index] ?? new Uint8Array(), index, size, hashesFromTiles(ranges, tiles), root),
        `${index} of ${size}`,
      );
    }
    for (const [old, oldRoot] of roots) {
      if (old > size) continue;
      const ranges = consistencyRanges(old, size);
      const tiles = tilesOf(ranges).flatMap(({ level, index }) => held.get(`${level}/${index}`) ?? []);
      assert.ok(isConsistent(old, size, oldRoot, root, hashesFromTiles(ranges, tiles)), `${old} in ${size}`);
    }
  }
});

test("a tile that is too short for what is asked of it is refused", () => {
  const held = [...grown(300, [300]).values()];
  assert.throws(() => hashesFromTiles([{ start: 0, end: 301 }], held), refused);
  assert.throws(() => growTiles(300, leafHashes.slice(0, 1), () => new Uint8Array(32)), refused);
});

test("entries are bundled behind their lengths and read again", () => {
  const entries = [Buffer.alloc(0), Buffer.from("one"), Buffer.alloc(300, 1), Buffer.alloc(0xffff, 2)];
  const bundle = entryBundle(entries);
  assert.deepEqual([...bundle.subarray(0, 7)], [0, 0, 0, 3, 0x6f, 0x6e, 0x65]);
  assert.deepEqual(
    entriesOf(bundle).map((entry) => Buffer.from(entry)),
    entries,
  );
  assert.deepEqual(bundleStart(bundle, 3), entryBundle(entries.slice(0, 3)));
  assert.deepEqual(bundleStart(bundle, 4), bundle);
  assert.throws(() => bundleStart(bundle, 5), refused);
  assert.throws(() => entryBundle([Buffer.alloc(0x10000)]), refused);
  for (const cut of [1, 3, bundle.length - 1]) assert.throws(() => entriesOf(bundle.subarray(0, cut)), refused);
});

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}
