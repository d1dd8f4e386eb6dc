import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { listOwnReads } from "../../../contract/endpoints/access-review.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";

type OwnRead = AnswerOf<typeof listOwnReads>["rows"][number];

function ownReadsQuery(after: string | undefined) {
  return queryOptions({
    queryKey: ["own reads", after],
    queryFn: ({ signal }) => ask(listOwnReads, { query: { limit: PAGE, ...(after === undefined ? {} : { after }) }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** What was written down of one's own reading: its owners see the same. */
export function OwnReads() {
  const [after, setAfter] = useState<string>();
  const reads = useQuery(ownReadsQuery(after));
  if (reads.data === undefined) {
    return reads.isError ? (
      <Refusal title="What you read could not be read" error={reads.error} onRetry={() => void reads.refetch()} />
    ) : (
      <Skeleton rows={2} what="what you read" />
    );
  }
  if (reads.data.rows.length === 0 && after === undefined) {
    return (
      <Empty title="Nothing yet">
        <p>Each time you are shown embargoed parts of a draft advisory, it is written down first, for you and for its owner.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable label="What you read" columns={columns} rows={reads.data.rows} rowId={({ id }) => id} isStale={reads.isPlaceholderData} />
      <KeyPages after={after} next={reads.data.next} onGo={setAfter} />
    </>
  );
}

const columns: readonly Column<OwnRead>[] = [
  {
    id: "draft",
    header: "Draft advisory",
    cell: ({ draft, advisory }) =>
      advisory === undefined ? (
        "one you may not see any more"
      ) : (
        <Link to={`/drafts/${draft}`}>
          <code>{advisory}</code>
        </Link>
      ),
    fileValue: ({ draft, advisory }) => advisory ?? draft,
    stacked: "name",
    isFixed: true,
  },
  { id: "owner", header: "Of", cell: ({ owner }) => owner.name ?? "not known", fileValue: ({ owner }) => owner.name, stacked: "line" },
  {
    id: "level",
    header: "Shown",
    cell: ({ level, research }) => (
      <>
        <LevelGauge level={level} />
        {research ? " research" : null}
      </>
    ),
    fileValue: ({ level }) => level,
    stacked: "plain",
  },
  {
    id: "at",
    header: "When",
    cell: ({ atMs }) => <Instant ms={atMs} form="distance" />,
    fileValue: ({ atMs }) => new Date(atMs).toISOString(),
    stacked: "side",
  },
];
