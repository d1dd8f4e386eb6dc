import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { MembersOnly } from "../../shell/members-only.tsx";
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
import { exhaustedText, grantShown, isUsable, leavesText, standingStops, WHAT_THE_LAB_SEES } from "../../words/grant-words.ts";
import { amountText, kindText } from "../../words/model-words.ts";
import { grantTermsText } from "../../words/terms-words.ts";
import { stopsQuery } from "../models/model-queries.ts";
import { ModelStrip } from "../models/model-strip.tsx";
import { type Grant, grantsQuery } from "./grant-queries.ts";
import { BudgetBar } from "./budget-bar.tsx";
import "./grants.css";

/** The models that one's organisation may use, until when and within which budget. */
export function GrantsPage() {
  return <MembersOnly title="Windows">{(session) => <Grants session={session} />}</MembersOnly>;
}

function Grants({ session }: { readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const after = params.get("after") ?? undefined;
  const found = useQuery(grantsQuery({ limit: PAGE, ...(after === undefined ? {} : { after }) }));
  const { isStopped, failed } = useStopped(found.data?.rows ?? []);
  const refused = found.isError ? found : failed;
  return (
    <Page
      title="Windows"
      meta={`Models that ${session.acting.name} may use, each until its window closes by itself and within its budget.`}
    >
      <ModelStrip />
      <div className="section-ruled" />
      <Section title="Granted to you" note={WHAT_THE_LAB_SEES}>
        {found.data === undefined || isStopped === undefined ? (
          refused === undefined ? (
            <Skeleton rows={3} what="what you may use" rowHeight={72} />
          ) : (
            <Refusal title="What you may use could not be read" error={refused.error} onRetry={() => void refused.refetch()} />
          )
        ) : found.data.rows.length === 0 ? (
          <NoGrants session={session} />
        ) : (
          <>
            <DataTable
              label="Windows"
              columns={columnsOf(isStopped)}
              rows={found.data.rows}
              rowId={({ id }) => id}
              rowSize="tall"
              hasKeys
              isStale={found.isPlaceholderData}
            />
            <KeyPages after={after} next={found.data.next} onGo={(next) => setParams(next === undefined ? {} : { after: next })} />
          </>
        )}
      </Section>
    </Page>
  );
}

/** Asked for open windows alone: nothing gets through the others anyway. `isStopped` is absent until it is known of all. */
function useStopped(grants: readonly Grant[]): {
  readonly isStopped: ((grant: Grant) => boolean) | undefined;
  readonly failed: { readonly error: unknown; readonly refetch: () => unknown } | undefined;
} {
  const models = [...new Set(grants.filter(isUsable).map(({ model }) => model.id))];
  const stops = useQueries({ queries: models.map((model) => ({ ...stopsQuery(model), refetchInterval: 15_000 })) });
  const known = stops.map(({ data }) => data?.rows);
  return {
    isStopped: known.includes(undefined)
      ? undefined
      : ({ model, organisation }) => standingStops(known[models.indexOf(model.id)] ?? [], organisation.id).length > 0,
    failed: stops.find(({ isError, data }) => isError && data === undefined),
  };
}

function NoGrants({ session: { acting } }: { readonly session: Session }) {
  return (
    <Empty title="No model is granted to you">
      <p>
        A lab may let a testing body, and later trusted partners, use a model before it is released. It does so of its own will: in a
        testing window the lab grants use, in a partner stage lab and government both turn a key.
      </p>
      <p>
        Once {acting.name} is granted one, the clock, what is left of the budget and the two settings for your own tool stand here. Ask the
        lab or the testing desk; this page cannot.
      </p>
    </Empty>
  );
}

const columnsOf = (isStopped: (grant: Grant) => boolean): readonly Column<Grant>[] => [
  {
    id: "model",
    header: "Model",
    cell: ({ id, model, lab, window }) => (
      <>
        <Link to={`/grants/${id}`}>
          <code>{model.name}</code>
        </Link>
        <span className="cell-second">
          {lab.name ?? "a lab"}, {window.name} ({kindText(window.kind).toLowerCase()})
        </span>
      </>
    ),
    fileValue: ({ model }) => model.name,
    stacked: "name",
    isFixed: true,
    widthPercent: 21,
  },
  {
    id: "state",
    header: "State",
    cell: (grant) => {
      const { kind, word } = grantShown(grant, isStopped(grant));
      const exhausted = isUsable(grant) ? exhaustedText(grant) : undefined;
      return (
        <>
          <State kind={kind}>{word}</State>
          {exhausted === undefined ? null : (
            <span className="cell-second">
              <State kind="due">{exhausted}</State>
            </span>
          )}
        </>
      );
    },
    fileValue: (grant) => grantShown(grant, isStopped(grant)).word,
    stacked: "plain",
    widthPercent: 13,
  },
  {
    id: "clock",
    header: "Clock",
    cell: ({ window, endedAtMs }) => <NextHour window={window} endedAtMs={endedAtMs} />,
    fileValue: ({ window }) => (window.closes === undefined ? undefined : new Date(window.closes.instantMs).toISOString()),
    stacked: "plain",
    widthPercent: 17,
  },
  {
    id: "budget",
    header: "Budget left",
    cell: ({ spent, reserved, left, budget }) => (
      <span className="budget-lines">
        {(["requests", "tokens"] as const).map((unit) => (
          <span key={unit} className="budget-line">
            <BudgetBar spent={spent[unit]} reserved={reserved[unit]} whole={budget[unit]} />
            <span className="number">
              {amountText(left[unit])} of {amountText(budget[unit])} {unit}
            </span>
          </span>
        ))}
      </span>
    ),
    fileValue: ({ left }) => [`${left.requests} requests`, `${left.tokens} tokens`],
    stacked: "plain",
    widthPercent: 20,
  },
  {
    id: "purposes",
    header: "For, and how",
    cell: ({ purposes, requestsPerMinute, outside, termsVersion, model }) => (
      <>
        {purposes.join("; ")}
        <span className="cell-second">
          {[`${numberText(requestsPerMinute)} requests a minute`, leavesText(outside), grantTermsText(termsVersion, model.termsVersion)]
            .filter((text) => text !== undefined)
            .join("; ")}
        </span>
      </>
    ),
    fileValue: ({ purposes }) => purposes,
    stacked: "plain",
  },
];

/** The next hour that matters, or the last one that did. */
function NextHour({ window: { state, opens, closes }, endedAtMs }: Pick<Grant, "window" | "endedAtMs">) {
  if (endedAtMs !== undefined) return <When word="ended" ms={endedAtMs} />;
  if (state === "agreed" || state === "waiting") return <When word="opens" ms={opens.instantMs} />;
  if (closes === undefined) return state === "closed" ? "closed" : "closes at the lab’s word";
  return <When word={state === "closed" ? "closed" : "closes"} ms={closes.instantMs} />;
}

function When({ word, ms }: { readonly word: string; readonly ms: number }) {
  return (
    <>
      {word} <Instant ms={ms} form="distance" inRow />
      <span className="cell-second">
        <Instant ms={ms} form="moment" inRow />
      </span>
    </>
  );
}
