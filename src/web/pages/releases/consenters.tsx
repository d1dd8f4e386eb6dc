import { Choice } from "../../forms/choice.tsx";
import { Button } from "../../ui/button.tsx";
import type { PlanAnswer } from "../../words/release-words.ts";

export type ConsentersProps = {
  readonly plan: PlanAnswer;
  /** Beside the owner. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
};

/** Who has a say beside the owner. Settled with the agreement: later changes of it would need everybody's consent. */
export function Consenters({ plan: { circles, owner }, chosen, onChange }: ConsentersProps) {
  const organisations = circles.filter(({ id, isOrganisation }) => isOrganisation && id !== owner.id);
  const others = organisations.filter(({ id }) => !chosen.includes(id));
  const named = (id: string): string => organisations.find((one) => one.id === id)?.name ?? "an organisation that you do not know";
  return (
    <fieldset className="consenters">
      <legend>Who has a say beside {owner.name}</legend>
      <p className="note">They can hold the plan, and what widens it needs their consent. Choose who will see the case.</p>
      <ul>
        {chosen.map((id) => (
          <li key={id}>
            {named(id)}{" "}
            <Button look="quiet" size="row" label={`Take out ${named(id)}`} onPress={() => onChange(chosen.filter((one) => one !== id))}>
              Take out
            </Button>
          </li>
        ))}
      </ul>
      {others.length === 0 ? null : (
        <Choice
          label="Add an organisation"
          value=""
          onChange={(id) => onChange([...chosen, id])}
          options={others.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </fieldset>
  );
}
