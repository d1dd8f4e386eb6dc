import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { kindWord } from "../../words/role-words.ts";
import { organisationReviewQuery } from "./access-queries.ts";
import { AccessTable } from "./access-table.tsx";
import { NotForRole } from "./not-for-role.tsx";
import { ReadInRegister } from "./read-in-register.tsx";

const crumbs = [{ label: "Who can read what", to: "/access" }];
const title = "What an organisation can read";

/** Of one organisation: what it can read of one's own drafts, why, and what it read. */
export function OrganisationAccessPage() {
  const { organisation = "" } = useParams();
  return (
    <MembersOnly title={title}>
      {(session) =>
        session.verbs.includes("access.review") ? (
          <Review key={organisation} organisation={organisation} />
        ) : (
          <NotForRole title={title} session={session} />
        )
      }
    </MembersOnly>
  );
}

function Review({ organisation }: { readonly organisation: string }) {
  const [after, setAfter] = useState<string>();
  const review = useQuery(organisationReviewQuery(organisation, { after }));
  if (review.data === undefined) {
    if (!review.isError) return <Skeleton rows={6} what="the review" rowHeight={54} />;
    const isMissing = isCodedError(review.error) && (review.error.code === "not-found" || review.error.code === "input-invalid");
    return (
      <Page title={isMissing ? "No such organisation for you" : "The review could not be read"} crumbs={crumbs}>
        {isMissing ? (
          <p>Nothing of yours was ever opened to such an organisation, or there is none.</p>
        ) : (
          <Refusal title="The review could not be read" error={review.error} onRetry={() => void review.refetch()} />
        )}
      </Page>
    );
  }
  const { organisation: reviewed, drafts, next } = review.data;
  const name = reviewed.name ?? reviewed.id;
  return (
    <Page
      title={`What ${name} can read`}
      crumbs={crumbs}
      meta={
        <>
          <span>{reviewed.kind === undefined ? "not known to you" : kindWord(reviewed.kind)}</span>
          {reviewed.hasIntelligenceFunction === true ? <span>intelligence or law-enforcement function</span> : null}
        </>
      }
    >
      <div className="section-ruled" />
      <Section
        title="Of your draft advisories"
        note="Those that something was opened of to it, also where it is kept out now. Times in rules are UTC."
      >
        {drafts.length === 0 ? (
          <Empty title="Nothing">
            <p>No draft advisory of yours was opened to it, or to a circle it is or was in.</p>
          </Empty>
        ) : (
          <AccessTable label={`What ${name} can read`} rows={drafts} of="drafts" />
        )}
        <KeyPages after={after} next={next} onGo={setAfter} />
      </Section>
      <Section title="Read-in register" note="What its members were shown, and when. Their names are known to them.">
        <ReadInRegister of={{ organisation }} />
      </Section>
    </Page>
  );
}
