import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { dropSample, endSync } from "./feed-store.ts";
import { endAsFailed, type SyncParts, type TakenFeed } from "./take-feed.ts";

/** From so many changed records on, what the planner knows of the tables no longer fits them. */
const MANY_CHANGED = 500;

/** Makes what was taken answer: groups, ages and the snapshot, once for all of it. How each ended is in its state and in its feed's. */
export async function settleFeeds(parts: SyncParts, taken: readonly TakenFeed[]): Promise<void> {
  const { database, snapshots } = parts;
  const kept: TakenFeed[] = [];
  try {
    for (const feed of taken) {
      if (!feed.sync.abort.signal.aborted) kept.push(feed);
      else await endAsFailed(database, feed, feed.sync.abort.signal.reason);
    }
    if (kept.length === 0) return;
    for (const { sync } of kept) sync.update({ phase: "grouping" });
    const advisories = kept.filter(({ request }) => request.feed === "osv");
    for (const { outcome } of advisories) await dropSample(database, outcome.ecosystem, outcome.at);
    const grouped = advisories.length === 0 ? undefined : await groupAdvisories(database);
    for (const { outcome } of kept) await endSync(database, outcome);
    const changed = advisories.reduce((sum, feed) => sum + feed.changed, 0);
    // The embedded database has nobody else to look after its tables.
    if (changed > MANY_CHANGED && grouped?.vacuumed !== true) await database.vacuum();
    if (advisories.some(({ outcome }) => outcome.full)) await database.checkpoint();
    for (const { sync } of kept) sync.update({ phase: "building" });
    await snapshots.rebuild();
    for (const { sync } of kept) sync.update({ phase: "done", endedAtMs: Date.now() });
  } catch (error) {
    for (const feed of kept) if (feed.sync.state().endedAtMs === undefined) await endAsFailed(database, feed, error);
  }
}
