import type { Interval, UpperBoundKind } from "../../matching/interval.ts";
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

/** By name, from `from` on. */
export async function readPackagesByName(
  database: Database,
  {
    ecosystem,
    from,
    after,
    limit,
  }: { readonly ecosystem: string | undefined; readonly from: string; readonly after: PackagePosition | undefined; readonly limit: number },
): Promise<readonly PackageSummaryRow[]> {
  // No ecosystem is named "", so the first position lies before the name itself.
  const start = after ?? { ecosystem: "", name: from };
  const query =
    ecosystem === undefined
      ? sql`select ${columns} from package_summary s where (s.name, s.ecosystem) > (${start.name}, ${start.ecosystem}) order by s.name, s.ecosystem limit ${limit}`
      : after === undefined
        ? sql`select ${columns} from package_summary s where s.ecosystem = ${ecosystem} and s.name >= ${from} order by s.name limit ${limit}`
        : sql`select ${columns} from package_summary s where s.ecosystem = ${ecosystem} and s.name > ${after.name} order by s.name limit ${limit}`;
  return database.query<PackageSummaryRow & Row>("reader", query);
}

/** Those with most vulnerabilities first, then by ecosystem and name. */
export async function readPackagesByCount(
  database: Database,
  {
    ecosystem,
    after,
    limit,
  }: {
    readonly ecosystem: string | undefined;
    readonly after: (PackagePosition & { readonly vulnerabilities: number }) | undefined;
    readonly limit: number;
  },
): Promise<readonly PackageSummaryRow[]> {
  const query =
    ecosystem === undefined
      ? sql`select ${columns} from package_summary s
          where ${after === undefined ? sql`true` : sql`(-s.vulnerabilities, s.ecosystem, s.name) > (${-after.vulnerabilities}, ${after.ecosystem}, ${after.name})`}
          order by -s.vulnerabilities, s.ecosystem, s.name limit ${limit}`
      : sql`select ${columns} from package_summary s
          where s.ecosystem = ${ecosystem} and ${after === undefined ? sql`true` : sql`(-s.vulnerabilities, s.name) > (${-after.vulnerabilities}, ${after.name})`}
          order by -s.vulnerabilities, s.name limit ${limit}`;
  return database.query<PackageSummaryRow & Row>("reader", query);
}

/** What one advisory in force says of a package. */
export type PackageStatement = {
  readonly vulnerability: string;
  readonly advisory: string;
  readonly texts: readonly string[];
  readonly setAside: readonly string[];
  readonly intervals: readonly Interval[];
};

export async function readPackageStatements(database: Database, ecosystem: string, name: string): Promise<readonly PackageStatement[]> {
  return database.transaction("reader", async (transaction) => {
    const statements = await transaction.query<{
      vulnerability_id: string | null;
      id: string;
      texts: readonly string[];
      set_aside: readonly string[];
    }>(
      sql`select a.vulnerability_id, a.id, p.texts, p.set_aside from affected_package p join advisory a on a.id = p.advisory_id
          where p.ecosystem = ${ecosystem} and p.name = ${name} and a.withdrawn_at is null and a.gone_at is null order by a.id`,
    );
    const intervals = await transaction.query<IntervalRow & Row>(
      sql`select advisory_id, lo, hi, lo_text, hi_text, hi_kind from affected_interval where ecosystem = ${ecosystem} and name = ${name}`,
    );
    const intervalsOf = Map.groupBy(intervals, (row) => row.advisory_id);
    return statements.flatMap((row): readonly PackageStatement[] => {
      // Just imported, and not yet of any vulnerability.
      if (row.vulnerability_id === null) return [];
      const ofAdvisory = (intervalsOf.get(row.id) ?? []).map(toInterval);
      return [{ vulnerability: row.vulnerability_id, advisory: row.id, texts: row.texts, setAside: row.set_aside, intervals: ofAdvisory }];
    });
  });
}

type IntervalRow = {
  readonly advisory_id: string;
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
