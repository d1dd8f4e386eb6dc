import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { noteVetting, revokeCircleMember } from "../../../contract/endpoints/circles.ts";
import { FormPanel } from "../../forms/form-panel.tsx";
import { LongTextInput } from "../../forms/long-text-input.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { standingShown } from "../../words/circle-words.ts";
import { kindWord } from "../../words/role-words.ts";
import { type Circle, circleKeys, type CircleMember, circleMembersQuery } from "./circle-queries.ts";

type Doing = { readonly what: "revoke" | "vet"; readonly member: CircleMember };

/** Who is and was in the circle, as far as one sees it; its owner ends memberships and writes down what vetting found. */
export function CircleMembers({ circle, mayManage }: { readonly circle: Circle; readonly mayManage: boolean }) {
  const [after, setAfter] = useState<string>();
  const [doing, setDoing] = useState<Doing>();
  const members = useQuery(circleMembersQuery(circle.id, { limit: PAGE, ...(after === undefined ? {} : { after }) }));
  if (members.data === undefined) {
    return members.isError ? (
      <Refusal title="The members could not be read" error={members.error} onRetry={() => void members.refetch()} />
    ) : (
      <Skeleton rows={3} what="the members" rowHeight={54} />
    );
  }
  if (members.data.rows.length === 0 && after === undefined) {
    return (
      <Empty title="Nobody is in it yet">
        <p>A membership begins when an invitation is accepted.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable
        label="Members of the circle"
        columns={columnsOf(mayManage ? setDoing : undefined)}
        rows={members.data.rows}
        rowId={({ membership }) => membership}
        rowSize="tall"
        isStale={members.isPlaceholderData}
      />
      <KeyPages after={after} next={members.data.next} onGo={setAfter} />
      {doing === undefined ? null : (
        <MemberForm key={`${doing.what} ${doing.member.membership}`} circle={circle} doing={doing} onClose={() => setDoing(undefined)} />
      )}
    </>
  );
}

function MemberForm({ circle, doing, onClose }: { readonly circle: Circle; readonly doing: Doing; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [text, setText] = useState("");
  const { id, name = id } = doing.member.organisation;
  const finish = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    const isDone = await task.run(work, said);
    await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    if (isDone) onClose();
  };
  if (doing.what === "vet") {
    const note = (): Promise<unknown> => ask(noteVetting, { params: { circle: circle.id }, body: { organisation: id, note: text.trim() } });
    return (
      <FormPanel
        title={`What vetting ${name} found`}
        lead={<p>Added to what stands there; your administrators and auditors see it, nobody else.</p>}
        word="Write the note"
        onSubmit={() => void finish(note, "The note is written")}
        onClose={onClose}
        isDisabled={task.isBusy}
        missing={text.trim() === "" ? "A note is needed." : undefined}
        error={task.error}
        refused="The note was not written"
      >
        <LongTextInput label="Note" value={text} onChange={setText} />
      </FormPanel>
    );
  }
  const revoke = (): Promise<unknown> =>
    ask(revokeCircleMember, { params: { circle: circle.id, organisation: id }, body: { reason: text.trim() } });
  return (
    <FormPanel
      title={`End the membership of ${name}`}
      lead={
        <p>
          {name} sees nothing more by this circle from this moment. What it has read stays in the register. Only a new invitation leads
          back.
        </p>
      }
      word="End the membership"
      isEnd
      onSubmit={() => void finish(revoke, `${name} is not in the circle any more`)}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={text.trim() === "" ? "A reason is needed." : undefined}
      error={task.error}
      refused="The membership was not ended"
    >
      <TextInput label="Reason" hint="It is told to them: task done, left its sponsor, a breach." value={text} onChange={setText} />
    </FormPanel>
  );
}

function columnsOf(onDo: ((doing: Doing) => void) | undefined): readonly Column<CircleMember>[] {
  return [
    {
      id: "organisation",
      header: "Organisation",
      cell: ({ organisation, vettingNote }) => (
        <>
          {organisation.name ?? <code>{organisation.id}</code>}
          <span className="cell-second">
            {organisation.kind === undefined ? "not known to you" : kindWord(organisation.kind)}
            {organisation.hasIntelligenceFunction === true ? ", intelligence or law-enforcement function" : ""}
          </span>
          {vettingNote === undefined ? null : <span className="cell-second">Vetting: {vettingNote}</span>}
        </>
      ),
      fileValue: ({ organisation }) => organisation.name ?? organisation.id,
      stacked: "name",
      isFixed: true,
    },
    {
      id: "standing",
      header: "Stands",
      cell: ({ standing, endedAtMs, endedBecause, sinceMs }) => {
        const shown = standingShown(standing);
        return (
          <>
            <State kind={shown.kind}>{shown.word}</State>
            <span className="cell-second">
              {endedAtMs === undefined ? (
                <>
                  since <Instant ms={sinceMs} form="day" />
                </>
              ) : (
                <>
                  <Instant ms={endedAtMs} form="distance" />: {endedBecause ?? "no reason stated"}
                </>
              )}
            </span>
          </>
        );
      },
      fileValue: ({ standing }) => standing,
      stacked: "plain",
      widthPercent: 26,
    },
    {
      id: "until",
      header: "Until",
      cell: ({ expiresAtMs, endedAtMs }) =>
        endedAtMs !== undefined ? "–" : expiresAtMs === undefined ? "no end" : <Instant ms={expiresAtMs} form="distance" />,
      fileValue: ({ expiresAtMs }) => (expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString()),
      stacked: "line",
      widthPercent: 13,
    },
    {
      id: "sponsor",
      header: "Sponsor",
      cell: ({ sponsor, sponsorHasLeft }) => (
        <>
          {sponsor === undefined ? "none" : (sponsor.name ?? "not known to you")}
          {sponsorHasLeft === true ? <State kind="due">has left</State> : null}
        </>
      ),
      fileValue: ({ sponsor }) => sponsor?.name,
      stacked: "line",
      widthPercent: 15,
    },
    ...(onDo === undefined ? [] : [actsColumn(onDo)]),
  ];
}

function actsColumn(onDo: (doing: Doing) => void): Column<CircleMember> {
  return {
    id: "do",
    header: "Actions",
    isHeaderHidden: true,
    align: "end",
    cell: (member) => {
      const name = member.organisation.name ?? member.organisation.id;
      return (
        <span className="row-buttons">
          <Button size="row" label={`Write a vetting note on ${name}`} onPress={() => onDo({ what: "vet", member })}>
            Note
          </Button>
          {member.endedAtMs === undefined ? (
            <Button size="row" look="end" label={`End the membership of ${name}`} onPress={() => onDo({ what: "revoke", member })}>
              End
            </Button>
          ) : null}
        </span>
      );
    },
    fileValue: () => undefined,
    stacked: "side",
    widthPercent: 16,
  };
}
