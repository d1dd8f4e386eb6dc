import { useState } from "react";
import { moveRelease, previewRelease, type ReleaseEffects } from "../../../contract/endpoints/models.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { kindText } from "../../words/model-words.ts";
import { hourProblem, localText, shiftedHour, toStatedHour } from "../../words/typed-hour.ts";
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
  const [typedHours, setTypedHours] = useState<ReadonlyMap<string, StageHours>>(new Map());
  // Stages keep their distance from the release until another hour is typed for them.
  const hoursOf = (stage: Window): StageHours => typedHours.get(stage.id) ?? movedHours(stage, model, { partner, zone });
  const [shown, setShown] = useState<{ readonly key: string; readonly effects: ReleaseEffects }>();
  const body = {
    partnerRelease: toStatedHour(partner, zone),
    ...(open.trim() === "" ? {} : { publicRelease: toStatedHour(open, zone) }),
    stages: stages.map((stage) => {
      const { opens, closes } = hoursOf(stage);
      return {
        window: stage.id,
        opens: toStatedHour(opens, zone),
        ...(closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) }),
      };
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
    if (isDone) onClose();
    else announce("The planned release was not moved");
    await changed();
  };
  const change = (stage: Window, part: Partial<StageHours>): void =>
    setTypedHours(new Map(typedHours).set(stage.id, { ...hoursOf(stage), ...part }));
  const typed = [partner, open, ...stages.map(hoursOf).flatMap(({ opens, closes }) => [opens, closes])];
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
        partner.trim() === "" || stages.some((stage) => hoursOf(stage).opens.trim() === "")
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
        const { opens, closes } = hoursOf(stage);
        return (
          <div className="form-pair" key={stage.id}>
            <TextInput
              label={`${stage.name} opens`}
              hint="Moves with it. Keys turned on another hour count no more"
              value={opens}
              onChange={(next) => change(stage, { opens: next })}
              error={hourProblem(opens)}
              isMono
            />
            <TextInput
              label={`${stage.name} closes`}
              hint="Nothing = as late as the bounds allow"
              value={closes}
              onChange={(next) => change(stage, { closes: next })}
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

/** What is typed is in `zone`, whatever the stage itself was said in. */
function movedHours(
  { stated: { opens, closes } }: Window,
  { partnerRelease }: Model,
  { partner, zone }: { readonly partner: string; readonly zone: string },
): StageHours {
  const before = localText(partnerRelease.instantMs, zone);
  const moved = (ms: number): string => shiftedHour(localText(ms, zone), before, partner);
  return { opens: moved(opens.instantMs), closes: closes === undefined ? "" : moved(closes.instantMs) };
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
