import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { modelsTitle, stateShown, windowMoment, wireText } from "../../words/model-words.ts";
import { modelTermsText } from "../../words/terms-words.ts";
import { Gateways } from "./gateways.tsx";
import { type ModelRow, modelsQuery } from "./model-queries.ts";
import { ModelStrip } from "./model-strip.tsx";
import { OfferModel } from "./offer-model.tsx";

/** The models that one's organisation offered, was offered, or was granted use of. */
export function ModelsPage() {
  return <MembersOnly title="Models">{(session) => <Models session={session} />}</MembersOnly>;
}

function Models({ session }: { readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const [isOffering, setIsOffering] = useState(false);
  const after = params.get("after") ?? undefined;
  const found = useQuery(modelsQuery({ limit: PAGE, ...(after === undefined ? {} : { after }) }));
  const mayOffer = session.verbs.includes("model.enrol");
  const { kind } = session.acting;
  return (
    <Page
      title={modelsTitle(kind)}
      meta={
        kind === "lab"
          ? "Models you offered for testing before you release them. Each closes by itself, and you can end it at any moment."
          : "Models that labs offered of their own will. Each lab can end its own at any moment."
      }
      {...(mayOffer && !isOffering
        ? {
            action: (
              <>
                <Button look="main" onPress={() => setIsOffering(true)}>
                  Offer a model
                </Button>
                <p className="note">Of your own will. Nothing can be reached until you give its key.</p>
              </>
            ),
          }
        : {})}
    >
      <ModelStrip />
      <div className="section-ruled" />
      {isOffering ? (
        <OfferModel
          session={session}
          onClose={() => setIsOffering(false)}
          onDone={(model) => void navigate(`/models/${model.id}?next=window`)}
        />
      ) : null}
      <Section title={kind === "lab" ? "Yours" : "Known to you"} note="Newest first. Nothing here says a model may or may not be released.">
        {found.data === undefined ? (
          found.isError ? (
            <Refusal title="The models could not be read" error={found.error} onRetry={() => void found.refetch()} />
          ) : (
            <Skeleton rows={4} what="the models" rowHeight={54} />
          )
        ) : found.data.rows.length === 0 ? (
          <Empty title="No model yet">
            <p>
              {mayOffer
                ? "A lab may let a testing body use a model for up to 30 days before it releases it to other trusted partners. Nobody has to. Offering takes a few minutes; you then add a window and give its key."
                : kind === "lab"
                  ? "Administrators and editors of your lab offer models. What they offer stands here."
                  : "What a lab offers to your organisation, or grants it use of, stands here. Labs do so of their own will."}
            </p>
          </Empty>
        ) : (
          <>
            <DataTable
              label={modelsTitle(kind)}
              columns={columns}
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
      {mayOffer ? <Gateways session={session} /> : null}
    </Page>
  );
}

const columns: readonly Column<ModelRow>[] = [
  {
    id: "name",
    header: "Model",
    cell: ({ id, name, wire, termsVersion }) => (
      <>
        <Link to={`/models/${id}`}>
          <code>{name}</code>
        </Link>
        <span className="cell-second">
          {[wireText(wire), modelTermsText(termsVersion)].filter((text) => text !== undefined).join("; ")}
        </span>
      </>
    ),
    fileValue: ({ name }) => name,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "lab",
    header: "Lab",
    cell: ({ lab, side }) => (side === "lab" ? "you" : (lab.name ?? "not known")),
    fileValue: ({ lab }) => lab.name,
    stacked: "line",
    widthPercent: 16,
  },
  {
    id: "desk",
    header: "Tested by",
    cell: ({ desk, side }) => (side === "desk" ? "you" : (desk.name ?? "not known")),
    fileValue: ({ desk }) => desk.name,
    stacked: "line",
    widthPercent: 16,
  },
  {
    id: "release",
    header: "Planned partner release",
    cell: ({ partnerRelease: { instantMs } }) => (
      <>
        <Instant ms={instantMs} form="distance" inRow />
        <span className="cell-second">
          <Instant ms={instantMs} form="weekday" inRow />
        </span>
      </>
    ),
    fileValue: ({ partnerRelease }) => new Date(partnerRelease.instantMs).toISOString(),
    stacked: "line",
    widthPercent: 20,
  },
  {
    id: "state",
    header: "Window",
    cell: (row) => <Standing row={row} />,
    fileValue: ({ withdrawnAtMs, window }) => (withdrawnAtMs === undefined ? (window?.state ?? "no window") : "withdrawn"),
    stacked: "side",
    widthPercent: 20,
  },
];

/** How its window stands: not open yet, open until, ended. */
function Standing({ row: { withdrawnAtMs, window } }: { readonly row: ModelRow }) {
  if (withdrawnAtMs !== undefined) return <State kind="refuted">withdrawn</State>;
  if (window === undefined) return <State kind="waits">no window yet</State>;
  const { kind, word } = stateShown(window.state);
  const { before, ms } = windowMoment(window);
  return (
    <>
      <State kind={kind}>{word}</State>
      <span className="cell-second">
        {before} {ms === undefined ? null : <Instant ms={ms} form="distance" inRow />}
      </span>
    </>
  );
}
