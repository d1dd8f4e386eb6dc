import { useState } from "react";
import { withdrawModel } from "../../../contract/endpoints/models.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { endedText, voluntaryWords } from "../../words/model-words.ts";
import { type Model, useModelsChanged } from "./model-queries.ts";

/** What nobody has to do, in words, and the way out of all of it. */
export function Voluntary({ model, mayWithdraw }: { readonly model: Model; readonly mayWithdraw: boolean }) {
  const [isAsked, setIsAsked] = useState(false);
  const task = useTask();
  const changed = useModelsChanged();
  const withdraw = async (): Promise<void> => {
    await task.run(
      () => ask(withdrawModel, { params: { model: model.id } }),
      `${model.name} is withdrawn, and ${endedText(model.custody, "its keys")}`,
    );
    await changed();
  };
  return (
    <Section title="What is voluntary" note="In words, because it matters more than the buttons.">
      <div className="voluntary">
        {voluntaryWords(model.side, model.lab.name ?? "The lab").map((words) => (
          <p key={words} className="voluntary-words">
            {words}
          </p>
        ))}
        {model.side === "lab" ? (
          <p className="second">
            After you end access:{" "}
            {model.custody === "here"
              ? "the key is destroyed when the answer comes, and what the database and its backups still hold opens nothing"
              : "each of your own gateways that has the key destroys it and states that"}
            ; you get a certificate that names which key was destroyed, where and when, and what that cannot reach; testers keep what your
            terms let them keep. A new window needs a new offer from you.
          </p>
        ) : null}
        {mayWithdraw ? (
          <div className="section-acts">
            <Button look="end" onPress={() => setIsAsked(true)}>
              Withdraw the model
            </Button>
          </div>
        ) : null}
      </div>
      {task.error === undefined ? null : <Refusal title="It was not withdrawn" error={task.error} />}
      <Confirm
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        title={`Withdraw ${model.name}`}
        word="Withdraw the model"
        onConfirm={withdraw}
        isEnd
      >
        <p>
          Every window and stage ends now, those that have not opened too. Open streams are cut within 1 second, tokens are revoked, and{" "}
          {model.custody === "here" ? "keys are destroyed" : "your own gateways destroy their keys"}. It cannot be undone; you can offer the
          model anew.
        </p>
        <p>You are asked for no reason, and nothing here holds it against you.</p>
      </Confirm>
    </Section>
  );
}
