import { Power } from "lucide-react";
import { useState } from "react";
import { endWindow } from "../../../contract/endpoints/access-windows.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { listText } from "../../words/count-text.ts";
import { endedText } from "../../words/model-words.ts";
import { type Model, useModelsChanged, type Window } from "./model-queries.ts";

/** The way out, at the top of the lab's page, with what it does said under it. It asks for no reason and for no typing. */
export function EndAccess({ model }: { readonly model: Model }) {
  const [isAsked, setIsAsked] = useState(false);
  const task = useTask();
  const changed = useModelsChanged();
  const ending = windowsToEnd(model.windows);
  if (ending.length === 0) return null;
  const reachable = ending.filter(({ state }) => state === "open" || state === "waiting");
  const names = listText(ending.map(({ name }) => name));
  const left = model.windows.filter((window) => window.state === "agreed" && !ending.includes(window));
  const end = async (): Promise<void> => {
    await task.run(
      () => Promise.all(ending.map(({ id }) => ask(endWindow, { params: { window: id } }))),
      `Access is ended: ${names}, and ${endedText(model.custody, "its key")}`,
    );
    await changed();
  };
  return (
    <>
      <Button look="end" size="large" onPress={() => setIsAsked(true)}>
        <Power size={16} strokeWidth={1.75} aria-hidden="true" />
        {reachable.length > 0 ? "End access now" : "Call it off"}
      </Button>
      <p className="note">
        {reachable.length > 0
          ? `Cuts open streams within 1 second${model.custody === "here" ? " and destroys the key" : "; each of your own gateways destroys its key"}. Nothing is held against you.`
          : `Nothing opens, and ${model.custody === "here" ? "the key is destroyed if one was given" : "your own gateways destroy their keys"}. Nothing is held against you.`}
      </p>
      {task.error === undefined ? null : <Refusal title="Access was not ended" error={task.error} />}
      <Confirm
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        title={reachable.length > 0 ? `End access to ${model.name} now` : `Call ${names} off`}
        word={reachable.length > 0 ? "End access now" : "Call it off"}
        onConfirm={end}
        isEnd
      >
        <EndConsequences model={model} names={names} />
        {left.length === 0 ? null : (
          <p>
            {listText(left.map(({ name }) => name))} {left.length === 1 ? "is" : "are"} not ended by this, and would open at{" "}
            {left.length === 1 ? "its hour" : "their hours"}. To end everything, withdraw the model.
          </p>
        )}
      </Confirm>
    </>
  );
}

/** What ending does, before it is done. */
export function EndConsequences({ model, names }: { readonly model: Model; readonly names: string }) {
  return (
    <>
      <p>
        Ends {names}. Open streams are cut within 1 second, every token for it is revoked, and{" "}
        {model.custody === "here"
          ? "the key is destroyed when the answer comes"
          : "each of your own gateways that has the key destroys it and states that"}
        . It cannot be undone.
      </p>
      <p>
        You get a certificate of {model.custody === "here" ? "destruction" : "what each of them destroyed"}, and are asked to revoke the
        credential at your own side too. Testers keep what your terms let them keep. A new window needs a new offer from you.
      </p>
      <p>You are asked for no reason, and nothing here holds it against you.</p>
    </>
  );
}

/** What is open, or was and waits; where nothing is, what would open by itself. */
function windowsToEnd(windows: readonly Window[]): readonly Window[] {
  const reachable = windows.filter(({ state }) => state === "open" || state === "waiting");
  return reachable.length > 0 ? reachable : windows.filter(({ state }) => state === "agreed");
}
