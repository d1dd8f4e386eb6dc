import { buffer } from "node:stream/consumers";

import { openPromise } from "yauzl";

/** The files of a zip, one after the other, whole. */
export async function* zipEntries(path: string): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
  const zip = await openPromise(path, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) yield { name: entry.fileName, bytes: await buffer(await zip.openReadStreamPromise(entry)) };
}
