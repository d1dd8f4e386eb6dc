import type { Client } from "../../contract/client.ts";
import { cancelSync, readSync, type SyncState } from "../../contract/endpoints/feeds.ts";
import { counted } from "../age-words.ts";
import { printable } from "../printable.ts";
import { createSyncProgress } from "./sync-progress.ts";

/** Shows a sync until it has ended. Ctrl-C stops the sync, not only the showing: what was taken stays. */
export async function followSync(client: Client, started: SyncState): Promise<SyncState> {
  const progress = createSyncProgress(process.stderr);
  // A sync that ended in the meantime cannot be stopped any more, and need not be.
  const stop = (): void => void client(cancelSync, { params: { sync: started.sync } }).catch(() => undefined);
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    let state = started;
    while (state.endedAtMs === undefined) {
      state = await client(readSync, { params: { sync: started.sync }, query: { waitMs: 1000, seen: state.records } });
      if (state.endedAtMs === undefined) progress.show(state);
    }
    return state;
  } finally {
    progress.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

/** What came of it, in one line. */
export function syncSummary(name: string, state: SyncState): string {
  if (state.phase !== "done") return `${name}: ${state.phase}: ${printable(state.error ?? "")}`;
  const seconds = Math.max(1, Math.round(((state.endedAtMs ?? state.startedAtMs) - state.startedAtMs) / 1000));
  const aside = state.problems === 0 ? "" : `, ${counted(state.problems, "record")} kept aside (sluice sync --problems)`;
  return `${name}: ${counted(state.records, "record")} read in ${seconds} s: ${state.changed} new or changed, ${state.unchanged} as before${aside}`;
}
