import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { openHeldRecords } from "../../../tests/support/held-records.ts";
import { takeRecords } from "../../../tests/support/take-records.ts";
import type { Database } from "../database/database.ts";
import { readAdvisoriesNaming, readBodiesInForce, readOtherRecords, readRecordBody } from "./osv-record-store.ts";

const record = (id: string, name: string, more: Partial<BucketRecord> = {}): BucketRecord => ({
  id,
  modified: "2026-01-02T03:04:05.678901Z",
  affected: [{ package: { ecosystem: "npm", name } }],
  ...more,
});

const records = [
  record("T-1", "a", { aliases: ["CVE-2026-1"], details: "é".repeat(500) }),
  record("T-2", "a", { aliases: ["CVE-2026-1"] }),
  record("T-3", "a", { withdrawn: "2026-01-03T00:00:00Z" }),
  record("T-4", "b"),
];
const bytesOf = (index: number): number => Buffer.byteLength(JSON.stringify(records[index]));

async function holding(database: Database, work: () => Promise<void>): Promise<void> {
  const held = await openHeldRecords(database);
  try {
    await takeRecords(held.syncs, records, { statedAt: "2026-01-04" });
    await work();
  } finally {
    await held.close();
  }
}

withTestDatabase("advisories in force are found by the packages they name, each asked for itself", (database) =>
  holding(database, async () => {
    const npm = (name: string, after?: string) => ({ ecosystems: ["npm"], name, after });
    const found = await readAdvisoriesNaming(
      database,
      [
        npm("b"),
        npm("none"),
        npm("a"),
        npm("a", "T-1"),
        npm("a"),
        { ecosystems: ["Hex"], name: "a", after: undefined },
        { ecosystems: ["Hex", "npm", "npm"], name: "a", after: undefined },
      ],
      10,
    );
    assert.deepEqual(
      found.map((list) => list.map(({ id }) => id)),
      [["T-4"], [], ["T-1", "T-2"], ["T-2"], ["T-1", "T-2"], [], ["T-1", "T-2"]],
    );
    assert.equal(found[0]?.[0]?.modified, "2026-01-02T03:04:05.678901Z");
    assert.deepEqual((await readAdvisoriesNaming(database, [npm("a")], 1))[0]?.length, 1);
    assert.deepEqual(await readAdvisoriesNaming(database, [], 1), []);
  }),
);

withTestDatabase("bodies come as received, in order, without withdrawn ones, until they weigh enough", (database) =>
  holding(database, async () => {
    const ids = ["T-4", "T-3", "T-2", "T-1", "T-9"];
    const upTo = async (maxBytes: number): Promise<readonly string[]> =>
      (await readBodiesInForce(database, ids, maxBytes)).map(({ id }) => id);
    assert.deepEqual(
      (await readBodiesInForce(database, ids, 1_000_000)).map(({ body }) => body),
      [0, 1, 3].map((index) => JSON.stringify(records[index])),
    );
    assert.deepEqual(await upTo(1), ["T-1"]);
    assert.deepEqual(await upTo(bytesOf(0)), ["T-1"]);
    assert.deepEqual(await upTo(bytesOf(0) + 1), ["T-1", "T-2"]);
    assert.deepEqual(await upTo(bytesOf(0) + bytesOf(1) + 1), ["T-1", "T-2", "T-4"]);
  }),
);

withTestDatabase("one body comes by its id, withdrawn or not; an alias leads to the records that are held", (database) =>
  holding(database, async () => {
    assert.equal(await readRecordBody(database, "T-3"), JSON.stringify(records[2]));
    assert.equal(await readRecordBody(database, "t-3"), undefined);
    assert.deepEqual(await readOtherRecords(database, "CVE-2026-1", 10), ["T-1", "T-2"]);
    assert.deepEqual(await readOtherRecords(database, "CVE-2026-1", 1), ["T-1"]);
    assert.deepEqual(await readOtherRecords(database, "CVE-2026-2", 10), []);
  }),
);
