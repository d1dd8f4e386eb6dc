import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { standingShown } from "../../words/circle-words.ts";
import { countText } from "../../words/count-text.ts";
import { CircleForm } from "./circle-form.tsx";
import { type CircleRow, circlesQuery, type ReceivedInvitation, receivedInvitationsQuery } from "./circle-queries.ts";

/** The circles that one's organisation owns, is or was in, and those it is invited to. */
export function CirclesPage() {
  return <MembersOnly title="Circles">{(session) => <Circles session={session} />}</MembersOnly>;
}

function Circles({ session }: { readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const [isMaking, setIsMaking] = useState(false);
  const after = params.get("after") ?? undefined;
  const found = useQuery(circlesQuery({ limit: PAGE, ...(after === undefined ? {} : { after }) }));
  const mayMake = session.verbs.includes("circle.manage");
  return (
    <Page
      title="Circles"
      meta="Named sets of organisations. A stage of a release plan opens a level to a circle, and each member sees it from that moment."
      {...(mayMake && !isMaking
        ? {
            action: (
              <Button look="main" onPress={() => setIsMaking(true)}>
                Make a circle
              </Button>
            ),
          }
        : {})}
    >
      <div className="section-ruled" />
      {isMaking ? (
        <Section title="A new circle" note={`${session.acting.name} owns it and decides who is invited.`}>
          <CircleForm circle={undefined} onClose={() => setIsMaking(false)} onDone={(circle) => void navigate(`/circles/${circle.id}`)} />
        </Section>
      ) : null}
      {session.verbs.includes("circle.join") ? <Received /> : null}
      <Section title="Yours" note="Owned, joined, and those that have ended for you.">
        {found.data === undefined ? (
          found.isError ? (
            <Refusal title="The circles could not be read" error={found.error} onRetry={() => void found.refetch()} />
          ) : (
            <Skeleton rows={4} what="the circles" rowHeight={54} />
          )
        ) : found.data.rows.length === 0 ? (
          <Empty title="No circle yet">
            <p>
              An organisation is in a circle once its administrator has accepted an invitation.{" "}
              {mayMake ? "You can make one and invite others." : "Administrators make circles and answer invitations."}
            </p>
          </Empty>
        ) : (
          <>
            <DataTable
              label="Circles"
              columns={columns}
              rows={found.data.rows}
              rowId={({ id }) => id}
              rowSize="tall"
              hasKeys
              isStale={found.isPlaceholderData}
            />
            <KeyPages after={after} next={found.data.next} onGo={(next) => setParams(next === undefined ? {} : { after: next })} />
          </>
        )}
      </Section>
    </Page>
  );
}

function Received() {
  const received = useQuery(receivedInvitationsQuery);
  if (received.isError) {
    return (
      <Section title="Invitations">
        <Refusal title="The invitations could not be read" error={received.error} onRetry={() => void received.refetch()} />
      </Section>
    );
  }
  const rows = received.data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title="Invitations" note={`${countText(rows.length, "invitation")} for you to answer. Nothing is seen before.`}>
      <DataTable label="Invitations to answer" columns={receivedColumns} rows={rows} rowId={({ id }) => id} rowSize="tall" />
    </Section>
  );
}

const receivedColumns: readonly Column<ReceivedInvitation>[] = [
  {
    id: "name",
    header: "Circle",
    cell: ({ circle }) => (
      <>
        <Link to={`/circles/${circle.id}`}>{circle.name}</Link>
        <span className="cell-second">{circle.purpose}</span>
      </>
    ),
    fileValue: ({ circle }) => circle.name,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "owner",
    header: "From",
    cell: ({ circle }) => circle.owner.name ?? "not known",
    fileValue: ({ circle }) => circle.owner.name,
    stacked: "line",
    widthPercent: 22,
  },
  {
    id: "sign",
    header: "To sign",
    cell: ({ agreement }) => (agreement === undefined ? "nothing" : "an agreement"),
    fileValue: ({ agreement }) => agreement?.sha256,
    stacked: "line",
    widthPercent: 16,
  },
  {
    id: "by",
    header: "Answer by",
    cell: ({ answerByMs }) => <Instant ms={answerByMs} form="distance" inRow />,
    fileValue: ({ answerByMs }) => new Date(answerByMs).toISOString(),
    stacked: "side",
    widthPercent: 18,
  },
];

const columns: readonly Column<CircleRow>[] = [
  {
    id: "name",
    header: "Circle",
    cell: ({ id, name, purpose }) => (
      <>
        <Link to={`/circles/${id}`}>{name}</Link>
        <span className="cell-second">{purpose}</span>
      </>
    ),
    fileValue: ({ name }) => name,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "owner",
    header: "Owner",
    cell: ({ owner, owned }) => (owned ? "you" : (owner.name ?? "not known")),
    fileValue: ({ owner }) => owner.name,
    stacked: "line",
    widthPercent: 20,
  },
  {
    id: "standing",
    header: "You",
    cell: ({ membership, invitation, closedAtMs }) => {
      if (closedAtMs !== undefined) return <State kind="refuted">circle closed</State>;
      if (invitation !== undefined) return <State kind="due">invited</State>;
      if (membership === undefined) return <State kind="waits">not in it</State>;
      const { kind, word } = standingShown(membership.standing);
      return <State kind={kind}>{word}</State>;
    },
    fileValue: ({ membership, invitation }) => (invitation === undefined ? membership?.standing : "invited"),
    stacked: "plain",
    widthPercent: 22,
  },
  {
    id: "until",
    header: "Until",
    cell: ({ membership }) =>
      membership === undefined || membership.endedAtMs !== undefined ? (
        "–"
      ) : membership.expiresAtMs === undefined ? (
        "no end"
      ) : (
        <Instant ms={membership.expiresAtMs} form="distance" inRow />
      ),
    fileValue: ({ membership }) => (membership?.expiresAtMs === undefined ? undefined : new Date(membership.expiresAtMs).toISOString()),
    stacked: "line",
    widthPercent: 16,
  },
];
