import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { signCheckpoint } from "./checkpoint.ts";
import { leafHash, treeRoot } from "./merkle-tree.ts";
import { SealingError } from "./sealing-error.ts";
import { verifierKeyOf } from "./signed-note.ts";
import { entryBundle, growTiles, nodeReader, parseTilePath } from "./tiles.ts";
import { type LogSource, verifyLog } from "./verify-log.ts";

const origin = "log.example/1";
const key = new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
const trusted = { log: [verifierKeyOf(origin, key)], witnesses: [] };
const refused = (words: RegExp) => (error: unknown) =>
  error instanceof SealingError && error.code === "proof-refused" && words.test(error.message);

const entries = Array.from({ length: 600 }, (_, index) =>
  index % 50 === 0 ? Buffer.from(`{"n":${index}}`) : Buffer.alloc(32, index % 256),
);

function checkpointOf(leaves: readonly Uint8Array[]): string {
  const tiles = growTiles(0, leaves.map(leafHash), () => undefined);
  return signCheckpoint({ origin, size: leaves.length, root: treeRoot(leaves.length, nodeReader(tiles)) }, [key]);
}

/** Serves these entries under this checkpoint, whether or not they fit each other. */
function sourceOf(
  leaves: readonly Uint8Array[],
  checkpoint: string = checkpointOf(leaves),
  change: (path: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes,
): LogSource {
  const tiles = growTiles(0, leaves.map(leafHash), () => undefined);
  return {
    checkpoint: async () => checkpoint,
    tile: async (path) => {
      const request = parseTilePath(path);
      assert.ok(request !== undefined, path);
      const { level, index, width } = request;
      const bytes =
        level === "entries"
          ? entryBundle(leaves.slice(index * 256, index * 256 + width))
          : (tiles.find((tile) => tile.level === level && tile.index === index)?.hashes ?? new Uint8Array()).subarray(0, width * 32);
      return change(path, bytes);
    },
  };
}

test("a whole log verifies, at every size where tiles change, and says what its leaves are", async () => {
  for (const size of [0, 1, 255, 256, 257, 512, 600]) {
    const verified = await verifyLog(sourceOf(entries.slice(0, size)), trusted);
    assert.equal(verified.checkpoint.size, size);
    assert.equal(verified.publicLeaves, Math.ceil(size / 50));
    assert.equal(verified.publicLeaves + verified.confidentialLeaves, size);
  }
});

test("a log that continues a kept checkpoint verifies; one that was rewritten or has shrunk does not", async () => {
  const kept = checkpointOf(entries.slice(0, 300));
  assert.equal((await verifyLog(sourceOf(entries), trusted, kept)).checkpoint.size, 600);
  const rewritten = entries.with(10, Buffer.alloc(32, 99));
  await assert.rejects(verifyLog(sourceOf(rewritten), trusted, kept), refused(/rewritten/));
  assert.equal((await verifyLog(sourceOf(rewritten), trusted)).checkpoint.size, 600, "without a kept checkpoint nobody could tell");
  await assert.rejects(verifyLog(sourceOf(entries.slice(0, 299)), trusted, kept), refused(/shrunk/));
});

test("an entry changed, left out or added, a tile changed, and a checkpoint by another key are found", async () => {
  const checkpoint = checkpointOf(entries);
  await assert.rejects(verifyLog(sourceOf(entries.with(1, Buffer.alloc(32, 77)), checkpoint), trusted), refused(/do not make the root/));
  await assert.rejects(verifyLog(sourceOf(entries.slice(1), checkpoint), trusted), refused(/expected 88 entries, got 87/));
  const longer = sourceOf(entries, checkpoint, (path, bytes) =>
    path.startsWith("entries/000") ? entryBundle([...entries.slice(0, 256), Buffer.alloc(32)]) : bytes,
  );
  await assert.rejects(verifyLog(longer, trusted), refused(/expected 256 entries, got 257/));
  const crooked = sourceOf(entries, checkpoint, (path, bytes) => (path.startsWith("0/") ? bytes.with(0, (bytes[0] ?? 0) ^ 1) : bytes));
  await assert.rejects(verifyLog(crooked, trusted), refused(/served tile/));
  const other = new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
  await assert.rejects(
    verifyLog(sourceOf(entries), { log: [verifierKeyOf(origin, other)], witnesses: [] }),
    refused(/expected a signature by/),
  );
});
