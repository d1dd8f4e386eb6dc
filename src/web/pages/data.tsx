import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { feedsQuery, problemsQuery, statusQuery, type Feed, type ProblemRow, type Status } from "../queries.ts";
import type { Column } from "../table/column.ts";
import { DataTable } from "../table/data-table.tsx";
import { ExportButtons } from "../table/list-tools.tsx";
import { Button } from "../ui/button.tsx";
import { Command } from "../ui/command.tsx";
import { FactStrip } from "../ui/fact-strip.tsx";
import { Instant } from "../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { Section } from "../ui/section.tsx";
import { State } from "../ui/state.tsx";
import { countText, numberText } from "../words/count-text.ts";
import { EcosystemTables } from "./ecosystem-tables.tsx";
import "./front-door.css";
import "./data.css";

/** Where every answer comes from: feeds with their health, and the records that could not be read. */
export function DataPage() {
  const status = useQuery(statusQuery);
  const feeds = useQuery(feedsQuery);
  return (
    <Page title={titleOf(status.data, feeds.data?.feeds)} meta="Where every answer comes from, how old it is, and what could not be read.">
      {status.data === undefined ? null : <DataStrip status={status.data} />}
      <Section
        title="What can be answered"
        note="Cannot say: no data, a sample, data of unknown age or over 7 days old, or no order of its versions."
      >
        {status.data !== undefined ? (
          status.data.ecosystems.length === 0 ? (
            <NothingHeld />
          ) : (
            <EcosystemTables ecosystems={status.data.ecosystems} />
          )
        ) : status.isError ? (
          <Refusal title="What this server knows could not be read" error={status.error} onRetry={() => void status.refetch()} />
        ) : (
          <Skeleton rows={4} what="what this server knows" />
        )}
      </Section>
      <Section title="Feeds" note="The age is that of the source’s last complete state, never that of its newest record.">
        {feeds.data !== undefined ? (
          feeds.data.feeds.length === 0 ? (
            <NothingHeld />
          ) : (
            <DataTable
              label="Feeds"
              columns={feedColumns}
              rows={feeds.data.feeds}
              rowId={(feed) => `${feed.feed} ${feed.ecosystem}`}
              rowSize="tall"
            />
          )
        ) : feeds.isError ? (
          <Refusal title="The feeds could not be read" error={feeds.error} onRetry={() => void feeds.refetch()} />
        ) : (
          <Skeleton rows={4} what="the feeds" rowHeight={54} />
        )}
      </Section>
      <Problems />
    </Page>
  );
}

function NothingHeld() {
  return (
    <Empty title="No feed was ever taken here">
      <p>Until one is, every answer is “cannot say”. Whoever runs this server takes the npm advisories with:</p>
      <Command text="sluice sync npm" />
    </Empty>
  );
}

function DataStrip({ status }: { readonly status: Status }) {
  const canAnswer = status.ecosystems.filter(({ cannotSay }) => cannotSay === undefined).length;
  const cannot = status.ecosystems.length - canAnswer;
  return (
    <FactStrip
      facts={[
        {
          label: "Advisories",
          value: <strong className="number">{numberText(status.advisories)}</strong>,
          note: `${countText(status.vulnerabilities, "vulnerability", "vulnerabilities")} made from them`,
        },
        { label: "Can answer", value: <State kind="passed">{countText(canAnswer, "ecosystem")}</State> },
        { label: "Cannot say", value: cannot > 0 ? <State kind="cannot-say">{countText(cannot, "ecosystem")}</State> : "none" },
        {
          label: "Could not be read",
          value: <strong className="number">{numberText(status.problems)}</strong>,
          note: status.problems === 0 ? "no record was kept aside" : <a href="#problems">each with its place and reason</a>,
        },
        {
          label: "Exploited",
          value:
            status.exploited === undefined ? (
              <State kind="cannot-say">not read</State>
            ) : (
              <>
                <strong className="number">{numberText(status.exploited.entries)}</strong> entries
              </>
            ),
          note:
            status.exploited === undefined ? (
              "sluice sync takes the KEV catalogue too"
            ) : status.exploited.statedAtMs === undefined ? (
              "CISA KEV, of unknown age"
            ) : (
              <>
                CISA KEV, stated <Instant ms={status.exploited.statedAtMs} form="distance" />
              </>
            ),
        },
      ]}
    />
  );
}

function Problems() {
  const [params, setParams] = useSearchParams();
  const after = params.get("after") ?? undefined;
  const found = useQuery(problemsQuery(after === undefined ? { limit: 40 } : { limit: 40, after }));
  const rows = found.data?.rows ?? [];
  const next = found.data?.next;
  return (
    <div id="problems" className="problems">
      <Section
        title="Records kept aside"
        note={
          <>
            What was readable before stays in force.
            {rows.length === 0 ? null : (
              <span className="findings-export">
                <ExportButtons name="records-kept-aside" columns={problemColumns} rows={rows} size="row" />
              </span>
            )}
          </>
        }
      >
        {found.isError ? (
          <Refusal title="The records kept aside could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : found.isPending ? (
          <Skeleton rows={3} what="the records kept aside" />
        ) : rows.length === 0 ? (
          <Empty title="Every record could be read">
            <p>A record that fails is listed here with its place and reason; it never ends a sync.</p>
          </Empty>
        ) : (
          <>
            <DataTable
              label="Records kept aside"
              columns={problemColumns}
              rows={rows}
              rowId={(row) => `${row.feed} ${row.ecosystem} ${row.place} ${row.reason}`}
              isStale={found.isPlaceholderData}
            />
            {after === undefined && next === undefined ? null : (
              <div className="list-foot">
                <Button size="row" isDisabled={after === undefined} onPress={() => setParams({}, { preventScrollReset: true })}>
                  First 40
                </Button>
                <Button
                  size="row"
                  isDisabled={next === undefined}
                  onPress={() => (next === undefined ? undefined : setParams({ after: next }, { preventScrollReset: true }))}
                >
                  Next 40
                </Button>
              </div>
            )}
          </>
        )}
      </Section>
    </div>
  );
}

