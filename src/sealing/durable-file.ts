import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { SealingError } from "./sealing-error.ts";

/** Writes a file whole or not at all; on disk when this returns. Replaces what is there. */
export function replaceDurably(path: string, text: string): void {
  const written = writeBeside(path, text);
  renameSync(written, path);
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
    unlinkSync(written);
    syncDirectory(dirname(path));
  }
}

/** Removes the name; on disk when this returns. */
export function removeDurably(path: string): void {
  unlinkSync(path);
  syncDirectory(dirname(path));
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
    throw refusal(path, "a directory that can be written", error);
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
