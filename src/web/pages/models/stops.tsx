import { useState } from "react";
import { liftStop, stopUse } from "../../../contract/endpoints/gateways.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { type Model, type Stop, useModelsChanged } from "./model-queries.ts";

/** Stops one organisation's use until whoever stopped it lets it go on. Nothing is destroyed. */
export function StopForm({
  model,
  organisation,
  onClose,
}: {
  readonly model: Model;
  readonly organisation: NonNullable<Stop["organisation"]>;
  readonly onClose: () => void;
}) {
  const task = useTask();
  const changed = useModelsChanged();
  const [reason, setReason] = useState("");
  const name = organisation.name ?? "this organisation";
  const stop = async (): Promise<void> => {
    const isDone = await task.run(
      () => ask(stopUse, { params: { model: model.id }, body: { organisation: organisation.id, reason: reason.trim() } }),
      `The use of ${name} is stopped`,
    );
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title={`Stop ${name} for now`}
      lead={<p>New calls are refused and open streams are cut within 1 second. Nothing is destroyed, and you can let it go on.</p>}
      word="Stop its use"
      onSubmit={() => void stop()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={reason.trim() === "" ? "A reason is needed, so that the organisation knows." : undefined}
      error={task.error}
      refused="It was not stopped"
      isEnd
    >
      <TextInput label="Reason" hint="That organisation, the lab and the desk read it." value={reason} onChange={setReason} />
    </FormPanel>
  );
}

/** What is stopped now. */
export function Stops({ model, stops }: { readonly model: Model; readonly stops: readonly Stop[] }) {
  const task = useTask();
  const changed = useModelsChanged();
  const standing = stops.filter(({ liftedAtMs }) => liftedAtMs === undefined);
  if (standing.length === 0) return null;
  const lift = async (stop: string): Promise<void> => {
    await task.run(() => ask(liftStop, { params: { model: model.id, stop } }), "Its use goes on");
    await changed();
  };
  return (
    <>
      <ul className="model-stops" aria-label="Stopped now">
        {standing.map(({ id, organisation, token, reason, by, stoppedAtMs, mayLift }) => (
          <li key={id}>
            <span>
              <State kind="blocked">stopped</State>{" "}
              {token === undefined
                ? organisation === undefined
                  ? "all use of the model"
                  : (organisation.name ?? "one organisation")
                : "one token"}{" "}
              by {by.name ?? "an organisation"} <Instant ms={stoppedAtMs} form="distance" />: {reason}
            </span>
            {mayLift ? (
              <Button
                size="row"
                label={`Let it go on: ${organisation?.name ?? "all use"}`}
                isDisabled={task.isBusy}
                onPress={() => void lift(id)}
              >
                Let it go on
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {task.error === undefined ? null : <Refusal title="It is still stopped" error={task.error} />}
    </>
  );
}
