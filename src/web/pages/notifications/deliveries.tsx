import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { retryDelivery, type listDeliveries } from "../../../contract/endpoints/notifications.ts";
import type { DeliveryState } from "../../../vocabulary/notification.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { State, type StateKind } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";
import { workQuery } from "../../shell/work.ts";
import { deliveriesQuery } from "./notification-queries.ts";

type Delivery = AnswerOf<typeof listDeliveries>["rows"][number];

const states: Readonly<Record<DeliveryState, { readonly kind: StateKind; readonly word: string }>> = {
  waiting: { kind: "waits", word: "waits" },
  delivered: { kind: "passed", word: "delivered" },
  failed: { kind: "affected", word: "failed" },
  withdrawn: { kind: "refuted", word: "withdrawn" },
};

/** What went out to one's mailbox and, for administrators, to webhooks. */
export function Deliveries() {
  const deliveries = useQuery(deliveriesQuery);
  const queryClient = useQueryClient();
  const task = useTask();
  if (deliveries.data === undefined) {
    return deliveries.isError ? (
      <Refusal title="The deliveries could not be read" error={deliveries.error} onRetry={() => void deliveries.refetch()} />
    ) : (
      <Skeleton rows={3} what="the deliveries" />
    );
  }
  const retry = async (delivery: string): Promise<void> => {
    await task.run(() => ask(retryDelivery, { params: { delivery } }), "It is tried again");
    await Promise.all([deliveriesQuery, workQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
  };
  const { rows, next } = deliveries.data;
  if (rows.length === 0) {
    return (
      <Empty title="Nothing went out yet">
        <p>What is told goes from here to your mailbox and to webhooks, and how it went stays here.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable label="Deliveries" columns={columnsWith(retry, task.isBusy)} rows={rows} rowId={({ id }) => id} />
      {next === undefined ? null : <p className="note">The last 40 are shown; the API lists the rest.</p>}
      {task.error === undefined ? null : <Refusal title="It was not tried again" error={task.error} />}
    </>
  );
}

function columnsWith(retry: (delivery: string) => Promise<void>, isBusy: boolean): readonly Column<Delivery>[] {
  return [
    {
      id: "to",
      header: "To",
      cell: ({ channel, location }) => (channel === "mail" ? "your mailbox" : <code>{location ?? "a removed webhook"}</code>),
      fileValue: ({ channel, location }) => location ?? channel,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "state",
      header: "State",
      cell: ({ state, attempts, nextAtMs, reason }) => (
        <>
          <State kind={attempts > 0 && state === "waiting" ? "due" : states[state].kind}>
            {attempts > 0 && state === "waiting" ? "delayed" : states[state].word}
          </State>
          {reason === undefined ? null : <span className="cell-second">{reason}</span>}
          {nextAtMs === undefined || attempts === 0 ? null : (
            <span className="cell-second">
              after {countText(attempts, "attempt")}, again <Instant ms={nextAtMs} form="distance" />
            </span>
          )}
        </>
      ),
      fileValue: ({ state, reason }) => (reason === undefined ? state : `${state}: ${reason}`),
      stacked: "plain",
      widthPercent: 46,
    },
    {
      id: "at",
      header: "Last tried",
      cell: ({ atMs, attempts }) => (attempts === 0 ? "not yet" : <Instant ms={atMs} form="distance" />),
      fileValue: ({ atMs }) => new Date(atMs).toISOString(),
      stacked: "line",
      widthPercent: 16,
    },
    {
      id: "again",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: ({ id, state, channel, location }) =>
        state === "failed" ? (
          <Button size="row" label={`Try again to ${location ?? channel}`} isDisabled={isBusy} onPress={() => void retry(id)}>
            Try again
          </Button>
        ) : null,
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 12,
    },
  ];
}
