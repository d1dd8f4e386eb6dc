import type { SyncState } from "../../contract/endpoints/feeds.ts";
import { counted } from "../age-words.ts";

/** Shows a sync as it goes on: one line that is rewritten on a terminal, a line now and then elsewhere. */
export type SyncProgress = { readonly show: (state: SyncState) => void; readonly end: () => void };

const LINE_EVERY_MS = 5000;
const BAR_WIDTH = 24;

export function createSyncProgress(
  stream: { readonly isTTY?: boolean; readonly columns?: number; readonly write: (text: string) => unknown },
  now: () => number = Date.now,
): SyncProgress {
  if (stream.isTTY === true) {
    return {
      show: (state) => stream.write(`\r\u001B[2K${progressText(state, true).slice(0, (stream.columns ?? 80) - 1)}`),
      end: () => stream.write("\r\u001B[2K"),
    };
  }
  let lastPhase: string | undefined;
  let lastAt = 0;
  return {
    show: (state) => {
      if (state.phase === lastPhase && now() - lastAt < LINE_EVERY_MS) return;
      lastPhase = state.phase;
      lastAt = now();
      stream.write(`${progressText(state, false)}\n`);
    },
    end: () => {},
  };
}

export function progressText(state: SyncState, bar: boolean): string {
  const name = state.ecosystem === "" ? state.feed : state.ecosystem;
  const share = state.totalBytes === undefined || state.totalBytes === 0 ? undefined : Math.min(1, state.takenBytes / state.totalBytes);
  switch (state.phase) {
    case "waiting":
      return `${name}: waiting for another sync to end`;
    case "estimating":
      return `${name}: asking the source`;
    case "taking": {
      const percent = share === undefined ? "" : `${Math.floor(share * 100)} % of ${megabytes(state.totalBytes ?? 0)}, `;
      const drawn = bar && share !== undefined ? `[${"█".repeat(Math.floor(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "·")}] ` : "";
      return `${name}: ${drawn}${percent}${counted(state.records, "record")} read, ${state.changed} new or changed${state.problems === 0 ? "" : `, ${state.problems} kept aside`}`;
    }
    case "taken":
      return `${name}: taken`;
    case "grouping":
      return "joining advisories to vulnerabilities";
    case "building":
      return "building the snapshot";
    case "done":
    case "failed":
    case "cancelled":
      return `${name}: ${state.phase}`;
  }
}

export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
