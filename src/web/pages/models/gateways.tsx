import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type GatewayRowAnswer, issueGateway, listGateways, revokeGateway } from "../../../contract/endpoints/gateways.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/command.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { endingCostText, gatewayBudgetText, gatewayShown } from "../../words/gateway-words.ts";
import "./gateways.css";
import "./models.css";

const gatewaysQuery = queryOptions({
  queryKey: ["models", "gateways"],
  queryFn: ({ signal }) => ask(listGateways, { signal }),
  refetchInterval: 30_000,
});

type IssuedGateway = { readonly name: string; readonly credential: string };

/** Gateways that a lab runs where its models are: the credential of each is shown once. */
export function Gateways({ session }: { readonly session: Session }) {
  const found = useQuery(gatewaysQuery);
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const task = useTask();
  const [isIssuing, setIsIssuing] = useState(false);
  const [issued, setIssued] = useState<IssuedGateway>();
  const [ending, setEnding] = useState<GatewayRowAnswer>();
  const mayIssue = session.acting.role === "administrator";
  const changed = (): Promise<void> => queryClient.invalidateQueries({ queryKey: gatewaysQuery.queryKey });
  const revoke = async ({ id, name }: GatewayRowAnswer): Promise<void> => {
    await task.run(() => ask(revokeGateway, { params: { gateway: id } }), `${name} is ended`);
    await changed();
  };
  return (
    <Section title="Gateways on your premises" note="For models whose key stays with you. They serve your models and no others.">
      {issued === undefined ? null : <NewGateway issued={issued} onKept={() => setIssued(undefined)} />}
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The gateways could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={1} what="the gateways" rowHeight={54} />
        )
      ) : found.data.rows.length === 0 ? (
        isIssuing ? null : (
          <Empty title="No gateway of your own">
            <p>
              None is needed where this installation keeps a model’s key, sealed. Run one where no key may leave you: prompts and answers
              then stay on your premises too, and this server gets counts.{" "}
              {mayIssue ? "" : "An administrator of your lab issues its credential."}
            </p>
          </Empty>
        )
      ) : (
        <DataTable
          label="Gateways on your premises"
          columns={columnsOf({ nowMs, mayIssue, onEnd: setEnding })}
          rows={found.data.rows}
          rowId={({ id }) => id}
          rowSize="tall"
        />
      )}
      {task.error === undefined ? null : <Refusal title="The gateway was not ended" error={task.error} />}
      {mayIssue && !isIssuing ? (
        <div className="section-acts">
          <Button onPress={() => setIsIssuing(true)}>Issue a gateway’s credential</Button>
        </div>
      ) : null}
      {isIssuing ? (
        <IssueGateway
          onClose={() => setIsIssuing(false)}
          onIssued={(gateway) => {
            setIssued(gateway);
            setIsIssuing(false);
            void changed();
          }}
        />
      ) : null}
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`End ${ending?.name ?? "the gateway"}`}
        word="End the gateway"
        isEnd
        onConfirm={() => (ending === undefined ? undefined : revoke(ending))}
      >
        <p>
          Its credential is revoked: nothing goes through it any more within 1 second, and open streams are cut. What it recorded stays with
          you. It cannot be undone; you can issue another credential.
        </p>
        {ending === undefined ? null : <p>{endingCostText(ending)}</p>}
      </Confirm>
    </Section>
  );
}

function IssueGateway({ onClose, onIssued }: { readonly onClose: () => void; readonly onIssued: (issued: IssuedGateway) => void }) {
  const task = useTask();
  const [name, setName] = useState("");
  const issue = (): Promise<boolean> =>
    task.run(async () => {
      const { credential } = await ask(issueGateway, { body: { name: name.trim() } });
      onIssued({ name: name.trim(), credential });
    }, "The credential is shown, this once");
  return (
    <FormPanel
      title="Issue a gateway’s credential"
      lead={<p>It is shown once. The gateway states it to this server, which tells it who may use your models.</p>}
      word="Issue the credential"
      onSubmit={() => void issue()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" ? "A name is needed." : undefined}
      error={task.error}
      refused="No credential was issued"
    >
      <TextInput label="Name" hint="Where it runs, such as “hall 2”." value={name} onChange={setName} />
    </FormPanel>
  );
}

/** A credential that was just issued: it is in this answer and nowhere else. */
function NewGateway({ issued: { name, credential }, onKept }: { readonly issued: IssuedGateway; readonly onKept: () => void }) {
  return (
    <section className="notice new-gateway" aria-label={`The credential of ${name}, shown this once`}>
      <h3>The credential of {name}, shown this once</h3>
      <p className="second">On the machine that is to be the gateway. A window’s own key is then given there, and not here.</p>
      <Command text={`export SLUICE_GATEWAY_TOKEN=${credential}`} />
      <Command text={`npx sluice gateway --server ${location.origin}`} />
      <p className="note">
        Only its digest is kept. Whoever loses it ends the gateway here and issues another. <code>sluice gateway credential WINDOW</code>{" "}
        keeps a window’s key, read from standard input; the page of the model shows it with the window’s id.
      </p>
      <Button onPress={onKept}>It is kept</Button>
    </section>
  );
}

type Shown = { readonly nowMs: number; readonly mayIssue: boolean; readonly onEnd: (gateway: GatewayRowAnswer) => void };

function columnsOf({ nowMs, mayIssue, onEnd }: Shown): readonly Column<GatewayRowAnswer>[] {
  return [
    {
      id: "name",
      header: "Gateway",
      cell: ({ name, issuedAtMs }) => (
        <>
          <strong>{name}</strong>
          <span className="cell-second">
            issued <Instant ms={issuedAtMs} form="distance" inRow />
          </span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "state",
      header: "State",
      cell: (gateway) => {
        const { kind, word } = gatewayShown(gateway, nowMs);
        const budget = gatewayBudgetText(gateway);
        return (
          <>
            <State kind={kind}>{word}</State>
            {budget === undefined ? null : <span className="cell-second">{budget}</span>}
          </>
        );
      },
      fileValue: (gateway) => gatewayShown(gateway, nowMs).word,
      stacked: "plain",
      widthPercent: 32,
    },
    {
      id: "seen",
      header: "Last heard of",
      cell: ({ lastSeenAtMs }) =>
        lastSeenAtMs === undefined ? <span className="zero">never</span> : <Instant ms={lastSeenAtMs} form="distance" />,
      fileValue: ({ lastSeenAtMs }) => (lastSeenAtMs === undefined ? undefined : new Date(lastSeenAtMs).toISOString()),
      stacked: "line",
      widthPercent: 22,
    },
    {
      id: "end",
      header: "End",
      isHeaderHidden: true,
      align: "end",
      cell: (gateway) =>
        gateway.revokedAtMs !== undefined || !mayIssue ? null : (
          <Button size="row" look="end" label={`End ${gateway.name}`} onPress={() => onEnd(gateway)}>
            End
          </Button>
        ),
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 12,
    },
  ];
}
