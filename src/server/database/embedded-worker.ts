import { parentPort, workerData } from "node:worker_threads";
import { MemoryFS, messages, PGlite, protocol } from "@electric-sql/pglite";
import { invariant } from "../../vocabulary/invariant.ts";
import { DurableFileSystem, PreparedFileSystem } from "./embedded-file-system.ts";
import { workerExit, type WorkerReply, type WorkerRequest, type WorkerData } from "./embedded-messages.ts";
import type { StatementFault } from "./statement-error.ts";
import { columnParser } from "./statement-values.ts";
import type { Step, StepResult } from "./transaction.ts";

const { serialize } = protocol;

const port = parentPort;
invariant(port !== null, "the embedded database runs in a worker thread");

/** The engine's own last log lines: why it gave up. */
const lastWords: string[] = [];
let broken = false;
let previous = Promise.resolve();

const engine = await openEngine(workerData as WorkerData).catch(giveUp);
if (engine !== undefined) {
  engine.onNotification((channel) => reply({ kind: "notification", channel }));
  port.on("message", (request: WorkerRequest) => {
    // One request after the other, in the order of arrival.
    previous = previous.then(() => answer(engine, request));
  });
  reply({ kind: "ready" });
}

async function answer(engine: PGlite, request: WorkerRequest): Promise<void> {
  if (broken) return;
  try {
    await act(engine, request);
  } catch (error) {
    reply({ kind: "error", id: request.id, message: wordsOf(error) });
  }
}

async function act(engine: PGlite, request: WorkerRequest): Promise<void> {
  const { id } = request;
  switch (request.kind) {
    case "send": {
      const outcome = await send(engine, request.steps);
      if (outcome === undefined) return giveUp(new Error("the engine left a statement unanswered"));
      reply("fault" in outcome ? { kind: "fault", id, fault: outcome.fault } : { kind: "results", id, results: outcome.results });
      return;
    }
    case "export":
      await replyTar(id, await engine.dumpDataDir("none"));
      return;
    case "closeAndExport": {
      // Between the engine's shutdown, which leaves nothing to recover, and the end of its file system.
      const { fs } = engine;
      invariant(fs instanceof MemoryFS, "only a database in memory ends by an export");
      const closeFs = fs.closeFs.bind(fs);
      fs.closeFs = async () => {
        await replyTar(id, await fs.dumpTar("cluster", "none"));
        await closeFs();
      };
      await engine.close();
      port?.close();
      return;
    }
    case "close":
      await engine.close();
      reply({ kind: "closed", id });
      port?.close();
  }
}

async function openEngine({ directory, cluster, program }: WorkerData): Promise<PGlite> {
  const fs =
    directory === undefined
      ? cluster === undefined
        ? new MemoryFS()
        : new PreparedFileSystem(cluster)
      : new DurableFileSystem(directory, (error) => process.exit(isDiskFull(error) ? workerExit.diskFull : workerExit.syncFailed));
  return PGlite.create({
    fs,
    pgliteWasmModule: program,
    startParams: startParameters(directory !== undefined),
    onStderr: (line) => {
      // Lines of other kinds may quote statements and values.
      if (/ (?:FATAL|PANIC): /.test(line)) lastWords.push(line.trim());
      if (lastWords.length > 8) lastWords.shift();
      return false;
    },
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

/**
 * All steps in one message: after a failed one the engine answers the rest with errors, and the first counts.
 * Undefined when it did not answer every step: PGlite swallows the exception by which a FATAL or PANIC ends the engine.
 */
async function send(engine: PGlite, steps: readonly Step[]): Promise<Outcome | undefined> {
  const answers = await engine.execProtocolStream(Buffer.concat(steps.flatMap(messagesOf)), { syncToFs: false, throwOnError: false });
  if (answers.filter(({ name }) => name === "readyForQuery").length !== steps.length) return undefined;
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

function giveUp(error: unknown): undefined {
  broken = true;
  const words = lastWords.join("; ");
  reply({ kind: "broken", reason: `${wordsOf(error)}: ${words}`, diskFull: words.includes("No space left on device") });
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

async function replyTar(id: number, file: Blob): Promise<void> {
  const tar = new Uint8Array(await file.arrayBuffer());
  reply({ kind: "tar", id, tar }, [tar.buffer]);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
