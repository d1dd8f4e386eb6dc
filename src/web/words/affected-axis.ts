import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";

type Vulnerability = AnswerOf<typeof readVulnerability>;
type Statement = Vulnerability["statements"][number];
export type AffectedInterval = Statement["affected"][number]["intervals"][number];

export type AxisRow = {
  readonly advisory: string;
  readonly source: string;
  /** Those with a start and an end, lowest first. */
  readonly intervals: readonly AffectedInterval[];
  /** Versions listed one by one. */
  readonly listed: readonly string[];
  readonly listedCount: number;
  readonly setAside: readonly string[];
  /** Withdrawn statements are shown, and match nothing. */
  readonly isWithdrawn: boolean;
};

export type AffectedAxis = {
  /** The versions that matter, lowest first, as the server orders them; the first is `0`, the first release. */
  readonly versions: readonly string[];
  readonly rows: readonly AxisRow[];
  /** From this version on, or above it, no source says affected; undefined when a range stays open. */
  readonly outside: { readonly version: string; readonly isItself: boolean } | undefined;
};

export type NamedPackage = { readonly ecosystem: string; readonly name: string; readonly advisories: readonly string[] };

/** The packages of a vulnerability with who names them, those that most sources name first, and of these those whose versions are named. */
export function packagesOf(statements: readonly Statement[]): readonly NamedPackage[] {
  const found = new Map<string, { ecosystem: string; name: string; advisories: string[]; versions: number }>();
  for (const { advisory, affected } of statements) {
    for (const { ecosystem, name, intervals, listedVersions } of affected) {
      const key = `${ecosystem} ${name}`;
      const known = found.get(key) ?? { ecosystem, name, advisories: [], versions: 0 };
      known.versions += intervals.length + listedVersions;
      if (!known.advisories.includes(advisory)) known.advisories.push(advisory);
      found.set(key, known);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.advisories.length - a.advisories.length || Number(b.versions > 0) - Number(a.versions > 0))
    .map(({ ecosystem, name, advisories }) => ({ ecosystem, name, advisories }));
}

/** What each source says of one package, on one axis. */
export function affectedAxis(
  { statements, packages }: Vulnerability,
  { ecosystem, name }: { readonly ecosystem: string; readonly name: string },
): AffectedAxis {
  const ordered = packages.find((known) => known.ecosystem === ecosystem && known.name === name);
  const versions = ["0", ...(ordered?.bounds ?? []).filter((version) => version !== "0")];
  const place = new Map(versions.map((version, index) => [version, index]));
  const rows = statements.flatMap((statement): readonly AxisRow[] => {
    const mine = statement.affected.filter((affected) => affected.ecosystem === ecosystem && affected.name === name);
    if (mine.length === 0) return [];
    const all = mine.flatMap(({ intervals }) => intervals);
    return [
      {
        advisory: statement.advisory,
        source: statement.source,
        intervals: all.filter(({ hiKind }) => hiKind !== "listed").sort((a, b) => (place.get(a.lo) ?? 0) - (place.get(b.lo) ?? 0)),
        listed: all.filter(({ hiKind }) => hiKind === "listed").map(({ lo }) => lo),
        listedCount: mine.reduce((sum, { listedVersions }) => sum + listedVersions, 0),
        setAside: mine.flatMap(({ setAside }) => setAside),
        isWithdrawn: statement.withdrawn !== undefined,
      },
    ];
  });
  return { versions, rows, outside: ordered?.outside };
}

/** True when both ends of `interval` have a place on the axis. */
export function isDrawable({ versions }: AffectedAxis, { lo, hi }: AffectedInterval): boolean {
  return versions.includes(lo) && (hi === undefined || versions.includes(hi));
}
