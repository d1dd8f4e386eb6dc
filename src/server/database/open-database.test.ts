import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { withPostgresDatabase } from "../../../tests/database/test-database.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { restoreBackup } from "../backup/backup-service.ts";
import { appliedMigrations } from "./migrate.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { openOwnedDatabase, type DatabasePlace } from "./open-database.ts";
import { openEmbedded } from "./open-embedded.ts";
import { sql } from "./sql.ts";
import { isStatementError } from "./statement-error.ts";

const fruit = following(readMigrations(), "fruit", "create table fruit (name text primary key); select guard_public_table('fruit')");
const broken = following([...readMigrations(), fruit], "broken", "select 1/0");
const withFruit = [...readMigrations(), fruit];

function following(known: readonly Migration[], name: string, text: string): Migration {
  return { id: known.length + 1, name, text, sha256: createHash("sha256").update(text).digest("hex") };
}

/** Runs `work` for an installation on each driver. */
async function withPlaces(work: (place: DatabasePlace) => Promise<void>): Promise<void> {
  const inDirectory = async (databaseUrl: string | undefined): Promise<void> => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "sluice-open-"));
    try {
      await work({ dataDirectory, databaseUrl });
    } finally {
      rmSync(dataDirectory, { recursive: true });
    }
  };
  await inDirectory(undefined);
  if (process.env["DATABASE_URL"] !== undefined) await withPostgresDatabase(inDirectory);
}

async function openAndClose(place: DatabasePlace, migrations: readonly Migration[], statement = sql`select 1`): Promise<void> {
  const database = await openOwnedDatabase(place, migrations);
  try {
    await database.query("importer", statement);
  } finally {
    await database.close();
  }
}

test("an installation without a database address uses the embedded one in its data directory, otherwise the server", async () => {
  await withPlaces(async (place) => {
    const database = await openOwnedDatabase(place);
    try {
      assert.equal(database.kind, place.databaseUrl === undefined ? "embedded" : "postgres");
      assert.equal(existsSync(join(place.dataDirectory, "database", "PG_VERSION")), place.databaseUrl === undefined);
    } finally {
      await database.close();
    }
  });
});

test("an upgrade backs up what holds rows before it migrates, and the backup restores to the old state", async () => {
  await withPlaces(async (place) => {
    await openAndClose(place, withFruit, sql`insert into fruit values ('apple')`);
    const left = join(place.dataDirectory, "backups", "before-000001_x-20200101T000000Z.sluice-backup.partial");
    mkdirSync(dirname(left));
    writeFileSync(left, "of an upgrade that was killed");
    utimesSync(left, 0, 0);
    await assert.rejects(openAndClose(place, [...withFruit, broken]), (error) => isStatementError(error, "22012"));
    const [name, ...others] = readdirSync(join(place.dataDirectory, "backups"));
    assert.deepEqual(others, []);
    assert.match(name ?? "", /^before-0000\d\d_broken-\d{8}T\d{6}Z\.sluice-backup$/);
    const copy = await openEmbedded({ directory: undefined, schema: "none" });
    try {
      await restoreBackup(async () => ({ ...copy, close: async () => {} }), join(place.dataDirectory, "backups", name ?? ""), {
        migrations: withFruit,
      });
      assert.deepEqual(await copy.query("reader", sql`select name from fruit`), [{ name: "apple" }]);
      assert.equal((await appliedMigrations(copy)).length, withFruit.length);
    } finally {
      await copy.close();
    }
    await openAndClose(place, withFruit);
  });
});

test("an upgrade of a database without rows, and a start without an upgrade, write no backup", async () => {
  await withPlaces(async (place) => {
    await openAndClose(place, readMigrations());
    await openAndClose(place, withFruit, sql`insert into fruit values ('apple')`);
    await openAndClose(place, withFruit);
    assert.equal(existsSync(join(place.dataDirectory, "backups")), false);
  });
});

test("a database that a newer program has used is refused, closed and given back", async () => {
  await withPlaces(async (place) => {
    await openAndClose(place, withFruit);
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(
        openOwnedDatabase(place),
        (error) => isCodedError(error, "conflict") && /newer than this program/.test(error.message),
      );
    }
    await openAndClose(place, withFruit);
  });
});
