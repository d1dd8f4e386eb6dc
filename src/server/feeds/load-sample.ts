import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { importRecords, type ReceivedRecord } from "../advisories/advisory-service.ts";
import type { Database } from "../database/database.ts";
import { packageRoot } from "../package-root.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { beginSync, endSync, readFeedStates } from "./feed-store.ts";

const SAMPLE_ECOSYSTEM = "npm";
const BATCH = 200;

/**
 * With no data at all, loads the bundled sample: a few hundred well-known advisories to try with. It finds, but it can never say "nothing found".
 * Returns whether it was loaded.
 */
export async function loadSampleIfEmpty(database: Database): Promise<boolean> {
  const states = await readFeedStates(database);
  if (states.some((state) => state.feed === "osv" || (state.feed === "sample" && state.last_success_at !== null))) return false;
  const at = new Date();
  const context = { feed: "sample", ecosystem: SAMPLE_ECOSYSTEM, receivedAt: at };
  await beginSync(database, {
    feed: "sample",
    ecosystem: SAMPLE_ECOSYSTEM,
    location: "bundled sample",
    place: undefined,
    malware: false,
    at,
  });
  let batch: ReceivedRecord[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(join(packageRoot, "sample", "npm.ndjson"), "utf8") })) {
    line++;
    if (text === "") continue;
    const { id } = JSON.parse(text) as { readonly id: string };
    batch.push({ id, bytes: new TextEncoder().encode(text), place: `sample/npm.ndjson:${line}` });
    if (batch.length < BATCH) continue;
    await importRecords(database, batch, context);
    batch = [];
  }
  await importRecords(database, batch, context);
  await groupAdvisories(database);
  await endSync(database, {
    feed: "sample",
    ecosystem: SAMPLE_ECOSYSTEM,
    location: "bundled sample",
    place: undefined,
    statedAtMs: undefined,
    malware: false,
    full: true,
    at,
  });
  return true;
}
