import { useQueryClient } from "@tanstack/react-query";
import { revokeSession } from "../../../contract/endpoints/account.ts";
import { ask } from "../../server-client.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { useTask } from "../../ui/use-task.ts";
import { browserWord } from "../../words/browser-word.ts";
import { wayWord } from "../../words/role-words.ts";
import { type Account, accountQuery } from "./account-queries.ts";

type Session = Account["sessions"][number];

export function Sessions({ sessions }: { readonly sessions: readonly Session[] }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const end = async (session: string): Promise<void> => {
    await task.run(() => ask(revokeSession, { params: { session } }), "The session was ended");
    await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
  };
  return (
    <>
      <DataTable
        label="Sessions"
        columns={columnsOf(task.isBusy, (id) => void end(id))}
        rows={sessions}
        rowId={({ id }) => id}
        rowSize="tall"
      />
      <RefusedWay title="The session was not ended" error={task.error} />
    </>
  );
}

function columnsOf(isBusy: boolean, onEnd: (session: string) => void): readonly Column<Session>[] {
  return [
    {
      id: "agent",
      header: "Where",
      stacked: "name",
      cell: ({ agent, way }) => (
        <>
          <span className="row-name">{browserWord(agent)}</span>
          <span className="cell-second">by {wayWord(way)}</span>
        </>
      ),
      fileValue: ({ agent }) => agent ?? "",
    },
    {
      id: "started",
      header: "Began",
      stacked: "line",
      cell: ({ startedAtMs }) => <Instant ms={startedAtMs} form="distance" />,
      fileValue: ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
    },
    {
      id: "used",
      header: "Last used",
      stacked: "line",
      cell: ({ lastUsedAtMs }) => <Instant ms={lastUsedAtMs} form="distance" />,
      fileValue: ({ lastUsedAtMs }) => new Date(lastUsedAtMs).toISOString(),
    },
    {
      id: "end",
      header: "End",
      isHeaderHidden: true,
      align: "end",
      stacked: "side",
      cell: (session) =>
        session.own ? (
          <span className="note">this one</span>
        ) : (
          <Button
            size="row"
            look="end"
            label={`End the session in ${browserWord(session.agent)}`}
            isDisabled={isBusy}
            onPress={() => onEnd(session.id)}
          >
            End
          </Button>
        ),
      fileValue: () => "",
    },
  ];
}
