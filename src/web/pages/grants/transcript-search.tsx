import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { countText, numberText } from "../../words/count-text.ts";
import { markedParts, outcomeShown, sessionText } from "../../words/exchange-words.ts";
import { type Found, foundQuery } from "./grant-queries.ts";
import { exchangePath } from "./paths.ts";

/** What a search found so far, and how far it looked. */
export function TranscriptSearch({ grant, text, session }: { readonly grant: string; readonly text: string; readonly session?: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(foundQuery(grant, text, session));
  if (data === undefined) {
    return error === null ? (
      <Skeleton rows={3} what="your transcripts" rowHeight={72} />
    ) : (
      <Refusal title="The search was not done" error={error} onRetry={() => void refetch()} />
    );
  }
  const rows = data.pages.flatMap((page) => page.rows);
  const searched = data.pages.reduce((total, page) => total + page.searched, 0);
  const unheld = data.pages.reduce((total, page) => total + page.unheld, 0);
  return (
    <div className="found">
      <output>
        {rows.length === 0 ? "Nothing found" : `Found in ${countText(rows.length, "exchange")}`} among the{" "}
        {hasNextPage ? `newest ${numberText(searched)}; there are more` : `${numberText(searched)} there are`}.
      </output>
      {unheld === 0 ? null : (
        <p>
          <State kind="cannot-say">cannot say for {numberText(unheld)}</State>{" "}
          <span className="second">of these, whose texts are not held here.</span>
        </p>
      )}
      <ul className="found-rows" aria-label="Exchanges that have it">
        {rows.map((each) => (
          <FoundRow key={each.exchange.id} found={each} text={text} />
        ))}
      </ul>
      {hasNextPage ? (
        <Button isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Search further back
        </Button>
      ) : null}
    </div>
  );
}

function FoundRow({ found: { exchange, where, excerpt }, text }: { readonly found: Found; readonly text: string }) {
  const outcome = outcomeShown(exchange.outcome);
  const session = sessionText(exchange.session);
  return (
    <li>
      <p className="found-head">
        <Link to={exchangePath(exchange)}>
          <Instant ms={exchange.startedAtMs} form="moment" inRow />
        </Link>
        <span className="second">
          in the {where}; session {session.isNamed ? <code>{session.name}</code> : session.name}
        </span>
        <State kind={outcome.kind}>{outcome.word}</State>
        {exchange.afterDifferent ? <State kind="due">after “different”</State> : null}
      </p>
      <p className="found-excerpt">
        <Marked text={excerpt} sought={text} />
      </p>
    </li>
  );
}

function Marked({ text, sought }: { readonly text: string; readonly sought: string }) {
  let at = 0;
  return markedParts(text, sought).map((part) => {
    const key = at;
    at += part.text.length;
    return part.isSought ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
  });
}
