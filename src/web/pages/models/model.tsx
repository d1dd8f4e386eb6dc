import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { State } from "../../ui/state.tsx";
import { credentialSentence } from "../../words/key-place-words.ts";
import { headingText, leadingWindow, modelHeading, modelsTitle, stateShown, wireText } from "../../words/model-words.ts";
import { countText } from "../../words/count-text.ts";
import { Budget } from "./budget.tsx";
import { Certificates } from "./certificates.tsx";
import { EndAccess } from "./end-access.tsx";
import { ModelHistory } from "./model-history.tsx";
import { type Grant, type Model, modelGrantsQuery, modelQuery, type Window } from "./model-queries.ts";
import { ModelStrip } from "./model-strip.tsx";
import { ModelUse } from "./model-use.tsx";
import { Partners } from "./partners.tsx";
import { Programmes } from "./programmes.tsx";
import { Requests } from "./requests.tsx";
import { SameModel } from "./same-model.tsx";
import { Terms } from "./terms.tsx";
import { Versions } from "./versions.tsx";
import { Voluntary } from "./voluntary.tsx";
import { WindowClock } from "./window-clock.tsx";
import { Windows } from "./windows.tsx";

/** One model: its clock, who uses it and why, what is left, and how it ends. Lab, desk and those who use it see the same page, each its part. */
export function ModelPage() {
  const { model = "" } = useParams();
  return <MembersOnly title="A model">{(session) => <FoundModel key={model} id={model} session={session} />}</MembersOnly>;
}

function FoundModel({ id, session }: { readonly id: string; readonly session: Session }) {
  const found = useQuery(modelQuery(id));
  const crumbs = [{ label: modelsTitle(session.acting.kind), to: "/models" }];
  if (found.data !== undefined) return <OneModel model={found.data} session={session} crumbs={[...crumbs, { label: found.data.name }]} />;
  if (!found.isError) return <Skeleton rows={6} what="the model" />;
  const isMissing = isCodedError(found.error, "not-found", "input-invalid");
  return (
    <Page title={isMissing ? "No such model for you" : "The model could not be read"} crumbs={crumbs}>
      {isMissing ? (
        <p>
          There is no such model, or {session.acting.name} has nothing to do with it. If you act for several organisations, the switch is at
          the top right.
        </p>
      ) : (
        <Refusal title="The model could not be read" error={found.error} onRetry={() => void found.refetch()} />
      )}
    </Page>
  );
}

type Crumbs = readonly { readonly label: string; readonly to?: string }[];

function OneModel({ model, session, crumbs }: { readonly model: Model; readonly session: Session; readonly crumbs: Crumbs }) {
  const [params] = useSearchParams();
  const grants = useQuery(modelGrantsQuery(model.id)).data?.rows;
  const window = leadingWindow(model.windows);
  const isLab = model.side === "lab" && session.verbs.includes("model.enrol");
  const mayChange = isLab && model.withdrawnAtMs === undefined;
  const seesPartners = model.side !== "grantee" && (model.windows.some(({ kind }) => kind === "partner-stage") || model.side === "lab");
  const own = session.verbs.includes("model.test")
    ? grants?.find(({ organisation, endedAtMs }) => organisation.id === session.acting.organisation && endedAtMs === undefined)
    : undefined;
  const heading = modelHeading(model, window);
  // Once something is open, who uses it comes before what could be set up.
  const isOpen = window?.state === "open";
  const windows = <Windows model={model} mayChange={mayChange} isFirst={params.get("next") === "window"} />;
  return (
    <Page
      title={headingText(heading, model.name)}
      heading={
        <>
          {heading.before}
          <code>{model.name}</code>
          {heading.after}
        </>
      }
      crumbs={crumbs}
      meta={<ModelMeta model={model} window={window} grants={grants} />}
      {...(mayChange ? { action: <EndAccess model={model} /> } : own === undefined ? {} : { action: <OwnGrant grant={own} /> })}
    >
      <ModelStrip model={model} />
      {window === undefined ? null : <WindowClock model={model} window={window} mayMove={mayChange} />}
      {isOpen ? null : windows}
      <ModelUse
        model={model}
        grants={grants}
        mayChange={mayChange}
        mayStop={session.verbs.includes("model.stop") && model.side !== "grantee"}
      />
      <Budget grants={grants} windows={model.windows} />
      <SameModel model={model} window={window} />
      {isOpen ? windows : null}
      {model.side === "grantee" ? null : <Requests model={model} session={session} />}
      {seesPartners ? <Partners model={model} session={session} /> : null}
      <Versions model={model} mayChange={mayChange} />
      <Terms model={model} mayChange={mayChange} mayMove={mayChange && (window === undefined || window.state === "closed")} />
      <Programmes model={model} mayChange={mayChange} />
      <Certificates model={model} mayMark={isLab} />
      <Voluntary model={model} mayWithdraw={mayChange} />
      <ModelHistory model={model} />
    </Page>
  );
}

function ModelMeta({
  model: { versions, wire, custody, side },
  window,
  grants,
}: {
  readonly model: Model;
  readonly window: Window | undefined;
  readonly grants: readonly Grant[] | undefined;
}) {
  const standing = versions.filter(({ retiredAtMs }) => retiredAtMs === undefined);
  const shown = window === undefined ? undefined : stateShown(window.state);
  const reach = new Set(
    (grants ?? [])
      .filter(({ endedAtMs, window: { state } }) => endedAtMs === undefined && state !== "closed")
      .map(({ organisation: { id } }) => id),
  );
  const key = window === undefined ? undefined : credentialSentence(window);
  return (
    <>
      {standing[0] === undefined ? null : (
        <span>
          {standing.length === 1 ? "version " : `${countText(standing.length, "version")}, the last `}
          <code>{standing.at(-1)?.name}</code>
        </span>
      )}
      {shown === undefined ? null : (
        <State kind={shown.kind} washed={window?.state === "open" || window?.state === "waiting"}>
          {shown.word}
        </State>
      )}
      {grants === undefined || side === "grantee" ? null : (
        <span>
          {reach.size === 0
            ? "no organisation has a grant"
            : `${countText(reach.size, "organisation")} ${reach.size === 1 ? "has a grant" : "have grants"}`}
        </span>
      )}
      <span>{wireText(wire)}</span>
      {key === undefined ? null : <span>{key}</span>}
      {key === undefined && custody === "premises" ? <span>served by a gateway of the lab’s own</span> : null}
    </>
  );
}

/** Where an organisation that was granted use goes on. */
function OwnGrant({ grant }: { readonly grant: Grant }) {
  return (
    <>
      <Link to={`/grants/${grant.id}`} className="button button-main button-usual">
        Use it
      </Link>
      <p className="note">Your tokens, what is left, and your sessions.</p>
    </>
  );
}
