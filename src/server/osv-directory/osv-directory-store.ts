import type { Database, Row } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** An ecosystem of the public feed as it stands here. */
export type HeldFeed = {
  readonly ecosystem: string;
  readonly stated_at: Date | null;
  readonly includes_malware: boolean;
  /** Undefined in the database's words: it was never taken whole. */
  readonly last_success_at: Date | null;
};

export async function readHeldFeeds(database: Database): Promise<readonly HeldFeed[]> {
  return database.query<HeldFeed & Row>(
    "reader",
    sql`select ecosystem, stated_at, includes_malware, last_success_at from feed_state where feed = 'osv' order by ecosystem`,
  );
}

export type HeldRecord = { readonly id: string; readonly modified_at: Date; readonly body: string };

const PAGE_RECORDS = 500;
/** Soft: the record that goes over it is still in the page. */
const PAGE_BYTES = 8_000_000;

/** What the feed lists of the ecosystem, withdrawn records too, in id order: bodies as received, a page at a time. */
export async function* readRecordPages(database: Database, ecosystem: string): AsyncGenerator<readonly HeldRecord[]> {
  for (let after = ""; ;) {
    const page = await database.query<HeldRecord & Row>(
      "reader",
      sql`select id, modified_at, body from (
            select a.id, a.modified_at, v.body, sum(octet_length(v.body)) over (order by a.id) - octet_length(v.body) as bytes_before
            from (select advisory_id from feed_record where feed = 'osv' and ecosystem = ${ecosystem} and advisory_id > ${after}
                  order by advisory_id limit ${PAGE_RECORDS}) r
            join advisory a on a.id = r.advisory_id
            join advisory_revision v on v.advisory_id = a.id and v.revision = a.revision
          ) page where bytes_before < ${PAGE_BYTES}::int8 order by id`,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}
