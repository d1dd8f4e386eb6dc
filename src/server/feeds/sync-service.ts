import { mkdir, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { AdvisoryFeed } from "../../connectors/advisory-feed.ts";
import { openKevCatalogue } from "../../connectors/kev-catalogue/kev-catalogue.ts";
import { openOsvBucket } from "../../connectors/osv-bucket/osv-bucket.ts";
import type { SyncState } from "../../contract/endpoints/feeds.ts";
import { readKevCatalogue } from "../../formats/kev/kev.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { ARCHIVE_BYTES_PER_SECOND } from "../import-rate.ts";
import { replaceExploited } from "../exploited/exploited-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { beginSync, dropSample, endSync, failSync, type FeedStateRow, readFeedState, writeProblems } from "./feed-store.ts";
import { createRunningSync, type RunningSync } from "./sync-state.ts";
import { takeAdvisories } from "./take-advisories.ts";

export type SyncRequest = {
  readonly feed: "osv" | "kev";
  readonly ecosystem: string;
  readonly from?: string | undefined;
  readonly statedAt?: string | undefined;
  readonly malware?: boolean | undefined;
  readonly full: boolean;
};

export type SyncEstimate = {
  readonly location: string;
  readonly bytes: number | undefined;
  readonly records: number | undefined;
  readonly seconds: number | undefined;
  readonly diskFreeBytes: number;
  readonly diskNeededBytes: number | undefined;
};

export type SyncService = {
  /** Starts a sync, or joins the one that runs for the same feed and ecosystem. @throws CodedError `input-invalid` */
  readonly start: (request: SyncRequest) => SyncState;
  /** @throws CodedError `not-found` */
  readonly read: (sync: string, seenRecords: number, waitMs: number) => Promise<SyncState>;
  readonly cancel: (sync: string) => SyncState;
  readonly estimate: (request: Pick<SyncRequest, "feed" | "ecosystem" | "from">) => Promise<SyncEstimate>;
  /** Resolves when nothing runs any more. */
  readonly close: () => Promise<void>;
};

export type SyncServiceOptions = {
  readonly database: Database;
  readonly config: Pick<Config, "dataDirectory" | "osvFeedUrl" | "kevFeedUrl" | "allowedPrivateHosts">;
  readonly snapshots: SnapshotService;
};

/** Between two full reconciliations with the archive: single changes can be missed, since mass edits do not always raise their time. */
const FULL_EVERY_MS = 7 * 24 * 60 * 60 * 1000;
/** Measured by bench/import.ts: what a record of the archive becomes on disk, with its indexes and the log. */
const DISK_PER_ARCHIVE_BYTE = 14;
const KEPT_ENDED = 50;

export function createSyncService({ database, config, snapshots }: SyncServiceOptions): SyncService {
  const syncs = new Map<string, RunningSync>();
  const running = new Map<string, Promise<void>>();
  let count = 0;
  const find = (sync: string): RunningSync => {
    const found = syncs.get(sync);
    if (found === undefined) throw new CodedError("not-found", `no sync ${sync} is known to this server: it forgets them when it stops`);
    return found;
  };
  return {
    start: (request) => {
      const checked = checkRequest(request);
      const joined = [...syncs.values()].find(
        ({ state }) => state().feed === request.feed && state().ecosystem === request.ecosystem && state().endedAtMs === undefined,
      );
      if (joined !== undefined) return joined.state();
      const sync = `sync-${++count}`;
      const begun = createRunningSync({
        sync,
        feed: request.feed,
        ecosystem: request.ecosystem,
        phase: "waiting",
        takenBytes: 0,
        records: 0,
        changed: 0,
        unchanged: 0,
        problems: 0,
        startedAtMs: Date.now(),
      });
      syncs.set(sync, begun);
      for (const [id, old] of syncs) if (syncs.size > KEPT_ENDED && old.state().endedAtMs !== undefined) syncs.delete(id);
      // One at a time: two imports would only wait for each other's transactions.
      const before = [...running.values()];
      const run = Promise.allSettled(before).then(() => runSync({ database, config, snapshots }, checked, begun));
      running.set(
        sync,
        run.finally(() => running.delete(sync)),
      );
      return begun.state();
    },
    read: (sync, seenRecords, waitMs) => find(sync).changed(seenRecords, waitMs),
    cancel: (sync) => {
      const found = find(sync);
      found.abort.abort(new CodedError("shutting-down", "the sync was stopped; what was taken stays, and the next one goes on from there"));
      return found.state();
    },
    estimate: (request) => estimateSync(database, config, request),
    close: async () => {
      for (const { abort } of syncs.values())
        abort.abort(new CodedError("shutting-down", "the server stops; what was taken stays, and the next sync goes on from there"));
      await Promise.allSettled(running.values());
    },
  };
}

type CheckedRequest = SyncRequest & { readonly statedAtMs: number | undefined };

function checkRequest(request: SyncRequest): CheckedRequest {
  const statedAtMs = request.statedAt === undefined ? undefined : parseInstant(request.statedAt);
  if (request.statedAt !== undefined && statedAtMs === undefined) {
    throw new CodedError(
      "input-invalid",
      `--stated-at: expected a date such as 2026-08-22 or a time with a zone, got ${JSON.stringify(request.statedAt)}`,
    );
  }
  const url = request.from === undefined ? null : URL.parse(request.from);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw new CodedError("input-invalid", "--from: expected an address without a user and a password: it is kept and shown");
  }
  if (request.feed === "osv" && ecosystemOf(request.ecosystem)?.id !== request.ecosystem) {
    throw new CodedError(
      "input-invalid",
      `expected an ecosystem whose versions Sluice can order, got ${JSON.stringify(request.ecosystem)}`,
    );
  }
  if (request.feed === "kev" && request.ecosystem !== "")
    throw new CodedError("input-invalid", `the kev feed is not of one ecosystem, got ${JSON.stringify(request.ecosystem)}`);
  return { ...request, statedAtMs };
}

