import { createReadStream } from "node:fs";
import { opendir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { AdvisoryFeed, ArchiveOptions, FeedRecord } from "../advisory-feed.ts";
import { idOfFile, isRecordId } from "../record-name.ts";
import { openZipRecords, type ZipLimits, type ZipRecords } from "../zip/zip-records.ts";
import { readChangeList } from "./change-list.ts";

export type LocalBucketOptions = {
  /** Absolute. */
  readonly place: string;
  readonly ecosystem: string;
  readonly statedAtMs?: number | undefined;
  readonly limits: ZipLimits;
};

const ARCHIVE = "all.zip";

/** What stands at the place: a folder of an ecosystem (with a zip, with loose records, or both), or a lone zip. */
type Layout = {
  readonly location: string;
  readonly folder: string | undefined;
  /** Before each file's name in places: `npm/`. */
  readonly prefix: string;
  readonly zipFile: string | undefined;
};

/** Opens a copy of the bucket on this machine. @throws CodedError `input-invalid`, `archive-invalid`, `archive-too-large`. */
export async function openLocalBucket({ place, ecosystem, statedAtMs, limits }: LocalBucketOptions): Promise<AdvisoryFeed> {
  const layout = await findLayout(place, ecosystem);
  const { folder, prefix, zipFile } = layout;
  const zip = zipFile === undefined ? undefined : await openZipRecords(zipFile, prefix + basename(zipFile), limits);
  return {
    location: layout.location,
    statedAtMs: async () => statedAtMs,
    estimate: async () => ({ bytes: zip?.bytes, records: zip?.entryCount }),
    changes: async (signal, onProblem) => {
      const list = folder === undefined ? undefined : join(folder, "modified_id.csv");
      if (list === undefined || !(await isFile(list))) return undefined;
      return readChangeList(readChunks(list, signal), ecosystem, `${prefix}modified_id.csv`, onProblem ?? (() => undefined));
    },
    record: async (id, signal) => readRecord(layout, zip, id, limits, signal),
    archive: (options) => (zip === undefined ? readLooseRecords(layout, limits, options) : zip.records(options)),
    close: async () => zip?.close(),
  };
}

async function findLayout(place: string, ecosystem: string): Promise<Layout> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile() === true) return { location: place, folder: undefined, prefix: "", zipFile: place };
  if (found?.isDirectory() !== true)
    throw new CodedError("input-invalid", `expected a directory or a zip, got nothing at ${place}`, { place });
  for (const [folder, prefix] of [
    [join(place, ecosystem), `${ecosystem}/`],
    [place, ""],
  ] as const) {
    const zipFile = join(folder, ARCHIVE);
    if (await isFile(zipFile)) return { location: place, folder, prefix, zipFile };
    if (await holdsRecords(folder)) return { location: place, folder, prefix, zipFile: undefined };
  }
  throw new CodedError("input-invalid", `expected ${join(ecosystem, "all.zip")}, all.zip or records in ${place}, got none of them`, {
    place,
  });
}

/** Whether a folder is laid out as that of one ecosystem. */
export async function isBucketFolder(folder: string): Promise<boolean> {
  return (await isFile(join(folder, ARCHIVE))) || (await holdsRecords(folder));
}

async function holdsRecords(folder: string): Promise<boolean> {
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) return false;
  for await (const { name } of await opendir(folder)) if (idOfFile(name) !== undefined) return true;
  return false;
}

async function readRecord(
  { folder, prefix }: Layout,
  zip: ZipRecords | undefined,
  id: string,
  limits: ZipLimits,
  signal: AbortSignal,
): Promise<FeedRecord | undefined> {
  if (!isRecordId(id)) throw new CodedError("input-invalid", `expected a record's id, got ${JSON.stringify(id.slice(0, 300))}`);
  const loose = folder === undefined ? undefined : await readLoose(folder, prefix, id, limits, signal);
  if (typeof loose === "string") throw new CodedError("feed-invalid", loose, { place: `${prefix}${id}.json` });
  return loose ?? (await zip?.record(id, signal));
}

async function* readLooseRecords(
  { folder, prefix }: Layout,
  limits: ZipLimits,
  options: ArchiveOptions,
): AsyncGenerator<FeedRecord, void, undefined> {
  if (folder === undefined) return;
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  options.onCount?.(names.length);
  let taken = 0;
  for (const name of names) {
    options.signal.throwIfAborted();
    const id = idOfFile(name);
    if (id === undefined) {
      options.onProblem({ id, place: prefix + name, reason: "expected a name like ID.json" });
      continue;
    }
    if (options.wants?.(id) === false) continue;
    const record = await readLoose(folder, prefix, id, limits, options.signal);
    if (typeof record === "string") options.onProblem({ id, place: prefix + name, reason: record });
    if (record === undefined || typeof record === "string") continue;
    taken += record.bytes.length;
    options.onProgress(taken, undefined);
    yield record;
  }
}

/** The record, undefined when there is none, or the reason why it cannot be read. */
async function readLoose(
  folder: string,
  prefix: string,
  id: string,
  limits: ZipLimits,
  signal: AbortSignal,
): Promise<FeedRecord | string | undefined> {
  const path = join(folder, `${id}.json`);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) return "expected a file";
  if (found.size > limits.maxEntryBytes) return `expected at most ${limits.maxEntryBytes} bytes, got ${found.size}`;
  return { id, bytes: await readFile(path, { signal }), place: `${prefix}${id}.json` };
}

/** Opens the file only when it is read. */
async function* readChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { signal });
  yield* stream;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
