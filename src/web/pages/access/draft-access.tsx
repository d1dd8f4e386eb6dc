import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { KeyPages } from "../../table/key-pages.tsx";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { countText } from "../../words/count-text.ts";
import { roleWord } from "../../words/role-words.ts";
import { AccessTable } from "./access-table.tsx";
import { type DraftReview, draftReviewQuery } from "./access-queries.ts";
import { NotForRole } from "./not-for-role.tsx";
import { ReadInRegister } from "./read-in-register.tsx";

const crumbs = [{ label: "Who can read what", to: "/access" }];
const title = "Who can read a draft advisory";

/** Of one draft: who can read it and who can not, by which rule, since when; and who did. */
export function DraftAccessPage() {
  const { draft = "" } = useParams();
  return (
    <MembersOnly title={title}>
      {(session) =>
        session.verbs.includes("access.review") ? (
          <Review key={draft} draft={draft} session={session} />
        ) : (
          <NotForRole title={title} session={session} />
        )
      }
    </MembersOnly>
  );
}

function Review({ draft, session }: { readonly draft: string; readonly session: Session }) {
  const [after, setAfter] = useState<string>();
  const review = useQuery(draftReviewQuery(draft, { after }));
  if (review.data === undefined) {
    if (!review.isError) return <Skeleton rows={6} what="the review" rowHeight={54} />;
    const isMissing = isCodedError(review.error) && (review.error.code === "not-found" || review.error.code === "input-invalid");
    return (
      <Page title={isMissing ? "No such draft of yours" : "The review could not be read"} crumbs={crumbs}>
        {isMissing ? (
          <p>Only the owner of a draft advisory reviews who can read it. There is none like this of {session.acting.name}.</p>
        ) : (
          <Refusal title="The review could not be read" error={review.error} onRetry={() => void review.refetch()} />
        )}
      </Page>
    );
  }
  const { organisations, next, everyone, own } = review.data;
  const readers = organisations.filter(({ reads }) => reads !== undefined);
  const others = organisations.filter(({ reads }) => reads === undefined);
  const isWhole = after === undefined && next === undefined;
  return (
    <Page
      title={`Who can read ${review.data.draft.advisory}`}
      heading={
        <>
          Who can read <code>{review.data.draft.advisory}</code>
        </>
      }
      crumbs={crumbs}
      meta={
        <>
          <span>{review.data.draft.state}</span>
          <Link to={`/drafts/${draft}`}>The draft advisory</Link>
          <Link to={`/drafts/${draft}/release-plan`}>Its release plan</Link>
        </>
      }
    >
      <Facts review={review.data} readers={isWhole ? readers.length : undefined} others={isWhole ? others.length : undefined} />
      <Section title="Can read it" note="Other organisations, each with the rule. Times in rules are UTC.">
        {readers.length === 0 ? (
          <Empty title={everyone === undefined ? "No other organisation" : "Everyone signed in"}>
            <p>
              {everyone === undefined
                ? "Nothing is opened to anyone but its owner, or no membership is in force."
                : `Level ${everyone} is opened to everyone signed in, and no organisation was opened more.`}
            </p>
          </Empty>
        ) : (
          <AccessTable label="Organisations that can read it" rows={readers} of="organisations" />
        )}
      </Section>
      {others.length === 0 ? null : (
        <Section title="Can not read it" note="Something was opened to a circle of theirs, and this keeps them out.">
          <AccessTable label="Organisations that can not read it" rows={others} of="organisations" />
        </Section>
      )}
      <KeyPages after={after} next={next} onGo={setAfter} />
      <Section title={session.acting.name} note="Its owner. Roles decide, within the organisation.">
        <ul className="circle-conditions">
          {own
            .filter(({ members }) => members > 0)
            .map(({ role, members, reads, research }) => (
              <li key={role}>
                {countText(members, roleWord(role))}: {members === 1 ? "reads" : "read"} up to {reads}
                {research ? ", research too, each time written down" : ", not the research"}
              </li>
            ))}
        </ul>
      </Section>
      <Section title="Read-in register" note="Who was shown it, and when.">
        <ReadInRegister of={{ draft }} />
      </Section>
    </Page>
  );
}

function Facts({
  review: { organisations, everyone, own, createdAtMs },
  readers,
  others,
}: {
  readonly review: DraftReview;
  readonly readers: number | undefined;
  readonly others: number | undefined;
}) {
  const lastReadAtMs = Math.max(...organisations.map(({ lastReadAtMs: at }) => at ?? 0));
  return (
    <FactStrip
      facts={[
        {
          label: "Own members",
          value: String(own.reduce((sum, { members }) => sum + members, 0)),
          note: "read it whole, but for research",
        },
        { label: "Other organisations", value: readers === undefined ? "over one page" : String(readers), note: "can read a part of it" },
        {
          label: "Kept out",
          value: others === undefined ? "over one page" : String(others),
          note: "expired, ended, unsigned or excluded",
        },
        {
          label: "Everyone signed in",
          value: <LevelGauge level={everyone ?? "nothing"} />,
          note: everyone === undefined ? "nothing is opened to them" : "opened to them",
        },
        {
          label: "Last read elsewhere",
          value: lastReadAtMs === 0 ? "never" : <Instant ms={lastReadAtMs} form="distance" />,
          note: (
            <>
              begun <Instant ms={createdAtMs} form="day" />
            </>
          ),
        },
      ]}
    />
  );
}
