import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync, type Stats } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { isPathBeside } from "../../formats/companions.ts";
import type { Beside } from "../../formats/inventory-format.ts";
import { isInventoryFileName } from "../../formats/read-inventory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { fileErrorReason } from "./file-error-reason.ts";

/** For one document: no project comes near, and what a hostile one can have read is bounded. */
const MAX_FILES = 2_000;
const MAX_FOLDERS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What lies beside the document at `path`, as a format may ask for it: below `scanned` where that folder is walked through. Of a file that is named by itself,
 * what lies in its own folder, and above that only files that a walk would take by their names: whoever wrote the document must not have any other file shown.
 * Regular files only, and no link that leads out.
 */
export function filesBeside(path: string, scanned: string | undefined): Beside {
  const folder = dirname(resolve(path));
  const outermost = scanned === undefined ? undefined : resolve(scanned);
  const left = { files: MAX_FILES, folders: MAX_FOLDERS, bytes: MAX_BYTES };

  /** The folder that a path may not lead out of; undefined = it is not to be looked at. */
  function rootOf(target: string): string | undefined {
    if (outermost !== undefined) return isInside(outermost, target) ? outermost : undefined;
    if (isInside(folder, target)) return folder;
    return isInventoryFileName(target) ? commonFolder(folder, target) : undefined;
  }

  return {
    file: (stated) => {
      const target = resolve(folder, stated);
      const root = isPathBeside(stated) ? rootOf(target) : undefined;
      if (root === undefined || !exists(target)) return undefined;
      if (left.files-- <= 0) throw tooLarge(`at most ${MAX_FILES} files beside a document`);
      const bytes = readRegular(realPathInside(root, target), left.bytes);
      left.bytes -= bytes?.length ?? 0;
      return bytes;
    },
    folders: (stated) => {
      const target = resolve(folder, stated);
      if ((stated !== "" && !isPathBeside(stated)) || !isInside(outermost ?? folder, target) || left.folders-- <= 0) return [];
      try {
        const real = realPathInside(outermost ?? folder, target);
        return readdirSync(real, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
          .toSorted();
      } catch {
        // Then nobody said that there are any.
        return [];
      }
    },
  };
}

function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function commonFolder(folder: string, target: string): string {
  let common = folder;
  while (!isInside(common, target)) common = dirname(common);
  return common;
}

function exists(path: string): boolean {
  return statOf(path) !== undefined;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(error);
  }
}

function realPathInside(root: string, target: string): string {
  let real;
  try {
    real = [realpathSync(root), realpathSync(target)] as const;
  } catch (error) {
    throw unreadable(error);
  }
  if (isInside(...real)) return real[1];
  throw new CodedError("document-invalid", "Expected a file inside what is scanned, found a link that leads out of it");
}

/** Undefined for a folder. */
function readRegular(path: string, maxBytes: number): Uint8Array | undefined {
  let file;
  try {
    // Opening a pipe that nobody writes to would never end, and a link that was put there meanwhile is not followed.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    const found = fstatSync(file);
    if (found.isDirectory()) return undefined;
    if (!found.isFile()) throw new CodedError("document-invalid", "Expected a regular file, found something else");
    if (found.size > maxBytes) throw tooLarge(`at most ${MAX_BYTES / 1024 / 1024} MB in all files beside a document`);
    const bytes = new Uint8Array(found.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, length);
    return bytes.subarray(0, length);
  } catch (error) {
    throw error instanceof CodedError ? error : unreadable(error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function unreadable(error: unknown): CodedError {
  return new CodedError("document-invalid", `Expected a file that can be read: ${fileErrorReason(error)}`, { cause: error });
}

function tooLarge(expected: string): CodedError {
  return new CodedError("document-too-large", `Expected ${expected}, found more`);
}
