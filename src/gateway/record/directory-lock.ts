import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordFailure } from "./record-failure.ts";

export type DirectoryLock = { readonly release: () => void };

/**
 * Makes this process the only gateway that records in `directory`, until it ends, however it ends: the lock is the operating system's own,
 * on an SQLite file, which Node has built in.
 * @throws CodedError `directory-in-use` naming the process that has it
 */
export function lockDirectory(directory: string): DirectoryLock {
  const ownerFile = join(directory, "gateway.pid");
  const file = new DatabaseSync(join(directory, "gateway.lock"), { timeout: 500 });
  try {
    file.exec("begin exclusive");
  } catch (cause) {
    file.close();
    if (!isBusy(cause)) throw recordFailure(directory, cause);
    throw new CodedError("directory-in-use", `expected ${directory} to be free, but ${ownerOf(ownerFile)} records in it`, {
      cause,
      place: directory,
    });
  }
  try {
    writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (cause) {
    file.close();
    throw recordFailure(directory, cause);
  }
  return { release: () => file.close() };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function ownerOf(file: string): string {
  try {
    return `process ${readFileSync(file, "utf8").trim()}`;
  } catch {
    return "another process";
  }
}
