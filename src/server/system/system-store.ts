import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Resolves when the database answers. @throws CodedError `database-unavailable`, `statement-timeout` */
export async function reachDatabase(database: Database): Promise<void> {
  await database.query("reader", sql`select 1`, { timeoutMs: 5_000 });
}

/** Records kept aside, over all feeds. */
export async function readProblemCount(database: Database): Promise<number> {
  const rows = await database.query<{ problems: number }>("reader", sql`select count(*) as problems from feed_problem`);
  return rows[0]?.problems ?? 0;
}

/** When a source last changed anything, in milliseconds since 1970; undefined when nothing is held. */
export async function readNewestChange(database: Database): Promise<number | undefined> {
  const rows = await database.query<{ modified_at: Date }>(
    "reader",
    sql`select modified_at from vulnerability order by modified_at desc, id desc limit 1`,
  );
  return rows[0]?.modified_at.getTime();
}
