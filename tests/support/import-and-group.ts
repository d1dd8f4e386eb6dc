import { importRecords } from "../../src/server/advisories/import-records.ts";
import type { Database } from "../../src/server/database/database.ts";
import { groupAdvisories } from "../../src/server/vulnerabilities/grouping-service.ts";
import type { BucketRecord } from "../feed-server/bucket-objects.ts";

const RECEIVED_AT = new Date("2026-11-02T00:00:00Z");

/** Takes `records` into the npm feed as they are, without grouping them. */
export async function importOnly(database: Database, records: readonly BucketRecord[], receivedAt = RECEIVED_AT): Promise<void> {
  const received = records.map((record) => ({
    id: record.id,
    bytes: new TextEncoder().encode(JSON.stringify(record)),
    place: `${record.id}.json`,
  }));
  const { problems } = await importRecords(database, received, { feed: "osv", ecosystem: "npm", receivedAt });
  if (problems.length > 0) throw new Error(`records were refused: ${JSON.stringify(problems)}`);
}

/** Takes `records` into the npm feed and makes vulnerabilities of them; no snapshot. */
export async function importAndGroup(database: Database, records: readonly BucketRecord[], receivedAt = RECEIVED_AT): Promise<void> {
  await importOnly(database, records, receivedAt);
  await groupAdvisories(database);
}
