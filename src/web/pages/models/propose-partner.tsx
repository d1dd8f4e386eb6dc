import { useState } from "react";
import { proposePartner } from "../../../contract/endpoints/partners.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { amountProblem, readAmount } from "../../words/typed-amount.ts";
import { hourProblem, toStatedHour } from "../../words/typed-hour.ts";
import { type Model, useModelsChanged, type Window } from "./model-queries.ts";
import { OrganisationChoice } from "./organisation-choice.tsx";

/** Names a partner, what for, until when and how much. It turns no key. */
export function ProposePartner({ model, stage, onClose }: { readonly model: Model; readonly stage: Window; readonly onClose: () => void }) {
  const task = useTask();
  const changed = useModelsChanged();
  const [organisation, setOrganisation] = useState("");
  const [purpose, setPurpose] = useState(model.terms.purposes[0] ?? "");
  const [closes, setCloses] = useState("");
  const [requests, setRequests] = useState("10,000");
  const [tokens, setTokens] = useState("50,000,000");
  const zone = stage.stated.opens.zone;
  const save = async (): Promise<void> => {
    const isDone = await task.run(
      () =>
        ask(proposePartner, {
          params: { window: stage.id },
          body: {
            organisation,
            purpose,
            budget: { requests: readAmount(requests) ?? 0, tokens: readAmount(tokens) ?? 0 },
            ...(closes.trim() === "" ? {} : { closes: toStatedHour(closes, zone) }),
          },
        }),
      "The partner is proposed. No key is turned yet.",
    );
    if (isDone) onClose();
    await changed();
  };
  return (
    <FormPanel
      title={`Propose a partner for ${stage.name}`}
      lead={
        <p>It turns no key, yours neither. One that stands for the same organisation is replaced, and keys turned on it count no more.</p>
      }
      word="Propose the partner"
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={
        organisation === ""
          ? "An organisation is needed."
          : hourProblem(closes) !== undefined
            ? "The hour does not read as one."
            : [requests, tokens].some((typed) => readAmount(typed) === undefined)
              ? "A budget is needed, in whole numbers."
              : undefined
      }
      error={task.error}
      refused="Nobody was proposed"
    >
      <OrganisationChoice label="Organisation" model={model} value={organisation} onChange={setOrganisation} />
      <Choice
        label="Purpose, of the terms"
        value={purpose}
        onChange={setPurpose}
        options={model.terms.purposes.map((each) => ({ value: each, label: each }))}
      />
      <TextInput
        label={`Until (${zone})`}
        hint="Such as 2026-12-24 09:00. Nothing = with its stage."
        value={closes}
        onChange={setCloses}
        error={hourProblem(closes)}
        isMono
      />
      <div className="form-pair">
        <TextInput label="Requests at most" value={requests} onChange={setRequests} error={amountProblem(requests)} />
        <TextInput label="Tokens at most" value={tokens} onChange={setTokens} error={amountProblem(tokens)} />
      </div>
    </FormPanel>
  );
}
