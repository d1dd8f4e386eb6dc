import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { isInventoryFileName } from "../../formats/read-inventory.ts";
import type { InputDocument } from "../../formats/inventory-format.ts";
import { unreadLockfile } from "../../formats/unread-lockfiles.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { fileErrorReason } from "./file-error-reason.ts";
import { filesBeside } from "./files-beside.ts";
import { systemOfPath } from "./system-of-path.ts";

export type FoundDocuments = {
  readonly documents: readonly InputDocument[];
  readonly unreadable: readonly Problem[];
  /** Lockfiles of a walk that are known and not read. */
  readonly passedOver: readonly Problem[];
};

/** What tools install or write themselves is not what a project asks for. */
const SKIPPED_FOLDERS = new Set(["node_modules", ".git", ".hg", ".svn"]);
const MAX_DEPTH = 12;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads what `paths` name: files as they are, directories by the file names of known formats, `-` as standard input.
 * Each document once, by its path from here; links inside a directory are not followed.
 */
export async function findDocuments(paths: readonly string[], readStandardInput: () => Promise<Uint8Array>): Promise<FoundDocuments> {
  const documents = new Map<string, InputDocument>();
  const unreadable: Problem[] = [];
  const passedOver = new Map<string, Problem>();
  for (const path of new Set(paths)) {
    if (path === "-") {
      documents.set(path, { name: path, bytes: await readStandardInput() });
      continue;
    }
    const { files, folder, unread } = await filesAt(path, unreadable);
    for (const problem of unread) passedOver.set(problem.place, problem);
    for (const file of files) {
      const name = nameFromHere(file);
      if (documents.has(name)) continue;
      const read = await readDocument(file, name, folder);
      if ("reason" in read) unreadable.push(read);
      else documents.set(name, read);
    }
  }
  return { documents: [...documents.values()], unreadable, passedOver: [...passedOver.values()] };
}

/** The files that `path` stands for, and the folder that was walked through for them. */
type FilesAt = { readonly files: readonly string[]; readonly folder: string | undefined; readonly unread: readonly Problem[] };

async function filesAt(path: string, unreadable: Problem[]): Promise<FilesAt> {
  try {
    if (!(await stat(path)).isDirectory()) return { files: [path], folder: undefined, unread: [] };
  } catch (error) {
    unreadable.push({ place: path, reason: fileErrorReason(error) });
    return { files: [], folder: undefined, unread: [] };
  }
  const walked: Walked = { found: [], unread: [], obstacles: [] };
  await walk(path, 0, walked);
  const { found, unread, obstacles } = walked;
  if (found.length === 0 && obstacles.length === 0) {
    const reason = "expected a lockfile, an SBOM or a system's list of packages in it, found none by its name";
    unreadable.push(...(unread.length > 0 ? unread : [{ place: path, reason }]));
    return { files: [], folder: path, unread: [] };
  }
  unreadable.push(...obstacles);
  return { files: found.sort(), folder: path, unread: unread.toSorted((a, b) => (a.place < b.place ? -1 : 1)) };
}

type Walked = { readonly found: string[]; readonly unread: Problem[]; readonly obstacles: Problem[] };

async function walk(folder: string, depth: number, walked: Walked): Promise<void> {
  const { found, unread, obstacles } = walked;
  if (depth > MAX_DEPTH) {
    obstacles.push({ place: folder, reason: `expected at most ${MAX_DEPTH} folders one in another; name it to have it looked into` });
    return;
  }
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    obstacles.push({ place: folder, reason: fileErrorReason(error) });
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) await walk(path, depth + 1, walked);
    else if (entry.isFile() && isInventoryFileName(path)) found.push(path);
    else if (entry.isFile()) unread.push(...passedOverAt(path));
  }
}

function passedOverAt(path: string): readonly Problem[] {
  const lockfile = unreadLockfile(path);
  if (lockfile === undefined) return [];
  return [{ place: nameFromHere(path), reason: `expected a lockfile that is read here, found ${lockfile.found}. ${lockfile.instead}` }];
}

async function readDocument(path: string, name: string, folder: string | undefined): Promise<InputDocument | Problem> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES)
      return { place: name, reason: `expected at most ${MAX_BYTES / 1024 / 1024} MB, got ${Math.ceil(size / 1024 / 1024)} MB` };
    const system = await systemOfPath(path);
    return { name, bytes: await readFile(path), beside: filesBeside(path, folder), ...(system === undefined ? {} : { system }) };
  } catch (error) {
    return { place: name, reason: fileErrorReason(error) };
  }
}

/** The path from the working directory; the whole path for what lies outside of it. */
function nameFromHere(path: string): string {
  const name = relative(process.cwd(), path);
  return name.startsWith("..") || isAbsolute(name) ? resolve(path) : name;
}
