import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revokeToken } from "../../../contract/endpoints/access-tokens.ts";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Session } from "../../shell/session.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { type Token, tokensQuery } from "./account-queries.ts";
import { IssueToken } from "./issue-token.tsx";

export function Tokens({ session }: { readonly session: Session }) {
  const queryClient = useQueryClient();
  const found = useQuery(tokensQuery);
  const nowMs = useNow();
  const task = useTask();
  const [ending, setEnding] = useState<Token>();
  const revoke = async (token: Token): Promise<void> => {
    await task.run(() => ask(revokeToken, { params: { token: token.id } }), `${token.name} was revoked`);
    await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <>
      {found.isError ? (
        <Refusal title="Tokens could not be read" error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton rows={2} what="tokens" rowHeight={54} />
      ) : found.data.tokens.length === 0 ? (
        <Empty title="No token yet">
          <p>
            A program that scans, reads notices or writes drafts for {session.acting.name} shows one as{" "}
            <code>Authorization: Bearer slu_…</code>
          </p>
        </Empty>
      ) : (
        <DataTable
          label="Access tokens"
          columns={columnsOf(nowMs, setEnding)}
          rows={found.data.tokens}
          rowId={({ id }) => id}
          rowSize="tall"
        />
      )}
      <RefusedWay title="The token was not revoked" error={task.error} />
      {session.verbs.includes("token.issue") ? <IssueToken session={session} /> : null}
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`Revoke ${ending?.name ?? "the token"}`}
        word="Revoke the token"
        isEnd
        onConfirm={() => (ending === undefined ? undefined : revoke(ending))}
      >
        <p>Programs that show it are refused from the next request on. It cannot be undone.</p>
      </Confirm>
    </>
  );
}

function columnsOf(nowMs: number, onEnd: (token: Token) => void): readonly Column<Token>[] {
  return [
    {
      id: "name",
      header: "Token",
      stacked: "name",
      cell: ({ name, owner, own, verbs, shows }) => (
        <>
          <span className="row-name">{name}</span>
          <span className="cell-second">
            {own ? "" : `${owner.name}: `}
            {verbs.join(", ")}; up to {shows}
          </span>
        </>
      ),
      fileValue: ({ name }) => name,
    },
    {
      id: "state",
      header: "State",
      stacked: "line",
      cell: ({ revokedAtMs, expiresAtMs }) =>
        revokedAtMs !== undefined ? (
          <State kind="blocked">revoked</State>
        ) : expiresAtMs <= nowMs ? (
          <State kind="refuted">expired</State>
        ) : (
          <State kind="in-force">
            ends <Instant ms={expiresAtMs} form="distance" />
          </State>
        ),
      fileValue: ({ expiresAtMs }) => new Date(expiresAtMs).toISOString(),
    },
    {
      id: "used",
      header: "Last used",
      stacked: "line",
      cell: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "never" : <Instant ms={lastUsedAtMs} form="distance" />),
      fileValue: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "" : new Date(lastUsedAtMs).toISOString()),
    },
    {
      id: "end",
      header: "Revoke",
      isHeaderHidden: true,
      align: "end",
      stacked: "side",
      cell: (token) =>
        token.revokedAtMs !== undefined || token.expiresAtMs <= nowMs ? null : (
          <Button size="row" look="end" label={`Revoke ${token.name}`} onPress={() => onEnd(token)}>
            Revoke
          </Button>
        ),
      fileValue: () => "",
    },
  ];
}
