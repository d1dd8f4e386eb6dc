import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { openOwnedDatabase, type DatabasePlace } from "../database/open-database.ts";
import { sql } from "../database/sql.ts";
import { writeBackup } from "./backup-service.ts";
import { restoreDatabase } from "./restore-database.ts";

async function withBackup(work: (file: string, place: DatabasePlace) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-restore-"));
  const file = join(directory, "a.sluice-backup");
  const original = await openOwnedDatabase({ dataDirectory: join(directory, "original"), databaseUrl: undefined });
  try {
    try {
      await writeBackup(original, file);
    } finally {
      await original.close();
    }
    rmSync(join(directory, "original"), { recursive: true });
    await work(file, { dataDirectory: join(directory, "data"), databaseUrl: undefined });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("an installation restores into a data directory that has no database, and starts from it", async () => {
  await withBackup(async (file, place) => {
    mkdirSync(join(place.dataDirectory, "database.restoring"), { recursive: true });
    await restoreDatabase(place, file);
    assert.deepEqual(readdirSync(place.dataDirectory).toSorted(), ["database", "database.lock"]);
    const database = await openOwnedDatabase(place);
    try {
      assert.deepEqual(await database.query("reader", sql`select 1 as one`), [{ one: 1 }]);
    } finally {
      await database.close();
    }
  });
});

test("an existing data directory is refused and left exactly as it is", async () => {
  await withBackup(async (file, place) => {
    mkdirSync(join(place.dataDirectory, "database"), { recursive: true });
    writeFileSync(join(place.dataDirectory, "database", "PG_VERSION"), "18\n");
    await assert.rejects(
      restoreDatabase(place, file),
      (error) => isCodedError(error, "conflict") && error.place === join(place.dataDirectory, "database"),
    );
    assert.deepEqual(readdirSync(join(place.dataDirectory, "database")), ["PG_VERSION"]);
  });
});

test("a running installation's directory is refused", async () => {
  await withBackup(async (file, place) => {
    const running = await openOwnedDatabase(place);
    try {
      await assert.rejects(restoreDatabase(place, file), (error) => isCodedError(error, "directory-in-use"));
    } finally {
      await running.close();
    }
  });
});

test("a damaged backup leaves no database behind", async () => {
  await withBackup(async (file, place) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 1));
    await assert.rejects(restoreDatabase(place, file), (error) => isCodedError(error, "backup-invalid"));
    assert.equal(existsSync(join(place.dataDirectory, "database")), false);
    assert.equal(existsSync(join(place.dataDirectory, "database.restoring")), false);
  });
});
