import type { Database, Row } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type FeedId = "osv" | "kev" | "sample";

export type FeedStateRow = {
  readonly feed: FeedId;
  readonly ecosystem: string;
  readonly location: string;
  readonly place: string | null;
  readonly state: "current" | "partial" | "failed" | "running";
  readonly stated_at: Date | null;
  readonly watermark: string | null;
  readonly includes_malware: boolean;
  readonly records: number;
  readonly last_tried_at: Date | null;
  readonly last_success_at: Date | null;
  readonly last_full_at: Date | null;
  readonly last_error: string | null;
};

export async function readFeedState(database: Database, feed: FeedId, ecosystem: string): Promise<FeedStateRow | undefined> {
  const rows = await database.query<FeedStateRow & Row>(
    "importer",
    sql`select * from feed_state where feed = ${feed} and ecosystem = ${ecosystem}`,
  );
  return rows[0];
}

export async function readFeedStates(database: Database): Promise<readonly (FeedStateRow & { readonly problems: number })[]> {
  return database.query<FeedStateRow & { readonly problems: number } & Row>(
    "reader",
    sql`select s.*, (select count(*) from feed_problem p where p.feed = s.feed and p.ecosystem = s.ecosystem) as problems
        from feed_state s order by s.feed = 'sample', s.feed desc, s.ecosystem`,
  );
}

/** A try begins: what was current before stays what answers until this one ends well. */
export async function beginSync(
  database: Database,
  try_: {
    readonly feed: FeedId;
    readonly ecosystem: string;
    readonly location: string;
    readonly place: string | undefined;
    readonly malware: boolean;
    readonly at: Date;
  },
): Promise<void> {
  await database.transaction("importer", (transaction) =>
    transaction.run(
      sql`insert into feed_state (feed, ecosystem, location, place, state, includes_malware, last_tried_at)
          values (${try_.feed}, ${try_.ecosystem}, ${try_.location}, ${try_.place ?? null}, 'running', ${try_.malware}, ${try_.at})
          on conflict (feed, ecosystem) do update set state = 'running', last_tried_at = excluded.last_tried_at`,
    ),
  );
}

export type SyncOutcome = {
  readonly feed: FeedId;
  readonly ecosystem: string;
  readonly location: string;
  readonly place: string | undefined;
  readonly statedAtMs: number | undefined;
  readonly malware: boolean;
  readonly full: boolean;
  readonly at: Date;
};

export async function endSync(database: Database, outcome: SyncOutcome): Promise<void> {
  const { feed, ecosystem, full, at } = outcome;
  const statedAt = outcome.statedAtMs === undefined ? null : new Date(outcome.statedAtMs);
  const listed = sql`feed_record r join advisory a on a.id = r.advisory_id where r.feed = ${feed} and r.ecosystem = ${ecosystem}`;
  // Only what was received now can be newer than the watermark; looking through everything takes half a second at 250,000 records.
  const newest = full
    ? sql`select a.modified from ${listed} order by a.modified_at desc, a.modified desc limit 1`
    : sql`select modified from (select s.watermark as modified where s.watermark is not null union all select a.modified from ${listed} and a.received_at >= ${at}) as known
          order by modified::timestamptz desc, modified desc limit 1`;
  await database.transaction("importer", (transaction) =>
    transaction.run(
      sql`update feed_state s set state = 'current', location = ${outcome.location}, place = ${outcome.place ?? null}, stated_at = ${statedAt},
            watermark = (${newest}), includes_malware = ${outcome.malware},
            last_success_at = ${at}, last_full_at = case when ${full} then ${at}::timestamptz else last_full_at end, last_error = null,
            records = case when s.feed = 'kev' then (select count(*) from exploited) else (select count(*) from feed_record r where r.feed = s.feed and r.ecosystem = s.ecosystem) end
          where feed = ${feed} and ecosystem = ${ecosystem}`,
    ),
  );
}

