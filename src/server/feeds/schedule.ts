import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { readFeedStates } from "./feed-store.ts";
import type { SyncService } from "./sync-service.ts";

/** Only what was asked for once is taken again, and only from places that change by themselves. */
export function isScheduledPlace(place: string | null): boolean {
  return place === null || /^https?:\/\//i.test(place);
}

const HOUR_MS = 60 * 60 * 1000;
/** Looked at this often, so that a machine that slept catches up soon after it wakes. */
const LOOK_EVERY_MS = 5 * 60 * 1000;

/** Takes each feed again `everyHours` after its last try. Returns what ends it. */
export function startSchedule({
  database,
  syncs,
  everyHours,
  log,
}: {
  readonly database: Database;
  readonly syncs: SyncService;
  readonly everyHours: number;
  readonly log: Logger;
}): () => void {
  if (everyHours === 0) return () => {};
  const look = async (): Promise<void> => {
    try {
      for (const feed of await readFeedStates(database)) {
        const due = (feed.last_tried_at?.getTime() ?? 0) + everyHours * HOUR_MS <= Date.now();
        if (feed.feed !== "sample" && due && isScheduledPlace(feed.place))
          syncs.start({ feed: feed.feed, ecosystem: feed.ecosystem, full: false });
      }
    } catch (error) {
      log.error({ err: error }, "the schedule could not be looked at; it is looked at again in 5 minutes");
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  void look();
  return () => clearInterval(timer);
}
