import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import type { ExchangeContents } from "../../../contract/endpoints/exchanges.ts";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { FactStrip, type Fact } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { CannotSay, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { momentText, readerZone } from "../../words/instant-text.ts";
import { numberText } from "../../words/count-text.ts";
import { isBrokenOff, lastedText, notHeldTitle, outcomeShown, secondText, sessionText, usageText } from "../../words/exchange-words.ts";
import { useNow } from "../../shell/now.tsx";
import { type Exchange, exchangeQuery, grantQuery } from "./grant-queries.ts";
import { Message } from "./message.tsx";
import { NotYours } from "./own-grant.tsx";
import { exchangesPath } from "./paths.ts";
import { Testers } from "./testers-only.tsx";
import "./grants.css";

/** One request and what came back, as it was recorded. */
export function ExchangePage() {
  const { exchange = "" } = useParams();
  return (
    <MembersOnly title="An exchange">
      {(session) =>
        session.verbs.includes("model.test") ? (
          <FoundExchange key={exchange} id={exchange} session={session} />
        ) : (
          <Page title="An exchange">
            <Testers session={session} title="An exchange">
              {null}
            </Testers>
          </Page>
        )
      }
    </MembersOnly>
  );
}

function FoundExchange({ id, session }: { readonly id: string; readonly session: Session }) {
  const found = useQuery(exchangeQuery(id));
  if (found.data !== undefined) return <OneExchange exchange={found.data} />;
  if (!found.isError) return <Skeleton rows={6} what="the exchange" />;
  if (isCodedError(found.error, "not-found", "input-invalid")) return <NotYours title="An exchange" session={session} />;
  return (
    <Page title="The exchange could not be read" crumbs={[{ label: "Windows", to: "/grants" }]}>
      <Refusal title="The exchange could not be read" error={found.error} onRetry={() => void found.refetch()} />
    </Page>
  );
}

function OneExchange({ exchange }: { readonly exchange: Exchange }) {
  const nowMs = useNow();
  const grant = useQuery(grantQuery(exchange.grant)).data;
  const outcome = outcomeShown(exchange.outcome);
  const session = sessionText(exchange.session);
  return (
    <Page
      title={`Exchange of ${momentText(exchange.startedAtMs, nowMs, readerZone())}`}
      crumbs={[
        { label: "Windows", to: "/grants" },
        { label: grant?.model.name ?? "Window", to: `/grants/${exchange.grant}` },
        { label: "Sessions", to: `/grants/${exchange.grant}/sessions` },
        { label: session.name, to: exchangesPath(exchange.grant, exchange.session) },
      ]}
      meta={
        <>
          <State kind={outcome.kind} washed={exchange.outcome !== "complete"}>
            {outcome.word}
          </State>
          <span>
            <code>{exchange.model}</code> at <code>{exchange.path}</code>
          </span>
          <CopyableId value={exchange.id} shown={exchange.id.slice(0, 8)} />
        </>
      }
    >
      <FactStrip facts={factsOf(exchange)} />
      {exchange.outcome === "complete" ? null : (
        <Section title="How it ended">
          <p>
            {outcome.sentence} {exchange.reason === undefined ? null : <span className="second">({exchange.reason})</span>}
          </p>
        </Section>
      )}
      {exchange.afterDifferent ? (
        <Section title="Same model?">
          <p>
            <State kind="due">After “different”</State> The newest probe before it said that another model answers than at opening. Say so
            wherever this result is used.
          </p>
        </Section>
      ) : null}
      <Contents exchange={exchange} contents={exchange.contents} />
      <Section
        title="Digests"
        note="Keyed, of the bytes as they passed. Equal requests of one grant have equal ones; nobody else can compare them."
      >
        <dl className="terms">
          <div>
            <dt>Request</dt>
            <dd>
              <CopyableId value={exchange.requestDigest} shown={`${exchange.requestDigest.slice(0, 24)}…`} />
            </dd>
          </div>
          <div>
            <dt>Answer</dt>
            <dd>
              {exchange.answerDigest === undefined ? (
                "none"
              ) : (
                <CopyableId value={exchange.answerDigest} shown={`${exchange.answerDigest.slice(0, 24)}…`} />
              )}
            </dd>
          </div>
        </dl>
      </Section>
    </Page>
  );
}

function factsOf(exchange: Exchange): readonly Fact[] {
  const session = sessionText(exchange.session);
  return [
    { label: "Purpose", value: exchange.purpose, note: "by its token" },
    {
      label: "Session",
      value: (
        <Link to={exchangesPath(exchange.grant, exchange.session)}>{session.isNamed ? <code>{session.name}</code> : session.name}</Link>
      ),
      note: session.isNamed ? "named by your tool" : "one token, one day (UTC)",
    },
    {
      label: "Tokens charged",
      value: numberText(exchange.chargedTokens),
      note: usageText(exchange) ?? "the model’s server did not state usage",
    },
    {
      label: "Took",
      value: lastedText(exchange.endedAtMs - exchange.startedAtMs),
      note: `from ${secondText(exchange.startedAtMs, readerZone())}`,
    },
    {
      label: "Status",
      value: exchange.status === undefined ? "none" : String(exchange.status),
      note: exchange.status === undefined ? "no answer’s head came" : "of the model’s server",
    },
  ];
}

function Contents({ exchange, contents }: { readonly exchange: Exchange; readonly contents: ExchangeContents }) {
  if (contents.kind === "not-held") {
    return (
      <Section title="Request and answer">
        <CannotSay title={notHeldTitle(contents.why)}>
          <p>{contents.words}. What was counted stands above, and the digests below.</p>
          <p className="note">
            <code>{contents.why}</code>
          </p>
        </CannotSay>
      </Section>
    );
  }
  const { request, answer } = contents;
  const outcome = outcomeShown(exchange.outcome);
  return (
    <>
      <Section
        title="Request"
        note={
          <>
            Sent <Instant ms={request.atMs} form="distance" />, as it went to the model’s server.
          </>
        }
      >
        <Message label="Request" head={`${request.method} ${request.path}`} headers={request.headers} body={request.body} />
      </Section>
      <Section
        title="Answer"
        note={answer === undefined ? undefined : <>Its head came {lastedText(answer.atMs - request.atMs)} after the request.</>}
      >
        {answer === undefined ? (
          <div className="message-none">
            <State kind="affected">no answer</State> {outcome.sentence}
          </div>
        ) : (
          <Message
            label="Answer"
            head={`HTTP ${answer.status}`}
            headers={answer.headers}
            body={answer.body}
            {...(isBrokenOff(exchange.outcome) ? { brokenOff: outcome } : {})}
          />
        )}
      </Section>
    </>
  );
}
