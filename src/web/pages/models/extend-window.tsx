import { useState } from "react";
import { extendWindow } from "../../../contract/endpoints/access-windows.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { hourProblem, localText, toStatedHour } from "../../words/typed-hour.ts";
import { useModelsChanged, type Window } from "./model-queries.ts";

/** Another hour to close, by the lab alone and within every bound. */
export function ExtendWindow({
  window,
  closes: asked,
  onExtended,
  onClose,
}: {
  readonly window: Window;
  /** The end to begin with. */
  readonly closes?: Window["opens"]["at"] | undefined;
  /** When it is changed, before the form closes. */
  readonly onExtended?: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const task = useTask();
  const changed = useModelsChanged();
  const before = asked ?? window.stated.closes;
  const zone = before?.zone ?? window.stated.opens.zone;
  const [closes, setCloses] = useState(before === undefined ? "" : localText(before.instantMs, zone));
  // Asked again after what comes next was refused, the hour is changed already.
  const [isExtended, setIsExtended] = useState(false);
  const save = async (): Promise<void> => {
    const isDone = await task.run(async () => {
      const body = closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) };
      if (!isExtended) await ask(extendWindow, { params: { window: window.id }, body });
      setIsExtended(true);
      await onExtended?.();
    }, `When ${window.name} closes is changed`);
    if (isDone) onClose();
    await changed();
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
