import type { Database, Row, Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";
import { markPackagesNamedBy } from "../packages/package-summary-service.ts";
import type { AdvisoryRows } from "./advisory-rows.ts";

export type WriteContext = { readonly feed: string; readonly ecosystem: string; readonly receivedAt: Date };

/** SHA-256 in hex of the body in force of each of `ids` that is held; with `relist` false when the feed does not list it yet for the ecosystem. */
export async function readHeldHashes(
  database: Database,
  feed: string,
  ecosystem: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly hash: string; readonly listed: boolean; readonly gone: boolean }>> {
  const rows = await database.query<{ id: string; hash: string; listed: boolean; gone: boolean }>(
    "importer",
    sql`select a.id, encode(a.hash, 'hex') as hash, (r.advisory_id is not null) as listed, (a.gone_at is not null) as gone
        from advisory a
        left join feed_record r on r.feed = ${feed} and r.ecosystem = ${ecosystem} and r.advisory_id = a.id
        where a.id = any (${ids}::text[])`,
  );
  return new Map(rows.map(({ id, hash, listed, gone }) => [id, { hash, listed, gone }]));
}

/** Writes a batch whole, with its feed listing, or nothing of it. Rows already there with the same id are replaced; the body before stays as a revision. */
export async function writeAdvisories(database: Database, batch: AdvisoryRows, context: WriteContext): Promise<void> {
  if (batch.ids.length === 0) return;
  if (batch.areNew && (await writeNew(database, batch, context))) return;
  await database.transaction("importer", async (transaction) => {
    const replaced = await transaction.query<{ id: string }>(factsStatement(batch, context));
    if (replaced.length > 0)
      await clearDerived(
        transaction,
        replaced.map(({ id }) => id),
      );
    await transaction.queryAll(derivedStatements(batch, context));
  });
}

/** All in one message, so that the database works while this thread goes on reading. False = some were there after all, and nothing was written. */
async function writeNew(database: Database, batch: AdvisoryRows, context: WriteContext): Promise<boolean> {
  try {
    await database.transaction("importer", async (transaction) => {
      const [replaced = []] = await transaction.queryAll([factsStatement(batch, context), ...derivedStatements(batch, context)]);
      if (replaced.length > 0) throw new FoundThereError();
    });
    return true;
  } catch (error) {
    if (error instanceof FoundThereError || isStatementError(error, UNIQUE_VIOLATION)) return false;
    throw error;
  }
}

/** Rolls back what was written on the word that it is new. */
class FoundThereError extends Error {
  override readonly name = "FoundThereError";
}

const UNIQUE_VIOLATION = "23505";

/** Notes that the feed lists these held records for the ecosystem; brings back what was gone. */
export async function relistAdvisories(database: Database, ids: readonly string[], context: WriteContext): Promise<void> {
  if (ids.length === 0) return;
  await database.transaction("importer", async (transaction) => {
    await transaction.run(listingStatement(ids, context));
    await transaction.run(sql`update advisory set gone_at = null, regroup = true where id = any (${ids}::text[]) and gone_at is not null`);
  });
}

/** Every id that the feed lists for the ecosystem, in id order, in pages. */
export async function* readListedIds(database: Database, feed: string, ecosystem: string): AsyncGenerator<readonly string[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<{ advisory_id: string }>(
      "importer",
      sql`select advisory_id from feed_record where feed = ${feed} and ecosystem = ${ecosystem} and advisory_id > ${after} order by advisory_id limit 20000`,
    );
    if (rows.length === 0) return;
    yield rows.map((row) => row.advisory_id);
    after = rows.at(-1)?.advisory_id ?? after;
  }
}

/** Takes records off the feed's list. What no feed lists any more is gone: kept and findable, but it matches nothing. */
export async function unlistAdvisories(database: Database, ids: readonly string[], context: WriteContext): Promise<void> {
  if (ids.length === 0) return;
  await database.transaction("importer", async (transaction) => {
    await transaction.run(
      sql`delete from feed_record where feed = ${context.feed} and ecosystem = ${context.ecosystem} and advisory_id = any (${ids}::text[])`,
    );
    await transaction.run(
      sql`update advisory a set gone_at = ${context.receivedAt}, regroup = true
          where a.id = any (${ids}::text[]) and a.gone_at is null and not exists (select from feed_record r where r.advisory_id = a.id)`,
    );
  });
}

/** Leaves the records on the feed's list of this ecosystem alone: for a feed that lists each of them once, under a name that may change. */
export async function listOnlyUnder(database: Database, ids: readonly string[], { feed, ecosystem }: WriteContext): Promise<void> {
  if (ids.length === 0) return;
  await database.query(
    "importer",
    sql`delete from feed_record r where r.feed = ${feed} and r.ecosystem <> ${ecosystem} and r.advisory_id = any (${ids}::text[])
          and exists (select from feed_record n where n.feed = r.feed and n.ecosystem = ${ecosystem} and n.advisory_id = r.advisory_id)`,
  );
}

