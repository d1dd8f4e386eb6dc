import { useState } from "react";
import { answerAccessRequest, type RequestAnswer } from "../../../contract/endpoints/access-requests.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { requestText } from "../../words/request-words.ts";
import { useModelsChanged } from "./model-queries.ts";

/** A no, with words or without. */
export function DeclineRequest({ request, onClose }: { readonly request: RequestAnswer; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const [words, setWords] = useState("");
  const decline = async (): Promise<void> => {
    const body = { outcome: "declined" as const, ...(words.trim() === "" ? {} : { words: words.trim() }) };
    const isDone = await task.run(() => ask(answerAccessRequest, { params: { request: request.id }, body }), "The desk is answered");
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title={`Decline: ${requestText(request)}`}
      lead={<p>You are asked for no reason. The answer stands beside the request, for you and the desk, and nothing here counts it.</p>}
      word="Decline"
      onSubmit={() => void decline()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={undefined}
      error={task.error}
      refused="The request still waits"
    >
      <LongTextInput label="Words to the desk" hint="Nothing = without words." value={words} onChange={setWords} rows={2} />
    </FormPanel>
  );
}
