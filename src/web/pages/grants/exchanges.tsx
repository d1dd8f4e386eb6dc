import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import { SearchInput } from "../../forms/search-input.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { lastedText, outcomeShown, secondText, sessionText, usageText } from "../../words/exchange-words.ts";
import { readerZone } from "../../words/instant-text.ts";
import { amountText } from "../../words/model-words.ts";
import { ExportLink } from "./export-link.tsx";
import { type ExchangeRow, exchangesQuery, type Grant } from "./grant-queries.ts";
import { OwnGrant } from "./own-grant.tsx";
import { exchangePath } from "./paths.ts";
import { TranscriptSearch } from "./transcript-search.tsx";
import "./grants.css";

/** The exchanges of one session, or all of a grant, the newest first. */
export function ExchangesPage() {
  const { grant = "" } = useParams();
  return (
    <OwnGrant key={grant} id={grant} title="Exchanges">
      {(found) => <Exchanges grant={found} />}
    </OwnGrant>
  );
}

function Exchanges({ grant }: { readonly grant: Grant }) {
  const [params, setParams] = useSearchParams();
  const session = params.get("session") ?? undefined;
  const sought = params.get("text") ?? "";
  const after = params.get("after") ?? undefined;
  const ofSession = session === undefined ? {} : { session };
  const go = (more: Readonly<Record<string, string>>): void => setParams({ ...ofSession, ...more });
  const found = useQuery(exchangesQuery(grant.id, { limit: PAGE, ...ofSession, ...(after === undefined ? {} : { after }) }));
  const named = session === undefined ? undefined : sessionText(session);
  const title = named === undefined ? "All exchanges" : named.isNamed ? `Session ${named.name}` : `Session without a name, ${named.name}`;
  return (
    <Page
      title={title}
      heading={
        named?.isNamed === true ? (
          <>
            Session <code>{named.name}</code>
          </>
        ) : (
          title
        )
      }
      crumbs={[
        { label: "Windows", to: "/grants" },
        { label: grant.model.name, to: `/grants/${grant.id}` },
        { label: "Sessions", to: `/grants/${grant.id}/sessions` },
        { label: named?.name ?? "All" },
      ]}
      meta={
        <>
          <span>
            with <code>{grant.model.name}</code>
          </span>
          {named?.isNamed === false ? <span>one token, one day (UTC)</span> : null}
        </>
      }
      action={<ExportLink grant={grant.id} {...ofSession} />}
    >
      <div className="section-ruled" />
      <Section title="Search" note="In what was asked and answered here.">
        <SearchInput
          key={sought}
          look="list"
          label="Search these transcripts"
          placeholder="Two characters or more"
          initial={sought}
          onSearch={(text) => go(text === "" ? {} : { text })}
        />
        {sought === "" ? null : <TranscriptSearch grant={grant.id} text={sought} {...ofSession} />}
      </Section>
      {sought === "" ? (
        <Section title="Exchanges" note="Newest first: one request, and what came back.">
          {found.data === undefined ? (
            found.isError ? (
              <Refusal title="The exchanges could not be read" error={found.error} onRetry={() => void found.refetch()} />
            ) : (
              <Skeleton rows={4} what="the exchanges" rowHeight={54} />
            )
          ) : found.data.rows.length === 0 ? (
            <Empty title="No exchange here">
              <p>An exchange stands here when it has ended, however it did: also when it was cut or refused.</p>
            </Empty>
          ) : (
            <>
              <DataTable
                label="Exchanges"
                columns={columns}
                rows={found.data.rows}
                rowId={({ id }) => id}
                rowSize="tall"
                hasKeys
                isStale={found.isPlaceholderData}
              />
              <KeyPages after={after} next={found.data.next} onGo={(next) => go(next === undefined ? {} : { after: next })} />
            </>
          )}
        </Section>
      ) : null}
    </Page>
  );
}

const columns: readonly Column<ExchangeRow>[] = [
  {
    id: "began",
    header: "Began",
    cell: ({ id, grant, startedAtMs, endedAtMs }) => (
      <>
        <Link to={exchangePath({ grant, id })}>
          <Instant ms={startedAtMs} form="moment" inRow />
        </Link>
        <span className="cell-second">
          at {secondText(startedAtMs, readerZone())}, took {lastedText(endedAtMs - startedAtMs)}
        </span>
      </>
    ),
    fileValue: ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
    stacked: "name",
    isFixed: true,
    widthPercent: 24,
  },
  {
    id: "outcome",
    header: "Outcome",
    cell: ({ outcome, status, reason, afterDifferent }) => {
      const { kind, word } = outcomeShown(outcome);
      return (
        <>
          <State kind={kind}>{word}</State>
          {status !== undefined && status >= 400 ? (
            <span className="cell-second">HTTP {status}</span>
          ) : reason === undefined ? null : (
            <span className="cell-second">{reason}</span>
          )}
          {afterDifferent ? (
            <span className="cell-second">
              <State kind="due">after “different”</State>
            </span>
          ) : null}
        </>
      );
    },
    fileValue: ({ outcome }) => outcome,
    stacked: "plain",
    widthPercent: 20,
  },
  {
    id: "asked",
    header: "Asked",
    cell: ({ model, path, purpose }) => (
      <>
        <code>{model}</code> <span className="second">at</span> <code>{path}</code>
        <span className="cell-second">{purpose}</span>
      </>
    ),
    fileValue: ({ path }) => path,
    stacked: "plain",
  },
  {
    id: "tokens",
    header: "Tokens",
    cell: (row) => (
      <>
        {amountText(row.chargedTokens)} charged
        <span className="cell-second">{usageText(row) ?? "usage was not stated"}</span>
      </>
    ),
    fileValue: ({ chargedTokens }) => chargedTokens,
    align: "end",
    stacked: "plain",
    widthPercent: 16,
  },
];
