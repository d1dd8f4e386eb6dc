import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answerAccessRequest, type RequestAnswer, withdrawAccessRequest } from "../../../contract/endpoints/access-requests.ts";
import type { Session } from "../../shell/session.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { answerText, requestShown, requestText, requestsVoluntary } from "../../words/request-words.ts";
import { AskLab } from "./ask-lab.tsx";
import { DeclineRequest } from "./decline-request.tsx";
import { ExtendWindow } from "./extend-window.tsx";
import { GrantForm } from "./grant-form.tsx";
import { type Model, modelGrantsQuery, requestsQuery, useModelsChanged } from "./model-queries.ts";
import "./requests.css";

type Doing = { readonly what: "ask" } | { readonly what: "grant" | "decline"; readonly request: RequestAnswer } | undefined;

/** What the desk asked of the lab, and what the lab answered. Known to the two of them alone. */
export function Requests({ model, session }: { readonly model: Model; readonly session: Session }) {
  const [doing, setDoing] = useState<Doing>();
  const found = useQuery(requestsQuery(model.id));
  const task = useTask();
  const changed = useModelsChanged();
  const isOffered = model.withdrawnAtMs === undefined;
  const mayAsk = model.side === "desk" && isOffered && session.verbs.includes("model.request");
  const mayAnswer = model.side === "lab" && isOffered && session.verbs.includes("model.enrol");
  const close = (): void => setDoing(undefined);
  const takeBack = async (request: string): Promise<void> => {
    await task.run(() => ask(withdrawAccessRequest, { params: { request } }), "The request is taken back");
    await changed();
  };
  const rows = found.data?.rows;
  return (
    <Section title="Requests" note={requestsVoluntary(model.side)}>
      {rows === undefined ? (
        found.isError ? (
          <Refusal title="The requests could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={2} what="the requests" />
        )
      ) : rows.length === 0 ? (
        doing === undefined ? (
          <Empty title="Nothing was asked">
            <p>
              {model.side === "lab"
                ? `${model.desk.name ?? "The desk"} may ask you for use by an organisation, or for a later end of a window. You need not answer.`
                : "You may ask the lab for use by an organisation, or for a later end of a window within its bounds."}
            </p>
          </Empty>
        ) : null
      ) : (
        <ul className="requests" aria-label="Requests">
          {rows.map((request) => (
            <li key={request.id} className="request">
              <p>
                <State {...shapeOf(request)}>{requestShown(request.state).word}</State> <strong>{requestText(request)}</strong>{" "}
                <span className="second">
                  <Instant ms={request.askedAtMs} form="distance" />
                </span>
              </p>
              <blockquote className="request-words">{request.words}</blockquote>
              {request.answer === undefined ? null : (
                <>
                  <p className="second">
                    {answerText(request.answer, model.side)}, <Instant ms={request.answer.atMs} form="distance" />
                  </p>
                  {request.answer.words === undefined ? null : <blockquote className="request-words">{request.answer.words}</blockquote>}
                </>
              )}
              {request.state === "asked" ? (
                <RequestButtons
                  request={request}
                  mayAnswer={mayAnswer}
                  mayTakeBack={mayAsk}
                  isBusy={task.isBusy}
                  onDo={(what) => setDoing({ what, request })}
                  onTakeBack={() => void takeBack(request.id)}
                />
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {found.data?.next === undefined ? null : <p className="note">The newest 200 requests are shown; the API lists the rest.</p>}
      {mayAsk && doing === undefined ? (
        <div className="section-acts">
          <Button onPress={() => setDoing({ what: "ask" })}>Ask the lab</Button>
        </div>
      ) : null}
      {task.error === undefined ? null : <Refusal title="It was not taken back" error={task.error} />}
      {doing?.what === "ask" ? <AskLab model={model} onClose={close} /> : null}
      {doing?.what === "decline" ? <DeclineRequest key={doing.request.id} request={doing.request} onClose={close} /> : null}
      {doing?.what === "grant" ? <GrantRequest key={doing.request.id} model={model} request={doing.request} onClose={close} /> : null}
    </Section>
  );
}

function RequestButtons({
  request,
  mayAnswer,
  mayTakeBack,
  isBusy,
  onDo,
  onTakeBack,
}: {
  readonly request: RequestAnswer;
  readonly mayAnswer: boolean;
  readonly mayTakeBack: boolean;
  readonly isBusy: boolean;
  readonly onDo: (what: "grant" | "decline") => void;
  readonly onTakeBack: () => void;
}) {
  const what = requestText(request);
  const grant = request.kind === "grant" ? "Grant use" : "Extend the window";
  return (
    <div className="section-acts">
      {mayAnswer ? (
        <>
          <Button size="row" label={`${grant}: ${what}`} onPress={() => onDo("grant")}>
            {grant}
          </Button>
          <Button size="row" label={`Decline: ${what}`} onPress={() => onDo("decline")}>
            Decline
          </Button>
        </>
      ) : null}
      {mayTakeBack ? (
        <Button size="row" look="quiet" label={`Take it back: ${what}`} isDisabled={isBusy} onPress={onTakeBack}>
          Take it back
        </Button>
      ) : null}
    </div>
  );
}

/** The lab's own form for what is asked; once that is done, the request is answered with it. */
function GrantRequest({
  model,
  request,
  onClose,
}: {
  readonly model: Model;
  readonly request: RequestAnswer;
  readonly onClose: () => void;
}) {
  const window = model.windows.find(({ id, kind, state }) =>
    request.window === undefined ? kind === "testing-window" && state !== "closed" : id === request.window.id,
  );
  const answer = async (grant?: string): Promise<void> => {
    const body = { outcome: "granted" as const, ...(grant === undefined ? {} : { grant }) };
    await ask(answerAccessRequest, { params: { request: request.id }, body });
  };
  const grants = useQuery(modelGrantsQuery(model.id)).data?.rows ?? [];
  // Made before, or the answer was lost on its way: it is not to be made twice.
  const standing = grants.find(
    (grant) =>
      request.kind === "grant" &&
      grant.organisation.id === request.organisation?.id &&
      grant.endedAtMs === undefined &&
      (request.window === undefined || grant.window.id === request.window.id),
  );
  const isLater = request.closedThen !== undefined && (window?.closes?.at.instantMs ?? 0) > request.closedThen.instantMs;
  if (standing !== undefined || (request.kind === "extension" && isLater)) {
    return <AnswerWithWhatIs request={request} answer={() => answer(standing?.id)} onClose={onClose} />;
  }
  if (window === undefined) return <p className="second">Add a testing window first: use is granted in one.</p>;
  return request.kind === "grant" ? (
    <GrantForm model={model} window={window} organisation={request.organisation?.id} onMade={answer} onClose={onClose} />
  ) : (
    <ExtendWindow window={window} closes={request.closes} onExtended={answer} onClose={onClose} />
  );
}

function AnswerWithWhatIs({
  request,
  answer,
  onClose,
}: {
  readonly request: RequestAnswer;
  readonly answer: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const task = useTask();
  const changed = useModelsChanged();
  const send = async (): Promise<void> => {
    const isDone = await task.run(answer, "The desk is answered");
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title={requestText(request)}
      lead={
        <p>
          {request.kind === "grant"
            ? "The organisation has a grant already. The answer names it."
            : "The window closes later already than when this was asked. The answer names its end."}
        </p>
      }
      word="Answer with that"
      onSubmit={() => void send()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={undefined}
      error={task.error}
      refused="The request still waits"
    >
      {null}
    </FormPanel>
  );
}

function shapeOf({ state }: RequestAnswer): { readonly kind: ReturnType<typeof requestShown>["kind"] } {
  return { kind: requestShown(state).kind };
}
