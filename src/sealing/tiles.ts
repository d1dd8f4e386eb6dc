import { HASH_BYTES, nodeHash, nodesOf, type LeafRange, rangeHash, type TreeNode } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";

/** c2sp.org/tlog-tiles: tiles are 256 hashes wide, and a tile's root is one hash of the level above. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

export type TileId = { readonly level: number; readonly index: number };

/** A tile with as many hashes as it holds, one after another. */
export type Tile = TileId & { readonly hashes: Uint8Array };

/** What a path asks for: a tile of hashes or a bundle of entries, whole or the first `width` of it. */
export type TileRequest = { readonly level: number | "entries"; readonly index: number; readonly width: number };

/** `0/x001/x234/067`, `entries/000.p/17`: what stands behind `tile/`. */
export function tilePath({ level, index, width }: TileRequest): string {
  const groups =
    String(index)
      .padStart(Math.ceil(String(index).length / 3) * 3, "0")
      .match(/\d{3}/g) ?? [];
  const path = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
  return `${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** The reverse of `tilePath`; undefined for every other spelling. */
export function parseTilePath(path: string): TileRequest | undefined {
  const [, levelText = "", groups = "", widthText] = /^(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const level = levelText === "entries" ? levelText : Number(levelText);
  const request: TileRequest = {
    level,
    index: Number(groups.replaceAll(/[x/]/g, "")),
    width: widthText === undefined ? TILE_WIDTH : Number(widthText),
  };
  const isAllowed = request.width > 0 && (level === "entries" || level <= 63) && Number.isSafeInteger(request.index);
  return isAllowed && tilePath(request) === path ? request : undefined;
}

/** How many hashes of a tile a tree of this size has: 0 to 256. */
export function widthIn(size: number, { level, index }: TileId): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The tiles that are changed or made when leaves come to a tree of this size; `held` gives those that `tilesToGrow` names. */
export function growTiles(size: number, leafHashes: readonly Uint8Array[], held: (id: TileId) => Uint8Array | undefined): readonly Tile[] {
  const grown: Tile[] = [];
  let arriving = leafHashes;
  for (let level = 0; arriving.length > 0; level++) {
    const first = Math.floor(size / TILE_WIDTH ** level);
    const full: Uint8Array[] = [];
    for (let taken = 0; taken < arriving.length;) {
      const place = first + taken;
      const index = Math.floor(place / TILE_WIDTH);
      const before = place % TILE_WIDTH === 0 ? new Uint8Array() : heldTile(held, { level, index }, place % TILE_WIDTH);
      const added = arriving.slice(taken, taken + TILE_WIDTH - (place % TILE_WIDTH));
      const hashes = joined([before, ...added]);
      grown.push({ level, index, hashes });
      if (hashes.length === TILE_WIDTH * HASH_BYTES) full.push(tileRoot(hashes));
      taken += added.length;
    }
    arriving = full;
  }
  return grown;
}

/** The partial tiles at the right edge of a tree of this size: all that growing it needs. */
export function tilesToGrow(size: number): readonly TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    if (hashes % TILE_WIDTH !== 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH) });
  }
  return tiles;
}

/** The tiles in which the hashes of these ranges are found. */
export function tilesOf(ranges: readonly LeafRange[]): readonly TileId[] {
  const tiles = new Map(ranges.flatMap(nodesOf).map((node) => [`${tileOf(node).level}/${tileOf(node).index}`, tileOf(node)]));
  return [...tiles.values()];
}

/** A node's hash out of the tile it lies in. @throws SealingError `proof-refused` when the tile is too short for it */
export function nodeInTile(node: TreeNode, hashes: Uint8Array): Uint8Array {
  const inside = node.height % TILE_HEIGHT;
  const first = (node.index * 2 ** inside) % TILE_WIDTH;
  const end = first + 2 ** inside;
  if (hashes.length < end * HASH_BYTES) {
    throw new SealingError("proof-refused", `expected a tile of at least ${end} hashes, got ${hashes.length / HASH_BYTES}`, {
      place: `tile ${tilePath({ ...tileOf(node), width: TILE_WIDTH })}`,
    });
  }
  return perfectRoot(hashes, first, end);
}

/** Reads nodes out of tiles that were fetched before. */
export function nodeReader(tiles: readonly Tile[]): (node: TreeNode) => Uint8Array {
  const byId = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  return (node) => {
    const { level, index } = tileOf(node);
    return nodeInTile(node, byId.get(`${level}/${index}`) ?? new Uint8Array());
  };
}

/** The hashes of ranges out of tiles that were fetched before: a proof, or with one range from 0 a root. */
export function hashesFromTiles(ranges: readonly LeafRange[], tiles: readonly Tile[]): readonly Uint8Array[] {
  const read = nodeReader(tiles);
  return ranges.map((range) => rangeHash(range, read));
}

export function tileOf({ height, index }: TreeNode): TileId {
  const inside = height % TILE_HEIGHT;
  return { level: (height - inside) / TILE_HEIGHT, index: Math.floor((index * 2 ** inside) / TILE_WIDTH) };
}

/** Entries as a bundle: each behind its length in two bytes, the high one first. @throws SealingError for one of 65,536 bytes or more */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return joined(
    entries.flatMap((entry) => {
      if (entry.length > 0xffff) throw new SealingError("proof-refused", `expected an entry of at most 65,535 bytes, got ${entry.length}`);
      return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/** The first `count` entries of a bundle as a bundle. @throws SealingError `proof-refused` when it has fewer */
export function bundleStart(bundle: Uint8Array, count: number): Uint8Array {
  let end = 0;
  for (let taken = 0; taken < count; taken++) {
    if (end + 2 > bundle.length) throw new SealingError("proof-refused", `expected a bundle of at least ${count} entries, got ${taken}`);
    end += 2 + ((bundle[end] ?? 0) << 8) + (bundle[end + 1] ?? 0);
  }
  return bundle.subarray(0, end);
}

/** @throws SealingError `proof-refused` for a bundle that is cut short */
export function entriesOf(bundle: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + ((bundle[at] ?? 0) << 8) + (bundle[at + 1] ?? 0);
    if (at + 2 > bundle.length || end > bundle.length) {
      throw new SealingError("proof-refused", `expected a whole entry at byte ${at} of a bundle, which ends at ${bundle.length}`);
    }
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  return entries;
}

function heldTile(held: (id: TileId) => Uint8Array | undefined, id: TileId, width: number): Uint8Array {
  const hashes = held(id);
  if (hashes?.length !== width * HASH_BYTES) {
    throw new SealingError("proof-refused", `expected ${width} hashes in the tile, got ${(hashes?.length ?? 0) / HASH_BYTES}`, {
      place: `tile ${tilePath({ ...id, width: TILE_WIDTH })}`,
    });
  }
  return hashes;
}

function tileRoot(hashes: Uint8Array): Uint8Array {
  return perfectRoot(hashes, 0, TILE_WIDTH);
}

function perfectRoot(hashes: Uint8Array, first: number, end: number): Uint8Array {
  if (end - first === 1) return hashes.slice(first * HASH_BYTES, end * HASH_BYTES);
  const middle = (first + end) / 2;
  return nodeHash(perfectRoot(hashes, first, middle), perfectRoot(hashes, middle, end));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
