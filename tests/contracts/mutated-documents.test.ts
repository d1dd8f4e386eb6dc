import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";

import { allInventoryFormats } from "../../src/formats/read-inventory.ts";
import { allGrowing, bombsOf } from "../support/document-bombs.ts";
import { allReadables } from "../support/readable-documents.ts";
import { mutatedDocument } from "../support/mutated-document.ts";
import type { Share, ShareOutcome } from "./mutated-documents-worker.ts";

const SOAK = process.env["SLUICE_SOAK"] !== undefined;
const DOCUMENTS = SOAK ? 100_000 : 1000;
const ENTRIES = SOAK ? 200_000 : 3000;
const SEED = 20_261_210;

/** Most are read within a millisecond, and the largest within a few seconds: what takes this long does not end. */
const HANGS_AFTER_MS = SOAK ? 120_000 : 30_000;
const MAX_HEAP_MB = SOAK ? 2048 : 512;

/** One for all kinds, until it hangs or its memory is spent. */
let reader: Reader | undefined;
after(() => reader?.stop());

for (const { id, sources } of allReadables) {
  test(`${id}: ${DOCUMENTS} mutated documents are each read or refused, in bounded time and memory`, async (context) => {
    const { read, refused } = await outcomeOf({ id, seed: SEED, count: DOCUMENTS }, async (number) => {
      const { name, steps } = mutatedDocument(await sources(), SEED, number);
      return `seed ${SEED}, document ${number} (${name}: ${steps.join(", ")})`;
    });
    context.diagnostic(`${id}: ${read} read, ${refused} refused`);
    assert.equal(read + refused, DOCUMENTS);
    assert.ok(read > DOCUMENTS / 200 && refused > DOCUMENTS / 200, `${read} read, ${refused} refused: one of them is hardly tried`);
  });
}

for (const { id } of allInventoryFormats) {
  test(`${id}: ${ENTRIES} entries, deep nesting, and what unfolds are each read or refused, in bounded time and memory`, async () => {
    const bombs = allGrowing.filter((growing) => growing.id === id).flatMap((growing) => bombsOf(growing, 1));
    assert.ok(bombs.length > 0, `tests/support/document-bombs.ts has no row for ${id}`);
    const { read, refused } = await outcomeOf({ id, seed: undefined, count: ENTRIES }, async (number) => bombs[number]?.what ?? "");
    assert.equal(read + refused, bombs.length);
    assert.ok(read > 0, "even the right ones are refused");
  });
}

async function outcomeOf(share: Share, describe: (number: number) => Promise<string>): Promise<ShareOutcome> {
  reader ??= startReader();
  try {
    const outcome = await reader.read(share);
    if (outcome.failed !== undefined) assert.fail(outcome.failed);
    return outcome;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const number = reader.at();
    await reader.stop();
    reader = undefined;
    throw new Error(`${share.id}: ${await describe(number)}`, { cause: error });
  }
}

type Reader = {
  readonly read: (share: Share) => Promise<ShareOutcome>;
  /** The number of the document that is being read. */
  readonly at: () => number;
  readonly stop: () => Promise<unknown>;
};

function startReader(): Reader {
  const shared = new SharedArrayBuffer(4);
  const progress = new Int32Array(shared);
  const worker = new Worker(new URL("mutated-documents-worker.ts", import.meta.url), {
    workerData: shared,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const at = (): number => Atomics.load(progress, 0);
  const read = (share: Share): Promise<ShareOutcome> => {
    const { promise, resolve, reject } = Promise.withResolvers<ShareOutcome>();
    Atomics.store(progress, 0, 0);
    let [seen, sinceMs] = [-1, performance.now()];
    const watch = setInterval(() => {
      if (at() !== seen) [seen, sinceMs] = [at(), performance.now()];
      else if (performance.now() - sinceMs > HANGS_AFTER_MS) reject(new Error(`not read within ${HANGS_AFTER_MS} ms`));
    }, 500);
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(share, []);
    return promise.finally(() => {
      clearInterval(watch);
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
    });
  };
  return { read, at, stop: () => worker.terminate() };
}
