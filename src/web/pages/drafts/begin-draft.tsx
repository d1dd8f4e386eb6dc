import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { useNavigate } from "react-router";
import { importDraft } from "../../../contract/endpoints/draft-imports.ts";
import { createDraft } from "../../../contract/endpoints/drafts.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { ImportForm, LeftOutList, type Imported } from "./import-form.tsx";

export type Beginning = "write" | "import";

/** The first line of a draft, or the document it is made of. */
export function BeginDraft({ how, onClose }: { readonly how: Beginning; readonly onClose: () => void }) {
  return how === "write" ? <WriteFirst onClose={onClose} /> : <ImportFirst onClose={onClose} />;
}

function WriteFirst({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const task = useTask();
  const [summary, setSummary] = useState("");
  const begin = async (): Promise<void> => {
    let id = "";
    const isDone = await task.run(async () => {
      const text = summary.trim();
      ({ id } = await ask(createDraft, { body: { parts: text === "" ? [] : [{ kind: "summary", body: { text } }] } }));
      await queryClient.invalidateQueries({ queryKey: ["drafts"] });
    }, "The draft is begun");
    if (isDone) await navigate(`/drafts/${id}`);
  };
  return (
    <Section title="Begin a draft" note="Everything else is added on its page, each part at a level of its own.">
      <Form
        className="draft-form"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <TextInput
          label="Summary"
          hint="One line that says what it is. It can be left empty and written later."
          value={summary}
          onChange={setSummary}
        />
        {task.error === undefined ? null : <Refusal title="No draft was begun" error={task.error} kept="What was typed is still here." />}
        <div className="draft-buttons">
          <Button type="submit" look="main" isDisabled={task.isBusy}>
            Begin the draft
          </Button>
          <Button look="quiet" onPress={onClose}>
            Leave it
          </Button>
        </div>
      </Form>
    </Section>
  );
}

function ImportFirst({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [imported, setImported] = useState<Imported>();
  return (
    <Section title="Import a document" note="An OSV record or a CSAF 2.0 document, in JSON. The same document begins one draft only.">
      {imported === undefined ? (
        <ImportForm
          send={(query, body) => ask(importDraft, { query, body })}
          onDone={async (done) => {
            await queryClient.invalidateQueries({ queryKey: ["drafts"] });
            if (done.leftOut.length === 0) await navigate(`/drafts/${done.id}`);
            else setImported(done);
          }}
          onClose={onClose}
        />
      ) : (
        <LeftOutList imported={imported} />
      )}
    </Section>
  );
}
