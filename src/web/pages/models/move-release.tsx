import { useState } from "react";
import { moveRelease, previewRelease, type ReleaseEffects } from "../../../contract/endpoints/models.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { kindText } from "../../words/model-words.ts";
import { hourProblem, localText, toStatedHour } from "../../words/typed-hour.ts";
import { type Model, useModelsChanged, type Window } from "./model-queries.ts";

/** Another planned release: what that would change stands in the form before anything moves. */
export function MoveRelease({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const task = useTask();
  const announce = useAnnounce();
  const changed = useModelsChanged();
  const [zone, setZone] = useState(model.partnerRelease.zone);
  const [partner, setPartner] = useState(localText(model.partnerRelease.instantMs, model.partnerRelease.zone));
  const [open, setOpen] = useState(model.publicRelease === undefined ? "" : localText(model.publicRelease.instantMs, zone));
  const stages = model.windows.filter(({ kind, state }) => kind === "partner-stage" && state === "agreed");
  const [hours, setHours] = useState(() => new Map(stages.map((stage) => [stage.id, stageHours(stage, zone)])));
  const [shown, setShown] = useState<{ readonly key: string; readonly effects: ReleaseEffects }>();
  const body = {
    partnerRelease: toStatedHour(partner, zone),
    ...(open.trim() === "" ? {} : { publicRelease: toStatedHour(open, zone) }),
    stages: stages.map(({ id }) => {
      const { opens = "", closes = "" } = hours.get(id) ?? {};
      return { window: id, opens: toStatedHour(opens, zone), ...(closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) }) };
    }),
  };
  const key = JSON.stringify(body);
  const params = { model: model.id };
  // What was shown counts only for exactly what is typed.
  const effects = shown?.key === key ? shown.effects : undefined;
  const isReady = effects !== undefined && effects.problems.length === 0;
  const preview = (): Promise<boolean> =>
    task.run(async () => {
      setShown({ key, effects: await ask(previewRelease, { params, body }) });
    }, "What it would change is below. Nothing has moved.");
  const move = async (): Promise<void> => {
    const isDone = await task.run(() => ask(moveRelease, { params, body }), "The planned release is moved");
    await changed();
    if (isDone) onClose();
    else announce("The planned release was not moved");
  };
  const change = (stage: string, part: Partial<StageHours>): void =>
    setHours(new Map(hours).set(stage, { opens: "", closes: "", ...hours.get(stage), ...part }));
  const typed = [partner, open, ...[...hours.values()].flatMap(({ opens, closes }) => [opens, closes])];
  return (
    <FormPanel
      title="Change the planned release"
      lead={
        <p>The bounds of testing windows move with it, and the desk and everyone with a grant can see it. What has closed stays closed.</p>
      }
      word={isReady ? "Move the release" : "Show what it would change"}
      onSubmit={() => void (isReady ? move() : preview())}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={
        partner.trim() === "" || [...hours.values()].some(({ opens }) => opens.trim() === "")
          ? "An hour is needed."
          : typed.some((text) => hourProblem(text) !== undefined)
            ? "An hour does not read as one."
            : undefined
      }
      error={task.error}
      refused="Nothing was moved"
    >
      <div className="form-pair">
        <TextInput
          label="Release to other trusted partners"
          hint="Such as 2026-12-09 09:00"
          value={partner}
          onChange={setPartner}
          error={hourProblem(partner)}
          isMono
        />
        <TextInput label="Public release" hint="Nothing = as it is" value={open} onChange={setOpen} error={hourProblem(open)} isMono />
      </div>
      <TextInput label="Time zone of these hours" hint="As the IANA names it: Europe/Berlin" value={zone} onChange={setZone} />
      {stages.map((stage) => {
        const { opens = "", closes = "" } = hours.get(stage.id) ?? {};
        return (
          <div className="form-pair" key={stage.id}>
            <TextInput
              label={`${stage.name} opens`}
              hint="Keys turned on another hour count no more"
              value={opens}
              onChange={(next) => change(stage.id, { opens: next })}
              error={hourProblem(opens)}
              isMono
            />
            <TextInput
              label={`${stage.name} closes`}
              hint="Nothing = as late as the bounds allow"
              value={closes}
              onChange={(next) => change(stage.id, { closes: next })}
              error={hourProblem(closes)}
              isMono
            />
          </div>
        );
      })}
      {effects === undefined ? null : <Effects effects={effects} />}
    </FormPanel>
  );
}

type StageHours = { readonly opens: string; readonly closes: string };

function stageHours({ stated: { opens, closes } }: Window, zone: string): StageHours {
  return { opens: localText(opens.instantMs, zone), closes: closes === undefined ? "" : localText(closes.instantMs, zone) };
}

function Effects({ effects: { windows, problems } }: { readonly effects: ReleaseEffects }) {
  return (
    <section className="release-effects" aria-label="What it would change">
      <h4>{problems.length > 0 ? "It cannot be moved so" : "What it would change"}</h4>
      <ul className="stack">
        {problems.map((problem) => (
          <li key={problem}>
            <State kind="affected">{problem}</State>
          </li>
        ))}
        {problems.length === 0 && windows.length === 0 ? <li>No window is concerned.</li> : null}
        {problems.length > 0
          ? null
          : windows.map(({ id, name, kind, destroysCredential, effects }) => (
              <li key={id}>
                <strong>{name}</strong> <span className="note">{kindText(kind).toLowerCase()}</span>
                {destroysCredential ? (
                  <>
                    {" "}
                    <State kind="affected">destroys its key</State>
                  </>
                ) : null}
                <ul className="second">
                  {effects.map(({ code, message }) => (
                    <li key={code}>{message}</li>
                  ))}
                </ul>
              </li>
            ))}
      </ul>
    </section>
  );
}
