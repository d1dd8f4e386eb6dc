import { useState } from "react";
import { FileTrigger, Form } from "react-aria-components";
import { Link } from "react-router";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import type { importDraft } from "../../../contract/endpoints/draft-imports.ts";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import type { DraftLevel } from "../../../vocabulary/level.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";

export type Imported = AnswerOf<typeof importDraft>;

type Send = (query: QueryInputOf<typeof importDraft>, body: Uint8Array<ArrayBuffer>) => Promise<Imported>;

const LEVELS = [
  { value: "own", label: "the level of each kind of part" },
  { value: "build", label: "at least build" },
  { value: "case", label: "case, all of it" },
] as const;

/** A document, which vulnerability of it is meant, and how confidential it is to be. */
export function ImportForm({
  send,
  onDone,
  onClose,
}: {
  readonly send: Send;
  readonly onDone: (imported: Imported) => Promise<void>;
  readonly onClose: () => void;
}) {
  const task = useTask();
  const [file, setFile] = useState<File>();
  const [level, setLevel] = useState<string>("own");
  const [vulnerability, setVulnerability] = useState("");
  const take = async (): Promise<void> => {
    if (file === undefined) return;
    await task.run(async () => {
      const name = vulnerability.trim();
      const query = { ...(level === "own" ? {} : { level: level as DraftLevel }), ...(name === "" ? {} : { vulnerability: name }) };
      await onDone(await send(query, new Uint8Array(await file.arrayBuffer())));
    }, "The document is imported");
  };
  return (
    <Form
      className="draft-form"
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <div className="draft-file">
        <FileTrigger acceptedFileTypes={["application/json", ".json"]} onSelect={(files) => setFile(files?.[0])}>
          <Button>Choose the document</Button>
        </FileTrigger>
        <span className="second">{file === undefined ? "No file chosen" : file.name}</span>
      </div>
      <Choice
        label="Its parts stand at"
        hint="A marking of TLP:AMBER or above counts besides."
        value={level}
        onChange={setLevel}
        options={LEVELS}
      />
      <TextInput
        label="Which vulnerability"
        hint="Only for a document with several: its CVE or another id."
        value={vulnerability}
        onChange={setVulnerability}
        isMono
      />
      {task.error === undefined ? null : <RefusedImport error={task.error} />}
      <div className="draft-buttons">
        <Button type="submit" look="main" isDisabled={task.isBusy || file === undefined}>
          Import it
        </Button>
        <Button look="quiet" onPress={onClose}>
          Leave it
        </Button>
        {file === undefined ? <span className="note">A document is missing.</span> : null}
      </div>
    </Form>
  );
}

function RefusedImport({ error }: { readonly error: unknown }) {
  const first = isCodedError(error, "conflict") ? (error.current as { readonly id?: unknown } | undefined) : undefined;
  return (
    <>
      <Refusal title="The document was not imported" error={error} kept="Nothing of it was stored." />
      {typeof first?.id === "string" ? <Link to={`/drafts/${first.id}`}>Open the draft that was made of it</Link> : null}
    </>
  );
}

/** What a document said and a draft has no part for: said once, where it can still be written by hand. */
export function LeftOutList({ imported }: { readonly imported: Imported }) {
  const { id, leftOut, parts } = imported;
  return (
    <div className="stack">
      <p>
        {countText(parts, "part")} imported, {countText(leftOut.length, "thing")} left out. <Link to={`/drafts/${id}`}>Open the draft</Link>
      </p>
      <ul className="draft-left-out">
        {leftOut.map(({ place, reason }) => (
          <li key={`${place} ${reason}`}>
            {place === "" ? null : <code>{place}</code>} {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
