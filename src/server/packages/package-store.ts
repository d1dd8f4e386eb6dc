import type { Interval, UpperBoundKind } from "../../matching/interval.ts";
import type { AdvisoryKind } from "../../vocabulary/advisory.ts";
import type { Database, Row } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type PackageSummaryRow = {
  readonly ecosystem: string;
  readonly name: string;
  readonly vulnerabilities: number;
  readonly exploited: number;
  readonly highest_score: number | null;
  readonly without_patch: number;
  readonly newest_change: Date;
};

export type PackagePosition = { readonly ecosystem: string; readonly name: string };

/** By name, from `from` on; of these ecosystems, or of all. */
export async function readPackagesByName(
  database: Database,
  {
    ecosystems,
    from,
    after,
    limit,
  }: {
    readonly ecosystems: readonly string[] | undefined;
    readonly from: string;
    readonly after: PackagePosition | undefined;
    readonly limit: number;
  },
): Promise<readonly PackageSummaryRow[]> {
  // No ecosystem is named "", so the first position lies before the name itself.
  const start = after ?? { ecosystem: "", name: from };
  const query =
    ecosystems === undefined
      ? sql`select ${columns} from package_summary s where (s.name, s.ecosystem) > (${start.name}, ${start.ecosystem}) order by s.name, s.ecosystem limit ${limit}`
      : sql`select ${columns} from unnest(${ecosystems}::text[]) as e (ecosystem) cross join lateral (
            select * from package_summary o
            where o.ecosystem = e.ecosystem and o.name >= ${start.name} and (o.name, o.ecosystem) > (${start.name}, ${start.ecosystem})
            order by o.name limit ${limit}
          ) s order by s.name, s.ecosystem limit ${limit}`;
  return database.query<PackageSummaryRow & Row>("reader", query);
}

/** Those with most vulnerabilities first, then by ecosystem and name. */
export async function readPackagesByCount(
  database: Database,
  {
    ecosystems,
    after,
    limit,
  }: {
    readonly ecosystems: readonly string[] | undefined;
    readonly after: (PackagePosition & { readonly vulnerabilities: number }) | undefined;
    readonly limit: number;
  },
): Promise<readonly PackageSummaryRow[]> {
  const bounds = (ecosystems ?? []).map((ecosystem) => boundIn(ecosystem, after));
  const query =
    ecosystems === undefined
      ? sql`select ${columns} from package_summary s
          where ${after === undefined ? sql`true` : sql`(-s.vulnerabilities, s.ecosystem, s.name) > (${-after.vulnerabilities}, ${after.ecosystem}, ${after.name})`}
          order by -s.vulnerabilities, s.ecosystem, s.name limit ${limit}`
      : sql`select ${columns} from unnest(${ecosystems}::text[], ${bounds.map(([count]) => count)}::int4[], ${bounds.map(([, name]) => name)}::text[])
            as e (ecosystem, count, name)
          cross join lateral (
            select * from package_summary o where o.ecosystem = e.ecosystem and (-o.vulnerabilities, o.name) > (e.count, e.name)
            order by -o.vulnerabilities, o.name limit ${limit}
          ) s order by -s.vulnerabilities, s.ecosystem, s.name limit ${limit}`;
  return database.query<PackageSummaryRow & Row>("reader", query);
}

/** Where one ecosystem's own order goes on behind a position in the order of all; no package is named "". */
function boundIn(
  ecosystem: string,
  after: (PackagePosition & { readonly vulnerabilities: number }) | undefined,
): readonly [number, string] {
  if (after === undefined) return [-0x7fffffff, ""];
  if (ecosystem === after.ecosystem) return [-after.vulnerabilities, after.name];
  return [ecosystem < after.ecosystem ? 1 - after.vulnerabilities : -after.vulnerabilities, ""];
}

