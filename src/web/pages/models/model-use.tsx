import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { endGrant } from "../../../contract/endpoints/grants.ts";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText, numberText } from "../../words/count-text.ts";
import { readerZone } from "../../words/instant-text.ts";
import { amountText } from "../../words/model-words.ts";
import { grantTermsText } from "../../words/terms-words.ts";
import { addUpUse, type UseRow } from "../../words/use-rows.ts";
import { type Grant, type Model, type Stop, stopsQuery, type UsedHours, useModelsChanged, useOfModelQuery } from "./model-queries.ts";
import { ExportUse } from "./export-use.tsx";
import { GrantForm } from "./grant-form.tsx";
import { StopForm, Stops } from "./stops.tsx";

const DAYS = 16;

/** Use by organisation and purpose, with the way to end each. */
export function ModelUse({
  model,
  grants,
  mayChange,
  mayStop,
}: {
  readonly model: Model;
  readonly grants: readonly Grant[] | undefined;
  readonly mayChange: boolean;
  readonly mayStop: boolean;
}) {
  const use = useQuery(useOfModelQuery(model.id));
  const stops = useQuery(stopsQuery(model.id)).data?.rows ?? [];
  const nowMs = useNow();
  const task = useTask();
  const changed = useModelsChanged();
  const [ending, setEnding] = useState<Grant>();
  const [changing, setChanging] = useState<Grant>();
  const [stopping, setStopping] = useState<Grant["organisation"]>();
  const isOwn = model.side === "grantee";
  const end = async ({ id, organisation }: Grant): Promise<void> => {
    await task.run(() => ask(endGrant, { params: { grant: id } }), `The use of ${organisation.name ?? "the organisation"} is ended`);
    await changed();
  };
  return (
    <Section
      title={isOwn ? "What you used" : "Who used it, and why"}
      note={
        isOwn
          ? "By purpose, as the lab sees it too."
          : "Counts, times and purposes. Texts of what was sent are for whoever sent them; the lab’s own endpoint receives every prompt."
      }
    >
      <Body use={use} grants={grants}>
        {(hours, known) => {
          const rows = addUpUse(hours, known, { nowMs, zone: readerZone(), days: DAYS });
          if (rows.length === 0) {
            return (
              <Empty title="Nobody can use it yet">
                <p>
                  {model.side === "lab"
                    ? "Grant an organisation use in a testing window above. Who used it, what for and how much then stands here."
                    : "The lab grants use. Who used it, what for and how much then stands here."}
                </p>
              </Empty>
            );
          }
          return (
            <DataTable
              label={isOwn ? "What you used" : "Use by organisation and purpose"}
              columns={columnsOf({
                rows,
                grants: known,
                stops,
                mayChange,
                mayStop,
                termsVersion: model.termsVersion,
                onEnd: setEnding,
                onStop: setStopping,
                onChange: setChanging,
              })}
              rows={rows}
              rowId={({ id }) => id}
              rowSize="tall"
            />
          );
        }}
      </Body>
      {use.data === undefined ? null : <ExportUse name={model.name} hours={use.data.rows} />}
      {use.data?.isCutOff === true ? (
        <p className="note">The newest 5,000 hours are added up; the API lists the earlier ones. The budget below counts all of it.</p>
      ) : null}
      {mayChange && changing !== undefined ? (
        <GrantForm key={changing.id} model={model} window={changing.window} grant={changing} onClose={() => setChanging(undefined)} />
      ) : null}
      {mayStop && stopping !== undefined ? <StopForm model={model} organisation={stopping} onClose={() => setStopping(undefined)} /> : null}
      <Stops model={model} stops={stops} />
      {task.error === undefined ? null : <Refusal title="It was not ended" error={task.error} />}
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`End the use of ${ending?.organisation.name ?? "this organisation"}`}
        word="End its use"
        onConfirm={() => (ending === undefined ? undefined : end(ending))}
        isEnd
      >
        <p>
          Its tokens are revoked, and its open streams are cut within 1 second. The key stays for the others. You can grant it use again, in
          a window that is open.
        </p>
      </Confirm>
    </Section>
  );
}

function Body({
  use,
  grants,
  children,
}: {
  readonly use: UseQueryResult<UsedHours>;
  readonly grants: readonly Grant[] | undefined;
  readonly children: (hours: Parameters<typeof addUpUse>[0], grants: readonly Grant[]) => ReactNode;
}) {
  if (use.data !== undefined && grants !== undefined) return children(use.data.rows, grants);
  return use.isError ? (
    <Refusal title="What was used could not be read" error={use.error} onRetry={() => void use.refetch()} />
  ) : (
    <Skeleton rows={3} what="what was used" rowHeight={54} />
  );
}

type Told = {
  readonly rows: readonly UseRow[];
  readonly grants: readonly Grant[];
  readonly stops: readonly Stop[];
  readonly mayChange: boolean;
  readonly mayStop: boolean;
  readonly termsVersion: number;
  readonly onEnd: (grant: Grant) => void;
  readonly onStop: (organisation: Grant["organisation"]) => void;
  readonly onChange: (grant: Grant) => void;
};

