import type { BulkInsert } from "../database/bulk-insert.ts";
import type { OwnedDatabase, OwnerTransaction } from "../database/database.ts";
import { applyMigration, migrationLabel, readApplied } from "../database/migrate.ts";
import { readMigrations, type Migration } from "../database/migrations.ts";
import { isStatementError } from "../database/statement-error.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { packageVersion } from "../package-root.ts";
import type { SealedFiles } from "../sealed-files.ts";
import { backupInvalid, openBackupFile, writeBackupFile, type BackupReader, type WrittenFile } from "./backup-file.ts";
import { backupLine, parseBackupLine, type BackupHeader } from "./backup-lines.ts";
import { type AttachmentLoader, attachmentLines, type BackedUpFiles, createAttachmentLoader } from "./backup-attachments.ts";
import * as store from "./backup-store.ts";

export type WrittenBackup = WrittenFile & BackedUpFiles & { readonly rows: number };

/**
 * Writes everything that `database` holds, as of one moment, into the new file `file`, which either driver can restore; then, from `files`, the
 * sealed files that its rows name. On the embedded driver everyone else waits until the rows are written. Without `files` there are none: for a
 * backup that is to be restored where they lie.
 * @throws CodedError `conflict` when the file exists, `disk-full`, `database-unavailable`
 */
export async function writeBackup(database: OwnedDatabase, file: string, files?: SealedFiles): Promise<WrittenBackup> {
  const counted = { rows: 0, files: 0, missing: [] as store.NamedAttachment[] };
  const written = await writeBackupFile(file, async (write) => {
    const named = await database.asOwner(
      async (transaction) => {
        const tables = await store.storedTables(transaction);
        await write(linesOf(transaction, tables, counted));
        return files === undefined ? [] : store.namedAttachments(transaction, tables);
      },
      { snapshot: true },
    );
    if (files !== undefined) await write(attachmentLines(named, files, counted));
    await write(endOf(counted));
  });
  return { ...written, ...counted };
}

async function* endOf({ rows, files }: { readonly rows: number; readonly files: number }): AsyncGenerator<string> {
  yield backupLine({ kind: "end", rows, files });
}

export type RestoredBackup = {
  readonly rows: number;
  readonly files: number;
  readonly writtenAt: string;
  /** Files that rows name and that are not on disk now: neither in the backup nor where they should lie. */
  readonly missing: readonly store.NamedAttachment[];
};

export type RestoreOptions = {
  readonly migrations?: readonly Migration[];
  /** Where sealed files are put; without it they are passed over, and none is looked for. */
  readonly files?: SealedFiles | undefined;
};

/**
 * Verifies `file` first, then opens an empty database with `openEmptyDatabase`, and restores into it in one transaction: schema and rows are there
 * when it returns, and nothing is when it throws. The schema is the backup's: `migrate` brings it to this program's.
 * @throws CodedError `backup-invalid` (damaged, or from a newer program), `not-found`, `conflict` when the database is not empty
 */
export async function restoreBackup(
  openEmptyDatabase: () => Promise<OwnedDatabase>,
  file: string,
  { migrations = readMigrations(), files }: RestoreOptions = {},
): Promise<RestoredBackup> {
  const reader = await openBackupFile(file);
  try {
    const header = await readHeader(reader, file);
    const known = knownMigrations(header, migrations, file);
    const database = await openEmptyDatabase();
    try {
      const loader = createAttachmentLoader(files, file);
      try {
        const restored = await database.asOwner((transaction) => restoreInto(transaction, known, { reader, file, files, loader }));
        await database.checkpoint();
        return { ...restored, writtenAt: header.writtenAt };
      } catch (error) {
        await loader.undo();
        throw error;
      }
    } finally {
      await database.close();
    }
  } finally {
    await reader.close();
  }
}

/** True when any table holds a row. */
export async function holdsRows(database: OwnedDatabase): Promise<boolean> {
  return database.asOwner(
    async (transaction) => {
      const tables = await store.storedTables(transaction);
      await store.becomeKeeper(transaction);
      for (const { name } of tables) if (await store.hasRows(transaction, name)) return true;
      return false;
    },
    { snapshot: true },
  );
}

async function* linesOf(
  transaction: OwnerTransaction,
  tables: readonly store.StoredTable[],
  counted: { rows: number },
): AsyncGenerator<string> {
  const migrations = await readApplied(transaction);
  const counters = await store.storedCounters(transaction);
  const hidden = await store.hiddenTables(transaction);
  invariant(hidden.length === 0, `a backup would miss rows of ${hidden.join(", ")}: the keeper's policy does not show them all`);
  await store.becomeKeeper(transaction);
  yield backupLine({
    kind: "header",
    version: 2,
    writtenAt: new Date().toISOString(),
    program: packageVersion,
    migrations: migrations.map(({ id, name, sha256 }) => ({ id, name, sha256 })),
  });
  for (const table of tables) {
    yield backupLine({ kind: "table", name: table.name, columns: [...table.columns] });
    for await (const row of store.storedRows(transaction, table)) {
      counted.rows += 1;
      yield row;
    }
  }
  for (const counter of counters) yield backupLine({ kind: "counter", ...counter });
}

