import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { Snapshot } from "../matching/snapshot/snapshot.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { syncDirectory } from "./database/sync-directory.ts";

/** A snapshot with the bytes it is a view of. */
export type LoadedSnapshot = { readonly snapshot: Snapshot; readonly bytes: Uint8Array; readonly path: string };

/** Where an installation keeps its snapshot: the server writes it, commands beside the server read it without asking. */
export function snapshotPath(dataDirectory: string): string {
  return join(dataDirectory, "snapshot", "current.sluice");
}

/** Reads a snapshot as it is, without parsing. @throws CodedError `snapshot-missing`, `snapshot-invalid` */
export function readSnapshotFile(path: string): LoadedSnapshot {
  try {
    const bytes = readFileSync(path);
    return { snapshot: new Snapshot(bytes, crc32), bytes, path };
  } catch (error) {
    if (error instanceof CodedError) throw new CodedError(error.code, error.message, { cause: error, place: path });
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new CodedError("snapshot-missing", "expected a snapshot file, found none", { cause: error, place: path });
    throw new CodedError("snapshot-invalid", `the snapshot cannot be read: ${String(error)}`, { cause: error, place: path });
  }
}

/** Writes beside the target, syncs, then renames: a reader sees the old file or the new one, whole. @throws CodedError `disk-full` */
export function writeSnapshotFile(path: string, bytes: Uint8Array): void {
  const partial = `${path}.${process.pid}.partial`;
  mkdirSync(dirname(path), { recursive: true });
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
