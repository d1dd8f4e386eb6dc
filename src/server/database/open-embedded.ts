import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { lockDirectory } from "./directory-lock.ts";
import { embeddedDatabase, type EmbeddedDatabase } from "./embedded-database.ts";
import { migrate } from "./migrate.ts";
import { readMigrations } from "./migrations.ts";
import { preparedCluster, writePreparedCluster } from "./prepared-cluster.ts";
import { syncDirectory } from "./sync-directory.ts";
import { extractDurably } from "./tar.ts";

export type EmbeddedOptions = {
  /** Undefined = in memory, gone when it is closed. */
  readonly directory: string | undefined;
  /** What a new database begins with: this program's schema, or nothing. An existing one is left as it is. */
  readonly schema?: Schema;
  readonly idleTimeoutMs?: number;
};

export type Schema = "current" | "none";

/**
 * The embedded database: PGlite in a worker thread.
 * @throws CodedError `directory-in-use`, `disk-full`, `database-unavailable`, `conflict` when the directory holds other files
 */
export async function openEmbedded({ directory, schema = "current", idleTimeoutMs }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  if (directory === undefined) return embeddedDatabase({ directory, cluster: await clusterWith(schema) }, { idleTimeoutMs });
  mkdirSync(dirname(directory), { recursive: true });
  const lock = lockDirectory(directory);
  try {
    await makeDirectory(directory, schema);
    return await embeddedDatabase({ directory, cluster: undefined }, { idleTimeoutMs, onClosed: lock.release });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Writes the cluster that first starts copy into `directory`, for the package; its path. */
export async function prepareCluster(directory: string): Promise<string> {
  return writePreparedCluster(directory, readMigrations(), await clusterWith("current"));
}

/** The directory appears whole under its name or not at all, whenever the power fails. */
async function makeDirectory(directory: string, schema: Schema): Promise<void> {
  if (existsSync(`${directory}/PG_VERSION`)) return;
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new CodedError("conflict", `expected ${directory} to be empty or a database, but it holds other files`, { place: directory });
  }
  const partial = `${directory}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    extractDurably(await clusterWith(schema), partial);
    rmSync(directory, { recursive: true, force: true });
    renameSync(partial, directory);
    syncDirectory(dirname(directory));
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw isDiskFull(error)
      ? new CodedError("disk-full", `no space for a new database in ${directory}`, { cause: error, place: directory })
      : error;
  }
}

function clusterWith(schema: Schema): Promise<Uint8Array<ArrayBuffer>> {
  if (schema === "none") return preparedCluster([], () => makeCluster(undefined, false));
  return preparedCluster(readMigrations(), async () => makeCluster(await clusterWith("none"), true));
}

/** Without one to begin with, by initdb: about three seconds. */
async function makeCluster(cluster: Uint8Array<ArrayBuffer> | undefined, migrated: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const database = await embeddedDatabase({ directory: undefined, cluster }, {});
  try {
    if (migrated) await migrate(database);
    else await database.dropTemplates();
    await database.vacuum();
    return await database.closeAndExport();
  } finally {
    await database.close();
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}
