import type { DataStanding } from "../../vocabulary/data-standing.ts";
import type { ExploitedStanding } from "../../matching/snapshot/layout.ts";
import type { UpperBoundKind } from "../../matching/interval.ts";
import type { Database, Row } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

export type AdvisoryRow = {
  readonly id: string;
  readonly vulnerability_id: string;
  readonly names: readonly string[];
  readonly title: string;
  readonly kind: "vulnerability" | "malware";
  readonly exploited: boolean;
  readonly has_patch: boolean;
  readonly score: number | null;
  readonly vector: string;
  readonly weaknesses: readonly string[];
  readonly modified: string;
  /** First 48 bits of the SHA-256 of its body, in hex. */
  readonly digest: string;
};

export type PackageRow = {
  readonly advisory_id: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly scheme: string | null;
  readonly texts: readonly string[];
  readonly set_aside: readonly string[];
};

export type IntervalRow = {
  readonly advisory_id: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  readonly lo_text: string;
  readonly hi_text: string | null;
  readonly hi_kind: UpperBoundKind;
};

/** Advisories in force in id order, with what they affect. */
export type SnapshotPage = {
  readonly advisories: readonly AdvisoryRow[];
  readonly packages: readonly PackageRow[];
  readonly intervals: readonly IntervalRow[];
};

/** Both processes hold pages on their way: with 5000 the import of the feeds' real records held more than bench/import.ts allows, in no less time. */
const PAGE = 800;
const LINES = 10_000;
const LONG_READ_MS = 120_000;

/** Everything that matches something: neither withdrawn nor gone, and grouped. Pages are read one transaction each. */
export async function* readSnapshotPages(database: Database): AsyncGenerator<SnapshotPage> {
  let after = "";
  for (;;) {
    const page = await readPage(
      database,
      sql`a.id > ${after} and a.withdrawn_at is null and a.gone_at is null order by a.id limit ${PAGE}`,
    );
    if (page.advisories.length === 0) return;
    yield page;
    after = page.advisories.at(-1)?.id ?? after;
  }
}

/** The same of these vulnerabilities only. */
export async function* readSnapshotPagesOf(database: Database, vulnerabilities: readonly string[]): AsyncGenerator<SnapshotPage> {
  const rows = await database.query<{ id: string }>(
    "reader",
    sql`select id from advisory where vulnerability_id = any (${vulnerabilities}::text[]) and withdrawn_at is null and gone_at is null order by id`,
    { timeoutMs: LONG_READ_MS },
  );
  for (let at = 0; at < rows.length; at += PAGE) {
    const ids = rows.slice(at, at + PAGE).map((row) => row.id);
    yield await readPage(database, sql`a.id = any (${ids}::text[]) and a.withdrawn_at is null and a.gone_at is null order by a.id`);
  }
}

/**
 * A line for each vulnerability with an advisory in force, of what a snapshot says of it beside its advisories: id, whether it is exploited, how many ids it has.
 * Lines in pages of some hundred kilobytes: as rows they would take ten times as long, and all at once would be held several times over.
 */
export function readVulnerabilityState(database: Database): AsyncGenerator<string> {
  return readLines(
    database,
    (after) => sql`select v.id, concat_ws(E'\t', v.id, v.exploited::int, cardinality(v.names)) as line
        from vulnerability v where v.id > ${after} and not v.withdrawn order by v.id limit ${LINES}`,
  );
}

/** The same for each advisory in force: id, vulnerability, digest. */
export function readAdvisoryState(database: Database): AsyncGenerator<string> {
  return readLines(
    database,
    (after) => sql`select a.id, concat_ws(E'\t', a.id, a.vulnerability_id, encode(substr(a.hash, 1, 6), 'hex')) as line
        from advisory a where a.id > ${after} and a.withdrawn_at is null and a.gone_at is null order by a.id limit ${LINES}`,
  );
}

async function* readLines(database: Database, linesAfter: (after: string) => SqlQuery): AsyncGenerator<string> {
  let after = "";
  for (;;) {
    const [page] = await database.query<{ last: string | null; lines: string | null }>(
      "reader",
      sql`with page as materialized (${linesAfter(after)}) select max(id) as last, string_agg(line, E'\n' order by id) as lines from page`,
    );
    const { last, lines } = page ?? { last: null, lines: null };
    if (last === null || lines === null) return;
    yield lines;
    after = last;
  }
}

