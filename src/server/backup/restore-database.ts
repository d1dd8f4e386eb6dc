import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { lockDirectory } from "../database/directory-lock.ts";
import { embeddedDirectory, type DatabasePlace } from "../database/open-database.ts";
import { openEmbedded } from "../database/open-embedded.ts";
import { openPostgres } from "../database/open-postgres.ts";
import { syncDirectory } from "../database/sync-directory.ts";
import { attachmentsIn, type SealedFiles, sealedFilesIn } from "../sealed-files.ts";
import { restoreBackup, type RestoredBackup } from "./backup-service.ts";

/**
 * Restores `file` as this installation's database, with the sealed files beside it, which must not exist yet (embedded) or must be empty (PostgreSQL).
 * The next start brings an older backup's schema up to date.
 * @throws CodedError `backup-invalid`, `not-found`, `conflict`, `directory-in-use`, `disk-full`
 */
export async function restoreDatabase(place: DatabasePlace, file: string): Promise<RestoredBackup> {
  const { databaseUrl: url } = place;
  const files = sealedFilesIn(attachmentsIn(place.dataDirectory));
  return url === undefined
    ? restoreEmbedded(embeddedDirectory(place), file, files)
    : restoreBackup(() => openPostgres({ url }), file, { files });
}

/** The directory gets its name when everything is in it: an interrupted restore leaves nothing that a start would take for a database. */
async function restoreEmbedded(directory: string, file: string, files: SealedFiles): Promise<RestoredBackup> {
  await mkdir(dirname(directory), { recursive: true });
  const lock = lockDirectory(directory);
  const restoring = `${directory}.restoring`;
  try {
    refuseExisting(directory);
    rmSync(restoring, { recursive: true, force: true });
    const restored = await restoreBackup(() => openEmbedded({ directory: restoring, schema: "none" }), file, { files });
    rmSync(directory, { recursive: true, force: true });
    renameSync(restoring, directory);
    syncDirectory(dirname(directory));
    return restored;
  } finally {
    rmSync(restoring, { recursive: true, force: true });
    rmSync(`${restoring}.lock`, { force: true });
    lock.release();
  }
}

function refuseExisting(directory: string): void {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return;
  throw new CodedError(
    "conflict",
    `expected no database yet, but ${directory} holds one; it was left as it is. Restore into another DATA_DIR, or move that directory away first`,
    { place: directory },
  );
}