/** The body in force, exactly as received; undefined when the id is not held. */
export async function readBodyInForce(database: Database, id: string): Promise<string | undefined> {
  const rows = await database.query<{ body: string }>(
    "reader",
    sql`select v.body from advisory a join advisory_revision v on v.advisory_id = a.id and v.revision = a.revision where a.id = ${id}`,
  );
  return rows[0]?.body;
}

export type RevisionRow = {
  readonly revision: number;
  readonly received_at: Date;
  readonly hash: string;
  readonly modified: string;
  readonly body: string;
};

/** Newest first. */
export async function readRevisions(database: Database, id: string): Promise<readonly RevisionRow[]> {
  return database.query<RevisionRow & Row>(
    "reader",
    sql`select revision, received_at, encode(hash, 'hex') as hash, modified, body from advisory_revision where advisory_id = ${id} order by revision desc limit 100`,
  );
}

/** Answers with the ids of those that were there already. */
function factsStatement({ facts }: AdvisoryRows, context: WriteContext): SqlQuery {
  return sql`with incoming as (
          select * from json_to_recordset(${facts}::json) as x (id text, kind text, title text, modified text, published timestamptz, withdrawn timestamptz,
            license text, score real, vector text, weaknesses text[], has_patch boolean, hash text, body text)
        ), written as (
          insert into advisory as a (id, feed, revision, kind, title, modified, modified_at, published_at, withdrawn_at, license, score, vector, weaknesses, has_patch, hash, received_at)
          select id, ${context.feed}, 1, kind, title, modified, modified::timestamptz, published, withdrawn, license, score, vector, weaknesses, has_patch, decode(hash, 'hex'), ${context.receivedAt}::timestamptz
          from incoming
          on conflict (id) do update set feed = excluded.feed, revision = case when a.hash = excluded.hash then a.revision else a.revision + 1 end,
            kind = excluded.kind, title = excluded.title, modified = excluded.modified,
            modified_at = excluded.modified_at, published_at = excluded.published_at, withdrawn_at = excluded.withdrawn_at, gone_at = null, license = excluded.license,
            score = excluded.score, vector = excluded.vector, weaknesses = excluded.weaknesses, has_patch = excluded.has_patch, hash = excluded.hash,
            received_at = excluded.received_at, regroup = true
          returning a.id, a.revision, a.xmax <> 0 as replaced
        ), kept as (
        insert into advisory_revision (advisory_id, revision, feed, modified, hash, received_at, body)
        select w.id, w.revision, ${context.feed}, i.modified, decode(i.hash, 'hex'), ${context.receivedAt}::timestamptz, i.body from written w join incoming i on i.id = w.id
        on conflict (advisory_id, revision) do nothing
        )
        select id from written where replaced`;
}

async function clearDerived(transaction: Transaction, ids: readonly string[]): Promise<void> {
  await markPackagesNamedBy(transaction, ids);
  await transaction.run(sql`delete from advisory_relation where advisory_id = any (${ids}::text[])`);
  await transaction.run(sql`delete from affected_interval where advisory_id = any (${ids}::text[])`);
  await transaction.run(sql`delete from affected_package where advisory_id = any (${ids}::text[])`);
  await transaction.run(sql`delete from severity where advisory_id = any (${ids}::text[])`);
  await transaction.run(sql`delete from patch where advisory_id = any (${ids}::text[])`);
}

/** What follows from the facts, none of which is there yet. */
function derivedStatements(batch: AdvisoryRows, context: WriteContext): readonly SqlQuery[] {
  return [
    sql`insert into advisory_relation (advisory_id, kind, other_id)
        select a, k, o from json_to_recordset(${batch.relations}::json) as x (a text, k text, o text)`,
    sql`insert into affected_package (advisory_id, ecosystem, name, scheme, texts, set_aside, empty_intervals)
        select a, e, n, s, t, sa, em from json_to_recordset(${batch.packages}::json) as x (a text, e text, n text, s text, t text[], sa text[], em integer)`,
    sql`insert into affected_interval (advisory_id, ecosystem, name, lo, hi, lo_text, hi_text, hi_kind)
        select a, e, n, decode(lo, 'hex'), decode(hi, 'hex'), lt, ht, k
        from json_to_recordset(${batch.intervals}::json) as x (a text, e text, n text, lo text, hi text, lt text, ht text, k text)`,
    sql`insert into severity (advisory_id, ordinal, type, vector, score, ecosystem, name)
        select a, o, t, v, s, e, n from json_to_recordset(${batch.severities}::json) as x (a text, o integer, t text, v text, s real, e text, n text)`,
    sql`insert into patch (advisory_id, ordinal, kind, value, ecosystem, name)
        select a, o, k, v, e, n from json_to_recordset(${batch.patches}::json) as x (a text, o integer, k text, v text, e text, n text)`,
    listingStatement(batch.ids, context),
    sql`delete from feed_problem where feed = ${context.feed} and ecosystem = ${context.ecosystem} and record_id = any (${batch.ids}::text[])`,
  ];
}

function listingStatement(ids: readonly string[], context: WriteContext): SqlQuery {
  return sql`insert into feed_record (feed, ecosystem, advisory_id) select ${context.feed}, ${context.ecosystem}, id from unnest(${ids}::text[]) as x (id) on conflict do nothing`;
}