/** What was taken stays; the age of the data is still that of the last sync that ended well. */
export async function failSync(
  database: Database,
  feed: FeedId,
  ecosystem: string,
  state: "partial" | "failed",
  error: string,
): Promise<void> {
  await database.transaction("importer", (transaction) =>
    transaction.run(
      sql`update feed_state s set state = ${state}, last_error = ${error.slice(0, 2000)},
            records = case when s.feed = 'kev' then (select count(*) from exploited) else (select count(*) from feed_record r where r.feed = s.feed and r.ecosystem = s.ecosystem) end
          where feed = ${feed} and ecosystem = ${ecosystem}`,
    ),
  );
}

/** The sample gives way to the real feed of its ecosystem: what only it listed is gone. */
export async function dropSample(database: Database, ecosystem: string, at: Date): Promise<void> {
  await database.transaction("importer", async (transaction) => {
    await transaction.run(
      sql`update advisory a set gone_at = ${at}, regroup = true
          where a.id in (select advisory_id from feed_record where feed = 'sample' and ecosystem = ${ecosystem})
            and not exists (select from feed_record r where r.advisory_id = a.id and r.feed <> 'sample')`,
    );
    await transaction.run(sql`delete from feed_record where feed = 'sample' and ecosystem = ${ecosystem}`);
    await transaction.run(sql`delete from feed_state where feed = 'sample' and ecosystem = ${ecosystem}`);
  });
}

export type ProblemRow = {
  readonly feed: string;
  readonly ecosystem: string;
  readonly record_id: string;
  readonly place: string;
  readonly reason: string;
  readonly seen_at: Date;
};

export async function writeProblems(database: Database, problems: readonly Omit<ProblemRow, "seen_at">[], seenAt: Date): Promise<void> {
  if (problems.length === 0) return;
  const unique = [
    ...new Map(
      problems.map((problem) => [
        problem.record_id,
        {
          ...problem,
          reason: problem.reason.slice(0, 1000).replaceAll("\0", "\\0").toWellFormed(),
          place: problem.place.slice(0, 1000).toWellFormed(),
        },
      ]),
    ).values(),
  ];
  await database.transaction("importer", (transaction) =>
    transaction.run(
      sql`insert into feed_problem (feed, ecosystem, record_id, place, reason, seen_at)
          select feed, ecosystem, record_id, place, reason, ${seenAt}::timestamptz
          from json_to_recordset(${JSON.stringify(unique)}::json) as x (feed text, ecosystem text, record_id text, place text, reason text)
          on conflict (feed, ecosystem, record_id) do update set place = excluded.place, reason = excluded.reason, seen_at = excluded.seen_at`,
    ),
  );
}

/** After a full pass: a problem that was not met again is over. */
export async function forgetProblemsBefore(
  database: Database,
  pass: { readonly feed: string; readonly ecosystem: string; readonly receivedAt: Date },
): Promise<void> {
  await database.transaction("importer", (transaction) =>
    transaction.run(
      sql`delete from feed_problem where feed = ${pass.feed} and ecosystem = ${pass.ecosystem} and seen_at < ${pass.receivedAt}`,
    ),
  );
}

export type ProblemCursor = { readonly feed: string; readonly ecosystem: string; readonly record: string };

export async function readProblems(
  database: Database,
  filter: { readonly ecosystem: string | undefined; readonly after: ProblemCursor | undefined; readonly limit: number },
): Promise<readonly ProblemRow[]> {
  const after = filter.after ?? { feed: "", ecosystem: "", record: "" };
  return database.query<ProblemRow & Row>(
    "reader",
    sql`select feed, ecosystem, record_id, place, reason, seen_at from feed_problem
        where (feed, ecosystem, record_id) > (${after.feed}, ${after.ecosystem} collate "C", ${after.record} collate "C")
          and (${filter.ecosystem ?? null}::text is null or ecosystem = ${filter.ecosystem ?? null})
        order by feed, ecosystem, record_id limit ${filter.limit}`,
  );
}
