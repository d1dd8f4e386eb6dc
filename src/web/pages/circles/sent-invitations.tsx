import { useQuery, useQueryClient } from "@tanstack/react-query";
import { withdrawCircleInvitation } from "../../../contract/endpoints/circles.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { invitationShown } from "../../words/circle-words.ts";
import { type Circle, circleKeys, type SentInvitation, sentInvitationsQuery } from "./circle-queries.ts";

/** Whom the owner invited, and what came of it. */
export function SentInvitations({ circle }: { readonly circle: Circle }) {
  const sent = useQuery(sentInvitationsQuery(circle.id));
  const queryClient = useQueryClient();
  const task = useTask();
  if (sent.data === undefined) {
    return sent.isError ? (
      <Refusal title="The invitations could not be read" error={sent.error} onRetry={() => void sent.refetch()} />
    ) : (
      <Skeleton rows={2} what="the invitations" rowHeight={54} />
    );
  }
  if (sent.data.rows.length === 0) {
    return (
      <Empty title="Nobody was invited yet">
        <p>An invitation and what came of it stand here.</p>
      </Empty>
    );
  }
  const withdraw = async ({ id }: SentInvitation): Promise<void> => {
    await task.run(() => ask(withdrawCircleInvitation, { params: { invitation: id } }), "The invitation is withdrawn");
    await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
  return (
    <>
      <DataTable
        label="Invitations sent"
        columns={columnsOf(task.isBusy, (row) => void withdraw(row))}
        rows={sent.data.rows}
        rowId={({ id }) => id}
        rowSize="tall"
      />
      {sent.data.next === undefined ? null : <p className="note">The last 40 are shown; the API lists the rest.</p>}
      {task.error === undefined ? null : <Refusal title="The invitation was not withdrawn" error={task.error} />}
    </>
  );
}

function columnsOf(isBusy: boolean, onWithdraw: (row: SentInvitation) => void): readonly Column<SentInvitation>[] {
  return [
    {
      id: "organisation",
      header: "Organisation",
      cell: ({ organisation }) => organisation.name ?? <code>{organisation.id}</code>,
      fileValue: ({ organisation }) => organisation.name ?? organisation.id,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "state",
      header: "State",
      cell: ({ state, answerByMs, answeredAtMs }) => (
        <>
          <State kind={invitationShown(state).kind}>{invitationShown(state).word}</State>
          <span className="cell-second">
            <Instant ms={answeredAtMs ?? answerByMs} form="distance" />
          </span>
        </>
      ),
      fileValue: ({ state }) => state,
      stacked: "plain",
      widthPercent: 26,
    },
    {
      id: "until",
      header: "Membership until",
      cell: ({ memberUntilMs }) => (memberUntilMs === undefined ? "no end" : <Instant ms={memberUntilMs} form="day" />),
      fileValue: ({ memberUntilMs }) => (memberUntilMs === undefined ? undefined : new Date(memberUntilMs).toISOString()),
      stacked: "line",
      widthPercent: 18,
    },
    {
      id: "do",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: (row) =>
        row.state === "open" ? (
          <Button
            size="row"
            label={`Withdraw the invitation of ${row.organisation.name ?? row.organisation.id}`}
            isDisabled={isBusy}
            onPress={() => onWithdraw(row)}
          >
            Withdraw
          </Button>
        ) : null,
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 14,
    },
  ];
}
