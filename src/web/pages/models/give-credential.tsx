import { useState } from "react";
import { giveCredential } from "../../../contract/endpoints/access-windows.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { CredentialField } from "./add-window.tsx";
import { useModelsChanged, type Window } from "./model-queries.ts";

/** Given once, sealed, and never seen again. */
export function GiveCredential({ window, onClose }: { readonly window: Window; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const [credential, setCredential] = useState("");
  const give = async (): Promise<void> => {
    const isDone = await task.run(
      () => ask(giveCredential, { params: { window: window.id }, body: { credential } }),
      `The key of ${window.name} is sealed`,
    );
    setCredential("");
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title={`Give ${window.name} its key`}
      lead={<p>Once. Another key needs another window.</p>}
      word="Give the key"
      onSubmit={() => void give()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={credential.trim() === "" ? "A key is needed." : undefined}
      error={task.error}
      refused="The key was not taken"
    >
      <CredentialField value={credential} onChange={setCredential} isOptional={false} />
    </FormPanel>
  );
}
