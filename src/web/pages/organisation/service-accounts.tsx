import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createServiceAccount } from "../../../contract/endpoints/organisations.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/use-task.ts";
import { roleOptions } from "./invite-member.tsx";
import { membersQuery } from "./organisation-queries.ts";

const roles = roleOptions.filter(({ value }) => value !== "administrator");
type ServiceRole = "editor" | "reader" | "auditor";

/** A form that makes a member that is a machine. */
export function ServiceAccounts() {
  const queryClient = useQueryClient();
  const task = useTask();
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState("");
  const [role, setRole] = useState<ServiceRole>("reader");
  const make = async (): Promise<void> => {
    const isDone = await task.run(() => ask(createServiceAccount, { body: { name: name.trim(), role } }), `${name.trim()} is made`);
    if (!isDone) return;
    setIsOpen(false);
    setName("");
    await queryClient.invalidateQueries({ queryKey: membersQuery({}).queryKey.slice(0, 1) });
  };
  if (!isOpen) return <Button onPress={() => setIsOpen(true)}>Make a service account</Button>;
  return (
    <FormPanel
      title="Make a service account"
      lead={<p>It is among the members then, and administrators issue its tokens.</p>}
      word="Make the account"
      onSubmit={() => void make()}
      onClose={() => setIsOpen(false)}
      isDisabled={task.isBusy}
      missing={name.trim() === "" ? "A name is needed." : undefined}
      error={task.error}
      refused="No account was made"
    >
      <TextInput label="Name" hint="What uses it, such as “nightly scan”." value={name} onChange={setName} />
      <Choice
        label="Role"
        hint="The most that its tokens may do."
        value={role}
        onChange={(value) => setRole(value === "editor" || value === "auditor" ? value : "reader")}
        options={roles}
      />
    </FormPanel>
  );
}
