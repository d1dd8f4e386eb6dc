import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Checkpoint, parseCheckpoint } from "../../src/sealing/checkpoint.ts";
import { isSameHash, leafHash, treeRoot } from "../../src/sealing/merkle-tree.ts";
import { openSignedHeads } from "../../src/sealing/signed-heads.ts";
import { entriesOf, growTiles, nodeReader } from "../../src/sealing/tiles.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { withPostgresDatabase } from "../database/test-database.ts";
import { seededRandom } from "../support/seeded-random.ts";

const CHILD = fileURLToPath(new URL("ledger-kill-child.ts", import.meta.url));
const soak = process.env["SLUICE_SOAK"] !== undefined;
/** Two around each of: the statement's commit, the batch's, the kept head, the checkpoint's commit. */
const POINTS_A_ROUND = 8;
const RANDOM_KILLS = soak ? 300 : 2;

test("a ledger killed with kill -9 between any two steps never forks and loses no recorded statement (embedded)", async () => {
  await withFolder(async (folder) => {
    const address = join(folder, "database");
    await killEverywhere(folder, address, () => openEmbedded({ directory: address }));
  });
});

test(
  "a ledger killed with kill -9 between any two steps never forks and loses no recorded statement (postgres)",
  { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" },
  async () => {
    await withFolder((folder) =>
      withPostgresDatabase((url) => killEverywhere(folder, url, () => openPostgres({ url, requestUrl: undefined }))),
    );
  },
);

async function killEverywhere(folder: string, address: string, open: () => Promise<OwnedDatabase>): Promise<void> {
  const keys = join(folder, "keys");
  const recorded = new Map<string, string>();
  const seen: string[] = [];
  const run = async (rounds: number, point: number): Promise<boolean> => {
    const { lines, wasKilled } = await runChild([keys, address, String(rounds), String(point)]);
    for (const line of lines) {
      const [what, first = "", second = ""] = line.split(" ");
      if (what === "recorded") recorded.set(first, second);
      if (what === "checkpoint") seen.push(Buffer.from(first, "base64url").toString("utf8"));
    }
    // What was kept may be out, even where its transaction was rolled back.
    const heads = openSignedHeads(keys);
    seen.push(...heads.origins().map((origin) => heads.read(origin) ?? ""));
    return wasKilled;
  };
  assert.equal(await run(1, 0), false);
  for (let point = 1; point <= POINTS_A_ROUND; point++) assert.equal(await run(1, point), true, `point ${point}`);
  const random = seededRandom(20_261_125);
  for (let kill = 0; kill < RANDOM_KILLS; kill++) await run(3, 1 + random.below(3 * POINTS_A_ROUND));
  assert.equal(await run(2, 0), false);

  const database = await open();
  try {
    const leaves = await leavesOf(database);
    const heads = [...new Set(seen)].map(parseCheckpoint);
    assert.ok(heads.length > POINTS_A_ROUND / 2);
    for (const head of heads) assert.ok(holds(leaves, head), `a head of ${head.size} leaves was signed that the tree does not hold`);
    assert.equal(new Set(heads.map(({ origin }) => origin)).size, 1);
    const placed = await database.query<{ id: string; index: number | null }>(
      "keeper",
      sql`select id, leaf_index as index from ledger_statement`,
    );
    const indexes = new Map(placed.map(({ id, index }) => [id, index]));
    for (const [id, leaf] of recorded) {
      const index = indexes.get(id);
      assert.ok(typeof index === "number", `the statement ${id} was acknowledged and is not in the tree`);
      assert.equal(Buffer.from(leaves[index] ?? []).toString("hex"), leaf);
    }
    assert.equal(new Set(indexes.values()).size, placed.length, "no two statements share a leaf");
    assert.ok(recorded.size > POINTS_A_ROUND);
  } finally {
    await database.close();
  }
}

async function leavesOf(database: OwnedDatabase): Promise<readonly Uint8Array[]> {
  const bundles = await database.query<{ entries: Uint8Array }>("reader", sql`select entries from ledger_bundle order by index`);
  return bundles.flatMap(({ entries }) => entriesOf(entries));
}

function holds(leaves: readonly Uint8Array[], { size, root }: Checkpoint): boolean {
  const tiles = growTiles(0, leaves.slice(0, size).map(leafHash), () => undefined);
  return size <= leaves.length && isSameHash(treeRoot(size, nodeReader(tiles)), root);
}

function runChild(args: readonly string[]): Promise<{ readonly lines: readonly string[]; readonly wasKilled: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL" || (code === 0 && said.endsWith("done\n")))
        resolve({ lines: said.trim().split("\n"), wasKilled: signal === "SIGKILL" });
      else reject(new Error(`the child ended with ${code ?? signal}: ${complaint}`));
    });
  });
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-ledger-kill-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