function columnsOf({ rows, grants, stops, mayChange, mayStop, termsVersion, onEnd, onStop, onChange }: Told): readonly Column<UseRow>[] {
  const most = Math.max(1, ...rows.flatMap(({ days }) => days));
  const grantOf = (row: UseRow): Grant | undefined => grants.find(({ id }) => id === row.grant);
  const placeOf = (grant: Grant | undefined): string => {
    if (grant === undefined) return "an earlier window";
    const under = grantTermsText(grant.termsVersion, termsVersion);
    return under === undefined ? grant.window.name : `${grant.window.name}, ${under}`;
  };
  const isStopped = ({ organisation }: UseRow): boolean =>
    stops.some(
      ({ organisation: stopped, token, liftedAtMs }) =>
        liftedAtMs === undefined && token === undefined && (stopped === undefined || stopped.id === organisation.id),
    );
  const isFirst = (row: UseRow): boolean => rows.find(({ grant }) => grant === row.grant)?.id === row.id;
  return [
    {
      id: "organisation",
      header: "Organisation",
      cell: (row) => (
        <>
          <strong>{row.organisation.name ?? "an organisation you do not know"}</strong>
          <span className="cell-second">{placeOf(grantOf(row))}</span>
        </>
      ),
      fileValue: ({ organisation }) => organisation.name ?? organisation.id,
      stacked: "name",
      isFixed: true,
      widthPercent: 20,
    },
    {
      id: "purpose",
      header: "Purpose, in the terms",
      cell: ({ purpose }) => purpose,
      fileValue: ({ purpose }) => purpose,
      stacked: "plain",
    },
    {
      id: "days",
      header: `Requests a day, ${DAYS} days`,
      cell: ({ days }) => <DayBars days={days} most={most} />,
      fileValue: ({ days }) => days.map(String),
      stacked: "none",
      widthPercent: 15,
    },
    {
      id: "requests",
      header: "Requests",
      cell: ({ requests, incomplete }) => (
        <>
          {requests === 0 ? <span className="zero">0</span> : numberText(requests)}
          {incomplete === 0 ? null : <span className="cell-second">{numberText(incomplete)} cut or refused</span>}
        </>
      ),
      fileValue: ({ requests }) => requests,
      align: "end",
      stacked: "line",
      widthPercent: 11,
    },
    {
      id: "tokens",
      header: "Tokens",
      cell: ({ tokens, unknownUsage }) => (
        <>
          {tokens === 0 ? <span className="zero">0</span> : amountText(tokens)}
          {unknownUsage === 0 ? null : <span className="cell-second">{countText(unknownUsage, "request")} without usage</span>}
        </>
      ),
      fileValue: ({ tokens }) => tokens,
      align: "end",
      stacked: "line",
      widthPercent: 12,
    },
    {
      id: "last",
      header: "Last",
      cell: (row) => {
        const grant = grantOf(row);
        return (
          <>
            <LastUse hourMs={row.lastMs} />
            {grant?.endedAtMs === undefined ? (
              isStopped(row) ? (
                <span className="cell-second">
                  <State kind="blocked">stopped</State>
                </span>
              ) : null
            ) : (
              <span className="cell-second">ended</span>
            )}
          </>
        );
      },
      fileValue: ({ lastMs }) => (lastMs === undefined ? undefined : new Date(lastMs).toISOString()),
      stacked: "line",
      widthPercent: 13,
    },
    ...(mayChange || mayStop
      ? [
          {
            id: "do",
            header: "Actions",
            isHeaderHidden: true,
            align: "end",
            cell: (row: UseRow) => {
              const grant = grantOf(row);
              if (grant === undefined || grant.endedAtMs !== undefined || grant.window.state === "closed" || !isFirst(row)) return null;
              const name = grant.organisation.name ?? "this organisation";
              return (
                <span className="row-buttons">
                  {mayStop && !isStopped(row) ? (
                    <Button size="row" label={`Stop ${name} for now`} onPress={() => onStop(grant.organisation)}>
                      Stop
                    </Button>
                  ) : null}
                  {mayChange && grant.window.kind === "testing-window" ? (
                    <Button size="row" label={`Change what ${name} was granted`} onPress={() => onChange(grant)}>
                      Change
                    </Button>
                  ) : null}
                  {mayChange ? (
                    <Button size="row" look="end" label={`End the use of ${name}`} onPress={() => onEnd(grant)}>
                      End
                    </Button>
                  ) : null}
                </span>
              );
            },
            fileValue: () => undefined,
            stacked: "side",
            widthPercent: 17,
          } as const,
        ]
      : []),
  ];
}

const HOUR_MS = 3_600_000;

/** Use is counted by the hour: the last one says no more than that. */
function LastUse({ hourMs }: { readonly hourMs: number | undefined }) {
  const nowMs = useNow();
  if (hourMs === undefined) return <span className="zero">never</span>;
  return nowMs - hourMs < HOUR_MS ? "within this hour" : <Instant ms={hourMs} form="distance" />;
}

/** Heights to look at; the numbers are its label. */
function DayBars({ days, most }: { readonly days: readonly number[]; readonly most: number }) {
  const bars = days.map((requests, index) => ({
    x: index * 7,
    requests,
    height: requests === 0 ? 1 : Math.max(2, (requests / most) * 20),
  }));
  return (
    <svg
      className="day-bars"
      viewBox={`0 0 ${days.length * 7} 20`}
      role="img"
      aria-label={`Requests a day, the oldest first: ${days.map(numberText).join("; ")}`}
    >
      {bars.map(({ x, requests, height }) => (
        <rect key={x} className={requests === 0 ? "day-bar-none" : "day-bar"} x={x} y={20 - height} width="5" height={height} />
      ))}
    </svg>
  );
}
