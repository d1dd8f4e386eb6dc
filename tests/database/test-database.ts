import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";

/**
 * Defines one test a driver, each with a migrated database of its own: always embedded, in memory, and PostgreSQL when DATABASE_URL is set
 * (its login must be allowed to create databases).
 */
export function withTestDatabase(title: string, work: (database: OwnedDatabase) => Promise<void>): void {
  test(`${title} (embedded)`, async () => {
    const database = await openEmbedded({ directory: undefined });
    try {
      await work(database);
    } finally {
      await database.close();
    }
  });
}
