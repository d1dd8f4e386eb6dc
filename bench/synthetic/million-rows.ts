import { join } from "node:path";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { writeSyntheticSnapshot } from "./snapshot-of.ts";

export const MILLION = 1_000_000;
/** Words of titles, by frequency: the first is in almost every one. */
export const MOST_RANK = 30_000;
const STEP = 25_000;

/**
 * A data directory whose embedded database has a million vulnerabilities, one advisory and one package each, made where they lie: an import of as many records
 * would take an hour. Titles have eight words whose frequency falls with their rank. Its snapshot is a small one, since lists do not ask it.
 */
export async function makeMillionRows(directory: string, onStep: (done: number) => void): Promise<void> {
  writeSyntheticSnapshot(join(directory, "snapshot", "current.sluice"), { records: 1000, packages: 300 }, Date.now());
  const database = await openEmbedded({ directory: join(directory, "database") });
  try {
    await run(database, FEED);
    for (let first = 1; first <= MILLION; first += STEP) {
      await run(database, rowsFrom(first, first + STEP - 1));
      onStep(first + STEP - 1);
    }
    // The planner must know the tables before it is asked to read all of one.
    await database.vacuum();
    await run(database, SUMMARIES);
    await database.vacuum();
    await database.checkpoint();
  } finally {
    await database.close();
  }
}

const CONSONANTS = "bdfgklmprt";

/** The word of rank `rank`, 1 to `MOST_RANK`: the smaller, the more frequent. Its beginning is shared by a tenth of all words, as that of real ones is. */
export function rankedWord(rank: number): string {
  return `${[...String(rank)].map((digit) => CONSONANTS[Number(digit)] ?? "").join("a")}en`;
}

function wordOf(rank: string): string {
  return `translate(rtrim(regexp_replace((${rank})::text, '(.)', '\\1a', 'g'), 'a'), '0123456789', '${CONSONANTS}') || 'en'`;
}

async function run(database: OwnedDatabase, script: string): Promise<void> {
  await database.asOwner((transaction) => transaction.script(script));
}

/** Without it a server would take the installation for a new one and load its sample. */
const FEED = `insert into feed_state (feed, ecosystem, location, state, records) values ('osv', 'npm', 'synthetic', 'current', ${MILLION})`;

const SUMMARIES = `
  insert into package_summary (ecosystem, name, vulnerabilities, exploited, highest_score, without_patch, newest_change)
  select p.ecosystem, p.name, count(*), count(*) filter (where v.exploited), max(v.score), count(*) filter (where not v.has_patch), max(v.modified_at)
  from affected_package p join advisory a on a.id = p.advisory_id join vulnerability v on v.id = a.vulnerability_id group by 1, 2`;

function rowsFrom(first: number, last: number): string {
  return `
  with number as (
    select i, abs(hashint4(i)::bigint) as a, abs(hashint4(i + 7919)::bigint) as b, abs(hashint4(i * 31 + 11)::bigint) as c from generate_series(${first}, ${last}) as i
  ), made as (
    select i, a, b, c, 'GHSA-' || md5(i::text) as advisory, 'CVE-' || 2000 + a % 26 || '-' || i as cve, 'SLU-' || left(md5('s' || i), 16) as id,
      timestamptz '2026-08-01' - make_interval(secs => a % 300000000) as modified_at,
      (select string_agg(${wordOf(`floor(power(${MOST_RANK}, (abs(hashint4(i * 13 + k))::bigint % 100000) / 100000.0))::int`)}, ' ') from generate_series(1, 8) as k) as title,
      'package-' || floor(power(200000, (c % 100000) / 100000.0))::int as package,
      (array['npm', 'npm', 'PyPI', 'Maven', 'Go', 'Packagist'])[1 + c % 6] as ecosystem,
      'CWE-' || floor(power(400, (b % 100000) / 100000.0))::int as weakness
    from number
  ), vulnerabilities as (
    insert into vulnerability (id, founded_by, title, kind, names, score, exploited, has_patch, withdrawn, weaknesses, modified_at, published_at, words)
    select id, advisory, title, case when b % 50000 = 3 then 'malware' else 'vulnerability' end, array[cve, advisory], (a % 100) / 10.0, a % 701 = 0, c % 10 <> 7, a % 50 = 0,
      array[weakness], modified_at, modified_at, array_to_tsvector(search_words(title || ' ' || cve || ' ' || advisory || ' ' || package)) from made order by id
  ), names as (
    insert into vulnerability_name (name, vulnerability_id) select name, id from made, unnest(array[cve, advisory]) as name order by name
  ), advisories as (
    insert into advisory (id, feed, revision, kind, title, modified, modified_at, withdrawn_at, has_patch, hash, received_at, vulnerability_id, regroup, score)
    select advisory, 'osv', 1, 'vulnerability', title, modified_at::text, modified_at, case when a % 50 = 0 then modified_at end, true, decode(md5(advisory), 'hex'), modified_at, id, false,
      (a % 100) / 10.0 from made order by advisory
  ), packages as (
    insert into affected_package (advisory_id, ecosystem, name, scheme, texts, set_aside, empty_intervals) select advisory, ecosystem, package, 'semver', '{}', '{}', 0 from made order by advisory
  )
  insert into vulnerability_facet (facet, modified_at, vulnerability_id, withdrawn)
  select facet, modified_at, id, a % 50 = 0 from made, unnest(array['package ' || package, 'ecosystem ' || ecosystem, weakness]) as facet order by facet`;
}
