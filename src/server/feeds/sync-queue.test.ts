import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import { openHeldRecords } from "../../../tests/support/held-records.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import type { SyncState } from "../../contract/endpoints/feeds.ts";
import { createSyncService, type SyncService } from "./sync-service.ts";

/** A directory with one record of each ecosystem, and a service over a database of its own that counts the snapshots it makes. */
async function queueOver(
  t: TestContext,
  ecosystems: readonly string[],
): Promise<{ readonly place: string; readonly syncs: SyncService; readonly built: () => number }> {
  const place = await mkdtemp(join(tmpdir(), "sluice-queue-"));
  for (const ecosystem of ecosystems) {
    await mkdir(join(place, ecosystem));
    const record = osvRecord(`TEST-${ecosystem}`, "a", "2.0.0", { affected: [{ package: { ecosystem, name: "a" }, versions: ["1.0.0"] }] });
    for (const [path, bytes] of bucketObjects(ecosystem, [record])) await writeFile(join(place, path), bytes);
  }
  const { database, snapshots, close } = await openHeldRecords();
  let built = 0;
  const counting = { ...snapshots, rebuild: () => (built++, snapshots.rebuild()) };
  const config = { dataDirectory: place, osvFeedUrl: "http://127.0.0.1:9/", kevFeedUrl: "http://127.0.0.1:9/", allowedPrivateHosts: [] };
  const syncs = createSyncService({ database, snapshots: counting, config });
  t.after(async () => {
    await syncs.close();
    await close();
    await rm(place, { recursive: true });
  });
  return { place, syncs, built: () => built };
}

async function ended(syncs: SyncService, started: SyncState): Promise<SyncState> {
  let state = started;
  while (state.endedAtMs === undefined) state = await syncs.read(state.sync, state.records, 20_000);
  return state;
}

test("syncs that wait for one another are taken in order, and answer together from one snapshot", async (t) => {
  const { place, syncs, built } = await queueOver(t, ["PyPI", "RubyGems", "npm"]);
  const started = ["PyPI", "RubyGems", "npm"].map((ecosystem) => syncs.start({ feed: "osv", ecosystem, from: place, full: false }));
  assert.deepEqual(
    started.map(({ phase }) => phase),
    ["estimating", "waiting", "waiting"],
  );
  const states = await Promise.all(started.map((state) => ended(syncs, state)));
  assert.deepEqual(
    states.map(({ phase, records }) => [phase, records]),
    [
      ["done", 1],
      ["done", 1],
      ["done", 1],
    ],
  );
  assert.equal(built(), 1);
  const again = syncs.start({ feed: "osv", ecosystem: "npm", from: place, full: false });
  assert.equal(again.phase, "estimating");
  assert.deepEqual([(await ended(syncs, again)).phase, built()], ["done", 2]);
});

test("one that fails or is stopped says so and leaves the others to answer", async (t) => {
  const { place, syncs, built } = await queueOver(t, ["PyPI", "npm"]);
  const started = ["PyPI", "Hex", "RubyGems", "npm"].map((ecosystem) =>
    syncs.start({ feed: "osv", ecosystem, from: ecosystem === "Hex" ? join(place, "nowhere") : place, full: false }),
  );
  const stopped = started[2] ?? assert.fail();
  syncs.cancel(stopped.sync);
  const states = await Promise.all(started.map((state) => ended(syncs, state)));
  assert.deepEqual(
    states.map(({ phase }) => phase),
    ["done", "failed", "cancelled", "done"],
  );
  assert.equal(built(), 1);
  assert.match(states[1]?.error ?? "", /nowhere/);
});
