import { answerAmendment, withdrawAmendment } from "../../../contract/endpoints/releases.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import type { PlanAnswer } from "../../words/release-words.ts";
import { circleName } from "./plan-axis.tsx";
import { useAttempt } from "./plan-acts.tsx";

/** A change that waits for consent, what it changes, and who has answered. */
export function ProposedChange({
  plan,
  mayDecide,
  onDone,
}: {
  readonly plan: PlanAnswer;
  readonly mayDecide: boolean;
  readonly onDone: (said: string) => Promise<void>;
}) {
  const { error, run } = useAttempt();
  const { proposed, draft } = plan;
  if (proposed === undefined) return null;
  const { revision, changes, consents, waitingFor, mayAnswer } = proposed;
  const answer = (agrees: boolean) =>
    run(async () => {
      const { inForce } = await ask(answerAmendment, { params: { draft }, body: { revision, agrees } });
      await onDone(
        inForce
          ? "The change binds."
          : agrees
            ? "Your consent is given. Others have not answered yet."
            : "You refused the change. The running plan goes on.",
      );
    });
  const withdraw = () =>
    run(async () => {
      await ask(withdrawAmendment, { params: { draft }, body: { revision } });
      await onDone("The change is withdrawn.");
    });
  const stages = [...plan.stages, ...proposed.stages];
  return (
    <Section
      title={`Proposed change, revision ${revision}`}
      note="The running plan binds until everyone with a say, who sees the case, has agreed."
    >
      <ul className="stack">
        {changes.map(({ stage: id, message, weight }) => {
          const stage = stages.find((one) => one.id === id);
          return (
            <li key={`${id ?? ""} ${message}`}>
              {stage === undefined ? null : <strong>{circleName(plan, stage)}: </strong>}
              {message} {weight === "consent" ? <State kind="due">needs consent</State> : null}
            </li>
          );
        })}
      </ul>
      <ul className="stack second">
        {consents.map(({ organisation, name, agrees, atMs }) => (
          <li key={organisation}>
            {agrees ? <State kind="passed">agrees</State> : <State kind="refuted">refuses</State>} {name},{" "}
            <Instant ms={atMs} form="moment" />
          </li>
        ))}
        {waitingFor.map((name) => (
          <li key={name}>
            <State kind="waits">not answered</State> {name}
          </li>
        ))}
      </ul>
      {error === undefined ? null : <Refusal title="It was not done" error={error} />}
      {mayDecide && (mayAnswer || plan.isOwner) ? (
        <div className="stage-editor-buttons">
          {mayAnswer ? (
            <>
              <Button look="main" onPress={() => void answer(true)}>
                Agree to the change
              </Button>
              <Button look="end" onPress={() => void answer(false)}>
                Refuse the change
              </Button>
            </>
          ) : null}
          {plan.isOwner ? <Button onPress={() => void withdraw()}>Withdraw the change</Button> : null}
        </div>
      ) : null}
    </Section>
  );
}
