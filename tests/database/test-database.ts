import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Client } from "pg";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { readMigrations, type Migration } from "../../src/server/database/migrations.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";

export type TestDatabaseOptions = {
  /** The schema to begin with; all of this program's when absent. */
  readonly migrations?: readonly Migration[];
};

/**
 * Defines one test a driver, each with a migrated database of its own: always embedded, in memory, and on PostgreSQL when DATABASE_URL is set
 * (its login must be allowed to create databases; see `tools/with-postgres.ts`).
 */
export function withTestDatabase(title: string, work: (database: OwnedDatabase) => Promise<void>, options: TestDatabaseOptions = {}): void {
  const migrations = options.migrations ?? readMigrations();
  test(`${title} (embedded)`, async () => {
    const database = await openEmbedded({ directory: undefined, schema: options.migrations === undefined ? "current" : "none" });
    try {
      await migrate(database, { migrations });
      await work(database);
    } finally {
      await database.close();
    }
  });
  const server = process.env["DATABASE_URL"];
  test(`${title} (postgres)`, { skip: server === undefined && "DATABASE_URL is not set" }, async () => {
    await withPostgresDatabase(async (url) => {
      const database = await openPostgres({ url });
      try {
        await migrate(database, { migrations });
        await work(database);
      } finally {
        await database.close();
      }
    });
  });
}

/** The address of a new, empty database on the server of DATABASE_URL, dropped afterwards. */
export async function withPostgresDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const server = process.env["DATABASE_URL"];
  if (server === undefined) throw new Error("DATABASE_URL is not set");
  const name = `sluice_test_${randomBytes(8).toString("hex")}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const administrator = new Client({ connectionString: server });
  await administrator.connect();
  try {
    await administrator.query(`create database ${name} template template0`);
    try {
      await work(url.href);
    } finally {
      await administrator.query(`drop database ${name} with (force)`);
    }
  } finally {
    await administrator.end();
  }
}
