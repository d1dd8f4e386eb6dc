import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { searchVulnerabilities } from "../../../contract/endpoints/record.ts";
import { packagesNamedQuery, type VulnerabilityRow } from "../../queries.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { RecordList } from "../../table/record-list.tsx";
import { useEcosystemFilter } from "../../table/ecosystem-filter.ts";
import type { FilterField } from "../../table/url-list.ts";
import { Command } from "../../ui/command.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty } from "../../ui/notice.tsx";
import { CellTitle } from "../../ui/inline-code.tsx";
import { PackageName } from "../../ui/package-name.tsx";
import { State } from "../../ui/state.tsx";
import "./vulnerability.css";
import { namedVersion, packagePath, vulnerabilityPath } from "../../words/search-target.ts";

const fields: readonly FilterField[] = [
  { key: "package", label: "Package", isMono: true },
  {
    key: "cwe",
    label: "Weakness",
    isMono: true,
    refuse: (value) => (/^CWE-\d{1,6}$/.test(value) ? undefined : "Expected a weakness such as CWE-1321"),
  },
  {
    key: "exploited",
    label: "Exploited",
    options: [
      { value: "true", label: "known" },
      { value: "false", label: "not known" },
    ],
  },
  {
    key: "hasPatch",
    label: "Patch",
    options: [
      { value: "true", label: "exists" },
      { value: "false", label: "none known" },
    ],
  },
  {
    key: "kind",
    label: "Kind",
    options: [
      { value: "vulnerability", label: "vulnerability" },
      { value: "malware", label: "malicious package" },
    ],
  },
  {
    key: "since",
    label: "Changed since",
    refuse: (value) =>
      /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? undefined : "Expected a day such as 2026-08-20",
  },
  { key: "withdrawn", label: "Withdrawn", options: [{ value: "true", label: "shown" }] },
];

/** Search in the record. */
export function VulnerabilityList() {
  const ecosystem = useEcosystemFilter();
  return (
    <RecordList
      title="Vulnerabilities"
      lead="What the advisories of every source describe, one row for all the names it goes by."
      name="vulnerabilities"
      one="vulnerability"
      many="vulnerabilities"
      searchLabel="Find a vulnerability"
      order="newest change first"
      fields={[ecosystem, ...fields]}
      columns={columns}
      rowId={(row) => row.vulnerability}
      rowName={(row) => row.ids[0] ?? row.vulnerability}
      read={(query, signal) => ask(searchVulnerabilities, { query, signal })}
      rowSize="tall"
      renderAside={(values) => <VersionAsked text={values["text"] ?? ""} />}
      renderEmpty={(isFiltered) =>
        isFiltered ? (
          <Empty title="Nothing matches">
            <p>
              No vulnerability held here has all of that. Take a filter away, or see on the <Link to="/data">data page</Link> what this
              server holds: what it does not hold it cannot find.
            </p>
          </Empty>
        ) : (
          <Empty title="No vulnerabilities yet">
            <p>This server has taken no advisories. Whoever runs it takes those of npm with:</p>
            <Command text="sluice sync npm" />
          </Empty>
        )
      }
    />
  );
}

/** When the search names a package at a version, the straight answer is a page of its own. */
function VersionAsked({ text }: { readonly text: string }) {
  const named = namedVersion(text);
  const found = useQuery({ ...packagesNamedQuery(named?.name ?? ""), enabled: named !== undefined });
  const exact = found.data?.rows.filter((row) => row.name === named?.name) ?? [];
  if (named === undefined || exact.length === 0) return null;
  return (
    <ul className="version-asked">
      {exact.map((row) => (
        <li key={row.ecosystem}>
          <Link to={packagePath(row.ecosystem, row.name, named.version)}>
            Is <code>{`${row.name} ${named.version}`}</code> affected?
          </Link>{" "}
          <span className="second">{row.ecosystem}, with the reason for each vulnerability</span>
        </li>
      ))}
    </ul>
  );
}

const columns: readonly Column<VulnerabilityRow>[] = [
  {
    id: "vulnerability",
    header: "Vulnerability",
    widthPercent: 44,
    stacked: "name",
    isFixed: true,
    sortValue: (row) => row.ids[0],
    cell: (row) => (
      <>
        <Link to={vulnerabilityPath(row.ids[0] ?? row.vulnerability)}>
          <CellTitle text={row.title === "" ? (row.ids[0] ?? "") : row.title} />
        </Link>
        <code className="cell-second">{row.ids.slice(0, 2).join("  ")}</code>
      </>
    ),
    fileValue: (row) => row.ids,
  },
  { id: "title", header: "Title", stacked: "none", isExtra: true, cell: (row) => row.title, fileValue: (row) => row.title },
  {
    id: "packages",
    header: "Packages",
    stacked: "plain",
    cell: (row) => (
      <>
        {row.packages.slice(0, 2).map(({ ecosystem, name }) => (
          <span className="cell-package" key={`${ecosystem} ${name}`}>
            <PackageName name={name} /> <span className="note">{ecosystem}</span>
          </span>
        ))}
        {row.packageCount > 2 ? <span className="note">and {row.packageCount - 2} more</span> : null}
      </>
    ),
    fileValue: (row) => row.packages.map(({ ecosystem, name }) => `${ecosystem}:${name}`),
  },
  {
    id: "exploited",
    header: "Exploited",
    stacked: "side",
    sortValue: (row) => Number(row.exploited),
    cell: (row) =>
      row.kind === "malware" ? (
        <State kind="affected">malicious</State>
      ) : row.exploited ? (
        <State kind="exploited">yes</State>
      ) : (
        <State kind="waits">not known</State>
      ),
    fileValue: (row) => row.exploited,
  },
  {
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
  },
  {
    id: "score",
    header: "Score",
    stacked: "line",
    sortValue: (row) => row.score,
    cell: (row) =>
      row.score === undefined ? <State kind="cannot-say">no vector</State> : <span className="number">{row.score.toFixed(1)}</span>,
    fileValue: (row) => row.score,
  },
  {
    id: "modified",
    header: "Changed",
    align: "end",
    stacked: "line",
    sortValue: (row) => row.modifiedMs,
    cell: (row) => <Instant ms={row.modifiedMs} form="day" inRow />,
    fileValue: (row) => new Date(row.modifiedMs).toISOString(),
  },
  {
    id: "published",
    header: "Published",
    align: "end",
    stacked: "none",
    isExtra: true,
    sortValue: (row) => row.publishedMs,
    cell: (row) =>
      row.publishedMs === undefined ? <State kind="cannot-say">none given</State> : <Instant ms={row.publishedMs} form="day" />,
    fileValue: (row) => (row.publishedMs === undefined ? undefined : new Date(row.publishedMs).toISOString()),
  },
];
