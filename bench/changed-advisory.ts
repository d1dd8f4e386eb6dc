import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startSync } from "../src/contract/endpoints/feeds.ts";
import { type BenchLine, withinLimit } from "./bench-line.ts";
import { quarterMillionBucket, quarterMillionInstallation } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { medians } from "./rounds.ts";
import { type RunningServer, startServer } from "./running-server.ts";
import { type ChangedRecord, changedRecord, QUARTER_MILLION } from "./synthetic/osv-records.ts";

const ASK_EVERY_MS = 10;
const GIVE_UP_MS = 120_000;

/** From the request to sync until the server's own answer over HTTP is another. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const bucket = await quarterMillionBucket(bench);
  const server = await startServer(await quarterMillionInstallation(bench));
  try {
    let number = 0;
    const { ours } = await medians(5, {
      ours: async () => secondsUntilServed(server, bucket, changedRecord(QUARTER_MILLION, 50_000 * (number++ % 5) + 7, Date.now())),
    });
    return [withinLimit("changed-advisory: a changed record until it is served, of 250,000", ours, 5, "s")];
  } finally {
    await server.stop();
  }
}

/** One sync of one changed record. */
export async function secondsUntilServed(server: RunningServer, bucket: string, record: ChangedRecord): Promise<number> {
  if (await isServed(server, record)) throw new Error(`${record.id} is served before it was changed`);
  changeInBucket(join(bucket, "npm"), record);
  const startedMs = performance.now();
  await server.client(startSync, {
    body: { feed: "osv", ecosystem: "npm", from: bucket, statedAt: new Date().toISOString(), full: false },
  });
  while (!(await isServed(server, record))) {
    if (performance.now() - startedMs > GIVE_UP_MS) throw new Error(`${record.id} was not served in ${GIVE_UP_MS} ms`);
    await delay(ASK_EVERY_MS);
  }
  return (performance.now() - startedMs) / 1000;
}

/** A record beside the archive wins over the one in it. */
function changeInBucket(folder: string, { id, modified, json }: ChangedRecord): void {
  writeFileSync(join(folder, `${id}.json`), json);
  const list = join(folder, "modified_id.csv");
  const others = readFileSync(list, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith(`,${id}`));
  writeFileSync(list, [`${modified},${id}`, ...others, ""].join("\n"));
}

async function isServed(server: RunningServer, { id, name, version }: ChangedRecord): Promise<boolean> {
  const answer = await server.post("/v1/querybatch", JSON.stringify({ queries: [{ package: { ecosystem: "npm", name }, version }] }));
  return answer.includes(`"${id}"`);
}
