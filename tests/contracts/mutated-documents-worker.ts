import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";

import { allGrowing, bombsOf } from "../support/document-bombs.ts";
import { mutatedDocument } from "../support/mutated-document.ts";
import { allReadables, type Readable } from "../support/readable-documents.ts";

/** What to read: `count` mutated documents from a seed, or the bombs of a format with `count` entries where they have entries. */
export type Share = { readonly id: string; readonly count: number; readonly seed: number | undefined };

/** What became of a share; `failed` is the text of the first that was neither read nor refused. */
export type ShareOutcome = { readonly read: number; readonly refused: number; readonly failed: string | undefined };

/** Where the worker stands: the number of the document that it reads. */
const progress = new Int32Array(workerData as SharedArrayBuffer);

const port = parentPort ?? assert.fail("this is run as a worker");
port.on("message", (share: Share) => void readShare(share).then((outcome) => port.postMessage(outcome, [])));

async function readShare({ id, seed, count }: Share): Promise<ShareOutcome> {
  const readable = allReadables.find((candidate) => candidate.id === id);
  assert.ok(readable !== undefined, `nothing reads ${id}`);
  const questions = seed === undefined ? bombs(readable, count) : mutated(readable, seed, count, await readable.sources());
  let [read, refused] = [0, 0];
  try {
    for (const ask of questions) {
      if (ask() === undefined) refused++;
      else read++;
      Atomics.add(progress, 0, 1);
    }
  } catch (error) {
    return { read, refused, failed: inspect(error) };
  }
  return { read, refused, failed: undefined };
}

type Question = () => number | undefined;

function* mutated({ read }: Readable, seed: number, count: number, sources: Parameters<typeof mutatedDocument>[0]): Generator<Question> {
  for (let number = 0; number < count; number++) {
    const document = mutatedDocument(sources, seed, number);
    yield () => read(document, `seed ${seed}, document ${number} (${document.name}: ${document.steps.join(", ")})`);
  }
}

function* bombs({ id, read }: Readable, count: number): Generator<Question> {
  for (const bomb of allGrowing.filter((growing) => growing.id === id).flatMap((growing) => bombsOf(growing, count))) {
    const label = `${bomb.name}: ${bomb.what}`;
    yield () => {
      const components = read(bomb, label);
      if (bomb.entries !== undefined && components !== undefined)
        assert.ok(components >= bomb.entries, `${label}: ${components} components`);
      return components;
    };
  }
}

function inspect(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? error.message) : `${error.message}\n${inspect(error.cause)}`;
}
