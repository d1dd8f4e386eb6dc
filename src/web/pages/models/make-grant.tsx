import { useState } from "react";
import { makeGrant } from "../../../contract/endpoints/models.ts";
import { OUTSIDE_FEATURES, type OutsideFeature } from "../../../vocabulary/exchange.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Ticks } from "../../forms/ticks.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { outsideText } from "../../words/model-words.ts";
import { amountProblem, readAmount } from "../../words/typed-amount.ts";
import { type Model, useModelsChanged, type Window } from "./model-queries.ts";
import { OrganisationChoice } from "./organisation-choice.tsx";

/** Who may test, what for and how much; the lab's word alone. */
export function MakeGrant({ model, window, onClose }: { readonly model: Model; readonly window: Window; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const [organisation, setOrganisation] = useState(model.desk.id);
  const [purposes, setPurposes] = useState<readonly string[]>(model.terms.purposes);
  const [requests, setRequests] = useState("100,000");
  const [tokens, setTokens] = useState("500,000,000");
  const [rate, setRate] = useState("60");
  const [outside, setOutside] = useState<readonly OutsideFeature[]>([]);
  const save = async (): Promise<void> => {
    const isDone = await task.run(
      () =>
        ask(makeGrant, {
          params: { window: window.id },
          body: {
            organisation,
            purposes: [...purposes],
            budget: { requests: readAmount(requests) ?? 0, tokens: readAmount(tokens) ?? 0 },
            requestsPerMinute: readAmount(rate) ?? 60,
            outside: [...outside],
          },
        }),
      "Use is granted",
    );
    await changed();
    if (isDone) onClose();
  };
  const missing =
    organisation === ""
      ? "An organisation is needed."
      : purposes.length === 0
        ? "At least one purpose is needed."
        : [requests, tokens, rate].some((typed) => typed.trim() === "" || amountProblem(typed) !== undefined)
          ? "A budget is needed, in whole numbers."
          : undefined;
  return (
    <FormPanel
      title={`Grant use in ${window.name}`}
      lead={<p>Its members then make tokens for a purpose each. You can change or end it at any moment.</p>}
      word="Grant use"
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={missing}
      error={task.error}
      refused="Nothing was granted"
    >
      <OrganisationChoice label="Organisation" model={model} value={organisation} onChange={setOrganisation} />
      <Ticks
        label="Purposes, of your terms"
        options={model.terms.purposes.map((purpose) => ({ value: purpose, label: purpose }))}
        value={purposes}
        onChange={setPurposes}
      />
      <div className="form-pair">
        <TextInput label="Requests at most" value={requests} onChange={setRequests} error={amountProblem(requests)} />
        <TextInput
          label="Tokens at most"
          hint="Read and written, together"
          value={tokens}
          onChange={setTokens}
          error={amountProblem(tokens)}
        />
      </div>
      <TextInput label="Requests a minute" value={rate} onChange={setRate} error={amountProblem(rate)} />
      <Ticks
        label="What may leave the sandbox all the same"
        hint="Nothing, unless you say so. Whatever else would leave is stripped or refused."
        options={OUTSIDE_FEATURES.map((feature) => ({ value: feature, label: outsideText(feature) }))}
        value={outside}
        onChange={(chosen) => setOutside(OUTSIDE_FEATURES.filter((feature) => chosen.includes(feature)))}
      />
    </FormPanel>
  );
}
