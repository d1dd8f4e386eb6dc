import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { openStream, sealStream } from "../../sealing/attachment.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { syncDirectory } from "../database/sync-directory.ts";
import { sealedFilesIn, writeDurably } from "../sealed-files.ts";

export type WrittenContent = { readonly sizeBytes: number; readonly sha256: Uint8Array; readonly storageKey: string };

/** Sealed contents in a directory, each in a file of its own; nothing is ever there in the clear. */
export type AttachmentFiles = {
  /** On disk when it resolves. `addressOf` names it once its digest is known. @throws CodedError `document-too-large` at more than `maxBytes`, `disk-full` */
  readonly write: (
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
    addressOf: (sha256: Uint8Array) => string,
  ) => Promise<WrittenContent>;
  /** The content, held against its digest: the last piece comes only when all of it is right. @throws CodedError `internal` when it is not there or was changed */
  readonly read: (content: WrittenContent) => Promise<ReadableStream<Uint8Array>>;
  readonly remove: (storageKey: string) => Promise<void>;
  /** Removes what is not to be kept and has lain for an hour: the rest of writes that a kill cut off. How many there were. */
  readonly sweep: (kept: ReadonlySet<string>, nowMs: number) => Promise<number>;
};

const UNFINISHED = ".new";
const LIES_MS = 60 * 60 * 1000;

export function openAttachmentFiles({ directory, keys }: { readonly directory: string; readonly keys: KeyRing }): AttachmentFiles {
  const { pathOf } = sealedFilesIn(directory);
  return { write, read, remove, sweep };

  async function write(
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
    addressOf: (sha256: Uint8Array) => string,
  ): Promise<WrittenContent> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const unfinished = join(directory, `${randomBytes(16).toString("hex")}${UNFINISHED}`);
    try {
      const measured = measure(content, maxBytes);
      await writeDurably(unfinished, await sealStream(keys.current("sealing"), toWebStream(measured.pieces)));
      const { sizeBytes, sha256 } = measured.result();
      const storageKey = addressOf(sha256);
      const path = pathOf(storageKey);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(unfinished, path);
      await syncDirectory(dirname(path));
      await syncDirectory(directory);
      return { sizeBytes, sha256, storageKey };
    } catch (error) {
      await rm(unfinished, { force: true });
      throw refusalOf(error);
    }
  }

  async function read({ storageKey, sizeBytes, sha256 }: WrittenContent): Promise<ReadableStream<Uint8Array>> {
    const file = createReadStream(pathOf(storageKey));
    try {
      const opened = await openStream(keys.accepted("sealing"), Readable.toWeb(file) as ReadableStream<Uint8Array>);
      return toWebStream(checked(opened, sizeBytes, sha256));
    } catch (cause) {
      file.destroy();
      throw unreadable(cause);
    }
  }

  async function remove(storageKey: string): Promise<void> {
    const path = pathOf(storageKey);
    try {
      await unlink(path);
    } catch (error) {
      // Nor need its folder be there, after a restore without it.
      if (isMissing(error)) return;
      throw error;
    }
    await syncDirectory(dirname(path));
  }

  async function sweep(kept: ReadonlySet<string>, nowMs: number): Promise<number> {
    let removed = 0;
    for (const entry of await entriesOf(directory)) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if (kept.has(entry.name) || nowMs - (await stat(path)).mtimeMs < LIES_MS) continue;
      await unlink(path);
      removed++;
    }
    return removed;
  }
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

type Measured = {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly result: () => { readonly sizeBytes: number; readonly sha256: Uint8Array };
};

function measure(content: AsyncIterable<Uint8Array>, maxBytes: number): Measured {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      sizeBytes += piece.byteLength;
      if (sizeBytes > maxBytes) throw new CodedError("document-too-large", `expected at most ${maxBytes} bytes`, { place: "body" });
      hash.update(piece);
      yield piece;
    }
  }
  return { pieces: pieces(), result: () => ({ sizeBytes, sha256: new Uint8Array(hash.digest()) }) };
}

/** Holds one piece back until what came is what was written: whoever reads the end has read the whole. */
async function* checked(opened: ReadableStream<Uint8Array>, sizeBytes: number, sha256: Uint8Array): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let [size, held] = [0, new Uint8Array(0)];
  try {
    for await (const piece of opened) {
      if (held.byteLength > 0) yield held;
      hash.update(piece);
      size += piece.byteLength;
      held = new Uint8Array(piece);
    }
  } catch (cause) {
    throw unreadable(cause);
  }
  if (size !== sizeBytes || Buffer.compare(hash.digest(), sha256) !== 0) throw unreadable(new Error("another digest than was written"));
  if (held.byteLength > 0) yield held;
}

function toWebStream(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces) as ReadableStream<Uint8Array>;
}

function unreadable(cause: unknown): CodedError {
  return new CodedError("internal", "an attachment on this server's disk is missing or was changed", { cause });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof SealingError) return new CodedError("internal", error.message, { cause: error });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOSPC") {
    return new CodedError("disk-full", "the disk of the data directory is full; free some space and repeat", { cause: error });
  }
  return error;
}
