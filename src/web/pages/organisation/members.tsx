import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { changeMember, revokeMember } from "../../../contract/endpoints/organisations.ts";
import { issueRecoveryLink } from "../../../contract/endpoints/one-time-links.ts";
import { type MemberRole, verbsOf } from "../../../vocabulary/organisation.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { roleWord } from "../../words/role-words.ts";
import { IssueToken } from "../account/issue-token.tsx";
import "../account/account.css";
import { parseRole, roleOptions } from "./invite-member.tsx";
import { type IssuedLink, OneTimeLink } from "./one-time-link.tsx";
import { type Member, membersQuery } from "./organisation-queries.ts";

type Doing = { readonly what: "change" | "revoke" | "token"; readonly member: Member };

/** The members, and for administrators what can be done about each. */
export function Members({
  session,
  rows,
  isStale,
}: {
  readonly session: Session;
  readonly rows: readonly Member[];
  readonly isStale: boolean;
}) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [doing, setDoing] = useState<Doing>();
  const [issued, setIssued] = useState<IssuedLink & { readonly name: string }>();
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: membersQuery({}).queryKey.slice(0, 1) });
  const letBackIn = (member: Member): void =>
    void task.run(async () => {
      setIssued({ ...(await ask(issueRecoveryLink, { params: { member: member.person } })), name: member.name });
    }, `The link for ${member.name} is made; it is shown once`);
  const end = async (member: Member): Promise<void> => {
    await task.run(() => ask(revokeMember, { params: { member: member.person } }), `${member.name} is no member any more`);
    await refresh();
  };
  const acts: Acts | undefined = session.verbs.includes("member.manage")
    ? {
        isBusy: task.isBusy,
        change: (member) => setDoing({ what: "change", member }),
        revoke: (member) => setDoing({ what: "revoke", member }),
        letBackIn,
        issueToken: session.verbs.includes("token.issue") ? (member) => setDoing({ what: "token", member }) : undefined,
      }
    : undefined;
  return (
    <>
      {issued === undefined ? null : (
        <OneTimeLink title={`The link that lets ${issued.name} back in`} issued={issued} onKept={() => setIssued(undefined)} />
      )}
      <DataTable
        label="Members"
        columns={columnsOf(session, acts)}
        rows={rows}
        rowId={({ person }) => person}
        rowSize="tall"
        isStale={isStale}
      />
      {task.error === undefined ? null : <Refusal title="That was not done" error={task.error} />}
      {doing?.what === "change" ? (
        <ChangeForm
          key={doing.member.person}
          member={doing.member}
          onClose={() => setDoing(undefined)}
          onChanged={async () => {
            setDoing(undefined);
            await refresh();
          }}
        />
      ) : null}
      {doing?.what === "token" ? (
        <IssueToken
          key={doing.member.person}
          session={session}
          holder={{ ...doing.member, verbs: verbsOf(doing.member.role, session.acting.kind) }}
        />
      ) : null}
      <Confirm
        isOpen={doing?.what === "revoke"}
        onClose={() => setDoing(undefined)}
        title={`End the membership of ${doing?.member.name ?? ""}`}
        word="End the membership"
        isEnd
        onConfirm={() => (doing === undefined ? undefined : end(doing.member))}
      >
        <p>
          Sessions and tokens of {doing?.member.name} open nothing of {session.acting.name} from this moment. What was written stays, and
          the audit trail says who did this. To come back, a new invitation is needed.
        </p>
      </Confirm>
    </>
  );
}

type Acts = {
  readonly isBusy: boolean;
  readonly change: (member: Member) => void;
  readonly revoke: (member: Member) => void;
  readonly letBackIn: (member: Member) => void;
  readonly issueToken: ((member: Member) => void) | undefined;
};

function ChangeForm({
  member,
  onClose,
  onChanged,
}: {
  readonly member: Member;
  readonly onClose: () => void;
  readonly onChanged: () => Promise<void>;
}) {
  const task = useTask();
  const [name, setName] = useState(member.name);
  const [email, setEmail] = useState(member.email ?? "");
  const [role, setRole] = useState<MemberRole>(member.role);
  const change = async (): Promise<void> => {
    const address = email.trim();
    const body = { name: name.trim(), email: address === "" ? null : address, role };
    const isDone = await task.run(() => ask(changeMember, { params: { member: member.person }, body }), `${name.trim()} is changed`);
    if (isDone) await onChanged();
  };
  return (
    <FormPanel
      title={`Change ${member.name}`}
      lead={<p>A new role holds from the next request on.</p>}
      word="Change the member"
      onSubmit={() => void change()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" ? "A name is needed." : undefined}
      error={task.error}
      refused="Nothing was changed"
    >
      <TextInput label="Name" value={name} onChange={setName} />
      {member.kind === "service" ? null : <TextInput label="E-mail" hint="Empty = no mail." value={email} onChange={setEmail} />}
      <Choice
        label="Role"
        value={role}
        onChange={(value) => setRole(parseRole(value))}
        options={member.kind === "service" ? roleOptions.filter(({ value }) => value !== "administrator") : roleOptions}
      />
    </FormPanel>
  );
}

function columnsOf(session: Session, acts: Acts | undefined): readonly Column<Member>[] {
  const mayReview = session.verbs.includes("access.review");
  return [
    {
      id: "name",
      header: "Name",
      cell: ({ person, name, email, kind }) => (
        <>
          {mayReview ? <Link to={`/access/members/${person}`}>{name}</Link> : name}
          {person === session.person ? " (you)" : null}
          <span className="cell-second">{kind === "service" ? "service account" : (email ?? "no address")}</span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
    },
    { id: "role", header: "Role", cell: ({ role }) => roleWord(role), fileValue: ({ role }) => role, stacked: "plain", widthPercent: 14 },
    {
      id: "state",
      header: "Membership",
      cell: ({ sinceMs, revokedAtMs }) =>
        revokedAtMs === undefined ? (
          <>
            <State kind="in-force">in force</State>
            <span className="cell-second">
              since <Instant ms={sinceMs} form="day" />
            </span>
          </>
        ) : (
          <>
            <State kind="refuted">ended</State>
            <span className="cell-second">
              <Instant ms={revokedAtMs} form="distance" />
            </span>
          </>
        ),
      fileValue: ({ revokedAtMs }) => (revokedAtMs === undefined ? "in force" : `ended ${new Date(revokedAtMs).toISOString()}`),
      stacked: "plain",
      widthPercent: 20,
    },
    ...(acts === undefined ? [] : [actsColumn(session, acts)]),
  ];
}

function actsColumn(session: Session, { isBusy, change, revoke, letBackIn, issueToken }: Acts): Column<Member> {
  return {
    id: "do",
    header: "Actions",
    isHeaderHidden: true,
    align: "end",
    cell: (member) =>
      member.revokedAtMs === undefined ? (
        <span className="row-buttons">
          {member.kind === "service" && issueToken !== undefined ? (
            <Button size="row" label={`Token for ${member.name}`} onPress={() => issueToken(member)}>
              Token
            </Button>
          ) : null}
          {member.kind === "service" || member.person === session.person ? null : (
            <Button size="row" label={`Let back in ${member.name}`} isDisabled={isBusy} onPress={() => letBackIn(member)}>
              Let back in
            </Button>
          )}
          <Button size="row" label={`Change ${member.name}`} onPress={() => change(member)}>
            Change
          </Button>
          <Button size="row" look="end" label={`End the membership of ${member.name}`} onPress={() => revoke(member)}>
            End
          </Button>
        </span>
      ) : null,
    fileValue: () => undefined,
    stacked: "side",
    widthPercent: 30,
  };
}
