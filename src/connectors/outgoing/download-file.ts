import { open, readFile, rename, rm, stat, statfs, writeFile, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { isJsonObject } from "../../vocabulary/json.ts";
import { withoutCredentials } from "./exchange.ts";
import type { Outgoing } from "./outgoing.ts";
import { openRemoteFile, type Held, type RemoteFile } from "./remote-file.ts";
import type { Validators } from "./validators.ts";

export type Download = {
  readonly url: URL;
  /** Where the whole file ends up. `FILE.part` and `FILE.json` stand beside it, so that a later process goes on where this one stopped. */
  readonly file: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (taken: number, total: number | undefined) => void;
  /** How much room a directory has; the file system's own word unless given. */
  readonly freeBytesIn?: (directory: string) => Promise<number>;
};

type DownloadRecord = Validators & { readonly url: string; readonly totalBytes: number | undefined };

/** What a database and its log need beside the download before the disk counts as full. */
const SPARE_BYTES = 64 * 1_048_576;

/**
 * Takes a remote file, or the rest of it; nothing is sent again that is held and unchanged. False = the source has no such file.
 * @throws CodedError `disk-full` before it starts, `feed-changed`, `feed-invalid`, `feed-unreachable`, `archive-too-large`.
 */
export async function downloadFile(outgoing: Outgoing, download: Download): Promise<boolean> {
  const { file, url, signal } = download;
  const answer = await openRemoteFile(outgoing, url, signal, await readHeld(file, url));
  if (answer.kind === "missing") {
    await removeDownload(file);
    return false;
  }
  if (answer.kind === "unchanged") {
    const { size } = await stat(file);
    download.onProgress(size, size);
    return true;
  }
  try {
    await expectRoom(download, answer);
    // Bytes of an earlier state never stand beside the record of a later one, whenever the process ends.
    if (answer.startsAt === 0) await removeDownload(file);
    const record: DownloadRecord = { url: withoutCredentials(url), totalBytes: answer.totalBytes, ...answer.validators };
    await writeFile(recordFile(file), JSON.stringify(record));
  } catch (error) {
    answer.discard();
    throw error;
  }
  await writePart(download, answer);
  await rename(partFile(file), file);
  return true;
}

/** Removes the file and what stands beside it; a file that is not there is no error. */
export async function removeDownload(file: string): Promise<void> {
  await Promise.all([file, partFile(file), recordFile(file)].map(async (path) => rm(path, { force: true })));
}

async function readHeld(file: string, url: URL): Promise<Held | undefined> {
  const record = await readRecord(file);
  if (record === undefined || record.url !== withoutCredentials(url)) return undefined;
  const whole = await sizeOf(file);
  if (whole !== undefined && (record.totalBytes === undefined || whole === record.totalBytes)) return { kind: "whole", validators: record };
  const part = await sizeOf(partFile(file));
  return part === undefined ? undefined : { kind: "part", bytes: part, totalBytes: record.totalBytes, validators: record };
}

async function readRecord(file: string): Promise<DownloadRecord | undefined> {
  const text = await readFile(recordFile(file), "utf8").catch(() => "");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { url, totalBytes, etag, lastModified } = value;
  if (typeof url !== "string") return undefined;
  return {
    url,
    totalBytes: typeof totalBytes === "number" ? totalBytes : undefined,
    etag: typeof etag === "string" ? etag : undefined,
    lastModified: typeof lastModified === "string" ? lastModified : undefined,
  };
}

async function expectRoom(
  { file, url, maxBytes, freeBytesIn = freeBytesOf }: Download,
  { totalBytes, startsAt }: RemoteFile,
): Promise<void> {
  if (totalBytes === undefined) return;
  if (totalBytes > maxBytes) throw tooLarge(url, maxBytes, totalBytes);
  const directory = dirname(file);
  const free = await freeBytesIn(directory);
  const needed = totalBytes - startsAt + SPARE_BYTES;
  if (free < needed) {
    throw new CodedError(
      "disk-full",
      `expected ${inMegabytes(needed)} free in ${directory} for ${withoutCredentials(url)}, got ${inMegabytes(free)}`,
      {
        place: directory,
      },
    );
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

async function writePart({ file, url, maxBytes, signal, onProgress }: Download, source: RemoteFile): Promise<void> {
  const part = await open(partFile(file), source.startsAt === 0 ? "w" : "r+");
  let taken = source.startsAt;
  try {
    await part.truncate(taken);
    onProgress(taken, source.totalBytes);
    for await (const chunk of source.bytes()) {
      signal.throwIfAborted();
      if (taken + chunk.length > maxBytes) throw tooLarge(url, maxBytes, taken + chunk.length);
      await writeAll(part, chunk, taken, file);
      taken += chunk.length;
      onProgress(taken, source.totalBytes);
    }
  } catch (error) {
    await part.close();
    if (error instanceof CodedError && error.code !== "feed-unreachable" && error.code !== "disk-full") await removeDownload(file);
    throw error;
  }
  await part.close();
}

async function writeAll(part: FileHandle, chunk: Uint8Array, position: number, file: string): Promise<void> {
  try {
    for (let written = 0; written < chunk.length;) {
      written += (await part.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
    }
  } catch (error) {
    const full = error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
    if (!full) throw error;
    throw new CodedError("disk-full", `expected room in ${dirname(file)}, got a full disk after ${position} bytes`, {
      cause: error,
      place: dirname(file),
    });
  }
}

function tooLarge(url: URL, maxBytes: number, bytes: number): CodedError {
  const place = withoutCredentials(url);
  return new CodedError("archive-too-large", `expected at most ${maxBytes} bytes of ${place}, got ${bytes}`, { place });
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

function partFile(file: string): string {
  return `${file}.part`;
}

function recordFile(file: string): string {
  return `${file}.json`;
}
