import { useState } from "react";
import { Form } from "react-aria-components";
import { Choice } from "../forms/choice.tsx";
import { TextInput } from "../forms/text-input.tsx";
import { Button } from "../ui/button.tsx";
import type { FilterField } from "./url-list.ts";

const ANY = "any";

/** Every filter of a list as a field, open in the page. */
export function FilterPanel({
  fields,
  values,
  onApply,
}: {
  readonly fields: readonly FilterField[];
  readonly values: Readonly<Record<string, string>>;
  readonly onApply: (values: Readonly<Record<string, string>>) => void;
}) {
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(values);
  const [areRefused, setAreRefused] = useState(false);
  const refusals = fields.map((field) => refusalOf(field, draft[field.key] ?? ""));
  const set = (key: string, value: string) => setDraft({ ...draft, [key]: value });
  return (
    <Form
      className="list-panel"
      id="filters"
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusals.some((refusal) => refusal !== undefined)) setAreRefused(true);
        else onApply(Object.fromEntries(Object.entries(draft).map(([key, value]) => [key, value.trim()])));
      }}
    >
      <div className="list-panel-fields">
        {fields.map((field, index) =>
          field.options === undefined ? (
            <TextInput
              key={field.key}
              label={field.label}
              value={draft[field.key] ?? ""}
              onChange={(value) => set(field.key, value)}
              isMono={field.isMono ?? false}
              error={areRefused ? refusals[index] : undefined}
              {...(field.hint === undefined ? {} : { hint: field.hint })}
            />
          ) : (
            <Choice
              key={field.key}
              label={field.label}
              value={draft[field.key] ?? ANY}
              onChange={(value) => set(field.key, value === ANY ? "" : value)}
              options={[{ value: ANY, label: "Any" }, ...field.options]}
            />
          ),
        )}
        <Button type="submit">Apply filters</Button>
      </div>
    </Form>
  );
}

function refusalOf(field: FilterField, value: string): string | undefined {
  return value.trim() === "" ? undefined : field.refuse?.(value.trim());
}
