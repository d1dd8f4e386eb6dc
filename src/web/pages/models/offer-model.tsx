import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { Form } from "react-aria-components";
import { enrolModel } from "../../../contract/endpoints/models.ts";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Session } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { missingOf, type Offer, OFFER_STEPS, startingOffer, toStatedModel } from "../../words/model-offer.ts";
import { readerZone } from "../../words/instant-text.ts";
import { type Desk, desksQuery, type Model, useModelsChanged } from "./model-queries.ts";
import { OfferSummary, StepFields } from "./offer-steps.tsx";
import "../../forms/form-panel.css";
import "./models.css";

/** Offering a model, step by step, with a default for whatever has one. Nothing is sent before the last step. */
export function OfferModel({
  session,
  onClose,
  onDone,
}: {
  readonly session: Session;
  readonly onClose: () => void;
  readonly onDone: (model: Model) => void;
}) {
  const id = useId();
  const nowMs = useNow();
  const task = useTask();
  const changed = useModelsChanged();
  const desks: readonly Desk[] = useQuery(desksQuery).data?.rows ?? [];
  const [offer, setOffer] = useState<Offer>(() => startingOffer({ contact: session.name, nowMs, zone: readerZone() }));
  const [step, setStep] = useState(0);
  // Where there is one desk it is the one.
  const filled = offer.desk === "" && desks.length === 1 ? { ...offer, desk: desks[0]?.id ?? "" } : offer;
  const isLast = step === OFFER_STEPS.length - 1;
  const missing = isLast ? undefined : missingOf(step, filled);
  const send = async (): Promise<void> => {
    await task.run(async () => {
      const model = await ask(enrolModel, { body: toStatedModel(filled) });
      await changed();
      onDone(model);
    }, `${filled.name.trim()} is offered. Nothing can be reached until a window has its key.`);
  };
  return (
    <Section
      title="Offer a model"
      note={
        <>
          Step {step + 1} of {OFFER_STEPS.length}. Of your own will: you can stop here, and withdraw at any moment later.
        </>
      }
    >
      <Form
        className="form-panel"
        aria-labelledby={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (missing !== undefined || task.isBusy) return;
          if (isLast) void send();
          else setStep(step + 1);
        }}
      >
        <ol className="offer-steps" aria-label="Steps">
          {OFFER_STEPS.map((name, index) => (
            <li
              key={name}
              {...(index === step ? { "aria-current": "step" as const } : {})}
              className={index < step ? "offer-done" : undefined}
            >
              {name}
              {index < step ? <span className="visually-hidden">, filled in</span> : null}
            </li>
          ))}
        </ol>
        <StepTitle key={step} id={id} step={step} />
        {isLast ? (
          <OfferSummary offer={filled} desks={desks} />
        ) : (
          <StepFields step={step} offer={filled} desks={desks} onChange={(part) => setOffer({ ...filled, ...part })} />
        )}
        {task.error === undefined ? null : (
          <Refusal title="The model was not offered" error={task.error} kept="What was typed is still here, in the steps before." />
        )}
        <div className="form-panel-buttons">
          <Button type="submit" look="main" isDisabled={missing !== undefined || task.isBusy}>
            {isLast ? "Offer the model" : `Next: ${(OFFER_STEPS[step + 1] ?? "").toLowerCase()}`}
          </Button>
          <Button onPress={() => (step === 0 ? onClose() : setStep(step - 1))}>{step === 0 ? "Leave without offering" : "Back"}</Button>
          {missing === undefined ? null : <span className="note">{missing}</span>}
        </div>
      </Form>
    </Section>
  );
}

/** Takes the focus when its step comes. */
function StepTitle({ id, step }: { readonly id: string; readonly step: number }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <h3 id={id} ref={ref} tabIndex={-1}>
      {OFFER_STEPS[step]}
    </h3>
  );
}
