import { useState } from "react";
import { Form } from "react-aria-components";
import { correctAdvisory } from "../../../contract/endpoints/corrections.ts";
import type { WirePart } from "../../../contract/endpoints/drafts.ts";
import { LEVEL_OF_PART, PART_KINDS, PUBLISHED_FROM } from "../../../vocabulary/draft-advisory.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";
import { PART_HINTS, PART_WORDS } from "../../words/draft-words.ts";
import { PartBodyView } from "./part-body.tsx";
import { PartFields } from "./part-fields.tsx";
import { newPart, toStated, toTyped, type TypedPart } from "./typed-part.ts";

const PUBLISHED_KINDS = PART_KINDS.filter((kind) => LEVEL_OF_PART[kind] === PUBLISHED_FROM);

type Added = { readonly key: string; readonly typed: TypedPart };

export type CorrectionFormProps = {
  readonly draft: string;
  /** Those that are published. */
  readonly parts: readonly WirePart[];
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
};

/** Changes of several published parts that become one revision of the record. */
export function CorrectionForm({ draft, parts, onDone, onClose }: CorrectionFormProps) {
  const task = useTask();
  const [changed, setChanged] = useState<ReadonlyMap<string, TypedPart | "removed">>(new Map());
  const [added, setAdded] = useState<readonly Added[]>([]);
  const [reason, setReason] = useState("");
  const count = changed.size + added.length;
  const set = (part: string, to: TypedPart | "removed" | undefined): void => {
    const next = new Map(changed);
    if (to === undefined) next.delete(part);
    else next.set(part, to);
    setChanged(next);
  };
  const send = async (): Promise<void> => {
    const named = parts.flatMap((part) => {
      const to = changed.get(part.id);
      return to === undefined ? [] : [{ to, part: part.id, revision: part.revision ?? 1 }];
    });
    const body = {
      reason,
      write: added.map(({ typed }) => toStated(typed)),
      change: named.flatMap(({ to, part, revision }) => (to === "removed" ? [] : [{ ...toStated(to), part, revision }])),
      remove: named.flatMap(({ to, part, revision }) => (to === "removed" ? [{ part, revision }] : [])),
    };
    const isDone = await task.run(() => ask(correctAdvisory, { params: { draft }, body }), "The correction is published");
    if (isDone) await onDone();
  };
  return (
    <Form
      className="draft-form"
      aria-label="Correct the advisory"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {parts.map((part) => (
        <StandingPart key={part.id} part={part} to={changed.get(part.id)} onChange={(to) => set(part.id, to)} />
      ))}
      {added.map(({ key, typed }, index) => (
        <fieldset className="correction-part" key={key}>
          <legend>New part {index + 1}</legend>
          <Choice
            label="What it says"
            hint={PART_HINTS[typed.kind]}
            value={typed.kind}
            onChange={(value) => {
              const kind = PUBLISHED_KINDS.find((one) => one === value) ?? "details";
              setAdded(added.map((one) => (one.key === key ? { key, typed: { ...newPart(kind), text: typed.text } } : one)));
            }}
            options={PUBLISHED_KINDS.map((value) => ({ value, label: PART_WORDS[value] }))}
          />
          <PartFields
            typed={typed}
            onChange={(change) => setAdded(added.map((one) => (one.key === key ? { key, typed: { ...typed, ...change } } : one)))}
          />
          <div className="draft-buttons">
            <Button look="quiet" size="row" onPress={() => setAdded(added.filter((one) => one.key !== key))}>
              Leave new part {index + 1} out
            </Button>
          </div>
        </fieldset>
      ))}
      <div className="draft-buttons">
        <Button onPress={() => setAdded([...added, { key: crypto.randomUUID(), typed: newPart("details") }])}>Add a part</Button>
      </div>
      <TextInput label="Why" hint="Everybody reads it: the record says it" value={reason} onChange={setReason} />
      {task.error === undefined ? null : <Refusal title="It was not corrected" error={task.error} kept="What you typed is still here." />}
      <div className="draft-buttons">
        <Button type="submit" look="main" isDisabled={task.isBusy || count === 0 || reason.trim() === ""}>
          Publish the correction
        </Button>
        <Button look="quiet" onPress={onClose}>
          Leave it as it is
        </Button>
        <span className="note">{missingWords(count, reason)}</span>
      </div>
    </Form>
  );
}

function StandingPart({
  part,
  to,
  onChange,
}: {
  readonly part: WirePart;
  readonly to: TypedPart | "removed" | undefined;
  readonly onChange: (to: TypedPart | "removed" | undefined) => void;
}) {
  const word = PART_WORDS[part.kind];
  return (
    <fieldset className="correction-part">
      <legend>{to === undefined ? word : to === "removed" ? `${word}, to be removed` : `${word}, to be changed`}</legend>
      {to === undefined || to === "removed" ? (
        <PartBodyView kind={part.kind} body={part.body} />
      ) : (
        <PartFields typed={to} onChange={(change) => onChange({ ...to, ...change })} />
      )}
      <div className="draft-buttons">
        {to === undefined ? (
          <>
            <Button size="row" label={`Correct: ${word}`} onPress={() => onChange(toTyped(part.kind, part.body))}>
              Correct
            </Button>
            <Button size="row" look="quiet" label={`Take out: ${word}`} onPress={() => onChange("removed")}>
              Take out
            </Button>
          </>
        ) : (
          <Button size="row" look="quiet" label={`Leave as published: ${word}`} onPress={() => onChange(undefined)}>
            Leave as published
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function missingWords(count: number, reason: string): string {
  if (count === 0) return "Nothing is corrected yet.";
  if (reason.trim() === "") return "A reason is missing.";
  return `${countText(count, "part")}, one revision.`;
}
