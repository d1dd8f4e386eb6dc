import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { type ReadEvent, type ReadsOf, readsQuery } from "./access-queries.ts";

/** Who read which level, newest first: of all own drafts, or of one draft, organisation or person. */
export function ReadInRegister({ of }: { readonly of: ReadsOf }) {
  const [after, setAfter] = useState<string>();
  const reads = useQuery(readsQuery(of, { after }));
  if (reads.data === undefined) {
    return reads.isError ? (
      <Refusal title="The register could not be read" error={reads.error} onRetry={() => void reads.refetch()} />
    ) : (
      <Skeleton rows={3} what="the register" rowHeight={54} />
    );
  }
  if (reads.data.rows.length === 0 && after === undefined) {
    return (
      <Empty title="Nobody has read it">
        <p>Each time embargoed parts are shown, to a person or to a program, it is written down here first.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable
        label="Read-in register"
        columns={of.draft === undefined ? columns : columns.filter(({ id }) => id !== "draft")}
        rows={reads.data.rows}
        rowId={({ id }) => id}
        rowSize="tall"
        isStale={reads.isPlaceholderData}
      />
      <KeyPages after={after} next={reads.data.next} onGo={setAfter} />
    </>
  );
}

const columns: readonly Column<ReadEvent>[] = [
  {
    id: "who",
    header: "Who",
    cell: ({ person, organisation }) => (
      <>
        {person.name === undefined ? (
          <>
            A member <code title={person.id}>{person.id.slice(0, 8)}</code>
          </>
        ) : (
          <Link to={`/access/members/${person.id}`}>{person.name}</Link>
        )}
        <span className="cell-second">
          {person.name === undefined ? (
            <Link to={`/access/organisations/${organisation.id}`}>{organisation.name ?? organisation.id}</Link>
          ) : (
            (organisation.name ?? organisation.id)
          )}
        </span>
      </>
    ),
    fileValue: ({ person, organisation }) => `${person.name ?? person.id} of ${organisation.name ?? organisation.id}`,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "draft",
    header: "Draft advisory",
    cell: ({ draft }) => (
      <Link to={`/access/drafts/${draft.id}`}>
        <code>{draft.advisory}</code>
      </Link>
    ),
    fileValue: ({ draft }) => draft.advisory,
    stacked: "line",
    widthPercent: 28,
  },
  {
    id: "level",
    header: "Shown",
    cell: ({ level, research }) => (
      <>
        <LevelGauge level={level} />
        {research ? <span className="cell-second">research</span> : null}
      </>
    ),
    fileValue: ({ level, research }) => (research ? `${level}, research` : level),
    stacked: "plain",
    widthPercent: 16,
  },
  {
    id: "at",
    header: "When",
    cell: ({ atMs }) => <Instant ms={atMs} form="distance" />,
    fileValue: ({ atMs }) => new Date(atMs).toISOString(),
    stacked: "side",
    widthPercent: 18,
  },
];
