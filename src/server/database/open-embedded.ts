import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { lockDirectory } from "./directory-lock.ts";
import { syncDirectory } from "./sync-directory.ts";
import { migrate } from "./migrate.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { preparedCluster } from "./prepared-cluster.ts";
import { embeddedDatabase, type EmbeddedDatabase } from "./embedded-database.ts";
import { extractDurably } from "./tar.ts";

export type EmbeddedOptions = {
  /** Undefined = in memory, gone when it is closed. */
  readonly directory: string | undefined;
  readonly migrations?: readonly Migration[];
};

/**
 * The embedded database: PGlite in a worker thread. A new directory begins with this program's schema; an existing one is left as it is.
 * @throws CodedError `directory-in-use`, `disk-full`, `database-unavailable`, `input-invalid`
 */
export async function openEmbedded({ directory, migrations = readMigrations() }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const cluster = (): Promise<Uint8Array> => preparedCluster(migrations, () => makeCluster(migrations));
  if (directory === undefined) return embeddedDatabase({ directory, cluster: await cluster() });
  mkdirSync(dirname(directory), { recursive: true });
  const lock = lockDirectory(directory);
  try {
    await makeDirectory(directory, cluster);
    return await embeddedDatabase({ directory, cluster: undefined }, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The directory appears whole under its name or not at all, whenever the power fails. */
async function makeDirectory(directory: string, cluster: () => Promise<Uint8Array>): Promise<void> {
  if (existsSync(`${directory}/PG_VERSION`)) return;
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new CodedError("input-invalid", `expected ${directory} to be empty or a database, but it holds other files`, {
      place: directory,
    });
  }
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  extractDurably(await cluster(), partial);
  rmSync(directory, { recursive: true, force: true });
  renameSync(partial, directory);
  syncDirectory(dirname(directory));
}

/** From nothing, by initdb: about three seconds. */
async function makeCluster(migrations: readonly Migration[]): Promise<Uint8Array> {
  const database = await embeddedDatabase({ directory: undefined, cluster: undefined });
  try {
    await migrate(database, { migrations });
    await database.checkpoint();
    return await database.exportTar();
  } finally {
    await database.close();
  }
}