async function runSync(parts: SyncServiceOptions, request: CheckedRequest, sync: RunningSync): Promise<void> {
  const { database } = parts;
  try {
    sync.abort.signal.throwIfAborted();
    await (request.feed === "kev" ? syncExploited(parts, request, sync) : syncAdvisories(parts, request, sync));
    sync.update({ phase: "done", endedAtMs: Date.now() });
  } catch (error) {
    const stopped = sync.abort.signal.aborted;
    const message = isCodedError(error)
      ? [error.place, error.message].filter(Boolean).join(": ")
      : `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    sync.update({ phase: stopped ? "cancelled" : "failed", error: message, endedAtMs: Date.now() });
    // The database itself may be what failed; the state in memory has been told already.
    await failSync(database, request.feed, request.ecosystem, stopped ? "partial" : "failed", message).catch(() => undefined);
  }
}

async function syncAdvisories(
  { database, config, snapshots }: SyncServiceOptions,
  request: CheckedRequest,
  sync: RunningSync,
): Promise<void> {
  const signal = sync.abort.signal;
  const at = new Date();
  const before = await readFeedState(database, "osv", request.ecosystem);
  const place = placeOf(request, before);
  const malware = request.malware ?? before?.includes_malware ?? false;
  sync.update({ phase: "estimating" });
  const feed = await openFeed(config, request.ecosystem, place ?? config.osvFeedUrl, request.statedAtMs);
  try {
    await beginSync(database, { feed: "osv", ecosystem: request.ecosystem, location: feed.location, place, malware, at });
    const estimate = await feed.estimate(signal);
    sync.update({ phase: "taking", totalBytes: estimate.bytes, totalRecords: estimate.records });
    // Asked before anything is taken: what the source adds meanwhile is then not claimed.
    const statedAtMs = await feed.statedAtMs(signal);
    const taken = await againWhenChanged(() =>
      takeAdvisories({
        database,
        feed,
        context: { feed: "osv", ecosystem: request.ecosystem, receivedAt: at },
        malware,
        since: sinceOf(request, before, place, malware, at),
        signal,
        onProgress: (progress) => sync.update(progress),
      }),
    );
    sync.update({ phase: "grouping" });
    await dropSample(database, request.ecosystem, at);
    await groupAdvisories(database);
    await endSync(database, {
      feed: "osv",
      ecosystem: request.ecosystem,
      location: feed.location,
      place,
      statedAtMs,
      malware,
      full: taken.full,
      at,
    });
    if (taken.full) await database.checkpoint();
  } finally {
    await feed.close();
  }
  sync.update({ phase: "building" });
  await snapshots.rebuild();
}

/** A source that was written to while it was read is read again, once. */
async function againWhenChanged<T>(take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (!isCodedError(error, "feed-changed")) throw error;
    return take();
  }
}

async function syncExploited(
  { database, config, snapshots }: SyncServiceOptions,
  request: CheckedRequest,
  sync: RunningSync,
): Promise<void> {
  const at = new Date();
  const before = await readFeedState(database, "kev", "");
  const place = placeOf(request, before);
  const catalogue = openKevCatalogue({ place: place ?? config.kevFeedUrl, allowedPrivateHosts: config.allowedPrivateHosts });
  await beginSync(database, { feed: "kev", ecosystem: "", location: catalogue.location, place, malware: false, at });
  sync.update({ phase: "taking" });
  const file = await catalogue.read(sync.abort.signal);
  const read = readKevCatalogue(file.bytes);
  await replaceExploited(database, read.entries);
  await writeProblems(
    database,
    read.problems.map(({ place: at_, reason }) => ({
      feed: "kev",
      ecosystem: "",
      record_id: at_,
      place: `${catalogue.location}: ${at_}`,
      reason,
    })),
    at,
  );
  sync.update({
    records: read.entries.length,
    changed: read.entries.length,
    problems: read.problems.length,
    takenBytes: file.bytes.length,
  });
  const statedAtMs = request.statedAtMs ?? file.lastModifiedMs ?? parseInstant(read.dateReleased);
  await endSync(database, { feed: "kev", ecosystem: "", location: catalogue.location, place, statedAtMs, malware: false, full: true, at });
  sync.update({ phase: "building" });
  await snapshots.rebuild();
}

/** The place as it is kept: absolute, so that a later sync from another directory finds it; undefined = the public one. */
function placeOf(request: SyncRequest, before: FeedStateRow | undefined): string | undefined {
  if (request.from === undefined) return before?.place ?? undefined;
  return /^https?:\/\//i.test(request.from) ? request.from : resolve(request.from);
}

function sinceOf(
  request: SyncRequest,
  before: FeedStateRow | undefined,
  place: string | undefined,
  malware: boolean,
  at: Date,
): string | undefined {
  if (request.full || before === undefined || before.last_full_at === null || before.watermark === null) return undefined;
  if ((before.place ?? undefined) !== place || before.includes_malware !== malware) return undefined;
  return at.getTime() - before.last_full_at.getTime() > FULL_EVERY_MS ? undefined : before.watermark;
}

async function openFeed(
  config: SyncServiceOptions["config"],
  ecosystem: string,
  place: string,
  statedAtMs: number | undefined,
): Promise<AdvisoryFeed> {
  const workDirectory = join(config.dataDirectory, "work");
  await mkdir(workDirectory, { recursive: true });
  return openOsvBucket({ place, ecosystem, workDirectory, allowedPrivateHosts: config.allowedPrivateHosts, statedAtMs });
}

async function estimateSync(
  database: Database,
  config: SyncServiceOptions["config"],
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
