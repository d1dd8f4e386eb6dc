import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { inviteMember, withdrawInvitation } from "../../../contract/endpoints/one-time-links.ts";
import { MEMBER_ROLES, type MemberRole } from "../../../vocabulary/organisation.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { roleWord } from "../../words/role-words.ts";
import { type IssuedLink, OneTimeLink } from "./one-time-link.tsx";
import { type Invitation, invitationsQuery } from "./organisation-queries.ts";

export const roleOptions = MEMBER_ROLES.map((role) => ({ value: role, label: roleWord(role) }));

export function parseRole(value: string): MemberRole {
  return MEMBER_ROLES.find((role) => role === value) ?? "reader";
}

/** Links that wait for whom they are for, and a form that makes one. */
export function InviteMember({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const invitations = useQuery(invitationsQuery);
  const queryClient = useQueryClient();
  const task = useTask();
  const [issued, setIssued] = useState<IssuedLink & { readonly name: string }>();
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  const withdraw = async ({ id, name }: Invitation): Promise<void> => {
    await task.run(() => ask(withdrawInvitation, { params: { invitation: id } }), `The link for ${name} opens nothing any more`);
    await refresh();
  };
  return (
    <>
      {issued === undefined ? null : (
        <OneTimeLink title={`The link for ${issued.name}`} issued={issued} onKept={() => setIssued(undefined)} />
      )}
      {isOpen ? (
        <InvitationForm
          onClose={onClose}
          onIssued={async (link) => {
            setIssued(link);
            onClose();
            await refresh();
          }}
        />
      ) : null}
      {invitations.data === undefined ? (
        invitations.isError ? (
          <Refusal title="The invitations could not be read" error={invitations.error} onRetry={() => void invitations.refetch()} />
        ) : (
          <Skeleton rows={1} what="the invitations" />
        )
      ) : invitations.data.invitations.length === 0 ? (
        isOpen || issued !== undefined ? null : (
          <Empty title="Nobody is invited">
            <p>An invitation stands here until its link is used, withdrawn or over.</p>
          </Empty>
        )
      ) : (
        <DataTable
          label="Open invitations"
          columns={columnsOf(task.isBusy, (row) => void withdraw(row))}
          rows={invitations.data.invitations}
          rowId={({ id }) => id}
          rowSize="tall"
        />
      )}
      {task.error === undefined ? null : <Refusal title="The link was not withdrawn" error={task.error} />}
    </>
  );
}

function InvitationForm({
  onClose,
  onIssued,
}: {
  readonly onClose: () => void;
  readonly onIssued: (issued: IssuedLink & { readonly name: string }) => Promise<void>;
}) {
  const task = useTask();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<MemberRole>("editor");
  const invite = (): Promise<boolean> =>
    task.run(async () => {
      const issued = await ask(inviteMember, { body: { name: name.trim(), email: email.trim(), role } });
      await onIssued({ ...issued, name: name.trim() });
    }, "The link is made; it is shown once");
  return (
    <FormPanel
      title="Invite a member"
      word="Make the link"
      onSubmit={() => void invite()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" || email.trim() === "" ? "A name and an address are needed." : undefined}
      error={task.error}
      refused="No link was made"
    >
      <TextInput label="Name" hint="As your organisation calls this person." value={name} onChange={setName} />
      <TextInput label="E-mail" hint="Where notifications go. The link is not mailed." value={email} onChange={setEmail} />
      <Choice
        label="Role"
        hint="Administrators manage members and circles; editors write and decide; readers read; auditors review access."
        value={role}
        onChange={(value) => setRole(parseRole(value))}
        options={roleOptions}
      />
    </FormPanel>
  );
}

function columnsOf(isBusy: boolean, onWithdraw: (row: Invitation) => void): readonly Column<Invitation>[] {
  return [
    {
      id: "name",
      header: "Invited",
      cell: ({ name, email }) => (
        <>
          {name}
          <span className="cell-second">{email}</span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "organisation",
      header: "To",
      cell: ({ organisation, role }) => (
        <>
          {organisation.name}
          <span className="cell-second">as {roleWord(role)}</span>
        </>
      ),
      fileValue: ({ organisation }) => organisation.name,
      stacked: "plain",
      widthPercent: 26,
    },
    {
      id: "until",
      header: "Works until",
      cell: ({ expiresAtMs }) => <Instant ms={expiresAtMs} form="distance" />,
      fileValue: ({ expiresAtMs }) => new Date(expiresAtMs).toISOString(),
      stacked: "line",
      widthPercent: 20,
    },
    {
      id: "do",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: (row) => (
        <Button size="row" label={`Withdraw the link for ${row.name}`} isDisabled={isBusy} onPress={() => onWithdraw(row)}>
          Withdraw
        </Button>
      ),
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 14,
    },
  ];
}
