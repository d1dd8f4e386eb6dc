import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { FactStrip, type Fact } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { conditionSentences, standingShown } from "../../words/circle-words.ts";
import { Agreement } from "./agreement.tsx";
import { AnswerInvitation } from "./answer-invitation.tsx";
import { CircleActs } from "./circle-acts.tsx";
import { CircleForm } from "./circle-form.tsx";
import { CircleMembers } from "./circle-members.tsx";
import { type Circle, circleQuery } from "./circle-queries.ts";
import { InviteOrganisation } from "./invite-organisation.tsx";
import { SentInvitations } from "./sent-invitations.tsx";

/** One circle: what it is for, what it asks, who is in it, and how one's own organisation stands. */
export function CirclePage() {
  const { circle = "" } = useParams();
  return <MembersOnly title="A circle">{(session) => <FoundCircle key={circle} id={circle} session={session} />}</MembersOnly>;
}

const crumbs = [{ label: "Circles", to: "/circles" }];

function FoundCircle({ id, session }: { readonly id: string; readonly session: Session }) {
  const found = useQuery(circleQuery(id));
  if (found.data !== undefined) return <OneCircle circle={found.data} session={session} />;
  if (!found.isError) return <Skeleton rows={6} what="the circle" />;
  const isMissing = isCodedError(found.error) && (found.error.code === "not-found" || found.error.code === "input-invalid");
  return (
    <Page title={isMissing ? "No such circle for you" : "The circle could not be read"} crumbs={crumbs}>
      {isMissing ? (
        <p>
          There is no such circle, or {session.acting.name} has nothing to do with it. If you act for several organisations, the switch is
          at the top right.
        </p>
      ) : (
        <Refusal title="The circle could not be read" error={found.error} onRetry={() => void found.refetch()} />
      )}
    </Page>
  );
}

function OneCircle({ circle, session }: { readonly circle: Circle; readonly session: Session }) {
  const [doing, setDoing] = useState<"invite" | "change">();
  const mayManage = circle.owned && circle.closedAtMs === undefined && session.verbs.includes("circle.manage");
  const mayJoin = session.verbs.includes("circle.join");
  const close = (): void => setDoing(undefined);
  const hasMembers = circle.owned || circle.membership !== undefined;
  return (
    <Page
      title={circle.name}
      crumbs={crumbs}
      meta={
        <>
          <span>{circle.purpose}</span>
          <CopyableId value={circle.id} shown={circle.id.slice(0, 8)} />
        </>
      }
      {...(mayManage && doing === undefined
        ? {
            action: (
              <Button look="main" onPress={() => setDoing("invite")}>
                Invite an organisation
              </Button>
            ),
          }
        : {})}
    >
      <FactStrip facts={factsOf(circle)} />
      {mayJoin && circle.invitation !== undefined ? (
        <AnswerInvitation circle={circle} invitation={circle.invitation} session={session} />
      ) : null}
      {doing === "invite" ? (
        <Section title="Invite" note="Its administrator accepts on these conditions, whole, or declines.">
          <InviteOrganisation circle={circle} session={session} onClose={close} />
        </Section>
      ) : null}
      {doing === "change" ? (
        <Section title="Change">
          <CircleForm circle={circle} onClose={close} onDone={close} />
        </Section>
      ) : null}
      <Section title="Conditions" note="What it asks of its members.">
        <ul className="circle-conditions">
          {conditionSentences(circle.conditions, circle.agreement !== undefined).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Section>
      {circle.agreement === undefined || circle.invitation !== undefined ? null : (
        <Section title="Agreement" note="The text in force, as its members sign it.">
          <Agreement circle={circle} maySign={mayJoin} />
        </Section>
      )}
      {hasMembers ? (
        <Section
          title="Members"
          note={circle.owned ? "With those whose membership has ended. Vetting notes stay with you." : "As far as the circle lists them."}
        >
          <CircleMembers circle={circle} mayManage={mayManage} />
        </Section>
      ) : null}
      {circle.owned && session.verbs.includes("circle.manage") ? (
        <Section title="Invitations" note="Sent by you, newest first.">
          <SentInvitations circle={circle} />
        </Section>
      ) : null}
      <CircleActs
        circle={circle}
        mayManage={mayManage}
        mayLeave={
          mayJoin && circle.membership !== undefined && circle.membership.endedAtMs === undefined && circle.closedAtMs === undefined
        }
        onChange={() => setDoing("change")}
      />
    </Page>
  );
}

function factsOf({ owner, owned, membership, invitation, agreement, conditions, closedAtMs }: Circle): readonly Fact[] {
  const standing = membership === undefined ? undefined : standingShown(membership.standing);
  return [
    { label: "Owner", value: owned ? "you" : (owner.name ?? "not known"), note: "decides who is invited" },
    {
      label: "You",
      value:
        closedAtMs !== undefined ? (
          <State kind="refuted">circle closed</State>
        ) : invitation !== undefined ? (
          <State kind="due">invited</State>
        ) : standing === undefined ? (
          <State kind="waits">not in it</State>
        ) : (
          <State kind={standing.kind}>{standing.word}</State>
        ),
      note:
        invitation !== undefined ? (
          "waits for an answer"
        ) : membership === undefined ? (
          "see nothing by it"
        ) : membership.endedAtMs === undefined ? (
          <>
            since <Instant ms={membership.sinceMs} form="day" />
          </>
        ) : (
          (membership.endedBecause ?? "ended")
        ),
    },
    {
      label: "Ends",
      value:
        membership === undefined || membership.endedAtMs !== undefined ? (
          "–"
        ) : membership.expiresAtMs === undefined ? (
          "no end"
        ) : (
          <Instant ms={membership.expiresAtMs} form="distance" />
        ),
      note: "the membership, by itself",
    },
    {
      label: "Agreement",
      value: agreement === undefined ? "none" : membership?.signedAtMs === undefined ? "not signed by you" : "signed by you",
      note: membership?.signedAtMs === undefined ? "by the digest of its text" : <Instant ms={membership.signedAtMs} form="day" />,
    },
    { label: "Second factor", value: conditions.needsSecondFactor ? "needed" : "not needed", note: "to see what is opened to it" },
  ];
}
