import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { countText } from "../../words/count-text.ts";
import { kindWord } from "../../words/role-words.ts";
import { InviteMember } from "./invite-member.tsx";
import { Members } from "./members.tsx";
import { type Member, membersQuery, ownOrganisationQuery } from "./organisation-queries.ts";
import { ServiceAccounts } from "./service-accounts.tsx";

/** One's own organisation: what it is here, who is in it, and who may do what. */
export function OrganisationPage() {
  return <MembersOnly title="Organisation">{(session) => <OwnOrganisation session={session} />}</MembersOnly>;
}

function OwnOrganisation({ session }: { readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const after = params.get("after") ?? undefined;
  const members = useQuery(membersQuery({ limit: PAGE, ...(after === undefined ? {} : { after }) }));
  const [isInviting, setIsInviting] = useState(false);
  const mayManage = session.verbs.includes("member.manage");
  const goTo = (next: string | undefined): void => setParams(next === undefined ? {} : { after: next });
  return (
    <Page
      title={session.acting.name}
      meta={<span>{kindWord(session.acting.kind)}. Who is in it, and who may do what.</span>}
      {...(mayManage && !isInviting
        ? {
            action: (
              <Button look="main" onPress={() => setIsInviting(true)}>
                Invite a member
              </Button>
            ),
          }
        : {})}
    >
      <Facts members={after === undefined && members.data?.next === undefined ? members.data?.rows : undefined} />
      {mayManage ? (
        <Section title="Invitations" note="By a link that works once. Whoever uses it makes a passkey and is a member.">
          <InviteMember isOpen={isInviting} onClose={() => setIsInviting(false)} />
        </Section>
      ) : null}
      <Section title="Members" note="People, service accounts, and those whose membership has ended.">
        {members.data === undefined ? (
          members.isError ? (
            <Refusal title="The members could not be read" error={members.error} onRetry={() => void members.refetch()} />
          ) : (
            <Skeleton rows={4} what="the members" rowHeight={54} />
          )
        ) : (
          <>
            <Members session={session} rows={members.data.rows} isStale={members.isPlaceholderData} />
            <KeyPages after={after} next={members.data.next} onGo={goTo} />
          </>
        )}
      </Section>
      {mayManage ? (
        <Section
          title="Service accounts"
          note="Members that are machines. They manage nobody, and have tokens instead of a way to sign in."
        >
          <ServiceAccounts />
        </Section>
      ) : null}
    </Page>
  );
}

/** `members` where they are all loaded. */
function Facts({ members }: { readonly members: readonly Member[] | undefined }) {
  const organisation = useQuery(ownOrganisationQuery).data;
  if (organisation === undefined) return <div className="section-ruled" />;
  const current = members?.filter(({ revokedAtMs }) => revokedAtMs === undefined);
  const administrators = current?.filter(({ role }) => role === "administrator").length;
  return (
    <FactStrip
      facts={[
        {
          label: "Administrators",
          value:
            administrators === undefined ? "see below" : administrators === 1 ? <State kind="due">1 alone</State> : String(administrators),
          note: administrators === 1 ? "a second one lets the first back in" : "let one another back in",
        },
        {
          label: "Members",
          value: current === undefined ? `over ${PAGE}` : String(current.filter(({ kind }) => kind === "human").length),
          note:
            current === undefined
              ? "and service accounts"
              : `and ${countText(current.filter(({ kind }) => kind === "service").length, "service account")}`,
        },
        {
          label: "Sector and country",
          value: [organisation.sector, organisation.country].filter((part) => part !== undefined).join(", ") || "none stated",
          note: "stated by the coordinator",
        },
        {
          label: "Function",
          value: organisation.hasIntelligenceFunction ? "intelligence or law enforcement" : "none stated",
          note: organisation.hasIntelligenceFunction
            ? "kept from draft advisories unless their owner makes an exception"
            : "of intelligence or law enforcement",
        },
        { label: "Here since", value: <Instant ms={organisation.createdAtMs} form="day" /> },
      ]}
    />
  );
}
