import type { Client } from "../../contract/client.ts";
import { cancelSync, readSync, type SyncState } from "../../contract/endpoints/feeds.ts";
import { counted } from "../age-words.ts";
import { printable } from "../printable.ts";
import { createSyncProgress, type SyncProgress } from "./sync-progress.ts";

/**
 * Shows syncs one after the other as their records are taken, then what is made of all of them, and says of each what came of it.
 * Ctrl-C stops the syncs, not only the showing: what was taken stays. False when one did not end well.
 */
export async function followSyncs(client: Client, started: readonly SyncState[], write: (text: string) => void): Promise<boolean> {
  const progress = createSyncProgress(process.stderr);
  // A sync that ended in the meantime cannot be stopped any more, and need not be.
  const stop = (): void => {
    for (const { sync } of started) void client(cancelSync, { params: { sync } }).catch(() => undefined);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const taken: SyncState[] = [];
    for (const sync of started) {
      const state = await follow(client, sync, isTaken, progress);
      progress.end();
      write(`${takenSummary(state)}\n`);
      if (isUnderWay(state)) taken.push(state);
    }
    const ended: SyncState[] = [];
    for (const state of taken) ended.push(await follow(client, state, ({ endedAtMs }) => endedAtMs !== undefined, progress));
    progress.end();
    for (const state of ended) if (state.phase !== "done") write(`${takenSummary(state)}\n`);
    return taken.length === started.length && ended.every(({ phase }) => phase === "done");
  } finally {
    progress.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function follow(
  client: Client,
  started: SyncState,
  isOver: (state: SyncState) => boolean,
  progress: SyncProgress,
): Promise<SyncState> {
  let state = started;
  while (!isOver(state)) {
    state = await client(readSync, { params: { sync: started.sync }, query: { waitMs: 1000, seen: state.records } });
    if (!isOver(state)) progress.show(state);
  }
  return state;
}

function isTaken({ phase }: SyncState): boolean {
  return phase !== "waiting" && phase !== "estimating" && phase !== "taking";
}

function isUnderWay({ phase }: SyncState): boolean {
  return phase !== "failed" && phase !== "cancelled";
}

/** What came of it, in one line. */
function takenSummary(state: SyncState): string {
  const name = state.ecosystem === "" ? state.feed : state.ecosystem;
  if (!isUnderWay(state)) return `${name}: ${state.phase}: ${printable(state.error ?? "")}`;
  const seconds = Math.max(1, Math.round(((state.takenAtMs ?? state.startedAtMs) - state.startedAtMs) / 1000));
  const aside = state.problems === 0 ? "" : `, ${counted(state.problems, "record")} kept aside (sluice sync --problems)`;
  return `${name}: ${counted(state.records, "record")} read in ${seconds} s: ${state.changed} new or changed, ${state.unchanged} as before${aside}`;
}
