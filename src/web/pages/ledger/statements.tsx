import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { eraseStatement, readReceipt } from "../../../contract/endpoints/ledger.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { saveFile } from "../../table/rows-file.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { numberText } from "../../words/count-text.ts";
import { statementWords } from "../../words/ledger-words.ts";
import { statementsQuery, type StatementRow } from "./ledger-queries.ts";

/** The organisation's own statements, each with its receipt; an administrator erases one. */
export function Statements({ mayErase }: { readonly mayErase: boolean }) {
  const [after, setAfter] = useState<string>();
  const [erasing, setErasing] = useState<StatementRow>();
  const statements = useQuery(statementsQuery(after));
  const queryClient = useQueryClient();
  const task = useTask();
  if (statements.data === undefined) {
    return statements.isError ? (
      <Refusal title="The statements could not be read" error={statements.error} onRetry={() => void statements.refetch()} />
    ) : (
      <Skeleton rows={4} what="the statements" />
    );
  }
  if (statements.data.rows.length === 0 && after === undefined) {
    return (
      <Empty title="Nothing yet">
        <p>
          Whenever a release plan is agreed, a stage opens, a circle changes or research is shown, a statement of it comes here, with its
          receipt.
        </p>
      </Empty>
    );
  }
  const keep = ({ id }: StatementRow): Promise<boolean> =>
    task.run(async () => {
      const receipt = await ask(readReceipt, { params: { id } });
      saveFile(`receipt-${id}.json`, "application/json", `${JSON.stringify(receipt, undefined, 2)}\n`);
    }, "The receipt was kept");
  const erase = async ({ id }: StatementRow): Promise<void> => {
    await task.run(() => ask(eraseStatement, { params: { id } }), "The statement was erased");
    await queryClient.invalidateQueries({ queryKey: ["ledger"] });
  };
  return (
    <>
      <DataTable
        label="Statements"
        columns={columnsOf({ mayErase, isBusy: task.isBusy, onKeep: (row) => void keep(row), onErase: setErasing })}
        rows={statements.data.rows}
        rowId={({ id }) => id}
        rowSize="tall"
        isStale={statements.isPlaceholderData}
      />
      <KeyPages after={after} next={statements.data.next} onGo={setAfter} />
      {task.error === undefined ? null : <Refusal title="That was refused" error={task.error} />}
      <Confirm
        isOpen={erasing !== undefined}
        onClose={() => setErasing(undefined)}
        title="Erase the statement"
        word="Erase the statement"
        isEnd
        onConfirm={() => (erasing === undefined ? undefined : erase(erasing))}
      >
        <p>
          Its text and its nonce are destroyed. The leaf stays as noise, and nobody can show any more what it stood for. It cannot be
          undone.
        </p>
        <p>This does not reach backups made before, receipts that somebody has kept, and what people remember.</p>
      </Confirm>
    </>
  );
}

type Acts = {
  readonly mayErase: boolean;
  readonly isBusy: boolean;
  readonly onKeep: (row: StatementRow) => void;
  readonly onErase: (row: StatementRow) => void;
};

function columnsOf({ mayErase, isBusy, onKeep, onErase }: Acts): readonly Column<StatementRow>[] {
  return [
    {
      id: "kind",
      header: "Statement",
      cell: ({ kind, id }) => (
        <>
          <span className="row-name">{statementWords(kind)}</span>
          <span className="cell-second">
            <code>{id}</code>
          </span>
        </>
      ),
      fileValue: ({ kind }) => kind,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "state",
      header: "Leaf",
      cell: ({ index, erasedAtMs }) => {
        if (erasedAtMs !== undefined) return <State kind="no-fix">erased</State>;
        return index === undefined ? <State kind="waits">with the next batch</State> : <State kind="passed">{numberText(index)}</State>;
      },
      fileValue: ({ index }) => index,
      stacked: "plain",
    },
    {
      id: "at",
      header: "Recorded",
      cell: ({ recordedAtMs }) => <Instant ms={recordedAtMs} form="distance" />,
      fileValue: ({ recordedAtMs }) => new Date(recordedAtMs).toISOString(),
      stacked: "line",
    },
    {
      id: "acts",
      header: "Receipt",
      isHeaderHidden: true,
      align: "end",
      stacked: "side",
      cell: (row) =>
        row.erasedAtMs !== undefined ? null : (
          <>
            <Button size="row" label={`Keep the receipt of ${row.id}`} isDisabled={isBusy} onPress={() => onKeep(row)}>
              Keep the receipt
            </Button>{" "}
            {mayErase ? (
              <Button size="row" look="end" label={`Erase ${row.id}`} isDisabled={isBusy} onPress={() => onErase(row)}>
                Erase
              </Button>
            ) : null}
          </>
        ),
      fileValue: () => "",
    },
  ];
}
