import { useState } from "react";
import { extendWindow } from "../../../contract/endpoints/models.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { hourProblem, localText, toStatedHour } from "../../words/typed-hour.ts";
import { useModelsChanged, type Window } from "./model-queries.ts";

/** Another hour to close, by the lab alone and within every bound. */
export function ExtendWindow({ window, onClose }: { readonly window: Window; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const before = window.stated.closes;
  const zone = before?.zone ?? window.stated.opens.zone;
  const [closes, setCloses] = useState(before === undefined ? "" : localText(before.instantMs, zone));
  const save = async (): Promise<void> => {
    const isDone = await task.run(
      () =>
        ask(extendWindow, {
          params: { window: window.id },
          body: closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) },
        }),
      `When ${window.name} closes is changed`,
    );
    await changed();
    if (isDone) onClose();
  };
  return (
    <FormPanel
      title={`Change when ${window.name} closes`}
      lead={<p>Within every bound; the earliest of them still closes it. To close it at once, end it.</p>}
      word="Change the hour"
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={hourProblem(closes) === undefined ? undefined : "The hour does not read as one."}
      error={task.error}
      refused="Nothing was changed"
    >
      <TextInput
        label={`Closes (${zone})`}
        hint="Such as 2026-12-09 09:00. Nothing = as late as the bounds allow."
        value={closes}
        onChange={setCloses}
        error={hourProblem(closes)}
        isMono
      />
    </FormPanel>
  );
}