function titleOf(status: Status | undefined, feeds: readonly Feed[] | undefined): string {
  const failed = feeds?.filter(({ state }) => state === "failed").length ?? 0;
  if (status === undefined) return "Data";
  const cannot = status.ecosystems.filter(({ cannotSay }) => cannotSay !== undefined).length;
  if (failed > 0) return `Data: ${countText(failed, "feed")} failed`;
  if (status.ecosystems.length === 0) return "Data: none yet";
  if (cannot === status.ecosystems.length) return "Data: no ecosystem can answer yet";
  return cannot === 0
    ? "Data: every ecosystem can answer"
    : `Data: ${cannot} of ${countText(status.ecosystems.length, "ecosystem")} cannot say`;
}

const feedColumns: readonly Column<Feed>[] = [
  {
    id: "feed",
    header: "Feed",
    stacked: "name",
    cell: (feed) => (
      <>
        <span className="row-name">{feed.ecosystem === "" ? feed.feed.toUpperCase() : feed.ecosystem}</span>
        <span className="cell-second">
          {feed.ecosystem === ""
            ? "known exploited vulnerabilities"
            : `${feed.feed}${feed.includesMalware ? ", with malicious packages" : ""}`}
        </span>
      </>
    ),
    fileValue: (feed) => `${feed.feed} ${feed.ecosystem}`,
  },
  {
    id: "state",
    header: "State",
    stacked: "side",
    cell: (feed) => <FeedState feed={feed} />,
    fileValue: (feed) => feed.state,
  },
  {
    id: "records",
    header: "Records",
    align: "end",
    stacked: "line",
    cell: (feed) => numberText(feed.records),
    fileValue: (feed) => feed.records,
  },
  {
    id: "problems",
    header: "Kept aside",
    align: "end",
    stacked: "line",
    cell: (feed) => <span className={feed.problems === 0 ? "zero" : ""}>{numberText(feed.problems)}</span>,
    fileValue: (feed) => feed.problems,
  },
  {
    id: "stated",
    header: "Stated",
    stacked: "line",
    cell: (feed) =>
      feed.statedAtMs === undefined ? <State kind="cannot-say">not known</State> : <Instant ms={feed.statedAtMs} form="distance" />,
    fileValue: (feed) => feed.statedAtMs,
  },
  {
    id: "reached",
    header: "Last reached",
    stacked: "line",
    cell: (feed) => (feed.lastSuccessAtMs === undefined ? "never" : <Instant ms={feed.lastSuccessAtMs} form="distance" />),
    fileValue: (feed) => feed.lastSuccessAtMs,
  },
  {
    id: "from",
    header: "From",
    stacked: "name",
    cell: (feed) => (
      <>
        <code>{feed.location}</code>
        <span className="cell-second">
          {feed.scheduled ? "taken on a schedule" : "taken by hand"}
          {feed.lastFullAtMs === undefined ? null : (
            <>
              ; reconciled whole <Instant ms={feed.lastFullAtMs} form="distance" inRow />
            </>
          )}
        </span>
        {feed.lastError === undefined ? null : <span className="feed-error">{feed.lastError}</span>}
      </>
    ),
    fileValue: (feed) => feed.location,
  },
];

function FeedState({ feed }: { readonly feed: Feed }) {
  switch (feed.state) {
    case "current":
      return <State kind="passed">current</State>;
    case "partial":
      return <State kind="due">partial</State>;
    case "failed":
      return <State kind="affected">failed</State>;
    case "running":
      return <State kind="in-force">being taken</State>;
  }
}

const problemColumns: readonly Column<ProblemRow>[] = [
  {
    id: "record",
    header: "Record",
    stacked: "name",
    cell: (row) => (row.id === "" ? "no id" : <code>{row.id}</code>),
    fileValue: (row) => row.id,
  },
  {
    id: "feed",
    header: "Feed",
    stacked: "plain",
    cell: (row) => `${row.ecosystem} ${row.feed}`.trim(),
    fileValue: (row) => `${row.ecosystem} ${row.feed}`.trim(),
  },
  { id: "place", header: "Place", stacked: "name", cell: (row) => <code>{row.place}</code>, fileValue: (row) => row.place },
  { id: "reason", header: "Reason", stacked: "name", cell: (row) => row.reason, fileValue: (row) => row.reason },
  {
    id: "seen",
    header: "Seen",
    align: "end",
    stacked: "line",
    cell: (row) => <Instant ms={row.seenAtMs} form="day" inRow />,
    fileValue: (row) => new Date(row.seenAtMs).toISOString(),
  },
];
