import { useState } from "react";
import { askForAccess } from "../../../contract/endpoints/access-requests.ts";
import type { RequestKind } from "../../../vocabulary/access-request.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { hourProblem, toStatedHour } from "../../words/typed-hour.ts";
import { type Model, useModelsChanged } from "./model-queries.ts";
import { OrganisationChoice } from "./organisation-choice.tsx";

/** A request in words, from the desk to the lab. */
export function AskLab({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const windows = model.windows.filter(({ state }) => state !== "closed");
  const testing = windows.filter(({ kind }) => kind === "testing-window");
  const [kind, setKind] = useState<RequestKind>("grant");
  const [organisation, setOrganisation] = useState(model.desk.id);
  const [place, setPlace] = useState("");
  const [extended, setExtended] = useState(windows[0]?.id ?? "");
  const [closes, setCloses] = useState("");
  const [words, setWords] = useState("");
  const zone = windows.find(({ id }) => id === extended)?.stated.opens.zone ?? "UTC";
  const send = async (): Promise<void> => {
    const body =
      kind === "grant"
        ? { kind, organisation, words: words.trim(), ...(place === "" ? {} : { window: place }) }
        : { kind, window: extended, words: words.trim(), ...(closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) }) };
    const isDone = await task.run(() => ask(askForAccess, { params: { model: model.id }, body }), "The lab is asked");
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title="Ask the lab"
      lead={<p>The lab need not answer, and is asked for no reason when it declines. Only you and the lab see the request.</p>}
      word="Ask"
      onSubmit={() => void send()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={
        kind === "grant" && organisation === ""
          ? "An organisation is needed."
          : kind === "extension" && hourProblem(closes) !== undefined
            ? "The hour does not read as one."
            : words.trim() === ""
              ? "Words are needed, so that the lab knows what for."
              : undefined
      }
      error={task.error}
      refused="Nothing was asked"
    >
      <Choice
        label="What you ask for"
        value={kind}
        onChange={(next) => setKind(next === "extension" ? "extension" : "grant")}
        options={[
          { value: "grant", label: "Use by an organisation" },
          ...(windows.length === 0 ? [] : [{ value: "extension", label: "A later end of a window" }]),
        ]}
      />
      {kind === "grant" ? (
        <>
          <OrganisationChoice label="Organisation" model={model} value={organisation} onChange={setOrganisation} />
          <Choice
            label="Window"
            value={place}
            onChange={setPlace}
            options={[{ value: "", label: "Whichever the lab likes" }, ...testing.map(({ id, name }) => ({ value: id, label: name }))]}
          />
        </>
      ) : (
        <>
          <Choice
            label="Window"
            value={extended}
            onChange={setExtended}
            options={windows.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <TextInput
            label={`Closes (${zone})`}
            hint="Such as 2026-12-09 09:00, within every bound. Nothing = as late as they allow."
            value={closes}
            onChange={setCloses}
            error={hourProblem(closes)}
            isMono
          />
        </>
      )}
      <LongTextInput label="What for" hint="The lab reads it." value={words} onChange={setWords} rows={3} />
    </FormPanel>
  );
}
