import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { changeGrant, makeGrant } from "../../../contract/endpoints/grants.ts";
import { OUTSIDE_FEATURES, type OutsideFeature } from "../../../vocabulary/exchange.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Ticks } from "../../forms/ticks.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { numberText } from "../../words/count-text.ts";
import { outsideText } from "../../words/model-words.ts";
import { amountProblem, readAmount } from "../../words/typed-amount.ts";
import { type Grant, type Model, modelTermsQuery, useModelsChanged, type Window } from "./model-queries.ts";
import { OrganisationChoice } from "./organisation-choice.tsx";

export type GrantFormProps = {
  readonly model: Model;
  readonly window: Pick<Window, "id" | "name">;
  /** The one that is changed; its organisation stays. */
  readonly grant?: Grant;
  /** Whom a new one is for, to begin with. */
  readonly organisation?: string | undefined;
  /** With a new one, before the form closes. Whatever it throws is shown; the grant stands. */
  readonly onMade?: (grant: string) => Promise<void>;
  readonly onClose: () => void;
};

/** Who may test, what for and how much; the lab's word alone. */
export function GrantForm({ model, window, grant, organisation: asked, onMade, onClose }: GrantFormProps) {
  const task = useTask();
  const changed = useModelsChanged();
  const [organisation, setOrganisation] = useState(grant?.organisation.id ?? asked ?? model.desk.id);
  const [purposes, setPurposes] = useState<readonly string[]>(grant?.purposes ?? model.terms.purposes);
  const [requests, setRequests] = useState(numberText(grant?.budget.requests ?? 100_000));
  const [tokens, setTokens] = useState(numberText(grant?.budget.tokens ?? 500_000_000));
  const [rate, setRate] = useState(numberText(grant?.requestsPerMinute ?? 60));
  const [outside, setOutside] = useState<readonly OutsideFeature[]>(grant?.outside ?? []);
  const [made, setMade] = useState<string>();
  // A grant stays under the terms that it was made under.
  const isEarlier = grant !== undefined && grant.termsVersion !== model.termsVersion;
  const versions = useQuery({ ...modelTermsQuery(model.id, model.termsVersion), enabled: isEarlier }).data?.rows;
  const earlier = versions?.find(({ version }) => version === grant?.termsVersion)?.terms.purposes;
  const offered = isEarlier ? (earlier ?? grant.purposes) : model.terms.purposes;
  const save = async (): Promise<void> => {
    const content = {
      purposes: [...purposes],
      budget: { requests: readAmount(requests) ?? 0, tokens: readAmount(tokens) ?? 0 },
      requestsPerMinute: readAmount(rate) ?? 60,
      outside: [...outside],
    };
    const isDone = await task.run(
      async () => {
        if (grant !== undefined) return ask(changeGrant, { params: { grant: grant.id }, body: content });
        // Asked again after what comes next was refused, the grant is there already.
        const id = made ?? (await ask(makeGrant, { params: { window: window.id }, body: { organisation, ...content } })).id;
        setMade(id);
        return onMade?.(id);
      },
      grant === undefined ? "Use is granted" : "The grant is changed",
    );
    if (isDone) onClose();
    await changed();
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
      title={
        grant === undefined ? `Grant use in ${window.name}` : `Change what ${grant.organisation.name ?? "this organisation"} was granted`
      }
      lead={
        <p>
          {grant === undefined
            ? "Its members then make tokens for a purpose each. You can change or end it at any moment."
            : "It holds for the next call. What was used stays counted: a budget below it leaves nothing."}
        </p>
      }
      word={grant === undefined ? "Grant use" : "Change the grant"}
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={missing}
      error={task.error}
      refused={grant === undefined ? "Nothing was granted" : "Nothing was changed"}
    >
      {grant === undefined ? (
        <OrganisationChoice label="Organisation" model={model} value={organisation} onChange={setOrganisation} />
      ) : null}
      <Ticks
        label={isEarlier ? `Purposes, of version ${grant?.termsVersion} of your terms` : "Purposes, of your terms"}
        options={offered.map((purpose) => ({ value: purpose, label: purpose }))}
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
