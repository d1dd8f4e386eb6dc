import { Link } from "react-router";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import type { listNotifications } from "../../../contract/endpoints/notifications.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Instant } from "../../ui/instant.tsx";
import { State } from "../../ui/state.tsx";

export type NotificationRow = AnswerOf<typeof listNotifications>["rows"][number];

export function NotificationTable({
  rows,
  label,
  isStale = false,
}: {
  readonly rows: readonly NotificationRow[];
  readonly label: string;
  readonly isStale?: boolean;
}) {
  return <DataTable label={label} columns={columns} rows={rows} rowId={({ id }) => id} hasKeys isStale={isStale} />;
}

const columns: readonly Column<NotificationRow>[] = [
  {
    id: "what",
    header: "What",
    cell: ({ id, sentence }) => <Link to={`/notifications/${id}`}>{sentence}</Link>,
    fileValue: ({ sentence }) => sentence,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "seen",
    header: "Opened",
    cell: ({ seenAtMs }) => (seenAtMs === undefined ? <State kind="in-force">not yet</State> : <State kind="opened">opened</State>),
    fileValue: ({ seenAtMs }) => seenAtMs,
    stacked: "plain",
    widthPercent: 14,
  },
  {
    id: "at",
    header: "When",
    cell: ({ atMs }) => <Instant ms={atMs} form="distance" inRow />,
    fileValue: ({ atMs }) => new Date(atMs).toISOString(),
    stacked: "side",
    widthPercent: 18,
  },
];
