import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { listPackages } from "../../../contract/endpoints/record.ts";
import { Link } from "react-router";
import { statusQuery, type PackageRow, type Status } from "../../queries.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { RecordList } from "../../table/record-list.tsx";
import { useEcosystemFilter } from "../../table/ecosystem-filter.ts";
import { Command } from "../../ui/command.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty } from "../../ui/notice.tsx";
import { PackageName } from "../../ui/package-name.tsx";
import { State } from "../../ui/state.tsx";
import { packagePath } from "../../words/search-target.ts";
import { standingWord } from "../../words/standing-words.ts";

/** Every package named by an advisory. */
export function PackageList() {
  const status = useQuery(statusQuery);
  const ecosystem = useEcosystemFilter();
  const columns = useMemo(() => columnsFor(status.data), [status.data]);
  return (
    <RecordList
      title="Packages"
      lead="Every package named by an advisory, with what is known of it."
      name="packages"
      one="package"
      many="packages"
      searchLabel="Find a package"
      order="most vulnerabilities first"
      fields={[ecosystem]}
      columns={columns}
      rowId={(row) => `${row.ecosystem} ${row.name}`}
      rowName={(row) => row.name}
      rowSize="dense"
      read={(query, signal) => ask(listPackages, { query, signal })}
      renderEmpty={(isFiltered) =>
        isFiltered ? (
          <Empty title="No package matches">
            <p>
              No advisory held here names such a package. That is not “not affected”: see on the <Link to="/data">data page</Link> what is
              held for its ecosystem.
            </p>
          </Empty>
        ) : (
          <Empty title="No packages yet">
            <p>Packages come with advisories, and this server has taken none. Whoever runs it takes those of npm with:</p>
            <Command text="sluice sync npm" />
          </Empty>
        )
      }
    />
  );
}

function columnsFor(status: Status | undefined): readonly Column<PackageRow>[] {
  return [
    {
      id: "name",
      header: "Package",
      stacked: "name",
      isFixed: true,
      sortValue: (row) => row.name,
      cell: (row) => (
        <Link to={packagePath(row.ecosystem, row.name)}>
          <PackageName name={row.name} />
        </Link>
      ),
      fileValue: (row) => row.name,
    },
    {
      id: "ecosystem",
      header: "Ecosystem",
      stacked: "plain",
      sortValue: (row) => row.ecosystem,
      cell: (row) => row.ecosystem,
      fileValue: (row) => row.ecosystem,
    },
    {
      id: "vulnerabilities",
      header: "Vulnerabilities",
      align: "end",
      stacked: "line",
      sortValue: (row) => row.vulnerabilities,
      cell: (row) => row.vulnerabilities,
      fileValue: (row) => row.vulnerabilities,
    },
    {
      id: "exploited",
      header: "Exploited",
      stacked: "side",
      sortValue: (row) => row.exploited,
      cell: (row) => (row.exploited > 0 ? <State kind="exploited">{row.exploited}</State> : <State kind="waits">not known</State>),
      fileValue: (row) => row.exploited,
    },
    {
      id: "withoutPatch",
      header: "Without patch",
      align: "end",
      stacked: "line",
      sortValue: (row) => row.withoutPatch,
      cell: (row) => <span className={row.withoutPatch === 0 ? "zero" : ""}>{row.withoutPatch}</span>,
      fileValue: (row) => row.withoutPatch,
    },
    {
      id: "score",
      header: "Highest score",
      align: "end",
      stacked: "none",
      sortValue: (row) => row.highestScore,
      cell: (row) => (row.highestScore === undefined ? <State kind="cannot-say">no vector</State> : row.highestScore.toFixed(1)),
      fileValue: (row) => row.highestScore,
    },
    {
      id: "newest",
      header: "Newest change",
      align: "end",
      stacked: "none",
      sortValue: (row) => row.newestChangeMs,
      cell: (row) =>
        row.newestChangeMs === undefined ? (
          <State kind="cannot-say">none given</State>
        ) : (
          <Instant ms={row.newestChangeMs} form="day" inRow />
        ),
      fileValue: (row) => (row.newestChangeMs === undefined ? undefined : new Date(row.newestChangeMs).toISOString()),
    },
    {
      id: "data",
      header: "Data",
      stacked: "plain",
      cell: (row) => <DataAge status={status} ecosystem={row.ecosystem} />,
      fileValue: (row) => ageOf(status, row.ecosystem),
    },
  ];
}

function DataAge({ status, ecosystem }: { readonly status: Status | undefined; readonly ecosystem: string }) {
  if (status === undefined) return null;
  const held = standingOf(status, ecosystem);
  const stated = held?.standing?.statedAtMs;
  if (held === undefined || held.cannotSay !== undefined) {
    const word = standingWord(held?.cannotSay ?? "no-data");
    return (
      <State kind="cannot-say">
        cannot say{word === undefined ? "" : `, ${word}`}
        {word === undefined && stated !== undefined ? (
          <>
            , <Instant ms={stated} form="age" inRow />
          </>
        ) : null}
      </State>
    );
  }
  return stated === undefined ? null : <Instant ms={stated} form="age" inRow />;
}

function ageOf(status: Status | undefined, ecosystem: string): string | undefined {
  const stated = status === undefined ? undefined : standingOf(status, ecosystem)?.standing?.statedAtMs;
  return stated === undefined ? undefined : new Date(stated).toISOString();
}

/** `Debian:12` stands under `Debian` when the data is held for all releases at once. */
function standingOf(status: Status, ecosystem: string): Status["ecosystems"][number] | undefined {
  return (
    status.ecosystems.find((held) => held.ecosystem === ecosystem) ??
    status.ecosystems.find((held) => held.ecosystem === ecosystem.split(":")[0])
  );
}
