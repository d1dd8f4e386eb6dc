import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach } from "node:test";
import type { AdvisoryFeed, FeedEntry, FeedProblem, FeedRecord } from "../../src/connectors/advisory-feed.ts";
import { openOsvBucket, type OsvBucketOptions } from "../../src/connectors/osv-bucket/osv-bucket.ts";
import { bucketObjects, type BucketRecord } from "../feed-server/bucket-objects.ts";
import { type FeedServer, startFeedServer } from "../feed-server/feed-server.ts";

export const LAST_MODIFIED = new Date("2026-08-20T06:00:00Z");

export const RECORDS: readonly BucketRecord[] = Array.from({ length: 40 }, (_, index) => ({
  id: `TEST-${String(index).padStart(3, "0")}`,
  modified: `2026-08-${String(1 + (index % 20)).padStart(2, "0")}T00:00:00Z`,
  details: Array.from({ length: 40 }, (_, word) => Math.sin(index * 41 + word)).join(" "),
}));

export const ALL_IDS = RECORDS.map(({ id }) => id);
/** Ends what a test asks, should an answer never come. */
export const signal = AbortSignal.timeout(120_000);

/** A bucket of forty records that a server serves, new for each test, and the feeds that a test opens. */
export type BucketStand = {
  /** The running test's. */
  readonly server: FeedServer;
  /** Of the feeds; emptied after each test. */
  readonly workDirectory: string;
  /** Milliseconds that the feeds of the running test waited before they asked again. */
  readonly waits: readonly number[];
  /** On the server unless `options` say another place; closed after the test. */
  readonly open: (options?: Partial<OsvBucketOptions>) => Promise<AdvisoryFeed>;
};

/** For all tests of a file. */
export function standBucket(): BucketStand {
  const workDirectory = mkdtempSync(join(tmpdir(), "sluice-osv-bucket-"));
  const opened: AdvisoryFeed[] = [];
  const waits: number[] = [];
  let server: FeedServer;
  after(async () => rm(workDirectory, { recursive: true }));
  beforeEach(async () => {
    waits.length = 0;
    server = await startFeedServer({ objects: bucketObjects("npm", RECORDS), lastModified: LAST_MODIFIED });
  });
  afterEach(async () => {
    for (const feed of opened.splice(0)) await feed.close();
    await server.close();
    for (const name of await readdir(workDirectory)) await rm(join(workDirectory, name), { recursive: true });
  });
  async function open(options: Partial<OsvBucketOptions> = {}): Promise<AdvisoryFeed> {
    const feed = await openOsvBucket({
      place: server.url,
      ecosystem: "npm",
      workDirectory,
      allowedPrivateHosts: ["127.0.0.1"],
      connectTimeoutMs: 20_000,
      idleTimeoutMs: 20_000,
      wait: async (ms) => {
        waits.push(ms);
      },
      ...options,
    });
    opened.push(feed);
    return feed;
  }
  return {
    get server() {
      return server;
    },
    workDirectory,
    waits,
    open,
  };
}

type Read = {
  readonly count: number | undefined;
  readonly records: readonly FeedRecord[];
  readonly problems: readonly FeedProblem[];
  readonly progress: readonly (readonly [number, number | undefined])[];
};

export async function readArchive(feed: AdvisoryFeed, stopSignal = signal): Promise<Read> {
  let count: number | undefined;
  const onCount = (entries: number): void => {
    count = entries;
  };
  const records: FeedRecord[] = [];
  const problems: FeedProblem[] = [];
  const progress: (readonly [number, number | undefined])[] = [];
  const onProblem = (problem: FeedProblem): void => void problems.push(problem);
  const onProgress = (taken: number, total: number | undefined): void => void progress.push([taken, total]);
  for await (const record of feed.archive({ signal: stopSignal, onProblem, onProgress, onCount })) records.push(record);
  return { count, records, problems, progress };
}

export async function readChanges(
  feed: AdvisoryFeed,
): Promise<{ readonly entries: readonly FeedEntry[] | undefined; readonly problems: readonly FeedProblem[] }> {
  const problems: FeedProblem[] = [];
  const changes = await feed.changes(signal, (problem) => problems.push(problem));
  return { entries: changes === undefined ? undefined : await Array.fromAsync(changes), problems };
}

export function idsOf(read: Read): readonly string[] {
  return read.records.map(({ id }) => id);
}
