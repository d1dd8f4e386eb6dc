import { useState } from "react";
import { inviteMember } from "../../../contract/endpoints/one-time-links.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useTask } from "../../ui/use-task.ts";
import { type IssuedLink, OneTimeLink } from "../organisation/one-time-link.tsx";
import type { Organisation } from "../organisation/organisation-queries.ts";

/** The link by which an organisation gets its first administrator, who then invites the others. */
export function FirstAdministrator({ organisation, onClose }: { readonly organisation: Organisation; readonly onClose: () => void }) {
  const task = useTask();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [issued, setIssued] = useState<IssuedLink>();
  const invite = (): Promise<boolean> =>
    task.run(async () => {
      const body = { name: name.trim(), email: email.trim(), role: "administrator", organisation: organisation.id } as const;
      setIssued(await ask(inviteMember, { body }));
    }, "The link is made; it is shown once");
  if (issued !== undefined)
    return <OneTimeLink title={`The link for ${name.trim()} of ${organisation.name}`} issued={issued} onKept={onClose} />;
  return (
    <FormPanel
      title={`Invite the first administrator of ${organisation.name}`}
      lead={<p>It works while the organisation has no administrator of its own. Whoever comes by it invites the others.</p>}
      word="Make the link"
      onSubmit={() => void invite()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" || email.trim() === "" ? "A name and an address are needed." : undefined}
      error={task.error}
      refused="No link was made"
    >
      <TextInput label="Name" value={name} onChange={setName} />
      <TextInput label="E-mail" hint="Where notifications go. The link is not mailed." value={email} onChange={setEmail} />
    </FormPanel>
  );
}
