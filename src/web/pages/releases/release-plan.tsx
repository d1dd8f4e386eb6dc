import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { agreeReleasePlan, checkReleasePlan, liftHold, trustClock } from "../../../contract/endpoints/releases.ts";
import { ask } from "../../server-client.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import { useNow } from "../../shell/now.tsx";
import { useMay } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { MarkingStrip } from "../../ui/marking-strip.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { TLP_OF_LEVEL } from "../../../vocabulary/tlp.ts";
import { planHeading, type PlanAnswer } from "../../words/release-words.ts";
import { DryRun } from "./dry-run.tsx";
import { PlanActForm, useAttempt, type PlanAct } from "./plan-acts.tsx";
import { PlanAxis } from "./plan-axis.tsx";
import { PlanChecks } from "./plan-checks.tsx";
import { ProposedChange } from "./proposed-change.tsx";
import { ReaderTable } from "./reader-table.tsx";
import { releasePlanQuery, usePlanChanged } from "./release-queries.ts";
import { StageEditor } from "./stage-editor.tsx";
import { StageTable } from "./stage-table.tsx";

export function ReleasePlanPage() {
  const { draft = "" } = useParams();
  const { data: plan, error, refetch } = useQuery(releasePlanQuery(draft));
  const crumbs = [
    { label: "Drafts", to: "/drafts" },
    { label: plan?.advisory ?? "Draft", to: `/drafts/${draft}` },
    { label: "Release plan" },
  ];
  if (plan !== undefined) return <Plan plan={plan} crumbs={crumbs} />;
  return (
    <Page title="Release plan" crumbs={crumbs}>
      {error === null ? (
        <Skeleton rows={6} what="the release plan" rowHeight={54} />
      ) : (
        <Refusal title="No release plan" error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  );
}

type Doing = PlanAct | "edit" | undefined;

function Plan({
  plan,
  crumbs,
}: {
  readonly plan: PlanAnswer;
  readonly crumbs: readonly { readonly label: string; readonly to?: string }[];
}) {
  const nowMs = useNow();
  const announce = useAnnounce();
  const changed = usePlanChanged(plan.draft);
  const mayWrite = useMay("draft.write");
  const mayDecide = useMay("release.decide");
  const mayTrust = useMay("installation.manage");
  const [doing, setDoing] = useState<Doing>();
  const [dryRun, setDryRun] = useState<AnswerOf<typeof checkReleasePlan>>();
  const { error, run } = useAttempt();
  const params = { draft: plan.draft };
  const done = async (said: string): Promise<void> => {
    setDoing(undefined);
    setDryRun(undefined);
    await changed();
    announce(said);
  };
  const agree = () =>
    run(async () => {
      await ask(agreeReleasePlan, { params, body: { revision: plan.revision } });
      await done("The plan is agreed. Its stages open by themselves.");
    });
  const lift = () =>
    run(async () => {
      await ask(liftHold, { params, body: {} });
      await done("Your hold is lifted.");
    });
  const trust = () =>
    run(async () => {
      await ask(trustClock, { body: {} });
      await done("The clock is trusted. What was due has opened.");
    });
  const tryOut = () =>
    run(async () => {
      setDryRun(await ask(checkReleasePlan, { params, body: { stages: plan.stages } }));
      announce("The dry run is below. Nothing opened.");
    });
  const title = planHeading(plan, nowMs);
  return (
    <Page
      title={title}
      crumbs={crumbs}
      meta={<PlanMeta plan={plan} />}
      action={
        // What was begun has its own main button.
        doing === undefined ? (
          <Actions
            plan={plan}
            mayWrite={mayWrite}
            mayDecide={mayDecide}
            onAgree={agree}
            onLift={lift}
            onDryRun={tryOut}
            onBegin={setDoing}
          />
        ) : undefined
      }
    >
      <MarkingStrip tlp={TLP_OF_LEVEL.case} held="case">
        A dry run reads nothing and opens nothing.
      </MarkingStrip>
      {error === undefined ? null : <Refusal title="It was not done" error={error} />}
      {plan.clockHeld === undefined ? null : (
        <Section title="The clock" note="What a person states still opens stages.">
          <p>
            <State kind="due">Nothing opens by the hour</State> {plan.clockHeld}
          </p>
          {mayTrust ? <Button onPress={() => void trust()}>Trust the clock as it is</Button> : null}
        </Section>
      )}
      {plan.stages.length === 0 && doing !== "edit" ? (
        <Section title="Stages">
          <Empty title="No stages yet">
            <p>
              Stages say which circle sees which level, and from when. Until the plan is agreed, nobody but {plan.owner.name} sees anything
              of this draft.
            </p>
            {plan.isOwner && mayWrite ? (
              <Button look="main" onPress={() => setDoing("edit")}>
                Write the stages
              </Button>
            ) : null}
          </Empty>
        </Section>
      ) : null}
      <PlanAxis plan={plan} />
      {doing === "edit" ? <StageEditor plan={plan} onSaved={done} onClose={() => setDoing(undefined)} /> : null}
      {doing === "hold" || doing === "end" || doing === "event" || doing === "exception" ? (
        <PlanActForm plan={plan} act={doing} onDone={done} onClose={() => setDoing(undefined)} />
      ) : null}
      <ProposedChange plan={plan} mayDecide={mayDecide} onDone={done} />
      {dryRun === undefined || doing === "edit" ? null : <DryRun plan={plan} openings={dryRun.openings} />}
      {plan.stages.length === 0 || doing === "edit" ? null : (
        <>
          <StageTable plan={plan} />
          <ReaderTable preview={plan.preview} circles={plan.circles} />
          <PlanChecks plan={plan} />
        </>
      )}
      <Says plan={plan} mayExcept={plan.isOwner && mayDecide} onExcept={() => setDoing("exception")} />
    </Page>
  );
}

function PlanMeta({ plan }: { readonly plan: PlanAnswer }) {
  const { stages, opened, agreedAtMs, revision, holds } = plan;
  const hour = stages.find(({ circle }) => circle === undefined)?.opens?.instantMs;
  return (
    <>
      {hour === undefined ? null : <Instant ms={hour} form="moment" />}
      {stages.length === 0 ? null : (
        <State kind={opened.length === stages.length ? "opened" : "in-force"}>
          {opened.length} of {stages.length} stages opened
        </State>
      )}
      {holds.map(({ organisation, name, reason, atMs }) => (
        <span key={organisation}>
          <State kind="blocked">held by {name}</State> since <Instant ms={atMs} form="moment" />: {reason}
        </span>
      ))}
      {agreedAtMs === undefined ? null : (
        <span>
          Revision {revision}, agreed <Instant ms={agreedAtMs} form="weekday" />
        </span>
      )}
    </>
  );
}

type ActionsProps = {
  readonly plan: PlanAnswer;
  readonly mayWrite: boolean;
  readonly mayDecide: boolean;
  readonly onAgree: () => Promise<void>;
  readonly onLift: () => Promise<void>;
  readonly onDryRun: () => Promise<void>;
  readonly onBegin: (doing: Doing) => void;
};

/** One main button, by how the plan stands; what it does is said under it. */
function Actions({ plan, mayWrite, mayDecide, onAgree, onLift, onDryRun, onBegin }: ActionsProps) {
  const { state, stages, isOwner, holds, proposed, opened } = plan;
  const isRunning = state === "agreed" || state === "held";
  const isMyHold = holds.some(({ mine }) => mine);
  const refused = plan.problems.some(({ severity }) => severity === "refused");
  const waitsForPatch =
    stages.some(({ id, on }) => on.includes("patch-ready") && opened.every(({ stage }) => stage !== id)) &&
    plan.events.every(({ event }) => event !== "patch-ready");
  return (
    <>
      {stages.length === 0 ? null : <Button onPress={() => void onDryRun()}>Dry run</Button>}
      {state === "writing" && isOwner && mayWrite && stages.length > 0 ? (
        <Button onPress={() => onBegin("edit")}>Change the stages</Button>
      ) : null}
      {isRunning && mayDecide && !isMyHold ? <Button onPress={() => onBegin("hold")}>Hold</Button> : null}
      {isRunning && mayDecide && isOwner && waitsForPatch ? <Button onPress={() => onBegin("event")}>The patch is ready</Button> : null}
      {isRunning && mayDecide && isOwner ? (
        <Button look="end" onPress={() => onBegin("end")}>
          End the embargo
        </Button>
      ) : null}
      {state === "writing" && isOwner && mayDecide && stages.length > 0 ? (
        <>
          <Button look="main" isDisabled={refused} onPress={() => void onAgree()}>
            Agree to the plan
          </Button>
          <p className="note">
            {refused ? "A check refuses it, below. The stages have to be changed first." : "From then on its stages open by themselves."}
          </p>
        </>
      ) : null}
      {isMyHold && mayDecide ? (
        <Button look="main" onPress={() => void onLift()}>
          Lift your hold
        </Button>
      ) : null}
      {isRunning && isOwner && mayDecide && proposed === undefined && !isMyHold ? (
        <>
          <Button look="main" onPress={() => onBegin("edit")}>
            Propose a change
          </Button>
          <p className="note">What only narrows binds at once. Everything else waits for consent, and the running plan binds meanwhile.</p>
        </>
      ) : null}
    </>
  );
}

/** Who has a say, what was stated, and whom the owner let see in spite of its function. */
function Says({ plan, mayExcept, onExcept }: { readonly plan: PlanAnswer; readonly mayExcept: boolean; readonly onExcept: () => void }) {
  const { consenters, events, exceptions, excluded } = plan;
  if (consenters.length + events.length + exceptions.length + excluded.length === 0) return null;
  return (
    <Section title="Who has a say" note="Each can hold the plan, and answers changes that widen it.">
      <ul className="stack">
        {consenters.map(({ id, name }) => (
          <li key={id}>
            {name}
            {id === plan.owner.id ? ", the owner" : ""}
          </li>
        ))}
        {events.map(({ event, reason, atMs }) => (
          <li key={event}>
            <State kind="opened">{event.replace("-", " ")}</State> <Instant ms={atMs} form="moment" />
            {reason === "" ? "" : `: ${reason}`}
          </li>
        ))}
        {exceptions.map(({ organisation, name, reason, atMs }) => (
          <li key={organisation}>
            <State kind="due">exception</State> {name}, <Instant ms={atMs} form="moment" />: {reason}
          </li>
        ))}
        {excluded.map(({ id, name }) => (
          <li key={id}>
            <State kind="refuted">kept out</State> {name}: an intelligence or law-enforcement function
          </li>
        ))}
      </ul>
      {mayExcept && excluded.length > 0 && plan.state !== "ended" ? (
        <div className="stage-editor-buttons">
          <Button onPress={onExcept}>Make an exception</Button>
        </div>
      ) : null}
    </Section>
  );
}
