import { useQuery } from "@tanstack/react-query";
import { useNow } from "../../shell/now.tsx";
import { DataTable } from "../../table/data-table.tsx";
import type { Column } from "../../table/column.ts";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { countText, numberText } from "../../words/count-text.ts";
import { readerZone } from "../../words/instant-text.ts";
import { unaccountedText } from "../../words/grant-words.ts";
import { amountText } from "../../words/model-words.ts";
import { addUpUse, type UseRow } from "../../words/use-rows.ts";
import { type Grant, useOfGrantQuery } from "./grant-queries.ts";

/** What was used for which purpose: as the lab sees it too. */
export function GrantUse({ grant }: { readonly grant: Grant }) {
  const found = useQuery(useOfGrantQuery(grant.model.id, grant.id));
  const nowMs = useNow();
  const unaccounted = unaccountedText(grant.unaccounted);
  return (
    <Section title="What you used" note="By purpose, to the hour, as the lab sees it too.">
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="What was used could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={2} what="what was used" rowHeight={54} />
        )
      ) : (
        <>
          <DataTable
            label="What you used"
            columns={columns}
            rows={addUpUse(found.data.rows, [grant], { nowMs, zone: readerZone(), days: 1 })}
            rowId={({ id }) => id}
            rowSize="tall"
          />
          {unaccounted === undefined ? null : (
            <p className="note">
              Beside this: {unaccounted}. The lab ended a gateway that had taken them for your use; nobody stated what of them was used, so
              they stay charged.
            </p>
          )}
          {found.data.isCutOff ? (
            <p className="note">The newest 5,000 hours are added up; the API lists the earlier ones. The budget counts all of it.</p>
          ) : null}
        </>
      )}
    </Section>
  );
}

const columns: readonly Column<UseRow>[] = [
  {
    id: "purpose",
    header: "Purpose, in the terms",
    cell: ({ purpose }) => <strong>{purpose}</strong>,
    fileValue: ({ purpose }) => purpose,
    stacked: "name",
    isFixed: true,
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
    widthPercent: 18,
  },
  {
    id: "today",
    header: "Today",
    cell: ({ days }) => (days.at(-1) === 0 ? <span className="zero">0</span> : numberText(days.at(-1) ?? 0)),
    fileValue: ({ days }) => days.at(-1),
    align: "end",
    stacked: "line",
    widthPercent: 12,
  },
  {
    id: "tokens",
    header: "Tokens charged",
    cell: ({ tokens, unknownUsage }) => (
      <>
        {tokens === 0 ? <span className="zero">0</span> : amountText(tokens)}
        {unknownUsage === 0 ? null : (
          <span className="cell-second">{countText(unknownUsage, "request")} without usage, charged as reserved</span>
        )}
      </>
    ),
    fileValue: ({ tokens }) => tokens,
    align: "end",
    stacked: "line",
    widthPercent: 22,
  },
  {
    id: "last",
    header: "Last",
    cell: ({ lastMs }) => (lastMs === undefined ? <span className="zero">never</span> : <LastHour ms={lastMs} />),
    fileValue: ({ lastMs }) => (lastMs === undefined ? undefined : new Date(lastMs).toISOString()),
    stacked: "line",
    widthPercent: 18,
  },
];

function LastHour({ ms }: { readonly ms: number }) {
  return useNow() - ms < 3_600_000 ? "this hour" : <Instant ms={ms} form="distance" />;
}
