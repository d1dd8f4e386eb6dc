import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Resolves when the database answers. @throws CodedError `database-unavailable`, `statement-timeout` */
export async function reachDatabase(database: Database): Promise<void> {
  await database.query("reader", sql`select 1`, { timeoutMs: 5_000 });
}
