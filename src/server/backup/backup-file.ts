import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { syncDirectory } from "../database/sync-directory.ts";

/**
 * The container of a backup: eight bytes of magic, lines of UTF-8 text compressed by zstd, and the SHA-256 of all bytes before it.
 * The digest tells an accident from a whole file; it does not tell a forged one.
 */
const magic = Buffer.from("SLUICEB1", "latin1");
const digestLength = 32;
const longestLine = 1 << 29;

export type WrittenFile = {
  readonly bytes: number;
  /** Of the whole file, as `sha256sum` prints it. */
  readonly sha256: string;
};

/** Adds lines, each without its end; waits while the disk is slower. */
export type WriteLines = (lines: AsyncIterable<string>) => Promise<void>;

/** Writes `file` whole or not at all, with what `work` writes: its name appears when everything is on the disk. @throws CodedError `conflict`, `disk-full` */
export async function writeBackupFile(file: string, work: (write: WriteLines) => Promise<void>): Promise<WrittenFile> {
  const partial = `${file}.partial`;
  await refuseExisting(file);
  const handle = await openNew(partial);
  try {
    const written = await writeAll(handle, work);
    await handle.sync();
    await handle.close();
    await refuseExisting(file);
    await rename(partial, file);
    syncDirectory(dirname(file));
    return written;
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw isCode(error, "ENOSPC") ? new CodedError("disk-full", `no space for the backup ${file}`, { cause: error, place: file }) : error;
  }
}

/** A verified backup, open for reading: what is read is what was verified, even when the name is replaced meanwhile. */
export type BackupReader = {
  readonly lines: () => AsyncGenerator<string>;
  readonly close: () => Promise<void>;
};

/** @throws CodedError `backup-invalid`, `not-found` */
export async function openBackupFile(file: string): Promise<BackupReader> {
  const handle = await openExisting(file);
  try {
    const bodyEnd = await verify(handle, file);
    return { lines: () => readLines(handle, file, bodyEnd), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function backupInvalid(file: string, reason: string, cause?: unknown): CodedError {
  return new CodedError("backup-invalid", `${file}: ${reason}`, { place: file, cause });
}

async function writeAll(handle: FileHandle, work: (write: WriteLines) => Promise<void>): Promise<WrittenFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const append = async (chunk: Uint8Array): Promise<void> => {
    hash.update(chunk);
    bytes += chunk.length;
    await handle.writeFile(chunk);
  };
  await append(magic);
  const compress = createZstdCompress();
  const taken = pipeline(compress, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) await append(chunk);
  });
  try {
    await work(async (lines) => {
      for await (const chunk of inChunks(lines)) {
        // A full disk ends the work: what is told of it, the other side knows.
        if (compress.destroyed) await taken;
        if (!compress.write(chunk)) await Promise.race([once(compress, "drain"), taken]);
      }
    });
    compress.end();
    await taken;
  } catch (error) {
    compress.destroy();
    await Promise.allSettled([taken]);
    throw error;
  }
  await append(hash.copy().digest());
  return { bytes, sha256: hash.digest("hex") };
}

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = "";
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < 1 << 18) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  yield Buffer.from(chunk);
}

async function verify(handle: FileHandle, file: string): Promise<number> {
  const { size } = await handle.stat();
  const bodyEnd = size - digestLength;
  if (bodyEnd <= magic.length) throw backupInvalid(file, `expected a backup, got a file of ${size} bytes`);
  const hash = createHash("sha256");
  let start: Buffer | undefined;
  for await (const bytes of bytesOf(handle, 0, bodyEnd)) {
    start ??= bytes.subarray(0, magic.length);
    hash.update(bytes);
  }
  if (start?.equals(magic) !== true) throw backupInvalid(file, `expected a Sluice backup, which begins with ${magic.toString("latin1")}`);
  const { buffer: trailer } = await handle.read(Buffer.alloc(digestLength), 0, digestLength, bodyEnd);
  const digest = hash.digest();
  if (!digest.equals(trailer)) {
    throw backupInvalid(
      file,
      `expected SHA-256 ${trailer.toString("hex")}, got ${digest.toString("hex")}: the file is damaged or cut short`,
    );
  }
  return bodyEnd;
}

async function* readLines(handle: FileHandle, file: string, bodyEnd: number): AsyncGenerator<string> {
  const source = Readable.from(bytesOf(handle, magic.length, bodyEnd), { objectMode: false });
  const decompressed = source.pipe(createZstdDecompress());
  source.on("error", (error) => decompressed.destroy(error));
  let rest: Buffer[] = [];
  let restLength = 0;
  try {
    for await (const chunk of decompressed) {
      let bytes = chunk as Buffer;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10)) {
        yield Buffer.concat([...rest, bytes.subarray(0, end)]).toString("utf8");
        rest = [];
        restLength = 0;
        bytes = bytes.subarray(end + 1);
      }
      if (bytes.length > 0) rest.push(bytes);
      restLength += bytes.length;
      if (restLength > longestLine) throw backupInvalid(file, `expected lines of at most ${longestLine} bytes`);
    }
  } catch (error) {
    throw isZstdError(error) ? backupInvalid(file, "the compressed part cannot be read", error) : error;
  } finally {
    source.destroy();
    decompressed.destroy();
  }
  if (restLength > 0) throw backupInvalid(file, "the last line is not ended");
}

async function* bytesOf(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end;) {
    const length = Math.min(end - position, 1 << 18);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function refuseExisting(file: string): Promise<void> {
  try {
    await (await open(file, constants.O_RDONLY)).close();
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  throw new CodedError("conflict", `expected a new file, but ${file} exists: a backup is never overwritten`, { place: file });
}

async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, "wx", 0o600);
  } catch (error) {
    if (isCode(error, "EEXIST")) {
      throw new CodedError(
        "conflict",
        `${file} exists: another backup is being written there, or one was interrupted; remove it if none is`,
        {
          place: file,
        },
      );
    }
    throw error;
  }
}

async function openExisting(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r");
  } catch (error) {
    if (isCode(error, "ENOENT")) throw new CodedError("not-found", `no backup at ${file}`, { place: file, cause: error });
    throw error;
  }
}

function isZstdError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ZSTD_");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
