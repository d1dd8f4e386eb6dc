import { parentPort, workerData } from "node:worker_threads";
import { MemoryFS, messages, PGlite, protocol } from "@electric-sql/pglite";
import { invariant } from "../../vocabulary/invariant.ts";
import { DurableFileSystem } from "./embedded-file-system.ts";
import { workerExit, type WorkerReply, type WorkerRequest, type WorkerStart } from "./embedded-messages.ts";
import type { StatementFault } from "./statement-error.ts";
import { columnParser } from "./statement-values.ts";
import type { Step, StepResult } from "./transaction.ts";

const { serialize } = protocol;

const port = parentPort;
invariant(port !== null, "the embedded database runs in a worker thread");

const engine = await openEngine(workerData as WorkerStart);
engine.onNotification((channel) => reply({ kind: "notification", channel }));
port.on("message", (request: WorkerRequest) => void answer(request));
reply({ kind: "ready" });

let previous = Promise.resolve();

/** One request after the other, in the order of arrival. */
function answer(request: WorkerRequest): Promise<void> {
  previous = previous.then(() => act(request)).catch((error: unknown) => reply({ kind: "error", id: request.id, message: wordsOf(error) }));
  return previous;
}

async function act(request: WorkerRequest): Promise<void> {
  const { id } = request;
  switch (request.kind) {
    case "send": {
      const outcome = await send(request.steps);
      reply("fault" in outcome ? { kind: "fault", id, fault: outcome.fault } : { kind: "results", id, results: outcome.results });
      return;
    }
    case "export": {
      const tar = new Uint8Array(await (await engine.dumpDataDir("none")).arrayBuffer());
      reply({ kind: "tar", id, tar }, [tar.buffer]);
      return;
    }
    case "close":
      await engine.close();
      reply({ kind: "closed", id });
      port?.close();
  }
}

async function openEngine({ directory, cluster }: WorkerStart): Promise<PGlite> {
  const fs =
    directory === undefined
      ? new MemoryFS()
      : new DurableFileSystem(directory, (error) => process.exit(isDiskFull(error) ? workerExit.diskFull : workerExit.syncFailed));
  return PGlite.create({
    fs,
    startParams: startParameters(directory !== undefined),
    ...(cluster === undefined ? {} : { loadDataDir: new Blob([Uint8Array.from(cluster)]) }),
  });
}

/** PGlite's own parameters; on disk without `-F`, so that the engine syncs. emscripten routes fsync to the file system, but not fdatasync. */
function startParameters(durable: boolean): string[] {
  const settings = ["max_wal_size=256MB", "timezone=UTC", "datestyle=ISO"];
  const defaults = PGlite.defaultStartParams;
  if (!durable) return [...defaults, ...asOptions(settings)];
  return [...defaults.filter((parameter) => parameter !== "-F"), ...asOptions([...settings, "fsync=on", "wal_sync_method=fsync"])];
}

function asOptions(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ["-c", setting]);
}

type Outcome = { readonly results: readonly StepResult[] } | { readonly fault: StatementFault };

/** All steps in one message: after a failed one the engine answers the rest with errors, and the first counts. */
async function send(steps: readonly Step[]): Promise<Outcome> {
  const answers = await engine.execProtocolStream(Buffer.concat(steps.flatMap(messagesOf)), { syncToFs: false, throwOnError: false });
  if (answers.filter(({ name }) => name === "readyForQuery").length !== steps.length) process.exit(workerExit.engineBroken);
  const failed = answers.find((message) => message instanceof messages.DatabaseError);
  return failed === undefined ? { results: resultsOf(answers) } : { fault: faultOf(failed) };
}

function messagesOf({ text, values }: Step): Uint8Array[] {
  if (values === undefined) return [serialize.query(text)];
  return [
    serialize.parse({ text }),
    serialize.bind({ values: [...values] }),
    serialize.describe({ type: "P" }),
    serialize.execute({}),
    serialize.sync(),
  ];
}

function resultsOf(answers: readonly { readonly name: string }[]): readonly StepResult[] {
  const results: StepResult[] = [];
  let columns: string[] = [];
  let parsers: ((text: string) => unknown)[] = [];
  let rows: unknown[][] = [];
  let tag = "";
  for (const message of answers) {
    if (message instanceof messages.RowDescriptionMessage) {
      columns = message.fields.map(({ name }) => name);
      parsers = message.fields.map(({ dataTypeID }) => columnParser(dataTypeID));
    } else if (message instanceof messages.DataRowMessage) {
      rows.push(message.fields.map((field, index) => (field === null ? null : parsers[index]?.(field))));
    } else if (message instanceof messages.CommandCompleteMessage) {
      tag = message.text;
    } else if (message.name === "readyForQuery") {
      results.push({ columns, rows, command: tag.split(" ", 1)[0] ?? "", count: Number(/\d+$/.exec(tag)?.[0] ?? 0) });
      columns = [];
      rows = [];
    }
  }
  return results;
}

function faultOf(error: messages.DatabaseError): StatementFault {
  const { code, message, detail, constraint, table } = error;
  return { sqlState: code ?? "XX000", message, detail, constraint, table };
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