async function readHeader(reader: BackupReader, file: string): Promise<BackupHeader> {
  for await (const line of reader.lines()) {
    const header = parseBackupLine(line);
    if (header?.kind === "header") return header;
    break;
  }
  throw backupInvalid(file, "expected a header of version 1 or 2: written by a newer Sluice, or by something else");
}

/** The migrations that made the backup's schema, as this program has them. */
function knownMigrations(header: BackupHeader, migrations: readonly Migration[], file: string): readonly Migration[] {
  return header.migrations.map((done, index) => {
    const known = migrations[index];
    if (known === undefined) {
      throw backupInvalid(
        file,
        `it was written by Sluice ${header.program} with migration ${migrationLabel(done)}, and this program knows ${migrations.length}: restore it with that version or a newer one`,
      );
    }
    if (known.id !== done.id || known.sha256 !== done.sha256) {
      throw backupInvalid(
        file,
        `its migration ${migrationLabel(done)} has SHA-256 ${done.sha256}, and this program's ${migrationLabel(known)} has ${known.sha256}`,
      );
    }
    return known;
  });
}

async function restoreInto(
  transaction: OwnerTransaction,
  migrations: readonly Migration[],
  source: RestoreSource,
): Promise<Omit<RestoredBackup, "writtenAt">> {
  if (!(await store.isEmptyDatabase(transaction))) {
    throw new CodedError("conflict", "expected an empty database to restore into, but it has tables; nothing was changed");
  }
  for (const migration of migrations) await applyMigration(transaction, migration);
  const tables = await store.storedTables(transaction);
  let loaded = { rows: 0, files: 0 };
  try {
    await store.withOpenTables(transaction, tables, async () => {
      loaded = await load(transaction, tables, source);
    });
  } catch (error) {
    // A value or a key that the schema refuses.
    throw isStatementError(error) ? backupInvalid(source.file, error.message, error) : error;
  }
  return { ...loaded, missing: await missingFiles(transaction, tables, source.files) };
}

async function missingFiles(
  transaction: OwnerTransaction,
  tables: readonly store.StoredTable[],
  files: SealedFiles | undefined,
): Promise<readonly store.NamedAttachment[]> {
  if (files === undefined) return [];
  await store.becomeKeeper(transaction);
  const missing: store.NamedAttachment[] = [];
  for (const named of await store.namedAttachments(transaction, tables)) if (!(await files.has(named.storageKey))) missing.push(named);
  return missing;
}

type RestoreSource = {
  readonly reader: BackupReader;
  readonly file: string;
  readonly files: SealedFiles | undefined;
  readonly loader: AttachmentLoader;
};

async function load(
  transaction: OwnerTransaction,
  tables: readonly store.StoredTable[],
  { reader, file, loader }: RestoreSource,
): Promise<{ readonly rows: number; readonly files: number }> {
  let table: BulkInsert | undefined;
  let rows = 0;
  let files = 0;
  let ended = false;
  for await (const line of reader.lines()) {
    const parsed = parseBackupLine(line);
    if (parsed === undefined || ended) throw backupInvalid(file, `unexpected line after ${rows} rows`);
    switch (parsed.kind) {
      case "row":
        if (table === undefined) throw backupInvalid(file, "a row before the first table");
        await table.add(parsed.values);
        break;
      case "table":
        rows += (await table?.finish()) ?? 0;
        if (!isKnown(parsed, tables)) throw backupInvalid(file, `its table ${parsed.name} is not in the schema of its migrations`);
        table = await store.startTable(transaction, parsed);
        break;
      case "counter":
        await store.setCounter(transaction, parsed);
        break;
      case "file":
        await loader.begin(parsed);
        break;
      case "piece":
        await loader.piece(parsed.base64);
        break;
      case "end":
        rows += (await table?.finish()) ?? 0;
        files = await loader.finish();
        if (rows !== parsed.rows || files !== parsed.files)
          throw backupInvalid(file, `expected ${parsed.rows} rows and ${parsed.files} files, got ${rows} and ${files}`);
        ended = true;
    }
  }
  if (!ended) throw backupInvalid(file, "expected a last line that counts the rows");
  return { rows, files };
}

function isKnown({ name, columns }: store.StoredTable, tables: readonly store.StoredTable[]): boolean {
  const known = tables.find((table) => table.name === name);
  return known !== undefined && columns.every((column) => known.columns.includes(column));
}
