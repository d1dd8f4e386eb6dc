import { existsSync } from "node:fs";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { type LoadedSnapshot, readSnapshotFile, snapshotPath } from "../snapshot-file.ts";
import type { BuildMessage } from "./build-snapshot-worker.ts";
import { type BuilderProcess, startBuilder } from "./builder-process.ts";
import {
  readAdvisoryState,
  readVulnerabilityState,
  readExploitedStanding,
  readLastSuccess,
  readSnapshotPages,
  readSnapshotPagesOf,
  readStandings,
} from "./snapshot-store.ts";

/** Holds the snapshot that answers, and replaces it whole. */
export type SnapshotService = {
  /** Undefined until one was built or found. */
  readonly current: () => LoadedSnapshot | undefined;
  /** @throws CodedError `snapshot-missing` */
  readonly require: () => LoadedSnapshot;
  /** Makes the whole file anew in a process of its own, from the database and what still holds of the file before, then swaps it in. Calls during a build share one build that starts after it. */
  readonly rebuild: () => Promise<void>;
  /** Rebuilds when there is no snapshot, or a sync ended after it was built (a kill in between). */
  readonly catchUp: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const PIECES_IN_FLIGHT = 2;

/** @throws CodedError `snapshot-invalid` never: a damaged file is as good as none, since the database can make it again. */
export async function createSnapshotService({
  database,
  dataDirectory,
}: {
  readonly database: Database;
  readonly dataDirectory: string;
}): Promise<SnapshotService> {
  const path = snapshotPath(dataDirectory);
  let loaded = await loadIfWhole(path);
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const stop = new AbortController();

  const buildAndSwap = async (): Promise<void> => {
    const isWritten = loaded !== undefined && (await buildSnapshot(database, path, { isFromBefore: true, signal: stop.signal }));
    if (!isWritten) await buildSnapshot(database, path, { isFromBefore: false, signal: stop.signal });
    loaded = await readSnapshotFile(path);
  };
  const start = (): Promise<void> => {
    running = buildAndSwap().finally(() => {
      running = undefined;
    });
    return running;
  };
  const rebuild = (): Promise<void> => {
    if (running === undefined) return start();
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return start();
      });
    return waiting;
  };
  return {
    current: () => loaded,
    require: () => {
      if (loaded === undefined)
        throw new CodedError("snapshot-missing", "this server has no snapshot yet: it is being built, or nothing was ever synced");
      return loaded;
    },
    rebuild,
    catchUp: async () => {
      const synced = await readLastSuccess(database);
      if (loaded === undefined || (synced !== undefined && synced > loaded.snapshot.header.builtAtMs)) await rebuild();
    },
    close: async () => {
      stop.abort();
      await Promise.allSettled([running, waiting]);
    },
  };
}

type BuildOptions = {
  /** With what still holds of the file before; only the rest is read from the database. */
  readonly isFromBefore: boolean;
  readonly signal: AbortSignal;
};

/** False when an import overtook it: the file before still stands. */
async function buildSnapshot(database: Database, path: string, options: BuildOptions): Promise<boolean> {
  const builder = startBuilder(path);
  try {
    return await feedBuilder(database, builder, options);
  } finally {
    await builder.stop();
  }
}

async function feedBuilder(database: Database, builder: BuilderProcess, { isFromBefore, signal }: BuildOptions): Promise<boolean> {
  const builtAtMs = Date.now();
  const { send, nextAnswer } = builder;
  const changed = isFromBefore ? await readChanges(database, builder, signal) : undefined;
  const pages = changed === undefined ? readSnapshotPages(database) : readSnapshotPagesOf(database, changed);
  await sendAll(builder, signal, pages, (page) => ({ kind: "page", page }));
  const [standings, exploited] = [await readStandings(database), await readExploitedStanding(database)];
  send({ kind: "finish", statement: { builtAtMs, standings, exploited } });
  return (await nextAnswer()).kind === "written";
}

/** Vulnerabilities of which the file before no longer says what it should; undefined = there are too many, or there is no such file. */
async function readChanges(database: Database, builder: BuilderProcess, signal: AbortSignal): Promise<readonly string[] | undefined> {
  await sendAll(builder, signal, readVulnerabilityState(database), (lines) => ({ kind: "vulnerability-state", lines }));
  await sendAll(builder, signal, readAdvisoryState(database), (lines) => ({ kind: "advisory-state", lines }));
  builder.send({ kind: "compare" });
  const answer = await builder.nextAnswer();
  return answer.kind === "changed" ? answer.vulnerabilities : undefined;
}

/** Reads on while the builder works, but never far ahead of it. */
async function sendAll<T>(
  { send, nextAnswer }: BuilderProcess,
  signal: AbortSignal,
  pieces: AsyncIterable<T>,
  messageOf: (piece: T) => BuildMessage,
): Promise<void> {
  let inFlight = 0;
  for await (const piece of pieces) {
    if (signal.aborted) throw new CodedError("shutting-down", "the snapshot was not finished because the server stops");
    send(messageOf(piece));
    if (++inFlight > PIECES_IN_FLIGHT) {
      await nextAnswer();
      inFlight--;
    }
  }
  for (; inFlight > 0; inFlight--) await nextAnswer();
}

async function loadIfWhole(path: string): Promise<LoadedSnapshot | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    return await readSnapshotFile(path);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
