import { setTimeout as delay } from "node:timers/promises";
import { type BenchLine, withinLimit } from "./bench-line.ts";
import { secondsUntilServed } from "./changed-advisory.ts";
import { quarterMillionBucket, quarterMillionInstallation } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { startServer } from "./running-server.ts";
import { changedRecord, QUARTER_MILLION } from "./synthetic/osv-records.ts";
import { memoryOf } from "./whole-process.ts";

const SETTLE_MS = 30_000;
const LIMIT_MB = 600;

/** What a server holds that nobody asks anything: after it has started, and after it has taken in a change. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const bucket = await quarterMillionBucket(bench);
  const server = await startServer(await quarterMillionInstallation(bench));
  const settled = async (): Promise<number> => {
    await delay(SETTLE_MS);
    return memoryOf(server.pid)?.nowMb ?? Number.NaN;
  };
  try {
    const started = await settled();
    await secondsUntilServed(server, bucket, changedRecord(QUARTER_MILLION, 7, Date.now()));
    const synced = await settled();
    return [
      withinLimit("memory: server with 250,000 advisories, idle after its start", started, LIMIT_MB, "MB"),
      withinLimit("memory: the same, idle after a sync", synced, LIMIT_MB, "MB"),
    ];
  } finally {
    await server.stop();
  }
}
