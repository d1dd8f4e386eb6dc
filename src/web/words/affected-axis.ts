import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";
import { compareForDrawing } from "./version-order.ts";

type Statement = AnswerOf<typeof readVulnerability>["statements"][number];
export type AffectedInterval = Statement["affected"][number]["intervals"][number];

export type AxisRow = {
  readonly advisory: string;
  readonly source: string;
  /** Those with a start and an end to draw. */
  readonly intervals: readonly AffectedInterval[];
  /** Versions listed one by one. */
  readonly listed: readonly string[];
  readonly listedCount: number;
  readonly setAside: readonly string[];
};

export type AffectedAxis = {
  /** The versions that matter, lowest first; the first is `0`, the first release. */
  readonly versions: readonly string[];
  readonly rows: readonly AxisRow[];
  /** From this version on no source says affected; undefined when a range stays open. */
  readonly outside: { readonly version: string; readonly isItself: boolean } | undefined;
};

export type NamedPackage = { readonly ecosystem: string; readonly name: string; readonly advisories: readonly string[] };

/** The packages of a vulnerability, those that most sources name first. */
export function packagesOf(statements: readonly Statement[]): readonly NamedPackage[] {
  const found = new Map<string, { ecosystem: string; name: string; advisories: string[] }>();
  for (const { advisory, affected } of statements) {
    for (const { ecosystem, name } of affected) {
      const key = `${ecosystem} ${name}`;
      const known = found.get(key) ?? { ecosystem, name, advisories: [] };
      if (!known.advisories.includes(advisory)) known.advisories.push(advisory);
      found.set(key, known);
    }
  }
  return [...found.values()].sort((a, b) => b.advisories.length - a.advisories.length);
}

/** What each source says of one package, on one axis. */
export function affectedAxis(statements: readonly Statement[], { ecosystem, name }: { readonly ecosystem: string; readonly name: string }): AffectedAxis {
  const rows = statements.flatMap((statement): readonly AxisRow[] => {
    const mine = statement.affected.filter((affected) => affected.ecosystem === ecosystem && affected.name === name);
    if (mine.length === 0) return [];
    const all = mine.flatMap(({ intervals }) => intervals);
    return [
      {
        advisory: statement.advisory,
        source: statement.source,
        intervals: all.filter(({ hiKind }) => hiKind !== "listed").sort((a, b) => compareForDrawing(a.lo, b.lo)),
        listed: all.filter(({ hiKind }) => hiKind === "listed").map(({ lo }) => lo),
        listedCount: mine.reduce((sum, { listedVersions }) => sum + listedVersions, 0),
        setAside: mine.flatMap(({ setAside }) => setAside),
      },
    ];
  });
  const bounds = new Set(rows.flatMap(({ intervals }) => intervals.flatMap(({ lo, hi }) => (hi === undefined ? [lo] : [lo, hi]))));
  bounds.add("0");
  return { versions: [...bounds].sort(compareForDrawing), rows, outside: outsideOf(rows) };
}

function outsideOf(rows: readonly AxisRow[]): AffectedAxis["outside"] {
  let last: AffectedInterval | undefined;
  for (const { intervals, listed } of rows) {
    if (intervals.length === 0 || listed.length > 0) return undefined;
    for (const interval of intervals) {
      if (interval.hi === undefined) return undefined;
      const order = last?.hi === undefined ? 1 : compareForDrawing(interval.hi, last.hi);
      if (order > 0 || (order === 0 && interval.hiKind === "last_affected")) last = interval;
    }
  }
  return last?.hi === undefined ? undefined : { version: last.hi, isItself: last.hiKind !== "last_affected" };
}