/** A vulnerability in force against a package, with no more than ranks and counts it: a package may have many thousands. */
export type NamedVulnerability = {
  readonly id: string;
  readonly names: readonly string[];
  readonly kind: AdvisoryKind;
  readonly score: number | null;
  readonly exploited: boolean;
  readonly has_patch: boolean;
  /** The advisories that name the package, and under which ecosystem each does, in the same places. */
  readonly advisories: readonly string[];
  readonly ecosystems: readonly string[];
};

/** In no particular order. */
export async function readVulnerabilitiesNaming(
  database: Database,
  ecosystems: readonly string[],
  name: string,
): Promise<readonly NamedVulnerability[]> {
  return database.query<NamedVulnerability & Row>(
    "reader",
    // An advisory without a vulnerability was just imported, and belongs to none yet.
    sql`select v.id, v.names, v.kind, v.score, v.exploited, v.has_patch, said.advisories, said.ecosystems
        from (
          select a.vulnerability_id as id, array_agg(a.id) as advisories, array_agg(p.ecosystem) as ecosystems
          from affected_package p join advisory a on a.id = p.advisory_id
          where p.ecosystem = any (${ecosystems}::text[]) and p.name = ${name} and a.withdrawn_at is null and a.gone_at is null
            and a.vulnerability_id is not null
          group by a.vulnerability_id
        ) as said join vulnerability v on v.id = said.id`,
  );
}

/** What one advisory in force says of a package. */
export type PackageStatement = {
  readonly vulnerability: string;
  readonly advisory: string;
  /** As the advisory names it, release included. */
  readonly ecosystem: string;
  readonly texts: readonly string[];
  readonly setAside: readonly string[];
  readonly intervals: readonly Interval[];
};

/** What these advisories say of a package, by advisory and ecosystem. */
export async function readPackageStatements(
  database: Database,
  ecosystems: readonly string[],
  name: string,
  advisories: readonly string[],
): Promise<readonly PackageStatement[]> {
  if (advisories.length === 0) return [];
  return database.transaction("reader", async (transaction) => {
    const statements = await transaction.query<{
      vulnerability_id: string | null;
      id: string;
      ecosystem: string;
      texts: readonly string[];
      set_aside: readonly string[];
    }>(
      sql`select a.vulnerability_id, a.id, p.ecosystem, p.texts, p.set_aside from affected_package p join advisory a on a.id = p.advisory_id
          where a.id = any (${advisories}::text[]) and p.ecosystem = any (${ecosystems}::text[]) and p.name = ${name}
            and a.withdrawn_at is null and a.gone_at is null
          order by a.id, p.ecosystem`,
    );
    const intervals = await transaction.query<IntervalRow & Row>(
      sql`select advisory_id, ecosystem, lo, hi, lo_text, hi_text, hi_kind from affected_interval
          where advisory_id = any (${advisories}::text[]) and ecosystem = any (${ecosystems}::text[]) and name = ${name}`,
    );
    const intervalsOf = Map.groupBy(intervals, (row) => `${row.advisory_id}\0${row.ecosystem}`);
    return statements.flatMap((row): readonly PackageStatement[] => {
      if (row.vulnerability_id === null) return [];
      const { vulnerability_id: vulnerability, id: advisory, ecosystem, texts, set_aside: setAside } = row;
      const stated = (intervalsOf.get(`${advisory}\0${ecosystem}`) ?? []).map(toInterval);
      return [{ vulnerability, advisory, ecosystem, texts, setAside, intervals: stated }];
    });
  });
}

type IntervalRow = {
  readonly advisory_id: string;
  readonly ecosystem: string;
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  readonly lo_text: string;
  readonly hi_text: string | null;
  readonly hi_kind: UpperBoundKind;
};

function toInterval({ lo, hi, lo_text, hi_text, hi_kind }: IntervalRow): Interval {
  return { lo, hi, loText: lo_text, hiText: hi_text ?? undefined, hiKind: hi_kind };
}

const columns = sql`s.ecosystem, s.name, s.vulnerabilities, s.exploited, s.highest_score, s.without_patch, s.newest_change`;
