import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

const BATCH = 2000;

/** Notes that what is in force against the packages of these vulnerabilities has changed. */
export async function markPackagesOf(transaction: Transaction, vulnerabilities: readonly string[]): Promise<void> {
  // Taking the row's lock even when it is there already makes whoever is about to summarise wait for this change.
  await transaction.run(
    sql`insert into package_to_summarise (ecosystem, name)
        select distinct p.ecosystem, p.name from advisory a join affected_package p on p.advisory_id = a.id
        where a.vulnerability_id = any (${vulnerabilities}::text[]) order by p.ecosystem, p.name
        on conflict (ecosystem, name) do update set name = excluded.name`,
  );
}

/** Notes the same of the packages that these advisories name. */
export async function markPackagesNamedBy(transaction: Transaction, advisories: readonly string[]): Promise<void> {
  await transaction.run(
    sql`insert into package_to_summarise (ecosystem, name)
        select distinct ecosystem, name from affected_package where advisory_id = any (${advisories}::text[]) order by ecosystem, name
        on conflict (ecosystem, name) do update set name = excluded.name`,
  );
}

/** Brings the summaries of all noted packages up to date. Whoever is stopped in between leaves the rest noted. */
export async function summarisePackages(database: Database): Promise<void> {
  for (;;) if ((await database.transaction("importer", summariseSome, { timeoutMs: 120_000 })) === 0) return;
}

/** The packages of these names that something in force names, of every ecosystem. */
export async function readPackagesNamed(
  database: Database,
  names: readonly string[],
): Promise<readonly { readonly ecosystem: string; readonly name: string }[]> {
  return database.query<{ ecosystem: string; name: string }>(
    "reader",
    sql`select ecosystem, name from package_summary where name = any (${names}::text[]) order by name, ecosystem`,
  );
}

/** Every ecosystem, with its release, whose name begins with `base`: one probe of the index each. */
export async function readEcosystemsFrom(database: Database, base: string): Promise<readonly string[]> {
  const rows = await database.query<{ ecosystem: string }>(
    "reader",
    sql`with recursive stated (ecosystem) as (
          (select ecosystem from package_summary where ecosystem >= ${base} order by ecosystem limit 1)
          union all
          select (select p.ecosystem from package_summary p where p.ecosystem > s.ecosystem order by p.ecosystem limit 1)
          from stated s where starts_with(s.ecosystem, ${base})
        )
        select ecosystem from stated where starts_with(ecosystem, ${base}) order by ecosystem`,
  );
  return rows.map(({ ecosystem }) => ecosystem);
}

async function summariseSome(transaction: Transaction): Promise<number> {
  // The notes first: a change under way holds its note's lock, and what is read afterwards has that change in it.
  const taken = await transaction.query<{ ecosystem: string; name: string }>(
    sql`delete from package_to_summarise q using (select ecosystem, name from package_to_summarise order by ecosystem, name limit ${BATCH}) as next
        where q.ecosystem = next.ecosystem and q.name = next.name returning q.ecosystem, q.name`,
  );
  if (taken.length === 0) return 0;
  const packages = JSON.stringify(taken.map(({ ecosystem, name }) => ({ e: ecosystem, n: name })));
  await transaction.run(
    sql`delete from package_summary s using json_to_recordset(${packages}::json) as x (e text, n text) where s.ecosystem = x.e and s.name = x.n`,
  );
  await transaction.run(
    sql`insert into package_summary (ecosystem, name, vulnerabilities, exploited, highest_score, without_patch, newest_change)
        select x.e, x.n, count(*), count(*) filter (where v.exploited), max(v.score), count(*) filter (where not v.has_patch), max(v.modified_at)
        from json_to_recordset(${packages}::json) as x (e text, n text)
        cross join lateral (
          select distinct a.vulnerability_id from affected_package p join advisory a on a.id = p.advisory_id
          where p.ecosystem = x.e and p.name = x.n and a.withdrawn_at is null and a.gone_at is null
        ) as here
        join vulnerability v on v.id = here.vulnerability_id
        group by x.e, x.n`,
  );
  return taken.length;
}
