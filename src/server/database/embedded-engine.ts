import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError } from "../../vocabulary/coded-error.ts";
import {
  type EngineProgram,
  workerExit,
  type WorkerReply,
  type WorkerRequest,
  type WorkerData,
  type WorkerStart,
} from "./embedded-messages.ts";
import { refusalOf } from "./statement-error.ts";
import type { Step, StepResult } from "./transaction.ts";

/** One life of the worker thread. It ends by `close`, by `kill`, or by itself; it is never revived. */
export type EmbeddedEngine = {
  readonly send: (steps: readonly Step[]) => Promise<readonly StepResult[]>;
  /** A tar of the whole cluster, as PGlite's own loader and `tar` read it. */
  readonly exportTar: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly close: () => Promise<void>;
  /** In memory only: the tar of the cluster as its shutdown left it. */
  readonly closeAndExport: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Ends it at once, even in the middle of a statement; everything under way is refused with `reason`. */
  readonly kill: (reason: Error) => Promise<void>;
  /** True from the moment when it refuses everything; it may not have ended yet. */
  readonly isDead: () => boolean;
  /** Settles when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
};

type Waiting = { readonly resolve: (reply: WorkerReply) => void; readonly reject: (reason: Error) => void };
type RequestBody = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, "id"> : never) : never;

/** @throws CodedError `database-unavailable`, `disk-full` */
export async function startEngine(start: WorkerStart, onNotification: (channel: string) => void): Promise<EmbeddedEngine> {
  const worker = new Worker(new URL(`./embedded-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url), {
    workerData: { ...start, program: await (program ??= compileProgram()) } satisfies WorkerData,
    transferList: start.cluster === undefined ? [] : [start.cluster.buffer],
    stderr: false,
  });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let death: Error | undefined;
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();

  function die(reason: Error): void {
    death ??= reason;
    ready.reject(death);
    for (const { reject } of waiting.values()) reject(death);
    waiting.clear();
  }

  worker.on("message", (reply: WorkerReply) => {
    if (reply.kind === "ready") ready.resolve();
    else if (reply.kind === "notification") onNotification(reply.channel);
    else if (reply.kind === "broken") {
      die(
        reply.diskFull ? diskFull(reply.reason) : new CodedError("database-unavailable", `the embedded database stopped: ${reply.reason}`),
      );
      void worker.terminate();
    } else {
      waiting.get(reply.id)?.resolve(reply);
      waiting.delete(reply.id);
    }
  });
  worker.on("error", (error) =>
    die(new CodedError("database-unavailable", `the embedded database stopped: ${String(error)}`, { cause: error })),
  );
  worker.on("exit", (code) => {
    die(exitRefusal(code));
    ended.resolve();
  });

  function ask(request: RequestBody): Promise<WorkerReply> {
    if (death !== undefined) return Promise.reject(death);
    const { promise, resolve, reject } = Promise.withResolvers<WorkerReply>();
    const id = nextId++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...request, id } satisfies WorkerRequest, []);
    return promise;
  }

  async function askForTar(request: RequestBody): Promise<Uint8Array<ArrayBuffer>> {
    const reply = await ask(request);
    if (reply.kind === "tar") return reply.tar;
    throw unexpected(reply);
  }

  await ready.promise;
  return {
    send: async (steps) => {
      const reply = await ask({ kind: "send", steps });
      if (reply.kind === "results") return reply.results;
      if (reply.kind === "fault") throw refusalOf(reply.fault);
      throw unexpected(reply);
    },
    exportTar: () => askForTar({ kind: "export" }),
    closeAndExport: async () => {
      const tar = await askForTar({ kind: "closeAndExport" });
      await ended.promise;
      return tar;
    },
    close: async () => {
      if (death !== undefined) return ended.promise;
      const reply = await ask({ kind: "close" });
      if (reply.kind !== "closed") throw unexpected(reply);
      await ended.promise;
    },
    kill: async (reason) => {
      die(reason);
      await worker.terminate();
    },
    isDead: () => death !== undefined,
    ended: ended.promise,
  };
}

declare const WebAssembly: { readonly compile: (bytes: Uint8Array) => Promise<EngineProgram> };

let program: Promise<EngineProgram> | undefined;

async function compileProgram(): Promise<EngineProgram> {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  return WebAssembly.compile(await readFile(join(dirname(entry), "pglite.wasm")));
}

function exitRefusal(code: number): CodedError {
  switch (code) {
    case workerExit.diskFull:
      return diskFull("a sync was refused");
    case workerExit.syncFailed:
      return new CodedError("database-unavailable", "the disk of the embedded database refused a sync: nothing was acknowledged");
    default:
      return new CodedError("database-unavailable", `the embedded database stopped with code ${code}`);
  }
}

function diskFull(reason: string): CodedError {
  return new CodedError("disk-full", `the disk of the embedded database is full; free some space and repeat (${reason})`);
}

function unexpected(reply: WorkerReply): Error {
  return new Error(reply.kind === "error" ? reply.message : `unexpected answer of the embedded database: ${reply.kind}`);
}
