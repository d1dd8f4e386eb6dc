import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";

import { mutatedDocument } from "../support/mutated-document.ts";
import { allReadables } from "../support/readable-documents.ts";

/** Of which kind, from which seed, and which numbers. */
export type Share = { readonly id: string; readonly seed: number; readonly count: number };

/** What became of a share; `failed` is the text of the first that was neither read nor refused. */
export type ShareOutcome = { readonly read: number; readonly refused: number; readonly failed: string | undefined };

/** Where the worker stands: the number of the document that it reads. */
const progress = new Int32Array(workerData as SharedArrayBuffer);

const port = parentPort ?? assert.fail("this is run as a worker");
port.on("message", (share: Share) => void readShare(share).then((outcome) => port.postMessage(outcome, [])));

async function readShare({ id, seed, count }: Share): Promise<ShareOutcome> {
  const readable = allReadables.find((candidate) => candidate.id === id);
  if (readable === undefined) throw new Error(`nothing reads ${id}`);
  const sources = await readable.sources();
  let read = 0;
  for (let number = 0; number < count; number++) {
    Atomics.store(progress, 0, number);
    const document = mutatedDocument(sources, seed, number);
    const label = `seed ${seed}, document ${number} (${document.name}: ${document.steps.join(", ")})`;
    try {
      if (readable.read(document, label)) read++;
    } catch (error) {
      return { read, refused: number - read, failed: inspect(error) };
    }
  }
  return { read, refused: count - read, failed: undefined };
}

function inspect(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? error.message) : `${error.message}\n${inspect(error.cause)}`;
}
