import { useState } from "react";
import { addWindow, giveCredential } from "../../../contract/endpoints/access-windows.ts";
import type { GrantKind } from "../../../vocabulary/access-window.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { SecretInput } from "../../forms/secret-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import { useTask } from "../../ui/use-task.ts";
import { momentText, readerZone } from "../../words/instant-text.ts";
import { fullHourAfter, hourProblem, localText, toStatedHour } from "../../words/typed-hour.ts";
import { type Model, useModelsChanged } from "./model-queries.ts";

const DAY_MS = 86_400_000;

/** A testing window or the next partner stage, with its key where this installation keeps it. */
export function AddWindow({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const nowMs = useNow();
  const task = useTask();
  const changed = useModelsChanged();
  const release = model.partnerRelease;
  const hasTesting = model.windows.some(({ kind, state }) => kind === "testing-window" && state !== "closed");
  const stages = model.windows.filter(({ kind }) => kind === "partner-stage").length;
  const [kind, setKind] = useState<GrantKind>(hasTesting ? "partner-stage" : "testing-window");
  const [names, setNames] = useState({ "testing-window": "Testing", "partner-stage": `Partners ${stages + 1}` });
  const [zone, setZone] = useState(release.zone);
  const [opens, setOpens] = useState(() =>
    localText(firstHour(hasTesting ? "partner-stage" : "testing-window", model, nowMs), release.zone),
  );
  const [closes, setCloses] = useState("");
  const [credential, setCredential] = useState("");
  const [added, setAdded] = useState<string>();
  const isHere = model.custody === "here";
  const choose = (next: string): void => {
    const chosen: GrantKind = next === "partner-stage" ? "partner-stage" : "testing-window";
    setKind(chosen);
    setOpens(localText(firstHour(chosen, model, nowMs), zone));
  };
  const save = async (): Promise<void> => {
    const isDone = await task.run(
      async () => {
        // Asked again after a refused key, the window is there already.
        const window = added ?? (await add());
        setAdded(window);
        if (isHere && credential.trim() !== "") await ask(giveCredential, { params: { window }, body: { credential } });
      },
      credential.trim() === "" || !isHere ? `${names[kind]} is added` : `${names[kind]} is added, and its key is sealed`,
    );
    // Whatever became of it, the key does not stay in the page.
    setCredential("");
    if (isDone) onClose();
    await changed();
  };
  const add = async (): Promise<string> => {
    const body = {
      kind,
      name: names[kind].trim(),
      opens: toStatedHour(opens, zone),
      ...(closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) }),
    };
    return (await ask(addWindow, { params: { model: model.id }, body })).id;
  };
  return (
    <FormPanel
      title="Add a window"
      lead={
        <p>
          It opens by itself at its hour and closes by itself. Nothing of it can be reached before{" "}
          {isHere ? "its key was given" : "your own gateway serves it"} and an organisation was granted use.
        </p>
      }
      word={added === undefined ? "Add the window" : "Give the key"}
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={
        names[kind].trim() === "" || opens.trim() === ""
          ? "A name and an opening hour are needed."
          : (hourProblem(opens) ?? hourProblem(closes)) === undefined
            ? undefined
            : "An hour does not read as one."
      }
      error={task.error}
      refused={added === undefined ? "No window was added" : "The window is added. Its key was not taken"}
    >
      {added === undefined ? (
        <>
          <Choice
            label="What it is"
            hint="A testing window comes before the partner release, a stage from that hour on."
            value={kind}
            onChange={choose}
            options={[
              { value: "testing-window", label: "Testing window: you grant use to testers" },
              { value: "partner-stage", label: "Partner stage: you and the desk choose partners, each with a key" },
            ]}
          />
          <TextInput
            label="Name"
            hint="Those who use it see it."
            value={names[kind]}
            onChange={(name) => setNames({ ...names, [kind]: name })}
          />
          <div className="form-pair">
            <TextInput
              label="Opens"
              hint={
                kind === "testing-window"
                  ? `Not earlier than the bound allows, before ${momentText(release.instantMs, nowMs, readerZone())}`
                  : `Not before ${momentText(release.instantMs, nowMs, readerZone())}`
              }
              value={opens}
              onChange={setOpens}
              error={hourProblem(opens)}
              isMono
            />
            <TextInput
              label="Closes"
              hint="Nothing = as late as the bounds allow"
              value={closes}
              onChange={setCloses}
              error={hourProblem(closes)}
              isMono
            />
          </div>
          <TextInput label="Time zone of these hours" hint="As the IANA names it: Europe/Berlin" value={zone} onChange={setZone} />
        </>
      ) : null}
      {isHere ? <CredentialField value={credential} onChange={setCredential} isOptional={added === undefined} /> : null}
    </FormPanel>
  );
}

/** The one field for a lab's key. What it says of it holds. */
export function CredentialField({
  value,
  onChange,
  isOptional,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isOptional: boolean;
}) {
  return (
    <SecretInput
      label="Key of your model’s server"
      hint={
        <>
          Make one for this window alone. It is sealed under a key of this window, which is destroyed when the window ends. No page, log,
          export or backup returns it, to you neither.{isOptional ? " It can be given later." : ""}
        </>
      }
      value={value}
      onChange={onChange}
    />
  );
}

/** As early as the bound allows for a testing window, with the release for a stage; never an hour that has passed. */
function firstHour(kind: GrantKind, { partnerRelease, programmes }: Model, nowMs: number): number {
  if (kind === "partner-stage") return Math.max(partnerRelease.instantMs, fullHourAfter(nowMs));
  // A day more than the bound takes half a day off: clocks may be changed in between.
  const days = Math.max(0, ...programmes.map((record) => record.days));
  return Math.max(partnerRelease.instantMs - days * DAY_MS + 3_600_000, fullHourAfter(nowMs));
}
