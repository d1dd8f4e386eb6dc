import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { type Cosignature, cosignaturesOf } from "./cosignature.ts";
import { isSameHash, leafHash, treeRoot } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import type { VerifierKey } from "./signed-note.ts";
import { entriesOf, growTiles, nodeReader, type Tile, TILE_WIDTH, tilePath, tilesToGrow } from "./tiles.ts";

export type LogSource = {
  readonly checkpoint: () => Promise<string>;
  /** What is served at `tile/` and this path. */
  readonly tile: (path: string) => Promise<Uint8Array>;
};

export type VerifiedLog = {
  /** As it was served: to be kept, for the next time. */
  readonly text: string;
  readonly checkpoint: Checkpoint;
  readonly cosignatures: readonly Cosignature[];
  /** Leaves that say what they are. */
  readonly publicLeaves: number;
  /** Leaves of 32 bytes: statements and padding, which nobody can tell apart without a nonce. */
  readonly confidentialLeaves: number;
};

/**
 * Takes every entry of a log and rebuilds its root from them. With a checkpoint that was kept before, shows that this log continues it.
 * @throws SealingError `proof-refused` with what does not hold
 */
export async function verifyLog(
  source: LogSource,
  trusted: { readonly log: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] },
  earlier?: string,
): Promise<VerifiedLog> {
  const text = await source.checkpoint();
  const checkpoint = verifyCheckpoint(text, trusted.log);
  const cosignatures = cosignaturesOf(checkpoint, trusted.witnesses);
  const before = earlier === undefined ? undefined : verifyCheckpoint(earlier, trusted.log);
  if (before !== undefined && before.size > checkpoint.size) {
    throw refused(`the log has shrunk: a checkpoint of ${before.size} leaves was kept, and now it has ${checkpoint.size}`);
  }
  const tiles = new Map<string, Tile>();
  let publicLeaves = 0;
  for (let size = 0; size < checkpoint.size;) {
    const width = Math.min(TILE_WIDTH, checkpoint.size - size);
    const path = tilePath({ level: "entries", index: size / TILE_WIDTH, width });
    const entries = entriesOf(await source.tile(path));
    if (entries.length !== width) throw refused(`expected ${width} entries, got ${entries.length}`, path);
    publicLeaves += entries.filter(({ length }) => length !== 32).length;
    for (const tile of growTiles(size, entries.map(leafHash), ({ level, index }) => tiles.get(`${level}/${index}`)?.hashes)) {
      tiles.set(`${tile.level}/${tile.index}`, tile);
    }
    size += width;
  }
  const read = nodeReader([...tiles.values()]);
  if (!isSameHash(treeRoot(checkpoint.size, read), checkpoint.root)) throw refused("the entries do not make the root that was signed");
  if (before !== undefined && !isSameHash(treeRoot(before.size, read), before.root)) {
    throw refused(`the log was rewritten: its first ${before.size} leaves do not make the root of the checkpoint that was kept`);
  }
  await checkServedTiles(source, checkpoint.size, tiles);
  return { text, checkpoint, cosignatures, publicLeaves, confidentialLeaves: checkpoint.size - publicLeaves };
}

/** The tiles that proofs are made from at the right edge: they must be those of the entries. */
async function checkServedTiles(source: LogSource, size: number, tiles: ReadonlyMap<string, Tile>): Promise<void> {
  for (const { level, index } of tilesToGrow(size)) {
    const expected = tiles.get(`${level}/${index}`)?.hashes ?? new Uint8Array();
    const path = tilePath({ level, index, width: expected.length / 32 });
    if (!isSameHash(await source.tile(path), expected)) throw refused("the served tile is not that of the entries", path);
  }
}

function refused(message: string, place = "log"): SealingError {
  return new SealingError("proof-refused", message, { place });
}
