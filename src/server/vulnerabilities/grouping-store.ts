import { createHash } from "node:crypto";
import type { Database, Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { markPackagesOf } from "../packages/package-summary-service.ts";
import type { GroupMember, Grouping, KnownVulnerability } from "./alias-groups.ts";

/** How many advisories wait to be grouped. */
export async function countUngrouped(database: Database): Promise<number> {
  const rows = await database.query<{ waiting: number }>("importer", sql`select count(*) as waiting from advisory where regroup`);
  return rows[0]?.waiting ?? 0;
}

/**
 * Groups those of the next `limit` waiting advisories after `after` that stand alone: no aliases, nobody's alias, and no other member in their vulnerability.
 * Most advisories are such, and none of them need leave the database. Returns the last id it looked at; undefined = there was none.
 */
export async function groupLoneAdvisories(database: Database, after: string, limit: number): Promise<string | undefined> {
  return database.transaction("importer", async (transaction) => {
    const rows = await transaction.query<{ id: string; lone: boolean }>(
      sql`with waiting as materialized (select id, vulnerability_id from advisory where regroup and id > ${after} order by id limit ${limit})
          select w.id,
            not exists (select from advisory_relation r where r.advisory_id = w.id and r.kind = 'alias')
            and not exists (select from advisory_relation r where r.other_id = w.id and r.kind = 'alias')
            and not exists (select from advisory o where o.vulnerability_id = w.vulnerability_id and o.id <> w.id) as lone
          from waiting w order by w.id`,
    );
    const lone = rows.filter((row) => row.lone).map((row) => row.id);
    if (lone.length > 0) {
      const groups = lone.map((id) => ({ id: surrogateOf(id), foundedBy: id, members: [id], names: [id] }));
      await applyGrouping(transaction, { groups, redirects: [], suspect: [] });
    }
    return rows.at(-1)?.id;
  });
}

/** Ids that wait to be grouped, at most `limit`. */
export async function readUngrouped(database: Database, limit: number): Promise<readonly string[]> {
  const rows = await database.query<{ id: string }>("importer", sql`select id from advisory where regroup order by id limit ${limit}`);
  return rows.map((row) => row.id);
}

/**
 * Makes all advisories wait again that share an alias and yet are not one vulnerability: members of groups that were too large to believe.
 * When one of them is mended, nothing else leads from it to the rest.
 */
export async function markSuspectsUngrouped(database: Database): Promise<void> {
  await database.transaction(
    "importer",
    async (transaction) => {
      const noted = await transaction.query<{ id: string }>(sql`select record_id as id from feed_problem where feed = 'aliases' limit 1`);
      if (noted.length === 0) return;
      await transaction.run(
        sql`update advisory set regroup = true where not regroup and id in (
              select unnest(array_agg(named.id)) from (
                select r.other_id as shared, a.id, a.vulnerability_id from advisory_relation r join advisory a on a.id = r.advisory_id where r.kind = 'alias'
                union all select a.id, a.id, a.vulnerability_id from advisory a
                where exists (select from advisory_relation r where r.other_id = a.id and r.kind = 'alias')
              ) as named group by named.shared having count(distinct named.vulnerability_id) > 1)`,
      );
    },
    { timeoutMs: 120_000 },
  );
}

/** Everything reachable from `ids` over shared ids, aliases and present vulnerabilities. */
export async function readClosure(
  database: Database,
  ids: readonly string[],
): Promise<{ readonly members: readonly GroupMember[]; readonly known: readonly KnownVulnerability[] }> {
  const members = new Map<string, GroupMember>();
  let wanted = ids;
  while (wanted.length > 0) {
    const found = await readMembers(database, wanted);
    for (const member of found) members.set(member.id, member);
    const next = await readNeighbours(database, found);
    wanted = next.filter((id) => !members.has(id));
  }
  const vulnerabilities = [...new Set([...members.values()].flatMap((member) => member.vulnerability ?? []))];
  const known = await database.query<{ id: string; founded_by: string }>(
    "importer",
    sql`select id, founded_by from vulnerability where id = any (${vulnerabilities}::text[])`,
  );
  return { members: [...members.values()], known: known.map((row) => ({ id: row.id, foundedBy: row.founded_by })) };
}

/** Writes whole groups, with what is left of those before; either all of it or nothing. */
export async function writeGroups(database: Database, grouping: Grouping): Promise<void> {
  await database.transaction("importer", (transaction) => applyGrouping(transaction, grouping), { timeoutMs: 120_000 });
}

/** The surrogate id of a vulnerability first made for this advisory: a function of it, so that a repeated import gives the same. */
export function surrogateOf(advisoryId: string): string {
  return `SLU-${createHash("sha256").update(advisoryId).digest("hex").slice(0, 16)}`;
}

async function readMembers(database: Database, ids: readonly string[]): Promise<readonly GroupMember[]> {
  const rows = await database.query<{ id: string; vulnerability_id: string | null; aliases: readonly string[] }>(
    "importer",
    sql`select a.id, a.vulnerability_id, coalesce(array_agg(r.other_id order by r.other_id) filter (where r.other_id is not null), '{}') as aliases
        from unnest(${ids}::text[]) as wanted (id) join advisory a on a.id = wanted.id
        left join advisory_relation r on r.advisory_id = a.id and r.kind = 'alias' group by a.id, a.vulnerability_id`,
    { timeoutMs: 120_000 },
  );
  return rows.map((row) => ({ id: row.id, aliases: row.aliases, vulnerability: row.vulnerability_id ?? undefined }));
}

async function readNeighbours(database: Database, members: readonly GroupMember[]): Promise<readonly string[]> {
  const names = [...new Set(members.flatMap((member) => [member.id, ...member.aliases]))];
  const vulnerabilities = [...new Set(members.flatMap((member) => member.vulnerability ?? []))];
  const rows = await database.query<{ id: string }>(
    "importer",
    sql`select id from advisory where id = any (${names}::text[])
        union select advisory_id from advisory_relation where kind = 'alias' and other_id = any (${names}::text[])
        union select id from advisory where vulnerability_id = any (${vulnerabilities}::text[])`,
    { timeoutMs: 120_000 },
  );
  return rows.map((row) => row.id);
}

async function applyGrouping(transaction: Transaction, { groups, redirects, suspect }: Grouping): Promise<void> {
  const ids = groups.map((group) => group.id);
  const members = groups.flatMap((group) => group.members.map((member) => ({ m: member, g: group.id })));
  await transaction.run(
    sql`update advisory a set vulnerability_id = x.g, regroup = false from json_to_recordset(${JSON.stringify(members)}::json) as x (m text, g text) where a.id = x.m`,
  );
  const froms = redirects.map((redirect) => redirect.from);
  await transaction.run(sql`delete from vulnerability_name where vulnerability_id = any (${[...ids, ...froms]}::text[])`);
  await transaction.run(sql`delete from vulnerability_facet where vulnerability_id = any (${[...ids, ...froms]}::text[])`);
  const rows = groups.map((group) => ({ id: group.id, f: group.foundedBy, n: group.names }));
  await transaction.run(makeVulnerabilities(JSON.stringify(rows)));
  await transaction.run(makeFacets(ids));
  await markPackagesOf(transaction, ids);
  await transaction.run(
    sql`insert into vulnerability_name (name, vulnerability_id)
        select name, x.id from json_to_recordset(${JSON.stringify(rows)}::json) as x (id text, n text[]), unnest(x.n) as name
        on conflict (name) do update set vulnerability_id = excluded.vulnerability_id`,
  );
  await transaction.run(sql`delete from vulnerability_redirect where from_id = any (${ids}::text[])`);
  await transaction.run(sql`delete from vulnerability where id = any (${froms}::text[])`);
  await transaction.run(
    sql`insert into vulnerability_redirect (from_id, to_id) select f, t from json_to_recordset(${JSON.stringify(redirects.map(({ from, to }) => ({ f: from, t: to })))}::json) as x (f text, t text)
        on conflict (from_id) do update set to_id = excluded.to_id`,
  );
  await noteSuspects(
    transaction,
    members.map(({ m }) => m),
    suspect,
  );
  // A chain of redirects is kept one step long.
  await transaction.run(
    sql`update vulnerability_redirect r set to_id = n.to_id from vulnerability_redirect n where n.from_id = r.to_id and n.from_id = any (${froms}::text[])`,
  );
}

/** Groups too large to believe are shown among the feeds' problems, until their members are grouped without. */
async function noteSuspects(transaction: Transaction, members: readonly string[], suspect: Grouping["suspect"]): Promise<void> {
  await transaction.run(sql`delete from feed_problem where feed = 'aliases' and ecosystem = '' and record_id = any (${members}::text[])`);
  const rows = suspect.map(({ members: claimed, names }) => ({
    id: claimed[0] ?? "",
    reason: `${claimed.length} advisories with ${names} ids between them claim to be one vulnerability; they stand alone until the source mends it`,
  }));
  await transaction.run(
    sql`insert into feed_problem (feed, ecosystem, record_id, place, reason, seen_at)
        select 'aliases', '', id, 'alias group of ' || id, reason, now() from json_to_recordset(${JSON.stringify(rows)}::json) as x (id text, reason text)`,
  );
}

/** Characters. A source may write a whole text where its title belongs. */
const LONGEST_TITLE = 500;
/** Characters. The words of one vulnerability may have 1 MiB together, and one that is more would end the import of all. */
const MOST_SEARCHED = 100_000;

/**
 * Vulnerabilities made anew from their advisories: `groups` is JSON of `[{id, f: founded by, n: names}]`.
 * What is withdrawn or gone says nothing any more, unless nothing else is left; it still dates the change.
 */
function makeVulnerabilities(groups: string): SqlQuery {
  return sql`insert into vulnerability as v (id, founded_by, title, kind, names, score, exploited, has_patch, withdrawn, weaknesses, modified_at, published_at, words)
    select x.id, x.f, made.title, made.kind, x.n, made.score, exists (select from exploited e where e.cve = any (x.n)), made.has_patch, whole.withdrawn,
      coalesce((select array_agg(distinct w order by w) from advisory a, unnest(a.weaknesses) as w where a.vulnerability_id = x.id and ${speaks}), '{}'),
      whole.modified_at, whole.published_at,
      array_to_tsvector(search_words(left(made.title || ' ' || array_to_string(x.n, ' ') || ' ' || coalesce((
        select string_agg(name, ' ') from (
          select distinct p.name from affected_package p join advisory a on a.id = p.advisory_id
          where a.vulnerability_id = x.id and ${speaks} order by p.name limit 50
        ) as named), ''), ${MOST_SEARCHED})))
    from json_to_recordset(${groups}::json) as x (id text, f text, n text[])
    cross join lateral (
      select bool_and(a.withdrawn_at is not null or a.gone_at is not null) as withdrawn, max(a.modified_at) as modified_at, min(a.published_at) as published_at
      from advisory a where a.vulnerability_id = x.id
    ) as whole
    cross join lateral (
      select left((array_agg(a.title order by (a.title = ''), (a.id not like 'GHSA-%'), a.id))[1], ${LONGEST_TITLE}) as title,
        case when bool_or(a.kind = 'malware') then 'malware' else 'vulnerability' end as kind,
        max(a.score) as score, bool_or(a.has_patch) as has_patch
      from advisory a where a.vulnerability_id = x.id and ${speaks}
    ) as made
    on conflict (id) do update set founded_by = excluded.founded_by, title = excluded.title, kind = excluded.kind, names = excluded.names, score = excluded.score,
      exploited = excluded.exploited, has_patch = excluded.has_patch, withdrawn = excluded.withdrawn, weaknesses = excluded.weaknesses,
      modified_at = excluded.modified_at, published_at = excluded.published_at, words = excluded.words`;
}

const speaks = sql`(whole.withdrawn or (a.withdrawn_at is null and a.gone_at is null))`;

/** By what the vulnerabilities are found, newest first; see `migrations/000003_search.sql`. */
function makeFacets(ids: readonly string[]): SqlQuery {
  return sql`insert into vulnerability_facet (facet, modified_at, vulnerability_id, withdrawn)
    select f.facet, whole.modified_at, whole.id, whole.withdrawn
    from vulnerability whole
    cross join lateral (
      select unnest(whole.weaknesses) as facet
      union select unnest(array['package ' || p.name, 'ecosystem ' || p.ecosystem, 'ecosystem ' || split_part(p.ecosystem, ':', 1)])
      from advisory a join affected_package p on p.advisory_id = a.id where a.vulnerability_id = whole.id and ${speaks}
    ) as f
    where whole.id = any (${ids}::text[])`;
}
