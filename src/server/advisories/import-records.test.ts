import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import { recordDigests } from "../../../tests/support/record-digest.ts";
import { readRevisions } from "./advisory-store.ts";
import { importRecords, prepareRecords, type ReceivedRecord, writePrepared } from "./import-records.ts";

const context = { feed: "osv", ecosystem: "npm", receivedAt: new Date("2026-11-25T00:00:00Z") };

withTestDatabase("records that came between their preparation and their writing are replaced, not doubled", async (database) => {
  const old = received(osvRecord("GHSA-a", "pad", "1.0.0"));
  const next = received(osvRecord("GHSA-a", "pad", "2.0.0", { modified: "2026-11-02T00:00:00Z" }));
  const other = received(osvRecord("GHSA-b", "odd", "1.0.0"));
  const prepared = await prepareRecords(database, [next, other], context);
  assert.equal(prepared.rows.areNew, true);
  await importRecords(database, [old], context);
  assert.deepEqual(await writePrepared(database, prepared, context), { changed: 2, unchanged: 0, problems: [] });
  const revisions = await readRevisions(database, "GHSA-a");
  assert.deepEqual(
    revisions.map(({ revision, body }) => [revision, body]),
    [
      [2, text(next)],
      [1, text(old)],
    ],
  );
  const after = await recordDigests(database);
  assert.deepEqual(await importRecords(database, [next, other], context), { changed: 0, unchanged: 2, problems: [] });
  assert.deepEqual(await recordDigests(database), after);
});

withTestDatabase("among new records, one that the database refuses is kept aside alone", async (database) => {
  const good = received(osvRecord("GHSA-a", "pad", "1.0.0"));
  const yearZero = received(osvRecord("GHSA-b", "pad", "1.0.0", { published: "0000-01-01T00:00:00Z" }));
  const report = await importRecords(database, [yearZero, good], context);
  assert.deepEqual([report.changed, report.problems.map(({ record_id }) => record_id)], [1, ["GHSA-b"]]);
  assert.match(report.problems[0]?.reason ?? "", /database refuses/);
  assert.equal((await readRevisions(database, "GHSA-a")).length, 1);
  assert.deepEqual(await readRevisions(database, "GHSA-b"), []);
});

function received(record: ReturnType<typeof osvRecord>): ReceivedRecord {
  return { id: record.id, bytes: Buffer.from(JSON.stringify(record)), place: `${record.id}.json` };
}

function text({ bytes }: ReceivedRecord): string {
  return Buffer.from(bytes).toString("utf8");
}
