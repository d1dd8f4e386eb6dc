import { useInfiniteQuery } from "@tanstack/react-query";
import type { ProbeAnswer } from "../../../contract/endpoints/probes.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { numberText } from "../../words/count-text.ts";
import { occasionText, verdictShown } from "../../words/model-words.ts";
import { falseAlarmText, reasonText, withoutNumbersText } from "../../words/probe-words.ts";
import { probesQuery, type Window } from "./model-queries.ts";
import "./probes.css";

/** Every probe of a window: when, why, what it said and what that rests on. */
export function ProbeHistory({ window, isNamed }: { readonly window: Window; readonly isNamed: boolean }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(probesQuery(window.id));
  const label = isNamed ? `Probes of ${window.name}` : "Probes";
  return (
    <div className="probe-history">
      {isNamed ? <h3>{label}</h3> : null}
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={2} what="the probes" rowHeight={54} />
        ) : (
          <Refusal title="The probes could not be read" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <DataTable label={label} columns={columns} rows={data.pages.flatMap(({ rows }) => rows)} rowId={({ id }) => id} rowSize="tall" />
      )}
      {hasNextPage ? (
        <Button look="quiet" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Earlier probes
        </Button>
      ) : null}
    </div>
  );
}

const columns: readonly Column<ProbeAnswer>[] = [
  {
    id: "when",
    header: "Asked",
    cell: ({ atMs, occasion }) => (
      <>
        <Instant ms={atMs} form="weekday" inRow />
        <span className="cell-second">{occasionText(occasion)}</span>
      </>
    ),
    fileValue: ({ atMs }) => new Date(atMs).toISOString(),
    stacked: "name",
    widthPercent: 21,
    isFixed: true,
  },
  {
    id: "verdict",
    header: "Says",
    cell: ({ verdict, calls, tokens }) => {
      const { kind, word } = verdictShown(verdict);
      return (
        <>
          <State kind={kind}>{word}</State>
          <span className="cell-second">
            {numberText(calls)} calls, {numberText(tokens)} tokens
          </span>
        </>
      );
    },
    fileValue: ({ verdict }) => verdict,
    stacked: "side",
    widthPercent: 18,
  },
  {
    id: "basis",
    header: "It rests on",
    cell: (probe) => (probe.models.length === 0 ? withoutNumbersText(probe) : <Reasons probe={probe} />),
    fileValue: ({ models }) => models.flatMap(({ basis }) => basis.map(reasonText)),
    stacked: "plain",
  },
  {
    id: "false-alarms",
    header: "Called another by chance",
    cell: ({ models }) =>
      models.length === 0
        ? "not known"
        : models.map((probed) => (
            <span key={probed.model} className="probe-reason">
              {falseAlarmText(probed)}
            </span>
          )),
    fileValue: ({ models }) => models.map(falseAlarmText),
    stacked: "line",
    widthPercent: 21,
  },
];

function Reasons({ probe: { models } }: { readonly probe: ProbeAnswer }) {
  return models.map(({ model, verdict, basis }) => (
    <span key={model} className="probe-reason">
      {models.length === 1 ? null : (
        <>
          <code>{model}</code> {verdictShown(verdict).word.toLowerCase()}:{" "}
        </>
      )}
      {basis.map(reasonText).join(" ")}
    </span>
  ));
}
