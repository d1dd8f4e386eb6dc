import { open, readFile, type FileHandle } from "node:fs/promises";
import type { SegmentPaths } from "./segment-paths.ts";

/** A segment's bytes, wherever they are; `read` gives fewer than asked only at their end. */
export type SegmentSource = { readonly name: string; readonly read: (offset: number, length: number) => Promise<Uint8Array> };

/** A segment in memory. */
export function segmentOfBytes(name: string, bytes: Uint8Array): SegmentSource {
  return { name, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

export type OpenSegmentFile = {
  readonly source: SegmentSource;
  /** Undefined: the table is gone. */
  readonly slots: Uint8Array | undefined;
  readonly close: () => Promise<void>;
};

/** A segment in files; undefined when it is not there. */
export async function openSegmentFile({ segment, slots }: SegmentPaths): Promise<OpenSegmentFile | undefined> {
  const file = await orUndefined(open(segment, "r"));
  if (file === undefined) return undefined;
  try {
    const table = await orUndefined(readFile(slots));
    return {
      source: { name: segment, read: (offset, length) => readFully(file, offset, length) },
      slots: table,
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function orUndefined<T>(opened: Promise<T>): Promise<T | undefined> {
  try {
    return await opened;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
