import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { organisationsQuery } from "../organisation/organisation-queries.ts";
import type { Model } from "./model-queries.ts";

const byId = "by id";

/** One of the organisations that one knows, or another by the id that it told; empty until it is an id. */
export function OrganisationChoice({
  label,
  model,
  value,
  onChange,
}: {
  readonly label: string;
  readonly model: Model;
  readonly value: string;
  readonly onChange: (organisation: string) => void;
}) {
  const known = useQuery(organisationsQuery({ limit: 200 })).data?.rows ?? [];
  const [chosen, setChosen] = useState(value);
  const [typed, setTyped] = useState("");
  const others = known.filter(({ id }) => id !== model.lab.id && id !== model.desk.id);
  return (
    <>
      <Choice
        label={label}
        hint="Those you know. Any other has its id on its own page and tells you."
        value={chosen}
        onChange={(next) => {
          setChosen(next);
          onChange(next === byId ? toId(typed) : next);
        }}
        options={[
          { value: "", label: "Choose one" },
          { value: model.desk.id, label: `${model.desk.name ?? "The desk"} (the desk)` },
          ...others.map(({ id, name }) => ({ value: id, label: name })),
          { value: byId, label: "Another, by its id" },
        ]}
      />
      {chosen === byId ? (
        <TextInput
          label="Id of the organisation"
          hint="As it told it to you."
          value={typed}
          onChange={(next) => {
            setTyped(next);
            onChange(toId(next));
          }}
          error={typed.trim() !== "" && toId(typed) === "" ? "Expected an id of 36 characters, such as its members see it." : undefined}
          isMono
        />
      ) : null}
    </>
  );
}

function toId(typed: string): string {
  const id = typed.trim().toLowerCase();
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) ? id : "";
}
