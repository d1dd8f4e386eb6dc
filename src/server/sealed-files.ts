import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncDirectory } from "./database/sync-directory.ts";

/** Files of the data directory whose bytes are sealed, each under the name that a row has for it: 64 hexadecimal digits. */
export type SealedFiles = {
  readonly pathOf: (name: string) => string;
  /** As they lie on disk, piece by piece; undefined when there is no such file. */
  readonly read: (name: string) => Promise<{ readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> } | undefined>;
  /** On disk when it resolves, whole or not at all. */
  readonly write: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly has: (name: string) => Promise<boolean>;
  readonly remove: (name: string) => Promise<void>;
};

const NAME = /^[0-9a-f]{64}$/;
const PIECE_BYTES = 192 * 1024;

/** Where sealed attachments lie. */
export function attachmentsIn(dataDirectory: string): string {
  return join(dataDirectory, "attachments");
}

/** Where the gateway beside a server records exchanges, sealed. */
export function exchangesIn(dataDirectory: string): string {
  return join(dataDirectory, "gateway");
}

export function sealedFilesIn(directory: string): SealedFiles {
  /** Thousands of files in one directory are slow to list on some systems. */
  const pathOf = (name: string): string => join(directory, name.slice(0, 2), name);
  return {
    pathOf,

    read: async (name) => {
      const bytes = await sizeOf(pathOf(name));
      return bytes === undefined ? undefined : { bytes, pieces: createReadStream(pathOf(name), { highWaterMark: PIECE_BYTES }) };
    },

    write: async (name, pieces) => {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const unfinished = `${path}.new`;
      try {
        await writeDurably(unfinished, pieces);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      syncDirectory(dirname(path));
      syncDirectory(directory);
    },

    has: async (name) => (await sizeOf(pathOf(name))) !== undefined,

    remove: async (name) => {
      await rm(pathOf(name), { force: true });
    },
  };
}

/** Threat: a backup that somebody made up names a path outside the directory. */
export function isSealedFileName(name: string): boolean {
  return NAME.test(name);
}

/** Into a new file, on disk when it resolves. */
export async function writeDurably(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
