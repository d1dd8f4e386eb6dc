import { useState } from "react";
import { FileTrigger, Form } from "react-aria-components";
import {
  addAttachment,
  MAX_ATTACHMENT_BYTES,
  removeAttachment,
  type WireAttachment,
} from "../../../contract/endpoints/draft-attachments.ts";
import type { WireDraft } from "../../../contract/endpoints/drafts.ts";
import { Choice } from "../../forms/choice.tsx";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { sizeText } from "../../words/draft-words.ts";
import { useDraftChanged } from "./draft-queries.ts";

/** Files beside the parts: sealed on the server's disk, never published. */
export function DraftFiles({ draft }: { readonly draft: WireDraft }) {
  const mayWrite = draft.case?.mayWrite === true;
  const [isOpen, setIsOpen] = useState(false);
  const [removing, setRemoving] = useState<WireAttachment>();
  const changed = useDraftChanged(draft.id);
  const task = useTask();
  const files = draft.attachments ?? [];
  if (files.length === 0 && !mayWrite) return null;
  const remove = async (): Promise<void> => {
    if (removing === undefined) return;
    const params = { draft: draft.id, attachment: removing.id };
    if (await task.run(() => ask(removeAttachment, { params, body: {} }), `Removed: ${removing.name}`)) await changed();
  };
  return (
    <Section title="Files" note="Sealed on this server's disk. A public stage does not publish them.">
      {files.length === 0 ? (
        isOpen ? null : (
          <Empty title="No files yet">
            <p>A proof, a crash, a build log: what does not fit into a text. Each stands at a level, and who reads it is written down.</p>
          </Empty>
        )
      ) : (
        <DataTable
          label="Files"
          columns={[...columnsOf(draft.id), ...(mayWrite ? [removeColumn(setRemoving)] : [])]}
          rows={files}
          rowId={({ id }) => id}
        />
      )}
      {task.error === undefined ? null : <Refusal title="The file was not removed" error={task.error} />}
      {mayWrite ? (
        <div className="draft-buttons">
          <Button expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
            Add a file
          </Button>
        </div>
      ) : null}
      {isOpen ? (
        <AddFile
          draft={draft.id}
          onDone={async () => {
            setIsOpen(false);
            await changed();
          }}
        />
      ) : null}
      <Confirm
        isOpen={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Remove ${removing?.name ?? "the file"}?`}
        word="Remove the file"
        onConfirm={remove}
        isEnd
      >
        <p>Its bytes are destroyed on this server. It cannot be undone; copies that were downloaded stay where they are.</p>
      </Confirm>
    </Section>
  );
}

function AddFile({ draft, onDone }: { readonly draft: string; readonly onDone: () => Promise<void> }) {
  const task = useTask();
  const [file, setFile] = useState<File>();
  const [level, setLevel] = useState<"case" | "build" | "fix">("case");
  const isTooLarge = file !== undefined && file.size > MAX_ATTACHMENT_BYTES;
  const add = async (): Promise<void> => {
    if (file === undefined) return;
    const query = { name: file.name, level, ...(/^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? { mediaType: file.type } : {}) };
    const isDone = await task.run(
      async () => ask(addAttachment, { params: { draft }, query, body: new Uint8Array(await file.arrayBuffer()) }),
      `Added: ${file.name}`,
    );
    if (isDone) await onDone();
  };
  return (
    <Form
      className="draft-form"
      aria-label="Add a file"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="draft-file">
        <FileTrigger onSelect={(files) => setFile(files?.[0])}>
          <Button>Choose the file</Button>
        </FileTrigger>
        <span className="second">{file === undefined ? "No file chosen" : `${file.name}, ${sizeText(file.size)}`}</span>
      </div>
      <Choice
        label="Level"
        hint="Whoever sees this level or a more confidential one may download it."
        value={level}
        onChange={(value) => setLevel(value as typeof level)}
        options={["case", "build", "fix"].map((value) => ({ value, label: value }))}
      />
      {task.error === undefined ? null : <Refusal title="The file was not added" error={task.error} kept="Nothing of it was stored." />}
      <div className="draft-buttons">
        <Button type="submit" look="main" isDisabled={task.isBusy || file === undefined || isTooLarge}>
          Add the file
        </Button>
        {isTooLarge ? <span className="note">A file has at most {sizeText(MAX_ATTACHMENT_BYTES)}.</span> : null}
      </div>
    </Form>
  );
}

function columnsOf(draft: string): readonly Column<WireAttachment>[] {
  return [
    {
      id: "name",
      header: "File",
      cell: ({ id, name }) => (
        <a href={`/api/drafts/${draft}/attachments/${id}`} download={name} className="draft-file-name">
          {name}
        </a>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
    },
    { id: "level", header: "Level", cell: ({ level }) => <LevelGauge level={level} />, fileValue: ({ level }) => level, stacked: "side" },
    {
      id: "size",
      header: "Size",
      cell: ({ sizeBytes }) => sizeText(sizeBytes),
      fileValue: ({ sizeBytes }) => sizeBytes,
      align: "end",
      stacked: "plain",
    },
    {
      id: "sha256",
      header: "SHA-256",
      cell: ({ sha256 }) => <CopyableId value={sha256} shown={`${sha256.slice(0, 8)}…${sha256.slice(-4)}`} />,
      fileValue: ({ sha256 }) => sha256,
      stacked: "plain",
    },
    {
      id: "written",
      header: "Added",
      cell: ({ writtenAtMs }) => <Instant ms={writtenAtMs} form="distance" inRow />,
      fileValue: ({ writtenAtMs }) => new Date(writtenAtMs).toISOString(),
      stacked: "line",
    },
  ];
}

function removeColumn(onRemove: (file: WireAttachment) => void): Column<WireAttachment> {
  return {
    id: "remove",
    header: "Remove",
    isHeaderHidden: true,
    cell: (file) => (
      <Button look="quiet" size="row" label={`Remove ${file.name}`} onPress={() => onRemove(file)}>
        Remove
      </Button>
    ),
    fileValue: () => undefined,
    align: "end",
    stacked: "plain",
  };
}
