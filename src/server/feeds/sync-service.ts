import type { SyncState } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { estimateSync, type SyncEstimate } from "./estimate-sync.ts";
import { settleFeeds } from "./settle-feeds.ts";
import { type CheckedRequest, checkRequest, type SyncRequest } from "./sync-request.ts";
import { createRunningSync, type RunningSync } from "./sync-state.ts";
import { type SyncParts, type TakenFeed, takeFeed } from "./take-feed.ts";

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

const KEPT_ENDED = 50;

/** What was taken answers after this long at the latest, however many syncs are still to come. */
const SETTLE_EVERY_MS = 60_000;

type Queued = { readonly request: CheckedRequest; readonly sync: RunningSync };

export function createSyncService(parts: SyncParts): SyncService {
  const { database, config } = parts;
  const syncs = new Map<string, RunningSync>();
  const queue: Queued[] = [];
  let working: Promise<void> | undefined;
  let count = 0;
  const find = (sync: string): RunningSync => {
    const found = syncs.get(sync);
    if (found === undefined) throw new CodedError("not-found", `no sync ${sync} is known to this server: it forgets them when it stops`);
    return found;
  };
  // One at a time: two imports would only wait for each other's transactions. Groups and the snapshot are made once for several.
  const work = async (): Promise<void> => {
    let taken: TakenFeed[] = [];
    let settledAtMs = Date.now();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = await takeFeed(parts, next.request, next.sync);
      if (one !== undefined) taken.push(one);
      if (taken.length === 0 || (queue.length > 0 && Date.now() - settledAtMs < SETTLE_EVERY_MS)) continue;
      await settleFeeds(parts, taken);
      taken = [];
      settledAtMs = Date.now();
    }
    working = undefined;
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
        phase: working === undefined ? "estimating" : "waiting",
        takenBytes: 0,
        records: 0,
        changed: 0,
        unchanged: 0,
        problems: 0,
        startedAtMs: Date.now(),
      });
      syncs.set(sync, begun);
      for (const [id, old] of syncs) if (syncs.size > KEPT_ENDED && old.state().endedAtMs !== undefined) syncs.delete(id);
      queue.push({ request: checked, sync: begun });
      working ??= work();
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
      await working;
    },
  };
}
