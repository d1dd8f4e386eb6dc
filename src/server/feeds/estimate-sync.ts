import { mkdir, statfs } from "node:fs/promises";
import type { Database } from "../database/database.ts";
import { ARCHIVE_BYTES_PER_SECOND } from "../import-rate.ts";
import { readFeedState } from "./feed-store.ts";
import { type FeedConfig, openFeed } from "./open-feed.ts";
import { checkRequest, placeOf, type SyncRequest } from "./sync-request.ts";

export type SyncEstimate = {
  readonly location: string;
  readonly bytes: number | undefined;
  readonly records: number | undefined;
  readonly seconds: number | undefined;
  readonly diskFreeBytes: number;
  readonly diskNeededBytes: number | undefined;
};

/** After bench/import.ts 36.5 MB of archive are 469 MB of installation, with its indexes and the log; rounded up. */
const DISK_PER_ARCHIVE_BYTE = 14;

/** What a sync would take, before anything is taken. */
export async function estimateSync(
  database: Database,
  config: FeedConfig,
  request: Pick<SyncRequest, "feed" | "ecosystem" | "from">,
): Promise<SyncEstimate> {
  await mkdir(config.dataDirectory, { recursive: true });
  const disk = await statfs(config.dataDirectory);
  const diskFreeBytes = disk.bavail * disk.bsize;
  const before = await readFeedState(database, request.feed, request.ecosystem);
  const place = placeOf({ ...request, full: false }, before);
  if (request.feed === "kev") {
    return {
      location: place ?? config.kevFeedUrl,
      bytes: undefined,
      records: undefined,
      seconds: undefined,
      diskFreeBytes,
      diskNeededBytes: undefined,
    };
  }
  checkRequest({ ...request, full: false });
  const feed = await openFeed(config, request.ecosystem, place ?? config.osvFeedUrl, undefined);
  try {
    const { bytes, records } = await feed.estimate(AbortSignal.timeout(60_000));
    return {
      location: feed.location,
      bytes,
      records,
      seconds: bytes === undefined ? undefined : Math.ceil(bytes / ARCHIVE_BYTES_PER_SECOND),
      diskFreeBytes,
      diskNeededBytes: bytes === undefined ? undefined : bytes * DISK_PER_ARCHIVE_BYTE,
    };
  } finally {
    await feed.close();
  }
}
