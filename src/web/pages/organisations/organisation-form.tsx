import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeOrganisation, createOrganisation } from "../../../contract/endpoints/organisations.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Tick } from "../../forms/tick.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import type { Organisation } from "../organisation/organisation-queries.ts";
import { kindOptions, parseKind } from "./kind-options.ts";

/** What a coordinator states of an organisation: of a new one, or of one that is there. */
export function OrganisationForm({
  organisation,
  onClose,
  onDone,
}: {
  readonly organisation: Organisation | undefined;
  readonly onClose: () => void;
  readonly onDone: (organisation: Organisation) => void;
}) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [name, setName] = useState(organisation?.name ?? "");
  const [kind, setKind] = useState(organisation?.kind ?? "operator");
  const [sector, setSector] = useState(organisation?.sector ?? "");
  const [country, setCountry] = useState(organisation?.country ?? "");
  const [hasFunction, setHasFunction] = useState(organisation?.hasIntelligenceFunction ?? false);
  const isNew = organisation === undefined;
  const save = (): Promise<boolean> =>
    task.run(
      async () => {
        const stated = {
          name: name.trim(),
          hasIntelligenceFunction: hasFunction,
          ...(sector.trim() === "" ? {} : { sector: sector.trim() }),
          ...(country.trim() === "" ? {} : { country: country.trim().toUpperCase() }),
        };
        const saved = isNew
          ? await ask(createOrganisation, { body: { ...stated, kind } })
          : await ask(changeOrganisation, { params: { organisation: organisation.id }, body: stated });
        await queryClient.invalidateQueries({ queryKey: ["organisations"] });
        onDone(saved);
      },
      isNew ? `${name.trim()} is added` : `${name.trim()} is changed`,
    );
  return (
    <FormPanel
      title={isNew ? "Add an organisation" : `Change ${organisation.name}`}
      word={isNew ? "Add the organisation" : "Change the organisation"}
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" ? "A name is needed." : undefined}
      error={task.error}
      refused={isNew ? "Nothing was added" : "Nothing was changed"}
    >
      <TextInput label="Name" hint="As others will know it." value={name} onChange={setName} />
      {isNew ? (
        <Choice label="Kind" hint="It stays." value={kind} onChange={(value) => setKind(parseKind(value))} options={kindOptions} />
      ) : null}
      <TextInput label="Sector" hint="What it operates, such as energy. May be empty." value={sector} onChange={setSector} />
      <TextInput label="Country" hint="Two letters, such as DE. May be empty." value={country} onChange={setCountry} />
      <Tick
        isSelected={hasFunction}
        onChange={setHasFunction}
        hint="It is kept from draft advisories until they are public, unless their owner makes an exception that the participants see."
      >
        Has an intelligence or law-enforcement function
      </Tick>
    </FormPanel>
  );
}
