import { openZipRecords } from "../src/connectors/zip/zip-records.ts";
import { join } from "node:path";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { syncAll, syncNpm, thirtyThousandBucket } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";

/** `sluice sync npm` into a new data directory, whole process: it makes the database, takes everything, groups it and builds the snapshot. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const bucket = await thirtyThousandBucket(bench);
  const { ours, floor } = await medians(3, {
    ours: async () => (await syncNpm(bench.work.fresh("empty-installation"), bucket)).ms / 1000,
    floor: async () => (await elapsedMs(() => readOnly(join(bucket, "npm", "all.zip")))) / 1000,
  });
  const watched = await syncNpm(bench.work.fresh("empty-installation"), bucket, true);
  const question = "import: 30,000 advisories into an empty installation";
  return [
    withinLimit(question, ours, 30, "s"),
    besidePeer(question, ours, "s", { name: "unzip and JSON.parse only", value: floor }),
    withinLimit("import: 30,000 advisories, peak memory", watched.peakMb ?? Number.NaN, 1200, "MB"),
    ...(await measureRealRecords(bench)),
  ];
}

/** The records of every ecosystem in SLUICE_FEEDS: fewer than 30,000, and with more ranges and listed versions each. */
async function measureRealRecords(bench: Bench): Promise<readonly BenchLine[]> {
  const feeds = process.env["SLUICE_FEEDS"];
  if (feeds === undefined) {
    bench.say("SLUICE_FEEDS is not set: nothing is measured on real records");
    return [];
  }
  const bucket = join(feeds, "osv");
  const { ours } = await medians(3, { ours: async () => (await syncAll(bench.work.fresh("empty-installation"), bucket)).ms / 1000 });
  const watched = await syncAll(bench.work.fresh("empty-installation"), bucket, true);
  return [
    withinLimit("import: the real records of every ecosystem", ours, 30, "s"),
    withinLimit("import: the same, peak memory", watched.peakMb ?? Number.NaN, 1200, "MB"),
  ];
}

async function readOnly(archive: string): Promise<void> {
  const zip = await openZipRecords(archive, "npm/all.zip");
  try {
    const options = { signal: AbortSignal.timeout(600_000), onProblem: () => undefined, onProgress: () => undefined };
    for await (const { bytes } of zip.records(options)) JSON.parse(Buffer.from(bytes).toString("utf8"));
  } finally {
    await zip.close();
  }
}
