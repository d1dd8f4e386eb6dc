import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { inviteToCircle } from "../../../contract/endpoints/circles.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useNow } from "../../shell/now.tsx";
import type { Session } from "../../shell/session.ts";
import { useTask } from "../../ui/use-task.ts";
import { spanOptions } from "../../words/circle-words.ts";
import { kindWord } from "../../words/role-words.ts";
import { organisationsQuery } from "../organisation/organisation-queries.ts";
import { type Circle, circleKeys, circleMembersQuery } from "./circle-queries.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const byId = "by id";
const answerTimes = [
  { value: "3", label: "3 days" },
  { value: "7", label: "7 days" },
  { value: "14", label: "14 days" },
  { value: "30", label: "30 days" },
];

/** Offers a membership to an organisation one knows, or to one whose id one was told. */
export function InviteOrganisation({
  circle,
  session,
  onClose,
}: {
  readonly circle: Circle;
  readonly session: Session;
  readonly onClose: () => void;
}) {
  const queryClient = useQueryClient();
  const task = useTask();
  const nowMs = useNow();
  const known = useQuery(organisationsQuery({ limit: 200 })).data?.rows ?? [];
  const members = useQuery(circleMembersQuery(circle.id, { limit: 200 })).data?.rows ?? [];
  const [chosen, setChosen] = useState("");
  const [typed, setTyped] = useState("");
  const [span, setSpan] = useState("");
  const [answerDays, setAnswerDays] = useState("14");
  const [sponsor, setSponsor] = useState(circle.conditions.needsSponsor ? session.acting.organisation : "");
  const [note, setNote] = useState("");
  const organisation = chosen === byId ? typed.trim().toLowerCase() : chosen;
  const isId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(organisation);
  const invite = async (): Promise<void> => {
    const isDone = await task.run(
      () =>
        ask(inviteToCircle, {
          params: { circle: circle.id },
          body: {
            organisation,
            answerDays: Number(answerDays),
            ...(span === "" ? {} : { memberUntilMs: nowMs + Number(span) * DAY_MS }),
            ...(sponsor === "" ? {} : { sponsor }),
            ...(note.trim() === "" ? {} : { vettingNote: note.trim() }),
          },
        }),
      "The invitation is sent",
    );
    await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    if (isDone) onClose();
  };
  const inForce = members.filter(({ standing }) => standing === "in-force" || standing === "unsigned");
  return (
    <FormPanel
      title="Invite an organisation"
      lead={<p>Nobody is put into a circle. Whether there is an organisation with an id you type is not told.</p>}
      word="Send the invitation"
      onSubmit={() => void invite()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={isId ? undefined : chosen === byId ? "The id of an organisation is needed." : "An organisation is needed."}
      error={task.error}
      refused="No invitation was sent"
    >
      <Choice
        label="Organisation"
        hint={
          known.length === 200
            ? "The first 200 by name; others by their id."
            : "Those you know. Your own is one of them: its owner is not in a circle by itself."
        }
        value={chosen}
        onChange={setChosen}
        options={[
          { value: "", label: "Choose one" },
          ...known.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kindWord(kind).toLowerCase()})` })),
          { value: byId, label: "Another, by its id" },
        ]}
      />
      {chosen === byId ? (
        <TextInput label="Id" hint="As that organisation told it to you." value={typed} onChange={setTyped} isMono />
      ) : null}
      <Choice label="Membership lasts" value={span} onChange={setSpan} options={spanOptions(circle.conditions.longestDays)} />
      <Choice label="Answer within" value={answerDays} onChange={setAnswerDays} options={answerTimes} />
      <Choice
        label="Sponsor"
        hint="Whoever stands for it: you, or a member."
        value={sponsor}
        onChange={setSponsor}
        options={[
          ...(circle.conditions.needsSponsor ? [] : [{ value: "", label: "None" }]),
          { value: session.acting.organisation, label: `${session.acting.name} (you)` },
          ...inForce
            .filter(({ organisation: { id } }) => id !== organisation && id !== session.acting.organisation)
            .map(({ organisation: { id, name } }) => ({ value: id, label: name ?? id })),
        ]}
      />
      <LongTextInput
        label="Vetting note"
        hint="What you found out about it. Your administrators and auditors see it, nobody else. May be empty."
        value={note}
        onChange={setNote}
        rows={3}
      />
    </FormPanel>
  );
}
