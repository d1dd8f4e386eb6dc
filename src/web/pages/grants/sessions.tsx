import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import { SearchInput } from "../../forms/search-input.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { numberText } from "../../words/count-text.ts";
import { sessionText } from "../../words/exchange-words.ts";
import { WHAT_THE_LAB_SEES } from "../../words/grant-words.ts";
import { amountText } from "../../words/model-words.ts";
import { ExportLink } from "./export-link.tsx";
import { type Grant, type SessionRow, sessionsQuery } from "./grant-queries.ts";
import { OwnGrant } from "./own-grant.tsx";
import { exchangesPath } from "./paths.ts";
import { TranscriptSearch } from "./transcript-search.tsx";
import "./grants.css";

/** What one's tools asked a model, session by session, with a search over it and the way to take it along. */
export function SessionsPage() {
  const { grant = "" } = useParams();
  return (
    <OwnGrant key={grant} id={grant} title="Sessions">
      {(found, session) => <Sessions grant={found} session={session} />}
    </OwnGrant>
  );
}

function Sessions({ grant, session }: { readonly grant: Grant; readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const sought = params.get("text") ?? "";
  return (
    <Page
      title={`Sessions with ${grant.model.name}`}
      heading={
        <>
          Sessions with <code>{grant.model.name}</code>
        </>
      }
      crumbs={[{ label: "Windows", to: "/grants" }, { label: grant.model.name, to: `/grants/${grant.id}` }, { label: "Sessions" }]}
      meta={`For ${session.acting.name} alone: no page shows these texts to the lab or to the desk.`}
      action={<ExportLink grant={grant.id} />}
    >
      <div className="section-ruled" />
      <Section
        title="Search"
        note="For a text as it stands, in either case, in what was asked and answered. Words that a stream split are put together."
      >
        <SearchInput
          key={sought}
          look="list"
          label="Search these transcripts"
          placeholder="Two characters or more"
          initial={sought}
          onSearch={(text) => setParams(text === "" ? {} : { text })}
        />
        {sought === "" ? null : <TranscriptSearch grant={grant.id} text={sought} />}
      </Section>
      {sought === "" ? <SessionTable grant={grant} /> : null}
    </Page>
  );
}

function SessionTable({ grant }: { readonly grant: Grant }) {
  const [params, setParams] = useSearchParams();
  const after = params.get("after") ?? undefined;
  const found = useQuery(sessionsQuery(grant.id, { limit: PAGE, ...(after === undefined ? {} : { after }) }));
  return (
    <Section title="Sessions" note={`The one used last first. ${WHAT_THE_LAB_SEES}`}>
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The sessions could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={4} what="the sessions" rowHeight={54} />
        )
      ) : found.data.rows.length === 0 ? (
        <Empty title="No session yet">
          <p>
            A session is what your tool names by the header <code>x-sluice-session</code>, or the calls of one token on one day. It stands
            here when its first exchange has ended. <Link to={`/grants/${grant.id}`}>Set up your tool</Link>
          </p>
        </Empty>
      ) : (
        <>
          <DataTable
            label="Sessions"
            columns={columnsOf(grant.id)}
            rows={found.data.rows}
            rowId={({ session }) => session}
            rowSize="tall"
            hasKeys
            isStale={found.isPlaceholderData}
          />
          <KeyPages after={after} next={found.data.next} onGo={(next) => setParams(next === undefined ? {} : { after: next })} />
          <p className="sessions-all">
            <Link to={exchangesPath(grant.id)}>All exchanges, whatever their session</Link>
          </p>
        </>
      )}
    </Section>
  );
}

function columnsOf(grant: string): readonly Column<SessionRow>[] {
  return [
    {
      id: "session",
      header: "Session",
      cell: ({ session }) => {
        const { name, isNamed } = sessionText(session);
        return (
          <>
            <Link to={exchangesPath(grant, session)}>{isNamed ? <code>{name}</code> : `Without a name, ${name}`}</Link>
            <span className="cell-second">{isNamed ? "named by your tool" : "one token, one day (UTC)"}</span>
          </>
        );
      },
      fileValue: ({ session }) => session,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "exchanges",
      header: "Exchanges",
      cell: ({ exchanges, incomplete }) => (
        <>
          {numberText(exchanges)}
          {incomplete === 0 ? null : <span className="cell-second">{numberText(incomplete)} cut or refused</span>}
        </>
      ),
      fileValue: ({ exchanges }) => exchanges,
      align: "end",
      stacked: "line",
      widthPercent: 14,
    },
    {
      id: "tokens",
      header: "Tokens charged",
      cell: ({ chargedTokens }) => (chargedTokens === 0 ? <span className="zero">0</span> : amountText(chargedTokens)),
      fileValue: ({ chargedTokens }) => chargedTokens,
      align: "end",
      stacked: "line",
      widthPercent: 14,
    },
    {
      id: "model",
      header: "Same model?",
      cell: ({ afterDifferent }) =>
        afterDifferent ? <State kind="due">after “different”</State> : <span className="second">no probe said otherwise</span>,
      fileValue: ({ afterDifferent }) => (afterDifferent ? "after different" : "no probe said otherwise"),
      stacked: "plain",
      widthPercent: 20,
    },
    {
      id: "last",
      header: "Last",
      cell: ({ lastAtMs, firstAtMs }) => (
        <>
          <Instant ms={lastAtMs} form="distance" inRow />
          <span className="cell-second">
            began <Instant ms={firstAtMs} form="distance" inRow />
          </span>
        </>
      ),
      fileValue: ({ lastAtMs }) => new Date(lastAtMs).toISOString(),
      stacked: "line",
      widthPercent: 18,
    },
  ];
}
