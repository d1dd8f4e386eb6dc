import { once } from "node:events";
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { type LoadedSnapshot, readSnapshotFile, snapshotPath } from "../snapshot-file.ts";
import type { BuildAnswer, BuildMessage } from "./build-snapshot-worker.ts";
import {
  readAdvisoryState,
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
  /** Makes the whole file anew in a worker, from the database and what still holds of the file before, then swaps it in. Calls during a build share one build that starts after it. */
  readonly rebuild: () => Promise<void>;
  /** Rebuilds when there is no snapshot, or a sync ended after it was built (a kill in between). */
  readonly catchUp: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const PAGES_IN_FLIGHT = 3;

/** @throws CodedError `snapshot-invalid` never: a damaged file is as good as none, since the database can make it again. */
export function createSnapshotService({
  database,
  dataDirectory,
}: {
  readonly database: Database;
  readonly dataDirectory: string;
}): SnapshotService {
  const path = snapshotPath(dataDirectory);
  let loaded = loadIfWhole(path);
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const stop = new AbortController();

  const buildAndSwap = async (): Promise<void> => {
    const isWritten = loaded !== undefined && (await buildSnapshot(database, path, { isFromBefore: true, signal: stop.signal }));
    if (!isWritten) await buildSnapshot(database, path, { isFromBefore: false, signal: stop.signal });
    loaded = readSnapshotFile(path);
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
  const worker = new Worker(new URL(`./build-snapshot-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url), {
    workerData: { path },
  });
  const failed = once(worker, "error").then(([error]) => {
    throw error;
  });
  const answers = answerQueue(worker);
  try {
    return await Promise.race([failed, feedWorker(database, worker, answers, options)]);
  } finally {
    failed.catch(() => undefined);
    await worker.terminate();
  }
}

async function feedWorker(
  database: Database,
  worker: Worker,
  nextAnswer: () => Promise<BuildAnswer>,
  { isFromBefore, signal }: BuildOptions,
): Promise<boolean> {
  const builtAtMs = Date.now();
  let inFlight = 0;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  const send = (message: BuildMessage): void => worker.postMessage(message);
  let changed: readonly string[] | undefined;
  if (isFromBefore) {
    send({ kind: "state", state: await readAdvisoryState(database) });
    const answer = await nextAnswer();
    changed = answer.kind === "changed" ? answer.vulnerabilities : undefined;
  }
  for await (const page of changed === undefined ? readSnapshotPages(database) : readSnapshotPagesOf(database, changed)) {
    if (signal.aborted) throw new CodedError("shutting-down", "the snapshot was not finished because the server stops");
    send({ kind: "page", page });
    inFlight++;
    if (inFlight >= PAGES_IN_FLIGHT) {
      await nextAnswer();
      inFlight--;
    }
  }
  const [standings, exploited] = [await readStandings(database), await readExploitedStanding(database)];
  send({ kind: "finish", statement: { builtAtMs, standings, exploited } });
  for (;;) {
    const { kind } = await nextAnswer();
    if (kind === "written" || kind === "overtaken") return kind === "written";
  }
}

/** Answers in order, each given once. */
function answerQueue(worker: Worker): () => Promise<BuildAnswer> {
  const arrived: BuildAnswer[] = [];
  let wake: (() => void) | undefined;
  worker.on("message", (answer: BuildAnswer) => {
    arrived.push(answer);
    wake?.();
  });
  return async () => {
    for (;;) {
      const answer = arrived.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function loadIfWhole(path: string): LoadedSnapshot | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readSnapshotFile(path);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
