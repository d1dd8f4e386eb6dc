import { open, type FileHandle } from "node:fs/promises";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { ArchiveOptions, FeedRecord } from "../advisory-feed.ts";
import { idOfFile } from "../record-name.ts";
import { openCentralDirectory, type CentralDirectory, type ZipEntry } from "./central-directory.ts";
import { FileWindow } from "./file-window.ts";
import { NameTable } from "./name-table.ts";
import { readEntry } from "./read-entry.ts";
import { buildZipIndex, type ZipIndex } from "./zip-index.ts";

export type ZipLimits = {
  readonly maxEntries: number;
  /** Of one entry, unpacked. */
  readonly maxEntryBytes: number;
  /** Of all entries together, unpacked. */
  readonly maxTotalBytes: number;
  /** Unpacked over packed size of all entries together, once they are above 64 MiB. */
  readonly maxRatio: number;
};

/** Twice to ten times what the public feeds hold. */
export const ZIP_LIMITS: ZipLimits = { maxEntries: 5_000_000, maxEntryBytes: 33_554_432, maxTotalBytes: 68_719_476_736, maxRatio: 100 };

/** A zip whose entries are `ID.json` at its root; names are ids and never paths. */
export type ZipRecords = {
  readonly bytes: number;
  readonly entryCount: number;
  /** In the archive's order. Of entries with the same name the first is taken. @throws CodedError `archive-invalid`, `archive-too-large`. */
  readonly records: (options: ArchiveOptions) => AsyncGenerator<FeedRecord, void, undefined>;
  /** One record; undefined when there is none. The first call reads the whole directory of the archive. @throws CodedError `feed-invalid` for this record, `archive-invalid`. */
  readonly record: (id: string, signal: AbortSignal) => Promise<FeedRecord | undefined>;
  readonly close: () => Promise<void>;
};

const RATIO_FROM_BYTES = 67_108_864;

/** `place` names the archive in problems and refusals. @throws CodedError `archive-invalid`, `archive-too-large`. */
export async function openZipRecords(path: string, place: string, limits: ZipLimits = ZIP_LIMITS): Promise<ZipRecords> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const { entryCount } = await openDirectory(file, size, place, limits);
    return recordsOf(file, { place, size, entryCount, limits });
  } catch (error) {
    await file.close();
    throw error;
  }
}

type OpenZip = { readonly place: string; readonly size: number; readonly entryCount: number; readonly limits: ZipLimits };

function recordsOf(file: FileHandle, zip: OpenZip): ZipRecords {
  let index: Promise<ZipIndex> | undefined;
  return {
    bytes: zip.size,
    entryCount: zip.entryCount,
    records: (options) => readRecords(file, zip, options),
    record: async (id, signal) => {
      index ??= openDirectory(file, zip.size, zip.place, zip.limits).then(buildZipIndex);
      const entry = (await index).find(Buffer.from(`${id}.json`));
      signal.throwIfAborted();
      return entry === undefined ? undefined : readOne(file, zip, id, entry);
    },
    close: async () => file.close(),
  };
}

async function openDirectory(file: FileHandle, size: number, place: string, limits: ZipLimits): Promise<CentralDirectory> {
  const directory = await openCentralDirectory(new FileWindow(file, size), size, place);
  if (directory.entryCount > limits.maxEntries) {
    throw new CodedError("archive-too-large", `expected at most ${limits.maxEntries} entries, got ${directory.entryCount}`, { place });
  }
  return directory;
}

async function* readRecords(file: FileHandle, zip: OpenZip, options: ArchiveOptions): AsyncGenerator<FeedRecord, void, undefined> {
  const directory = await openDirectory(file, zip.size, zip.place, zip.limits);
  options.onCount?.(directory.entryCount);
  const window = new FileWindow(file, zip.size);
  const seen = new NameTable(directory.entryCount);
  let unpacked = 0;
  let number = 0;
  for await (const entry of directory.entries()) {
    options.signal.throwIfAborted();
    if (number % 256 === 0) options.onProgress(Math.min(entry.headerOffset, zip.size), zip.size);
    number += 1;
    const name = Buffer.from(entry.rawName).toString("utf8");
    if (name.endsWith("/") && entry.bytes === 0) continue;
    const place = `${zip.place}!${name.slice(0, 300)}`;
    const id = idOfFile(name);
    if (id === undefined) {
      options.onProblem({ id: undefined, place, reason: "expected a name like ID.json at the root of the archive" });
      continue;
    }
    if (!seen.add(entry.rawName, number)) {
      options.onProblem({ id, place, reason: "expected each name once; the first entry with this name is used" });
      continue;
    }
    if (options.wants?.(id) === false) continue;
    const content = await readEntry(window, entry, zip.limits.maxEntryBytes);
    if (content.bytes === undefined) {
      options.onProblem({ id, place, reason: content.reason });
      continue;
    }
    unpacked += content.bytes.length;
    expectNoBomb(unpacked, zip);
    yield { id, bytes: content.bytes, place };
  }
  options.onProgress(zip.size, zip.size);
}

async function readOne(file: FileHandle, zip: OpenZip, id: string, entry: ZipEntry): Promise<FeedRecord> {
  const place = `${zip.place}!${id}.json`;
  const window = new FileWindow(file, zip.size, 65_536);
  const content = await readEntry(window, entry, zip.limits.maxEntryBytes);
  if (content.bytes === undefined) throw new CodedError("feed-invalid", content.reason, { place });
  return { id, bytes: content.bytes, place };
}

function expectNoBomb(unpacked: number, { size, place, limits }: OpenZip): void {
  if (unpacked > limits.maxTotalBytes) {
    throw new CodedError("archive-too-large", `expected at most ${limits.maxTotalBytes} bytes unpacked, got ${unpacked} and more`, {
      place,
    });
  }
  if (unpacked > RATIO_FROM_BYTES && unpacked > size * limits.maxRatio) {
    throw new CodedError(
      "archive-too-large",
      `expected at most ${limits.maxRatio} times the ${size} bytes of the archive unpacked, got ${unpacked} and more`,
      {
        place,
      },
    );
  }
}
