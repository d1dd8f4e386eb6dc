import { useState } from "react";
import { Form } from "react-aria-components";
import { changePart, writePart, type WirePart } from "../../../contract/endpoints/drafts.ts";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { LEVEL_OF_PART, PART_KINDS, type PartKind } from "../../../vocabulary/draft-advisory.ts";
import { DRAFT_LEVELS, type DraftLevel, shows } from "../../../vocabulary/level.ts";
import { Choice } from "../../forms/choice.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { PART_HINTS, PART_WORDS } from "../../words/draft-words.ts";
import { PartBodyView } from "./part-body.tsx";
import { PartFields } from "./part-fields.tsx";
import { newPart, toStated, toTyped, type TypedPart } from "./typed-part.ts";

export type PartFormProps = {
  readonly draft: string;
  /** The part that is changed, its body as it was read; absent = a new one. */
  readonly part?: WirePart;
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
};

/** Writes a part, or changes one. When somebody was faster, both texts stand here until one of them is chosen. */
export function PartForm({ draft, part, onDone, onClose }: PartFormProps) {
  const task = useTask();
  const [typed, setTyped] = useState<TypedPart>(() => (part === undefined ? newPart("details") : toTyped(part.kind, part.body)));
  const [level, setLevel] = useState<DraftLevel>(part?.level ?? LEVEL_OF_PART.details);
  const [faster, setFaster] = useState<WirePart>();
  const { kind } = typed;
  const levels = levelsOf(kind);
  const send = async (revision: number | undefined): Promise<void> => {
    setFaster(undefined);
    const isDone = await task.run(
      async () => {
        const body = { ...toStated(typed), level };
        try {
          if (part === undefined) await ask(writePart, { params: { draft }, body });
          else await ask(changePart, { params: { draft, part: part.id }, body: { ...body, revision: revision ?? 1 } });
        } catch (error) {
          if (isCodedError(error, "conflict") && error.current !== undefined) setFaster(error.current as WirePart);
          throw error;
        }
      },
      part === undefined ? "The part is added" : "The part is changed",
    );
    if (isDone) await onDone();
  };
  return (
    <Form
      className="draft-form"
      aria-label={part === undefined ? "Add a part" : `Change: ${PART_WORDS[kind]}`}
      onSubmit={(event) => {
        event.preventDefault();
        void send(part?.revision);
      }}
    >
      {part === undefined ? (
        <Choice
          label="What it says"
          hint={PART_HINTS[kind]}
          value={kind}
          onChange={(value) => {
            const next = PART_KINDS.find((one) => one === value) ?? "details";
            setTyped({ ...newPart(next), text: typed.text });
            setLevel(LEVEL_OF_PART[next]);
          }}
          options={PART_KINDS.map((value) => ({ value, label: PART_WORDS[value] }))}
        />
      ) : null}
      <PartFields typed={typed} onChange={(change) => setTyped({ ...typed, ...change })} />
      {levels.length === 1 ? (
        <p className="note">It stands at {levels[0]}: a part of this kind stands nowhere else.</p>
      ) : (
        <Choice
          label="Level"
          hint="Whoever sees this level or a more confidential one sees the part."
          value={level}
          onChange={(value) => setLevel(levels.find((one) => one === value) ?? level)}
          options={levels.map((value) => ({ value, label: LEVEL_WORDS[value] }))}
        />
      )}
      {task.error === undefined ? null : (
        <Refusal
          title={faster === undefined ? "The part was not taken" : "Somebody was faster"}
          error={task.error}
          kept="What you typed is still here."
        />
      )}
      {faster === undefined ? null : (
        <div className="part-faster">
          <h3>What is there now</h3>
          <p className="note">
            Revision {faster.revision}, <Instant ms={faster.writtenAtMs} form="moment" />
            {faster.author?.name === undefined ? "" : `, by ${faster.author.name}`}
          </p>
          {faster.body === undefined ? (
            <p className="note">It is research: read it first, which is written down.</p>
          ) : (
            <PartBodyView kind={faster.kind} body={faster.body} />
          )}
        </div>
      )}
      <div className="draft-buttons">
        {faster === undefined ? (
          <Button type="submit" look="main" isDisabled={task.isBusy}>
            {part === undefined ? "Add the part" : "Save the change"}
          </Button>
        ) : (
          <>
            <Button isDisabled={task.isBusy} onPress={() => void send(faster.revision)}>
              Save mine as revision {(faster.revision ?? 0) + 1}
            </Button>
            <Button onPress={() => void onDone()}>Keep theirs</Button>
          </>
        )}
        <Button look="quiet" onPress={onClose}>
          Leave without saving
        </Button>
      </div>
    </Form>
  );
}

const LEVEL_WORDS: Readonly<Record<DraftLevel, string>> = {
  case: "case: who coordinates it",
  build: "build: who builds the fix, too",
  fix: "fix: who installs it, too, and the public in the end",
  notice: "notice: names and a date alone",
  public: "public",
};

function levelsOf(kind: PartKind): readonly DraftLevel[] {
  if (kind === "research") return ["case"];
  return DRAFT_LEVELS.filter((level) => shows(level, LEVEL_OF_PART[kind]));
}
