import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { CodedError } from "../../vocabulary/coded-error.ts";

export type DirectoryLock = { readonly release: () => void };

/**
 * Makes this process the only user of `directory`, by a lock on the file `<directory>.lock` beside it.
 * Threat: two engines on one directory silently lose rows. The lock is the operating system's own on an SQLite file, which Node has built in:
 * it ends with the process however that dies, holds between containers that share a volume, and leaves nothing stale to judge by a process id.
 * @throws CodedError `directory-in-use` naming the process that has it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = `${directory}.lock`;
  const file = new DatabaseSync(path, { timeout: 500 });
  try {
    const token = randomUUID();
    if (!claim(file, token)) throw inUse(directory, ownerOf(file));
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Writing the owner's row and keeping the lock are two transactions: whoever comes between them has changed the row. */
function claim(file: DatabaseSync, token: string): boolean {
  return (
    begin(file) &&
    run(file, "create table if not exists owner (pid integer not null, since text not null, token text not null)") &&
    run(file, "delete from owner") &&
    run(file, `insert into owner values (${process.pid}, '${new Date().toISOString()}', '${token}')`) &&
    run(file, "commit") &&
    begin(file) &&
    ownerOf(file)?.token === token
  );
}

/** RESERVED: one process holds it, others may still read who. */
function begin(file: DatabaseSync): boolean {
  return run(file, "begin immediate");
}

function run(file: DatabaseSync, statement: string): boolean {
  try {
    file.exec(statement);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

type Owner = { readonly pid: number; readonly since: string; readonly token: string };

function ownerOf(file: DatabaseSync): Owner | undefined {
  try {
    const row = file.prepare("select pid, since, token from owner").get();
    return row === undefined ? undefined : { pid: Number(row["pid"]), since: String(row["since"]), token: String(row["token"]) };
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === sqliteBusy;
}

function inUse(directory: string, owner: Owner | undefined): CodedError {
  const who = owner === undefined ? "another process that is just starting" : `process ${owner.pid} since ${owner.since}`;
  return new CodedError("directory-in-use", `expected ${directory} to be free, but ${who} uses it`, { place: directory });
}
