import { useState, type ReactNode } from "react";
import { endEmbargoEarly, holdReleasePlan, makeException, stateReleaseEvent } from "../../../contract/endpoints/releases.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import type { PlanAnswer } from "../../words/release-words.ts";
import "./plan-acts.css";

/** What somebody has begun to do with the plan as a whole. */
export type PlanAct = "hold" | "end" | "event" | "exception";

export type PlanActProps = {
  readonly plan: PlanAnswer;
  readonly act: PlanAct;
  readonly onDone: (said: string) => Promise<void>;
  readonly onClose: () => void;
};

/** The form of one act: its reason, then what it does in words. */
export function PlanActForm(props: PlanActProps) {
  switch (props.act) {
    case "hold":
      return <HoldForm {...props} />;
    case "end":
      return <EndForm {...props} />;
    case "event":
      return <EventForm {...props} />;
    case "exception":
      return <ExceptionForm {...props} />;
  }
}

function HoldForm({ plan, onDone, onClose }: PlanActProps) {
  const [reason, setReason] = useState("");
  const { error, run } = useAttempt();
  const hold = () =>
    run(async () => {
      await ask(holdReleasePlan, { params: { draft: plan.draft }, body: { reason } });
      await onDone("The plan is held. Nothing opens until the hold is lifted.");
    });
  return (
    <ActSection
      title="Hold the plan"
      note="Nothing opens until your organisation lifts it. What has opened stays open."
      error={error}
      onClose={onClose}
    >
      <TextInput label="Why" hint="Everyone who sees the case reads it" value={reason} onChange={setReason} />
      <ActButton word="Hold the plan" isReady={reason.trim() !== ""} onPress={hold} missing="A reason is missing." />
    </ActSection>
  );
}

const BECAUSE = [
  { value: "leak", label: "a leak: others know it" },
  { value: "exploitation", label: "an attack was seen" },
  { value: "agreed", label: "everyone with a say agrees" },
] as const;

function EndForm({ plan, onDone, onClose }: PlanActProps) {
  const [because, setBecause] = useState<(typeof BECAUSE)[number]["value"]>("leak");
  const [reason, setReason] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const { error, run } = useAttempt();
  const end = () =>
    run(async () => {
      await ask(endEmbargoEarly, { params: { draft: plan.draft }, body: { because, reason } });
      await onDone("The embargo has ended. The advisory is being put into the record.");
    });
  return (
    <ActSection
      title="End the embargo now"
      note="For a leak or an attack the owner decides alone, over any hold. Otherwise propose an earlier public hour."
      error={error}
      onClose={onClose}
    >
      <Choice label="Because of" value={because} onChange={(value) => setBecause(value as typeof because)} options={BECAUSE} />
      <TextInput label="What happened" hint="Everyone who sees the case reads it" value={reason} onChange={setReason} />
      <ActButton
        word="End the embargo"
        look="end"
        isReady={reason.trim() !== ""}
        onPress={() => setIsAsked(true)}
        missing="What happened is missing."
      />
      <Confirm isOpen={isAsked} onClose={() => setIsAsked(false)} title="End the embargo now?" word="End the embargo" onConfirm={end} isEnd>
        <p>Everything at level fix and below is published within seconds: in the record, in everyone's scans, in the feeds.</p>
        <p>It cannot be undone. What is more confidential stays as it is.</p>
      </Confirm>
    </ActSection>
  );
}

function EventForm({ plan, onDone, onClose }: PlanActProps) {
  const [reason, setReason] = useState("");
  const { error, run } = useAttempt();
  const state = () =>
    run(async () => {
      await ask(stateReleaseEvent, { params: { draft: plan.draft }, body: { event: "patch-ready", reason } });
      await onDone("It is stated that the patch is ready. Stages that waited for it have opened.");
    });
  return (
    <ActSection
      title="The patch is ready"
      note="Opens every stage that waits for it. It cannot be taken back."
      error={error}
      onClose={onClose}
    >
      <TextInput label="Where it is" hint="A part, a commit; may be left empty" value={reason} onChange={setReason} />
      <ActButton word="State that the patch is ready" isReady onPress={state} missing="" />
    </ActSection>
  );
}

function ExceptionForm({ plan, onDone, onClose }: PlanActProps) {
  const [organisation, setOrganisation] = useState(plan.excluded[0]?.id ?? "");
  const [reason, setReason] = useState("");
  const { error, run } = useAttempt();
  const except = () =>
    run(async () => {
      await ask(makeException, { params: { draft: plan.draft }, body: { organisation, reason } });
      await onDone("The exception is made. Everyone who sees the case is told.");
    });
  return (
    <ActSection
      title="Make an exception"
      note="The organisation then sees what its circles see, of this draft only. The participants see it, and it cannot be taken back."
      error={error}
      onClose={onClose}
    >
      <Choice
        label="Organisation"
        value={organisation}
        onChange={setOrganisation}
        options={plan.excluded.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <TextInput label="Why" hint="Everyone who sees the case reads it" value={reason} onChange={setReason} />
      <ActButton
        word="Make the exception"
        isReady={reason.trim() !== "" && organisation !== ""}
        onPress={except}
        missing="A reason is missing."
      />
    </ActSection>
  );
}

function ActSection({
  title,
  note,
  error,
  onClose,
  children,
}: {
  readonly title: string;
  readonly note: string;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Section title={title} note={note}>
      <div className="plan-act">
        {children}
        <Button look="quiet" onPress={onClose}>
          Leave it
        </Button>
      </div>
      {error === undefined ? null : <Refusal title="It was not done" error={error} />}
    </Section>
  );
}

function ActButton({
  word,
  look = "main",
  isReady,
  onPress,
  missing,
}: {
  readonly word: string;
  readonly look?: "main" | "end";
  readonly isReady: boolean;
  readonly onPress: () => void;
  readonly missing: string;
}) {
  return (
    <>
      <Button look={look} isDisabled={!isReady} onPress={onPress}>
        {word}
      </Button>
      {isReady ? null : <p className="note">{missing}</p>}
    </>
  );
}

/** Runs what was asked and keeps the refusal for the page to show. */
export function useAttempt(): { readonly error: unknown; readonly run: (work: () => Promise<void>) => Promise<void> } {
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<void>): Promise<void> => {
    setError(undefined);
    try {
      await work();
    } catch (caught) {
      setError(caught);
    }
  };
  return { error, run };
}
