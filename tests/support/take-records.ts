import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SyncService } from "../../src/server/feeds/sync-service.ts";
import { type BucketRecord, bucketObjects } from "../feed-server/bucket-objects.ts";

/** What a feed states besides its records; `statedAt` absent = its age is unknown. */
export type TakenAs = { readonly ecosystem?: string; readonly statedAt?: string; readonly malware?: boolean };

/** Syncs `records` as one ecosystem's feed, from a directory, and waits until they answer. */
export async function takeRecords(
  syncs: SyncService,
  records: readonly BucketRecord[],
  { ecosystem = "npm", statedAt, malware = false }: TakenAs,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-feed-"));
  try {
    for (const [path, bytes] of bucketObjects(ecosystem, records)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    await takeDirectory(syncs, directory, { ecosystem, malware, ...(statedAt === undefined ? {} : { statedAt }) });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Syncs one ecosystem from a directory that is laid out as the public bucket, and waits until it answers. */
export async function takeDirectory(
  syncs: SyncService,
  directory: string,
  { ecosystem = "npm", statedAt, malware = false }: TakenAs,
): Promise<void> {
  let state = syncs.start({ feed: "osv", ecosystem, from: directory, statedAt, malware, full: true });
  while (state.endedAtMs === undefined) state = await syncs.read(state.sync, state.records, 20_000);
  if (state.phase !== "done") throw new Error(`the sync ended as ${state.phase}: ${JSON.stringify(state)}`);
}
