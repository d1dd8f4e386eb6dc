import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { revokeModelToken } from "../../../contract/endpoints/exchanges.ts";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { tokenShown } from "../../words/grant-words.ts";
import { type Grant, type ModelToken, modelTokensQuery, useGrantsChanged } from "./grant-queries.ts";
import { type IssuedToken, IssueModelToken, NewToken } from "./issue-model-token.tsx";

/** Tokens of one's organisation for one grant: each for one purpose, each with an end. */
export function ModelTokens({ grant, session }: { readonly grant: Grant; readonly session: Session }) {
  const found = useQuery(modelTokensQuery(grant.id));
  const nowMs = useNow();
  const task = useTask();
  const changed = useGrantsChanged();
  const [isMaking, setIsMaking] = useState(false);
  const [issued, setIssued] = useState<IssuedToken>();
  const [ending, setEnding] = useState<ModelToken>();
  const isOver = grant.endedAtMs !== undefined || grant.window.state === "closed";
  const isAdministrator = session.acting.role === "administrator";
  const revoke = async ({ id, name }: ModelToken): Promise<void> => {
    await task.run(() => ask(revokeModelToken, { params: { grant: grant.id, token: id } }), `${name} is revoked`);
    await changed();
  };
  return (
    <Section title="Tokens" note="One purpose each. They end with the grant in any case.">
      {issued === undefined ? null : <NewToken grant={grant} issued={issued} onKept={() => setIssued(undefined)} />}
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The tokens could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={2} what="the tokens" rowHeight={54} />
        )
      ) : found.data.rows.length === 0 ? (
        isMaking ? null : (
          <Empty title="No token yet">
            <p>
              {isOver
                ? "None was made while the window was open."
                : "Your tool states one to the gateway as its API key. Make one for what you want to find out."}
            </p>
          </Empty>
        )
      ) : (
        <DataTable
          label="Tokens"
          columns={columnsOf({ nowMs, isOver, isAdministrator, onEnd: setEnding })}
          rows={found.data.rows}
          rowId={({ id }) => id}
          rowSize="tall"
        />
      )}
      {task.error === undefined ? null : <Refusal title="The token was not revoked" error={task.error} />}
      {isOver || isMaking ? null : (
        <div className="section-acts">
          <Button onPress={() => setIsMaking(true)}>Make a token</Button>
        </div>
      )}
      {isMaking ? (
        <IssueModelToken
          grant={grant}
          onClose={() => setIsMaking(false)}
          onIssued={(token) => {
            setIssued(token);
            setIsMaking(false);
          }}
        />
      ) : null}
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`Revoke ${ending?.name ?? "the token"}`}
        word="Revoke the token"
        isEnd
        onConfirm={() => (ending === undefined ? undefined : revoke(ending))}
      >
        <p>Tools that state it are refused, and its open streams are cut within 1 second. It cannot be undone; you can make another.</p>
      </Confirm>
    </Section>
  );
}

type Shown = {
  readonly nowMs: number;
  readonly isOver: boolean;
  readonly isAdministrator: boolean;
  readonly onEnd: (token: ModelToken) => void;
};

function columnsOf({ nowMs, isOver, isAdministrator, onEnd }: Shown): readonly Column<ModelToken>[] {
  return [
    {
      id: "name",
      header: "Token",
      cell: ({ name, own, issuedAtMs }) => (
        <>
          <strong>{name}</strong>
          <span className="cell-second">
            made by {own ? "you" : "another member"} <Instant ms={issuedAtMs} form="distance" inRow />
          </span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
      widthPercent: 24,
    },
    {
      id: "purpose",
      header: "Purpose",
      cell: ({ purpose }) => purpose,
      fileValue: ({ purpose }) => purpose,
      stacked: "plain",
    },
    {
      id: "state",
      header: "State",
      cell: (token) => {
        const { kind, word } = tokenShown(token, { nowMs, isOver });
        return (
          <>
            <State kind={kind}>{word}</State>
            {kind === "in-force" || kind === "due" ? (
              <span className="cell-second">
                ends <Instant ms={token.expiresAtMs} form="distance" />
              </span>
            ) : null}
          </>
        );
      },
      fileValue: (token) => tokenShown(token, { nowMs, isOver }).word,
      stacked: "plain",
      widthPercent: 18,
    },
    {
      id: "used",
      header: "Last used",
      cell: ({ lastUsedAtMs }) =>
        lastUsedAtMs === undefined ? <span className="zero">never</span> : <Instant ms={lastUsedAtMs} form="distance" />,
      fileValue: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? undefined : new Date(lastUsedAtMs).toISOString()),
      stacked: "line",
      widthPercent: 15,
    },
    {
      id: "end",
      header: "Revoke",
      isHeaderHidden: true,
      align: "end",
      cell: (token) =>
        token.revokedAtMs !== undefined || token.expiresAtMs <= nowMs || isOver || !(token.own || isAdministrator) ? null : (
          <Button size="row" look="end" label={`Revoke ${token.name}`} onPress={() => onEnd(token)}>
            Revoke
          </Button>
        ),
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 10,
    },
  ];
}
