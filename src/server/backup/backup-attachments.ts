import type { SealedFiles } from "../sealed-files.ts";
import { isSealedFileName } from "../sealed-files.ts";
import { backupInvalid } from "./backup-file.ts";
import { backupLine } from "./backup-lines.ts";
import type { NamedAttachment } from "./backup-store.ts";

/** What of the named files went into a backup. */
export type BackedUpFiles = { readonly files: number; readonly missing: readonly NamedAttachment[] };

/**
 * The files' sealed bytes as lines: a file, then its pieces. A file that is not there was removed since the rows were read, or is lost; it is
 * counted and named, and keeps no other out of the backup.
 */
export async function* attachmentLines(
  named: readonly NamedAttachment[],
  files: SealedFiles,
  counted: { files: number; missing: NamedAttachment[] },
): AsyncGenerator<string> {
  for (const attachment of named) {
    const found = await files.read(attachment.storageKey);
    if (found === undefined) {
      counted.missing.push(attachment);
      continue;
    }
    yield backupLine({ kind: "file", name: attachment.storageKey, bytes: found.bytes });
    for await (const piece of found.pieces) yield backupLine({ kind: "piece", base64: Buffer.from(piece).toString("base64") });
    counted.files++;
  }
}

/** Takes files out of a backup's lines. */
export type AttachmentLoader = {
  readonly begin: (line: { readonly name: string; readonly bytes: number }) => Promise<void>;
  /** @throws CodedError `backup-invalid` for a piece of no file */
  readonly piece: (base64: string) => Promise<void>;
  /** How many files there were. @throws CodedError `backup-invalid` when the last is not whole */
  readonly finish: () => Promise<number>;
  /** Takes back what was written: the rows did not come. */
  readonly undo: () => Promise<void>;
};

/** One file at a time, and of it one piece at a time. Without a place for files they are passed over. */
export function createAttachmentLoader(files: SealedFiles | undefined, backup: string): AttachmentLoader {
  const written: string[] = [];
  let count = 0;
  let current: Arriving | undefined;
  const end = async (): Promise<void> => {
    await current?.end();
    current = undefined;
  };
  return {
    begin: async ({ name, bytes }) => {
      await end();
      if (!isSealedFileName(name))
        throw backupInvalid(backup, `expected a file's name of 64 hexadecimal digits, got ${JSON.stringify(name.slice(0, 100))}`);
      count++;
      // What lay there before is not this restore's to take away.
      if (files !== undefined && !(await files.has(name))) written.push(name);
      current = arriving(name, bytes, files, backup);
    },
    piece: async (base64) => {
      if (current === undefined) throw backupInvalid(backup, "a piece of a file before the first file");
      await current.take(Buffer.from(base64, "base64"));
    },
    finish: async () => {
      await end();
      return count;
    },
    undo: async () => {
      await current?.stop();
      for (const name of written) await files?.remove(name);
    },
  };
}

type Arriving = {
  readonly take: (piece: Uint8Array) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** A file whose pieces are handed over as they come; the next is asked for once this one is on its way to the disk. */
function arriving(name: string, bytes: number, files: SealedFiles | undefined, backup: string): Arriving {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const writing = files === undefined ? drained(readable) : files.write(name, readable);
  // Awaited at the end; a failure before then is told by the writer, too.
  writing.catch((error: unknown) => writer.abort(error).catch(() => undefined));
  let taken = 0;
  return {
    take: async (piece) => {
      taken += piece.byteLength;
      if (taken > bytes) throw backupInvalid(backup, `expected ${bytes} bytes of the file ${name}, got more`);
      await writer.write(piece).catch(async () => writing);
    },
    end: async () => {
      if (taken !== bytes) throw backupInvalid(backup, `expected ${bytes} bytes of the file ${name}, got ${taken}`);
      await writer.close().catch(async () => writing);
      await writing;
    },
    stop: async () => {
      await writer.abort(new Error("the restore was given up")).catch(() => undefined);
      await writing.catch(() => undefined);
    },
  };
}

async function drained(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}
