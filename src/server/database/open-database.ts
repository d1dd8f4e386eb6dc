import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { removeAbandoned } from "../abandoned-files.ts";
import { holdsRows, writeBackup } from "../backup/backup-service.ts";
import type { Config } from "../config.ts";
import type { OwnedDatabase } from "./database.ts";
import { migrate, migrationLabel } from "./migrate.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { admitRequestLogin } from "./request-login.ts";
import { openEmbedded } from "./open-embedded.ts";
import { openPostgres } from "./open-postgres.ts";

export type DatabasePlace = Pick<Config, "dataDirectory" | "databaseUrl"> & Partial<Pick<Config, "databaseRequestUrl">>;

/**
 * Opens this installation's database and brings it up to this program's schema. What holds rows is backed up before an upgrade, into `backups` of the data directory.
 * @throws CodedError `directory-in-use`, `database-unavailable`, `disk-full`, `conflict` when the database is newer than the program
 */
export async function openOwnedDatabase(place: DatabasePlace, migrations: readonly Migration[] = readMigrations()): Promise<OwnedDatabase> {
  const { databaseUrl: url, databaseRequestUrl: requestUrl } = place;
  const database =
    url === undefined ? await openEmbedded({ directory: embeddedDirectory(place) }) : await openPostgres({ url, requestUrl });
  try {
    await migrate(database, { migrations, beforeUpgrade: (pending) => backUpBefore(database, place, pending) });
    if (url !== undefined && requestUrl !== undefined) await admitRequestLogin(database, requestUrl);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Where the embedded database lives. */
export function embeddedDirectory({ dataDirectory }: Pick<Config, "dataDirectory">): string {
  return join(dataDirectory, "database");
}

async function backUpBefore(database: OwnedDatabase, place: DatabasePlace, pending: readonly Migration[]): Promise<void> {
  const [next] = pending;
  if (next === undefined || !(await holdsRows(database))) return;
  const directory = join(place.dataDirectory, "backups");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  removeAbandoned(directory, (name) => name.startsWith("before-") && name.endsWith(".sluice-backup.partial"));
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  await writeBackup(database, join(directory, `before-${migrationLabel(next)}-${stamp}.sluice-backup`));
}
