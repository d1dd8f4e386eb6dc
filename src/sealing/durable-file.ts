import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { SealingError } from "./sealing-error.ts";

/** What is being written to a file bears this behind its name until it is whole. */
const UNFINISHED = /^\.[\da-f]{12}\.new$/;
const UNFINISHED_LENGTH = ".0123456789ab.new".length;
const LIES_MS = 60 * 60 * 1000;

/** Writes a file whole or not at all; on disk when this returns. Replaces what is there. */
export function replaceDurably(path: string, text: string): void {
  const written = writeBeside(path, text);
  try {
    renameSync(written, path);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/**
 * The same, unless a file is there already: false then, and nothing changed. A link cannot replace a file, so of two processes
 * that make one at once exactly one does.
 */
export function createDurably(path: string, text: string): boolean {
  const written = writeBeside(path, text);
  try {
    linkSync(written, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw refusal(path, "a file system with hard links, which let a key be made exactly once", error);
  } finally {
    rmSync(written, { force: true });
    syncDirectory(dirname(path));
  }
}

/** Removes the file and what was left of it by writers that were killed; on disk when this returns. */
export function removeDurably(path: string): void {
  removeUnfinished(path);
  unlinkSync(path);
  syncDirectory(dirname(path));
}

/**
 * Removes what writers of a file that were killed left beside it. Threat: between two steps of theirs it is the file itself under a second name,
 * which would outlive a destruction. No writer is expected to be at work.
 */
export function removeUnfinished(path: string): void {
  const directory = dirname(path);
  const left = namesIn(directory).filter((name) => name.startsWith(basename(path)) && UNFINISHED.test(name.slice(basename(path).length)));
  for (const name of left) rmSync(join(directory, name), { force: true });
  if (left.length > 0) syncDirectory(directory);
}

/** The same for a whole directory, except for what is younger than an hour: somebody may be at work on it. */
export function sweepUnfinished(directory: string, nowMs: number): void {
  for (const name of namesIn(directory).filter((one) => UNFINISHED.test(one.slice(-UNFINISHED_LENGTH)))) {
    const path = join(directory, name);
    const { mtimeMs = nowMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (nowMs - mtimeMs >= LIES_MS) rmSync(path, { force: true });
  }
}

/** @throws SealingError `key-store-refused` when it cannot be made, or others than its owner may look into it */
export function makePrivateDirectory(path: string): void {
  try {
    if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined && process.platform !== "win32") chmodSync(path, 0o700);
  } catch (error) {
    throw refusal(path, "a directory that can be made and written", error);
  }
  refuseWideRights(path);
}

/** A file that only its owner may read, or undefined when there is none. @throws SealingError `key-store-refused` */
export function readPrivateText(path: string): string | undefined {
  try {
    refuseWideRights(path);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    if (error instanceof SealingError) throw error;
    throw refusal(path, "a file that can be read", error);
  }
}

/** Threat: a key that other users of the machine can read. Windows has no such rights; there the profile's access list protects it. */
function refuseWideRights(path: string): void {
  if (process.platform === "win32") return;
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0) {
    const rights = (mode & 0o777).toString(8).padStart(4, "0");
    const wanted = (mode & 0o170000) === 0o040000 ? "0700" : "0600";
    throw new SealingError("key-store-refused", `expected ${path} to be open to its owner only (${wanted}), got ${rights}`, {
      place: path,
    });
  }
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && uid !== own) {
    throw new SealingError("key-store-refused", `expected ${path} to belong to user ${own}, who runs Sluice, got user ${uid}`, {
      place: path,
    });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function writeBeside(path: string, text: string): string {
  const beside = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const descriptor = openSync(beside, "wx", 0o600);
    try {
      const bytes = Buffer.from(text, "utf8");
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return beside;
  } catch (error) {
    rmSync(beside, { force: true });
    throw refusal(path, "a directory that can be written", error);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refusal(path: string, expected: string, cause: unknown): SealingError {
  return new SealingError("key-store-refused", `expected ${expected}, got ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
    place: path,
  });
}
