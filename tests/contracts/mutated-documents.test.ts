import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";

import { allReadables } from "../support/readable-documents.ts";
import { mutatedDocument } from "../support/mutated-document.ts";
import type { Share, ShareOutcome } from "./mutated-documents-worker.ts";

const DOCUMENTS = process.env["SLUICE_SOAK"] === undefined ? 1000 : 100_000;
const SEED = 20_261_210;

/** Most are read within a millisecond: what takes this long does not end. */
const HANGS_AFTER_MS = 10_000;
const MAX_HEAP_MB = 512;

/** One for all kinds, until it hangs or its memory is spent. */
let reader: Reader | undefined;
after(() => reader?.stop());

for (const { id, sources } of allReadables) {
  test(`${id}: ${DOCUMENTS} mutated documents are each read or refused, in bounded time and memory`, async (context) => {
    reader ??= startReader();
    const { read, refused, failed } = await reader.read({ id, seed: SEED, count: DOCUMENTS }).catch(async (error: unknown) => {
      const number = reader?.at() ?? 0;
      await reader?.stop();
      reader = undefined;
      const { name, steps } = mutatedDocument(await sources(), SEED, number);
      throw new Error(`${id}: seed ${SEED}, document ${number} (${name}: ${steps.join(", ")})`, { cause: error });
    });
    if (failed !== undefined) assert.fail(failed);
    context.diagnostic(`${id}: ${read} read, ${refused} refused`);
    assert.equal(read + refused, DOCUMENTS);
    assert.ok(read > DOCUMENTS / 200 && refused > DOCUMENTS / 200, `${read} read, ${refused} refused: one of them is hardly tried`);
  });
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
