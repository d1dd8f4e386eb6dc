import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Client } from "pg";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { readMigrations, type Migration } from "../../src/server/database/migrations.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { admitRequestLogin } from "../../src/server/database/request-login.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";

export type TestDatabaseOptions = {
  /** The schema to begin with; all of this program's when absent. */
  readonly migrations?: readonly Migration[];
};

/**
 * Defines one test a driver, each with a migrated database of its own: always embedded, in memory, and on PostgreSQL when DATABASE_URL is set
 * (see `tools/with-postgres.ts`).
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
    await withPostgresDatabase(async (url, requestUrl) => {
      const database = await openPostgres({ url, requestUrl });
      try {
        await migrate(database, { migrations });
        if (options.migrations === undefined) await admitRequestLogin(database, requestUrl);
        await work(database);
      } finally {
        await database.close();
      }
    });
  });
}

/** The address of the same database for a superuser, who makes other logins. */
export function asSuperuser(url: string): string {
  const other = new URL(process.env["DATABASE_SUPERUSER_URL"] ?? url);
  other.pathname = new URL(url).pathname;
  return other.href;
}

/** The addresses of a new, empty database on the server of DATABASE_URL, for its owner and for requests; dropped afterwards. */
export async function withPostgresDatabase(work: (url: string, requestUrl: string) => Promise<void>): Promise<void> {
  const server = process.env["DATABASE_URL"];
  if (server === undefined) throw new Error("DATABASE_URL is not set");
  const name = `sluice_test_${randomBytes(8).toString("hex")}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const requestUrl = new URL(process.env["DATABASE_REQUEST_URL"] ?? server);
  requestUrl.pathname = `/${name}`;
  const administrator = new Client({ connectionString: server });
  await administrator.connect();
  try {
    await administrator.query(`create database ${name}`);
    try {
      await work(url.href, requestUrl.href);
    } finally {
      await administrator.query(`drop database ${name} with (force)`);
    }
  } finally {
    await administrator.end();
  }
}
