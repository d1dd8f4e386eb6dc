import { useState } from "react";
import { Checkbox, CheckboxGroup, Label } from "react-aria-components";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { checkReleasePlan, proposeAmendment, writeReleasePlan } from "../../../contract/endpoints/releases.ts";
import { DRAFT_LEVELS, type DraftLevel } from "../../../vocabulary/level.ts";
import { RELEASE_EVENTS, type ReleaseEvent } from "../../../vocabulary/release-plan.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import { Button } from "../../ui/button.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { readerZone } from "../../words/instant-text.ts";
import { EVENT_WORDS, type PlanAnswer } from "../../words/release-words.ts";
import { Consenters } from "./consenters.tsx";
import { DryRun } from "./dry-run.tsx";
import { PlanChecks } from "./plan-checks.tsx";
import { ReaderTable } from "./reader-table.tsx";
import { toStated, toTyped, type TypedStage } from "./stated-stage.ts";
import "./stage-editor.css";

type Checked = AnswerOf<typeof checkReleasePlan>;

export type StageEditorProps = {
  readonly plan: PlanAnswer;
  /** After it was saved; with words for the live region. */
  readonly onSaved: (said: string) => Promise<void>;
  readonly onClose: () => void;
};

/** Writes the stages while nobody is bound by them, and proposes a change once somebody is. A dry run shows where they would lead. */
export function StageEditor({ plan, onSaved, onClose }: StageEditorProps) {
  const [zone, setZone] = useState(() => plan.stages.find(({ opens }) => opens !== undefined)?.opens?.zone ?? readerZone());
  const [stages, setStages] = useState<readonly TypedStage[]>(() => startingStages(plan, zone));
  const [consenters, setConsenters] = useState<readonly string[]>(() =>
    plan.consenters.map(({ id }) => id).filter((id) => id !== plan.owner.id),
  );
  const [checked, setChecked] = useState<Checked>();
  const [error, setError] = useState<unknown>();
  const announce = useAnnounce();
  const isBinding = plan.state === "agreed" || plan.state === "held";
  const opened = new Set(plan.opened.map(({ stage }) => stage));
  const body = () => stages.map((stage) => toStated(stage, zone));
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setError(undefined);
    try {
      await work();
    } catch (caught) {
      setError(caught);
    }
  };
  const dryRun = () =>
    attempt(async () => {
      setChecked(await ask(checkReleasePlan, { params: { draft: plan.draft }, body: { stages: body() } }));
      announce("The dry run is below. Nothing was saved and nothing opened.");
    });
  const save = () =>
    attempt(async () => {
      const params = { draft: plan.draft };
      if (!isBinding) {
        await ask(writeReleasePlan, { params, body: { stages: body(), consenters: [...consenters] } });
        await onSaved("The stages are saved. Nobody is bound by them until the plan is agreed.");
        return;
      }
      const { inForce } = await ask(proposeAmendment, { params, body: { stages: body(), revision: plan.revision } });
      await onSaved(inForce ? "The change only narrows the plan, and binds." : "The change is proposed. The running plan binds meanwhile.");
    });
  const change = (key: string, part: Partial<TypedStage>): void =>
    setStages(stages.map((stage) => (stage.key === key ? { ...stage, ...part } : stage)));

  return (
    <>
      <Section
        title={isBinding ? "Propose a change" : "Write the stages"}
        note={
          isBinding
            ? "What opens anything sooner, to more people or at a more confidential level, or moves the public hour, needs everybody's consent."
            : "In the order in which they open. The last one is public."
        }
      >
        <div className="stage-editor-zone">
          <TextInput label="Time zone of all hours" hint="As the IANA names it: Europe/Berlin" value={zone} onChange={setZone} />
        </div>
        <ol className="stage-editor">
          {stages.map((stage, index) => (
            <li key={stage.key}>
              <fieldset disabled={opened.has(stage.id ?? "")}>
                <legend>
                  Stage {index + 1}
                  {stage.circle === "" ? ": everyone" : ""}
                  {opened.has(stage.id ?? "") ? ", opened: it cannot be changed" : ""}
                </legend>
                {opened.has(stage.id ?? "") ? null : (
                  <StageFields
                    plan={plan}
                    stage={stage}
                    onChange={(part) => change(stage.key, part)}
                    onRemove={() => setStages(stages.filter(({ key }) => key !== stage.key))}
                  />
                )}
              </fieldset>
            </li>
          ))}
        </ol>
        <div className="stage-editor-foot">
          <Button look="quiet" onPress={() => setStages([...stages.slice(0, -1), newStage(plan), ...stages.slice(-1)])}>
            Add a stage
          </Button>
        </div>
        {isBinding ? null : <Consenters plan={plan} chosen={consenters} onChange={setConsenters} />}
        {error === undefined ? null : <Refusal title="The stages were not taken" error={error} kept="What was typed is still here." />}
        <div className="stage-editor-buttons">
          <Button look="main" onPress={() => void save()}>
            {isBinding ? "Propose this change" : "Save the stages"}
          </Button>
          <Button onPress={() => void dryRun()}>Dry run</Button>
          <Button look="quiet" onPress={onClose}>
            Leave without saving
          </Button>
        </div>
      </Section>
      {checked === undefined ? null : (
        <>
          <DryRun plan={{ ...plan, stages: checked.stages }} openings={checked.openings} amends={checked.amends} />
          <PlanChecks plan={{ ...plan, stages: checked.stages }} problems={checked.problems} />
          <ReaderTable preview={checked.preview} circles={plan.circles} title="Who would see what with these stages" />
        </>
      )}
    </>
  );
}

