import { useState } from "react";
import { changeModelTerms } from "../../../contract/endpoints/model-terms.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { missingOf, offerOfTerms, toChangedTerms } from "../../words/model-offer.ts";
import { type Model, useModelsChanged } from "./model-queries.ts";
import { StepFields } from "./offer-steps.tsx";

const STEPS_OF_TERMS = [2, 3] as const;

/** The terms that hold, typed over: a new version from then on. */
export function ChangeTerms({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  // What was read when the form was opened: somebody else's change in between is not written over.
  const [before] = useState({ version: model.termsVersion, terms: model.terms });
  const [offer, setOffer] = useState(() => offerOfTerms(model.terms));
  const save = async (): Promise<void> => {
    const body = { before: before.version, terms: toChangedTerms(offer, before.terms) };
    const isDone = await task.run(() => ask(changeModelTerms, { params: { model: model.id }, body }), "The new terms hold from now on");
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title="Change your terms"
      lead={
        <p>
          They hold for what you grant from now on. What you granted before stays under the version it was granted under: its purposes, and
          how long its recorded exchanges are kept. Probes and contacts hold for the model at once. Everyone who sees the model sees every
          version; the desk and whoever holds a grant are told that there is a new one.
        </p>
      }
      word="State the new terms"
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={STEPS_OF_TERMS.map((step) => missingOf(step, offer)).find((missing) => missing !== undefined)}
      error={task.error}
      refused="The terms stay as they were"
    >
      {STEPS_OF_TERMS.map((step) => (
        <StepFields key={step} step={step} offer={offer} desks={[]} onChange={(part) => setOffer({ ...offer, ...part })} />
      ))}
    </FormPanel>
  );
}
