import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { numberText } from "../../words/count-text.ts";
import {
  exhaustedText,
  grantHeadingEnd,
  grantShown,
  isUsable,
  leavesText,
  standingStops,
  WHAT_THE_LAB_SEES,
} from "../../words/grant-words.ts";
import { kindText, wireText } from "../../words/model-words.ts";
import { ownTermsText } from "../../words/terms-words.ts";
import { Budget } from "../models/budget.tsx";
import { Certificates } from "../models/certificates.tsx";
import { ModelHistory } from "../models/model-history.tsx";
import { modelQuery, type Stop, stopsQuery, type Model } from "../models/model-queries.ts";
import { ModelStrip } from "../models/model-strip.tsx";
import { SameModel } from "../models/same-model.tsx";
import { Terms } from "../models/terms.tsx";
import { Voluntary } from "../models/voluntary.tsx";
import { WindowClock } from "../models/window-clock.tsx";
import { ConnectTool } from "./connect-tool.tsx";
import { GrantUse } from "./grant-use.tsx";
import { type Grant, grantQuery } from "./grant-queries.ts";
import { ModelTokens } from "./model-tokens.tsx";
import { StopNotices } from "./stop-notices.tsx";
import { Testers } from "./testers-only.tsx";
import "./grants.css";

/** One grant, for whoever uses it: its clock, how a tool is pointed at it, tokens, what is left, and what happened. */
export function GrantPage() {
  const { grant = "" } = useParams();
  return <MembersOnly title="A window">{(session) => <FoundGrant key={grant} id={grant} session={session} />}</MembersOnly>;
}

function FoundGrant({ id, session }: { readonly id: string; readonly session: Session }) {
  const grant = useQuery(grantQuery(id));
  const modelId = grant.data?.model.id;
  const model = useQuery({ ...modelQuery(modelId ?? ""), enabled: modelId !== undefined });
  const stops = useQuery({ ...stopsQuery(modelId ?? ""), enabled: modelId !== undefined, refetchInterval: 15_000 });
  // Nothing is called open before it is known that nothing stops it.
  if (grant.data !== undefined && model.data !== undefined && stops.data !== undefined)
    return <OneGrant grant={grant.data} model={model.data} stops={stops.data.rows} session={session} />;
  const error = grant.error ?? model.error ?? stops.error;
  if (error === null) return <Skeleton rows={6} what="the window" />;
  const isMissing = isCodedError(error, "not-found", "input-invalid");
  return (
    <Page title={isMissing ? "No such window for you" : "The window could not be read"} crumbs={[{ label: "Windows", to: "/grants" }]}>
      {isMissing ? (
        <p>
          There is no such window, or nothing in it is granted to {session.acting.name}. If you act for several organisations, the switch is
          at the top right.
        </p>
      ) : (
        <Refusal
          title="The window could not be read"
          error={error}
          onRetry={() => void [grant, model, stops].find(({ isError }) => isError)?.refetch()}
        />
      )}
    </Page>
  );
}

const isOfToken = ({ token, liftedAtMs }: Stop): boolean => token !== undefined && liftedAtMs === undefined;

type GrantOf = { readonly grant: Grant; readonly model: Model; readonly stops: readonly Stop[]; readonly session: Session };

function OneGrant({ grant, model, stops: known, session }: GrantOf) {
  const window = model.windows.find(({ id }) => id === grant.window.id);
  const mayTest = session.verbs.includes("model.test");
  const isOwn = grant.organisation.id === session.acting.organisation;
  const stops = standingStops(known, grant.organisation.id);
  const isStopped = stops.length > 0;
  const exhausted = exhaustedText(grant);
  const shown = grantShown(grant, isStopped);
  // Texts of the page speak to whoever uses, also where that is the desk itself.
  const asGrantee: Model = { ...model, side: isOwn ? "grantee" : model.side };
  const end = grantHeadingEnd(grant, isStopped);
  return (
    <Page
      title={`${model.name}${end}`}
      heading={
        <>
          <code>{model.name}</code>
          {end}
        </>
      }
      crumbs={[{ label: "Windows", to: "/grants" }, { label: model.name }]}
      meta={
        <>
          <State kind={shown.kind} washed={shown.kind !== "waits" && shown.kind !== "opened"}>
            {shown.word}
          </State>
          {isUsable(grant) && exhausted !== undefined ? <State kind="due">{exhausted}</State> : null}
          <span>
            {kindText(grant.window.kind)} {grant.window.name}
          </span>
          <span>
            offered by {grant.lab.name ?? "a lab"}, tested for {grant.desk.name ?? "the desk"}
          </span>
          <span>{wireText(model.wire)}</span>
        </>
      }
      {...(mayTest && isOwn
        ? {
            action: (
              <>
                <Link to={`/grants/${grant.id}/sessions`} className="button button-main button-usual">
                  Open the sessions
                </Link>
                <p className="note">What your tools asked, and what was answered.</p>
              </>
            ),
          }
        : {})}
    >
      <ModelStrip model={asGrantee} />
      <StopNotices stops={known.filter((stop) => stops.includes(stop) || isOfToken(stop))} />
      {window === undefined ? null : <WindowClock model={asGrantee} window={window} mayMove={false} />}
      {isOwn ? (
        <Testers session={session} title="Your tool">
          <ConnectTool grant={grant} model={model} />
          <ModelTokens grant={grant} session={session} />
        </Testers>
      ) : null}
      <Budget grants={[grant]} windows={model.windows} />
      <GrantUse grant={grant} />
      <Section title="What is granted" note={WHAT_THE_LAB_SEES}>
        <dl className="terms">
          <div>
            <dt>Purposes</dt>
            <dd>{grant.purposes.join("; ")}</dd>
          </div>
          <div>
            <dt>Rate</dt>
            <dd>{numberText(grant.requestsPerMinute)} requests a minute at most</dd>
          </div>
          <div>
            <dt>Terms</dt>
            <dd>{ownTermsText(grant.termsVersion, model.termsVersion)}</dd>
          </div>
          <div>
            <dt>Sandbox</dt>
            <dd>{leavesText(grant.outside)}. What would leave it without a grant is taken out of a request, or the request is refused.</dd>
          </div>
        </dl>
      </Section>
      <SameModel model={asGrantee} window={window} />
      <Terms model={asGrantee} mayChange={false} mayMove={false} />
      <Certificates model={asGrantee} mayMark={false} />
      <Voluntary model={asGrantee} mayWithdraw={false} />
      <ModelHistory model={asGrantee} />
    </Page>
  );
}
