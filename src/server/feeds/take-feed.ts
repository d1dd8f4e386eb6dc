import { openKevCatalogue } from "../../connectors/kev-catalogue/kev-catalogue.ts";
import { readKevCatalogue } from "../../formats/kev/kev.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { Database } from "../database/database.ts";
import { replaceExploited } from "../exploited/exploited-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { beginSync, failSync, type FeedStateRow, readFeedState, type SyncOutcome, writeProblems } from "./feed-store.ts";
import { type FeedConfig, openFeed, outgoingOf } from "./open-feed.ts";
import { type CheckedRequest, placeOf, type SyncRequest } from "./sync-request.ts";
import type { RunningSync } from "./sync-state.ts";
import { takeAdvisories } from "./take-advisories.ts";

export type SyncParts = { readonly database: Database; readonly config: FeedConfig; readonly snapshots: SnapshotService };

type Taken = Pick<TakenFeed, "changed" | "outcome">;

/** Between two full reconciliations with the archive: single changes can be missed, since mass edits do not always raise their time. */
const FULL_EVERY_MS = 7 * 24 * 60 * 60 * 1000;

/** A feed whose records are in the database, and do not answer yet. */
export type TakenFeed = {
  readonly request: CheckedRequest;
  readonly sync: RunningSync;
  /** How many records differ from those before. */
  readonly changed: number;
  readonly outcome: SyncOutcome;
};

/** Takes a feed's records. Undefined when it failed or was stopped: how it ended is then in its state and in the feed's. */
export async function takeFeed(parts: SyncParts, request: CheckedRequest, sync: RunningSync): Promise<TakenFeed | undefined> {
  try {
    sync.abort.signal.throwIfAborted();
    sync.update({ phase: "estimating", startedAtMs: Date.now() });
    const taken = await (request.feed === "kev" ? takeExploited(parts, request, sync) : takeRecords(parts, request, sync));
    sync.update({ phase: "taken", takenAtMs: Date.now() });
    return { request, sync, ...taken };
  } catch (error) {
    await endAsFailed(parts.database, { request, sync }, error);
    return undefined;
  }
}

/** Writes down how a sync that was stopped or failed ended, then tells it. */
export async function endAsFailed(
  database: Database,
  { request, sync }: Pick<TakenFeed, "request" | "sync">,
  error: unknown,
): Promise<void> {
  const stopped = sync.abort.signal.aborted;
  const message = isCodedError(error)
    ? [error.place, error.message].filter(Boolean).join(": ")
    : `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  // The database itself may be what failed; what is in memory is told all the same.
  await failSync(database, request.feed, request.ecosystem, stopped ? "partial" : "failed", message).catch(() => undefined);
  sync.update({ phase: stopped ? "cancelled" : "failed", error: message, endedAtMs: Date.now() });
}

async function takeRecords({ database, config }: SyncParts, request: CheckedRequest, sync: RunningSync): Promise<Taken> {
  const signal = sync.abort.signal;
  const at = new Date();
  const before = await readFeedState(database, "osv", request.ecosystem);
  const place = placeOf(request, before);
  const malware = request.malware ?? before?.includes_malware ?? false;
  const feed = await openFeed(config, request.ecosystem, place ?? config.osvFeedUrl, request.statedAtMs);
  try {
    await beginSync(database, { feed: "osv", ecosystem: request.ecosystem, location: feed.location, place, malware, at });
    const estimate = await feed.estimate(signal);
    sync.update({ phase: "taking", totalBytes: estimate.bytes, totalRecords: estimate.records });
    // Asked before anything is taken: what the source adds meanwhile is then not claimed.
    const statedAtMs = await feed.statedAtMs(signal);
    const { full, changed } = await againWhenChanged(() =>
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
    return {
      changed,
      outcome: { feed: "osv", ecosystem: request.ecosystem, location: feed.location, place, statedAtMs, malware, full, at },
    };
  } finally {
    await feed.close();
  }
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

async function takeExploited({ database, config }: SyncParts, request: CheckedRequest, sync: RunningSync): Promise<Taken> {
  const at = new Date();
  const before = await readFeedState(database, "kev", "");
  const place = placeOf(request, before);
  const catalogue = openKevCatalogue({ ...outgoingOf(config), place: place ?? config.kevFeedUrl });
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
  return {
    changed: read.entries.length,
    outcome: { feed: "kev", ecosystem: "", location: catalogue.location, place, statedAtMs, malware: false, full: true, at },
  };
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
