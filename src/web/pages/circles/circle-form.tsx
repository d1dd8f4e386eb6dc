import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeCircle, createCircle } from "../../../contract/endpoints/circles.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { Tick } from "../../forms/tick.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";
import { type Circle, circleKeys } from "./circle-queries.ts";

const spans = [7, 30, 90, 180, 365];

/** Name, purpose and conditions: of a new circle, or of one's own. */
export function CircleForm({
  circle,
  onClose,
  onDone,
}: {
  readonly circle: Circle | undefined;
  readonly onClose: () => void;
  readonly onDone: (circle: Circle) => void;
}) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [name, setName] = useState(circle?.name ?? "");
  const [purpose, setPurpose] = useState(circle?.purpose ?? "");
  const [agreement, setAgreement] = useState(circle?.agreement?.text ?? "");
  const [needsSecondFactor, setNeedsSecondFactor] = useState(circle?.conditions.needsSecondFactor ?? true);
  const [needsSponsor, setNeedsSponsor] = useState(circle?.conditions.needsSponsor ?? false);
  const [membersListed, setMembersListed] = useState(circle?.conditions.membersListed ?? true);
  const [days, setDays] = useState(String(circle?.conditions.longestDays ?? (circle === undefined ? 365 : "")));
  const isNew = circle === undefined;
  const suspends = !isNew && agreement !== "" && agreement !== circle.agreement?.text;
  const save = (): Promise<boolean> =>
    task.run(
      async () => {
        const body = {
          name: name.trim(),
          purpose: purpose.trim(),
          needsSecondFactor,
          needsSponsor,
          membersListed,
          ...(agreement.trim() === "" ? {} : { agreement }),
          ...(days === "" ? {} : { longestDays: Number(days) }),
        };
        const saved = isNew ? await ask(createCircle, { body }) : await ask(changeCircle, { params: { circle: circle.id }, body });
        onDone(saved);
        await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      },
      isNew ? `${name.trim()} is made` : `${name.trim()} is changed`,
    );
  return (
    <FormPanel
      title={isNew ? "Make a circle" : `Change ${circle.name}`}
      {...(suspends
        ? { lead: <p>Another agreement keeps every member out from the moment it is changed until it has signed the new text.</p> }
        : {})}
      word={isNew ? "Make the circle" : "Change the circle"}
      onSubmit={() => void save()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" || purpose.trim() === "" ? "A name and a purpose are needed." : undefined}
      error={task.error}
      refused={isNew ? "No circle was made" : "Nothing was changed"}
    >
      <TextInput label="Name" hint="Its members see it." value={name} onChange={setName} />
      <LongTextInput label="Purpose" hint="What it is for, for whoever is invited." value={purpose} onChange={setPurpose} rows={2} />
      <LongTextInput
        label="Agreement"
        hint="What its members sign, word for word. Empty = nothing to sign."
        value={agreement}
        onChange={setAgreement}
        rows={8}
      />
      <Choice
        label="Longest membership"
        hint="Then it ends by itself, and a new invitation is needed. Holds for new memberships."
        value={days}
        onChange={setDays}
        options={[
          ...[...new Set([...spans, ...(days === "" ? [] : [Number(days)])])]
            .toSorted((a, b) => a - b)
            .map((each) => ({ value: String(each), label: countText(each, "day") })),
          { value: "", label: "No longest" },
        ]}
      />
      <Tick isSelected={needsSecondFactor} onChange={setNeedsSecondFactor} hint="Sessions and tokens without one see nothing by it.">
        Needs a second factor
      </Tick>
      <Tick isSelected={needsSponsor} onChange={setNeedsSponsor} hint="The owner, or a member, stands for whoever is invited.">
        Needs a sponsor
      </Tick>
      <Tick isSelected={membersListed} onChange={setMembersListed} hint="The owner always sees them.">
        Its members see one another
      </Tick>
    </FormPanel>
  );
}
