import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, read, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { PREAMBLE_BYTES } from "../matching/snapshot/layout.ts";
import { Snapshot } from "../matching/snapshot/snapshot.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { removeAbandoned } from "./abandoned-files.ts";
import { syncDirectory } from "./database/sync-directory.ts";

/** A snapshot with the bytes it is a view of. */
export type LoadedSnapshot = { readonly snapshot: Snapshot; readonly bytes: Uint8Array; readonly path: string };

/** Where an installation keeps its snapshot: the server writes it, commands beside the server read it without asking. */
export function snapshotPath(dataDirectory: string): string {
  return join(dataDirectory, "snapshot", "current.sluice");
}

/** Reads a snapshot as it is, without parsing. @throws CodedError `snapshot-missing`, `snapshot-invalid` */
export async function readSnapshotFile(path: string): Promise<LoadedSnapshot> {
  try {
    const { bytes, checksum } = await readChecked(path);
    return { snapshot: new Snapshot(bytes, () => checksum), bytes, path };
  } catch (error) {
    if (error instanceof CodedError) throw new CodedError(error.code, error.message, { cause: error, place: path });
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new CodedError("snapshot-missing", "expected a snapshot file, found none", { cause: error, place: path });
    throw new CodedError("snapshot-invalid", `the snapshot cannot be read: ${String(error)}`, { cause: error, place: path });
  }
}

const readAt = promisify(read);
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Reads two pieces at a time and sums up each as it comes. Filling memory that is new to the process takes longer than reading the file, and two
 * threads halve it; more would only wait for one another.
 */
async function readChecked(path: string): Promise<{ readonly bytes: Uint8Array; readonly checksum: number }> {
  const file = openSync(path, "r");
  const reading: Promise<void>[] = [];
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(size);
    const pieces = Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, index) =>
      bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
    );
    const begin = (index: number): void => {
      const piece = pieces[index];
      if (piece !== undefined) reading.push(fill(piece, file, index * PIECE_BYTES));
    };
    begin(0);
    let checksum = 0;
    for (const [index, piece] of pieces.entries()) {
      begin(index + 1);
      await reading[index];
      checksum = crc32(index === 0 ? piece.subarray(PREAMBLE_BYTES) : piece, checksum);
    }
    return { bytes, checksum };
  } finally {
    await Promise.allSettled(reading);
    closeSync(file);
  }
}

/** A file that ends early leaves what is no snapshot: the checksum tells. */
async function fill(piece: Uint8Array, file: number, position: number): Promise<void> {
  for (let filled = 0; filled < piece.length;) {
    const { bytesRead } = await readAt(file, piece, filled, piece.length - filled, position + filled);
    if (bytesRead === 0) piece.fill(0, filled);
    filled += bytesRead === 0 ? piece.length : bytesRead;
  }
}

/** Writes beside the target, syncs, then renames: a reader sees the old file or the new one, whole. @throws CodedError `disk-full` */
export function writeSnapshotFile(path: string, bytes: Uint8Array): void {
  const partial = `${path}.${process.pid}.partial`;
  mkdirSync(dirname(path), { recursive: true });
  removeAbandoned(dirname(path), (name) => name.startsWith(`${basename(path)}.`) && name.endsWith(".partial"));
  try {
    writeDurably(partial, bytes);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    throw new CodedError("disk-full", "no space left for the snapshot; the one before stays in use", { cause: error, place: path });
  }
  syncDirectory(dirname(path));
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w", 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