type StageFieldsProps = {
  readonly plan: PlanAnswer;
  readonly stage: TypedStage;
  readonly onChange: (part: Partial<TypedStage>) => void;
  readonly onRemove: () => void;
};

function StageFields({ plan, stage, onChange, onRemove }: StageFieldsProps) {
  const isPublic = stage.circle === "";
  return (
    <div className="stage-fields">
      {isPublic ? null : (
        <>
          <Choice
            label="Circle"
            value={stage.circle}
            onChange={(circle) => onChange({ circle })}
            options={plan.circles.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Choice
            label="Level"
            value={stage.level}
            onChange={(level) => onChange({ level: level as DraftLevel })}
            options={DRAFT_LEVELS.filter((level) => level !== "public").map((level) => ({ value: level, label: level }))}
          />
        </>
      )}
      <TextInput
        label="Opens at"
        hint="2026-11-26 10:00, or nothing"
        value={stage.opens}
        onChange={(opens) => onChange({ opens })}
        isMono
      />
      {isPublic ? null : (
        <TextInput
          label="Closes at"
          hint="Nothing = it stays open"
          value={stage.closes}
          onChange={(closes) => onChange({ closes })}
          isMono
        />
      )}
      <CheckboxGroup
        className="stage-events"
        value={[...stage.on]}
        onChange={(on) => onChange({ on: RELEASE_EVENTS.filter((event) => on.includes(event)) })}
      >
        <Label className="field-label">Or at once on</Label>
        {offeredEvents(isPublic).map((event) => (
          <Checkbox key={event} value={event} className="stage-event">
            <span className="stage-box" aria-hidden="true" />
            {EVENT_WORDS[event]}
          </Checkbox>
        ))}
      </CheckboxGroup>
      {isPublic ? null : (
        <div className="stage-remove">
          <Button look="quiet" size="row" onPress={onRemove}>
            Remove this stage
          </Button>
        </div>
      )}
    </div>
  );
}

/** An early end always opens the public stage. */
function offeredEvents(isPublic: boolean): readonly ReleaseEvent[] {
  return RELEASE_EVENTS.filter((event) => event !== "early-end" && (!isPublic || event !== "patch-ready"));
}

function startingStages(plan: PlanAnswer, zone: string): readonly TypedStage[] {
  if (plan.stages.length > 0) return plan.stages.map((stage) => toTyped(stage, zone));
  const last: TypedStage = {
    key: "public",
    id: undefined,
    circle: "",
    level: "public",
    opens: "",
    on: ["leak", "exploitation"],
    closes: "",
    before: undefined,
  };
  return [newStage(plan), last];
}

function newStage({ circles }: PlanAnswer): TypedStage {
  return {
    key: crypto.randomUUID(),
    id: undefined,
    circle: circles[0]?.id ?? "",
    level: "fix",
    opens: "",
    on: [],
    closes: "",
    before: undefined,
  };
}
