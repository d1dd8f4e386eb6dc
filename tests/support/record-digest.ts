import { createHash } from "node:crypto";
import type { Database } from "../../src/server/database/database.ts";
import { identifier, sql } from "../../src/server/database/sql.ts";

/** When this installation received or tried something: true of one run only. */
const TIMES_OF_THE_RUN = new Set(["received_at", "seen_at", "gone_at", "last_tried_at", "last_success_at", "last_full_at"]);

/** One digest a table of the public record over every row and column, but the times of the run: equal for equal records, however they came in. */
export async function recordDigests(database: Database): Promise<Readonly<Record<string, string>>> {
  const tables = await database.query<{ tablename: string }>(
    "importer",
    sql`select tablename from pg_tables where schemaname = 'public' and to_regclass(format('public.%I', tablename)) is not null and has_table_privilege(to_regclass(format('public.%I', tablename)), 'select') order by tablename`,
  );
  const digests: Record<string, string> = {};
  for (const { tablename } of tables) {
    const rows = await database.query("importer", sql`select * from ${identifier(tablename)}`, { timeoutMs: 120_000 });
    const lines = rows.map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([column]) => !TIMES_OF_THE_RUN.has(column))
          .map(([column, value]) => [column, value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value]),
      ),
    );
    digests[tablename] = `${rows.length} rows ${createHash("sha256").update(lines.toSorted().join("\n")).digest("hex").slice(0, 16)}`;
  }
  return digests;
}
