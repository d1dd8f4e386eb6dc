import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { roleWord } from "../../words/role-words.ts";
import { memberReviewQuery } from "./access-queries.ts";
import { NotForRole } from "./not-for-role.tsx";
import { ReadInRegister } from "./read-in-register.tsx";
import "../circles/circles.css";

const crumbs = [
  { label: "Who can read what", to: "/access" },
  { label: "Members", to: "/organisation" },
];
const title = "What a member can read";

/** Of one member of one's organisation: what its role and the organisation's circles let it read, and what it read. */
export function MemberAccessPage() {
  const { member = "" } = useParams();
  return (
    <MembersOnly title={title}>
      {(session) =>
        session.verbs.includes("access.review") ? <Review key={member} member={member} /> : <NotForRole title={title} session={session} />
      }
    </MembersOnly>
  );
}

function Review({ member }: { readonly member: string }) {
  const review = useQuery(memberReviewQuery(member));
  if (review.data === undefined) {
    if (!review.isError) return <Skeleton rows={6} what="the review" />;
    const isMissing = isCodedError(review.error) && (review.error.code === "not-found" || review.error.code === "input-invalid");
    return (
      <Page title={isMissing ? "No such member" : "The review could not be read"} crumbs={crumbs}>
        {isMissing ? (
          <p>There is no such member in your organisation.</p>
        ) : (
          <Refusal title="The review could not be read" error={review.error} onRetry={() => void review.refetch()} />
        )}
      </Page>
    );
  }
  const { person, role, sinceMs, endedAtMs, ownDrafts, research, circles, lastReadAtMs } = review.data;
  return (
    <Page title={`What ${person.name ?? "a member"} can read`} crumbs={crumbs} meta={`${roleWord(role)} of your organisation`}>
      <FactStrip
        facts={[
          {
            label: "Membership",
            value: endedAtMs === undefined ? "in force" : "ended",
            note: <Instant ms={endedAtMs ?? sinceMs} form="distance" />,
          },
          { label: "Own draft advisories", value: <LevelGauge level={ownDrafts ?? "nothing"} />, note: "by the role" },
          { label: "Research", value: research ? "yes" : "no", note: research ? "each time is written down" : "by the role" },
          { label: "Circles", value: String(circles.length), note: "the organisation is in, in force" },
          {
            label: "Last read",
            value: lastReadAtMs === undefined ? "never" : <Instant ms={lastReadAtMs} form="distance" />,
            note: "of own draft advisories",
          },
        ]}
      />
      <Section title="By circles" note="What others open to these is shown to every member that may read, second factor permitting.">
        {circles.length === 0 ? (
          <Empty title="No circle">
            <p>
              {endedAtMs === undefined
                ? "The organisation is in no circle that is in force."
                : "The membership has ended: nothing is shown."}
            </p>
          </Empty>
        ) : (
          <ul className="circle-conditions">
            {circles.map(({ id, name, sinceMs: memberSinceMs }) => (
              <li key={id}>
                <Link to={`/circles/${id}`}>{name ?? id}</Link>, since <Instant ms={memberSinceMs} form="day" />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Read-in register" note="Of your own draft advisories. What was read of others is theirs to see, and the reader’s.">
        <ReadInRegister of={{ person: member }} />
      </Section>
    </Page>
  );
}