/** `wanted` chooses and orders advisories `a`. */
async function readPage(database: Database, wanted: SqlQuery): Promise<SnapshotPage> {
  return database.transaction("reader", async (transaction) => {
    const advisories = await transaction.query<AdvisoryRow & Row>(
      sql`select a.id, a.vulnerability_id, v.names, a.title, a.kind, v.exploited, a.has_patch, a.score, a.vector, a.weaknesses, a.modified,
            encode(substr(a.hash, 1, 6), 'hex') as digest
          from advisory a join vulnerability v on v.id = a.vulnerability_id where ${wanted}`,
    );
    const ids = advisories.map((row) => row.id);
    // One text an advisory: rows of their own take the embedded database four times as long, and there are ten of them an advisory.
    const packages = await transaction.query<GatheredRow>(
      sql`select advisory_id, json_agg(json_build_array(ecosystem, name, scheme, texts, set_aside) order by ecosystem, name)::text as gathered
          from affected_package where advisory_id = any (${ids}::text[]) group by advisory_id order by advisory_id`,
    );
    const intervals = await transaction.query<GatheredRow>(
      sql`select advisory_id, json_agg(json_build_array(ecosystem, name, encode(lo, 'hex'), encode(hi, 'hex'), lo_text, hi_text, hi_kind)
            order by ecosystem, name, hi desc, lo)::text as gathered
          from affected_interval where advisory_id = any (${ids}::text[]) group by advisory_id order by advisory_id`,
    );
    return { advisories, packages: packages.flatMap(packagesIn), intervals: intervals.flatMap(intervalsIn) };
  });
}

type GatheredRow = { readonly advisory_id: string; readonly gathered: string };

function packagesIn({ advisory_id, gathered }: GatheredRow): readonly PackageRow[] {
  type Entry = readonly [string, string, string | null, readonly string[], readonly string[]];
  return (JSON.parse(gathered) as readonly Entry[]).map(([ecosystem, name, scheme, texts, set_aside]) => {
    return { advisory_id, ecosystem, name, scheme, texts, set_aside };
  });
}

function intervalsIn({ advisory_id, gathered }: GatheredRow): readonly IntervalRow[] {
  type Entry = readonly [string, string, string, string, string, string | null, UpperBoundKind];
  return (JSON.parse(gathered) as readonly Entry[]).map(([ecosystem, name, lo, hi, lo_text, hi_text, hi_kind]) => {
    return { advisory_id, ecosystem, name, lo: Uint8Array.fromHex(lo), hi: Uint8Array.fromHex(hi), lo_text, hi_text, hi_kind };
  });
}

/** What each ecosystem's data rests on. The public feed speaks for an ecosystem as soon as it was ever taken; the bundled sample only before. */
export async function readStandings(database: Database): Promise<readonly DataStanding[]> {
  const rows = await database.query<{
    ecosystem: string;
    location: string;
    advisories: number;
    stated_at: Date | null;
    sample: boolean;
    includes_malware: boolean;
  }>(
    "reader",
    sql`select distinct on (s.ecosystem) s.ecosystem, s.location, s.stated_at, s.feed = 'sample' as sample, s.includes_malware,
          (select count(*) from feed_record r join advisory a on a.id = r.advisory_id
           where r.ecosystem = s.ecosystem and r.feed = s.feed and a.withdrawn_at is null and a.gone_at is null) as advisories
        from feed_state s where s.ecosystem <> '' and s.feed in ('osv', 'sample') and (s.feed = 'sample' or s.records > 0)
        order by s.ecosystem, s.feed`,
  );
  return rows.map((row) => ({
    ecosystem: row.ecosystem,
    source: row.sample ? "bundled sample" : row.includes_malware ? row.location : `${row.location}, without malware records`,
    advisories: row.advisories,
    statedAtMs: row.stated_at?.getTime(),
    sample: row.sample,
  }));
}

export async function readExploitedStanding(database: Database): Promise<ExploitedStanding | undefined> {
  const rows = await database.query<{ location: string; stated_at: Date | null; entries: number }>(
    "reader",
    sql`select s.location, s.stated_at, (select count(*) from exploited) as entries from feed_state s where s.feed = 'kev' and s.last_success_at is not null`,
  );
  const row = rows[0];
  return row === undefined ? undefined : { source: row.location, entries: row.entries, statedAtMs: row.stated_at?.getTime() };
}

/** When a sync last ended well: a snapshot built before it does not have what it brought. */
export async function readLastSuccess(database: Database): Promise<number | undefined> {
  const rows = await database.query<{ at: Date | null }>("reader", sql`select max(last_success_at) as at from feed_state`);
  return rows[0]?.at?.getTime();
}
