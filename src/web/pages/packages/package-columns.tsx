import { Link } from "react-router";
import type { PackageAnswer } from "../../queries.ts";
import type { Column } from "../../table/column.ts";
import { CellTitle } from "../../ui/inline-code.tsx";
import { State } from "../../ui/state.tsx";
import { vulnerabilityPath } from "../../words/search-target.ts";

export type PackageVulnerability = PackageAnswer["vulnerabilities"][number];

const verdictOrder = { affected: 0, "cannot-compare": 1, "not-affected": 2 } as const;

const named: Column<PackageVulnerability> = {
  id: "vulnerability",
  header: "Vulnerability",
  widthPercent: 40,
  stacked: "name",
  sortValue: (row) => row.ids[0],
  cell: (row) => (
    <>
      <Link to={vulnerabilityPath(row.ids[0] ?? row.vulnerability)}>
        <CellTitle text={row.title === "" ? (row.ids[0] ?? "") : row.title} />
      </Link>
      <code className="cell-second">{row.ids[0] ?? row.vulnerability}</code>
    </>
  ),
  fileValue: (row) => row.ids,
};
const ranges: Column<PackageVulnerability> = {
  id: "affected",
  header: "Affected",
  stacked: "plain",
  cell: (row) => (
    <>
      {row.intervals.slice(0, 4).map((text) => (
        <code className="cell-several" key={text}>
          {text}
        </code>
      ))}
      {row.intervals.length > 4 ? <span className="note">and {row.intervals.length - 4} more</span> : null}
      {row.intervals.length === 0 ? <span className="zero">names no version</span> : null}
    </>
  ),
  fileValue: (row) => row.intervals,
};
const exploitedColumn: Column<PackageVulnerability> = {
  id: "exploited",
  header: "Exploited",
  stacked: "side",
  sortValue: (row) => Number(row.exploited),
  cell: (row) => (row.exploited ? <State kind="exploited">yes</State> : <State kind="waits">not known</State>),
  fileValue: (row) => row.exploited,
};
const patchColumn: Column<PackageVulnerability> = {
  id: "patch",
  header: "Patch",
  stacked: "line",
  sortValue: (row) => Number(row.hasPatch),
  cell: (row) =>
    row.withdrawn ? (
      <State kind="refuted">withdrawn</State>
    ) : row.hasPatch ? (
      <State kind="passed">exists</State>
    ) : (
      <State kind="no-fix">none known</State>
    ),
  fileValue: (row) => row.hasPatch,
};
const scoreColumn: Column<PackageVulnerability> = {
  id: "score",
  header: "Score",
  stacked: "line",
  sortValue: (row) => row.score,
  cell: (row) =>
    row.score === undefined ? <State kind="cannot-say">no vector</State> : <span className="number">{row.score.toFixed(1)}</span>,
  fileValue: (row) => row.score,
};

/** Of a package as a whole. */
export const baseColumns: readonly Column<PackageVulnerability>[] = [named, ranges, exploitedColumn, patchColumn, scoreColumn];

/** Of one version of it. */
export const verdictColumns: readonly Column<PackageVulnerability>[] = [
  named,
  {
    id: "verdict",
    header: "Verdict",
    stacked: "side",
    sortValue: (row) => (row.verdict === undefined ? undefined : verdictOrder[row.verdict]),
    cell: (row) =>
      row.verdict === "affected" ? (
        <State kind="affected">affected</State>
      ) : row.verdict === "cannot-compare" ? (
        <State kind="cannot-compare">cannot compare</State>
      ) : (
        <State kind="passed">not affected</State>
      ),
    fileValue: (row) => row.verdict,
  },
  { id: "why", header: "Why", widthPercent: 28, stacked: "name", cell: (row) => row.why ?? "", fileValue: (row) => row.why },
  { ...exploitedColumn, stacked: "none" },
  { ...scoreColumn, stacked: "none" },
];
