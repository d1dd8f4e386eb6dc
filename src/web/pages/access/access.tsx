import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Verb } from "../../../vocabulary/organisation.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { countText } from "../../words/count-text.ts";
import { type ReviewedDraft, reviewedDraftsQuery } from "./access-queries.ts";
import { AuditTrail } from "./audit-trail.tsx";
import { NotForRole } from "./not-for-role.tsx";
import { ReadInRegister } from "./read-in-register.tsx";

const title = "Who can read what";

/** Of one's own draft advisories: who can read them, who did, and who changed that. */
export function AccessPage() {
  return (
    <MembersOnly title={title}>
      {(session) =>
        session.verbs.includes("access.review") ? <Access session={session} /> : <NotForRole title={title} session={session} />
      }
    </MembersOnly>
  );
}

function Access({ session }: { readonly session: Session }) {
  const may = (verb: Verb): boolean => session.verbs.includes(verb);
  return (
    <Page
      title={title}
      meta={`Of the draft advisories of ${session.acting.name}, as the database itself decides it for you.`}
      {...(may("audit.export")
        ? {
            action: (
              <>
                {/* The answer is a file: the browser keeps it, and the session goes along. */}
                <a className="button button-plain button-usual" href="/api/audit/export" download="sluice-audit.jsonl">
                  <Download size={14} strokeWidth={1.75} aria-hidden="true" />
                  Export the audit trail
                </a>
                <span className="note">JSON lines: every event and every read. That you did is in it.</span>
              </>
            ),
          }
        : {})}
    >
      <div className="section-ruled" />
      <Section title="Draft advisories" note="Each with who can read it, by which rule and since when.">
        <Drafts />
      </Section>
      <Section title="Read-in register" note="Who was shown which level, and when. Written before it was shown.">
        <ReadInRegister of={{}} />
      </Section>
      <Section title="Audit trail" note="Changes of people, circles and access. Nothing here is altered or removed.">
        <AuditTrail />
      </Section>
    </Page>
  );
}

function Drafts() {
  const [after, setAfter] = useState<string>();
  const drafts = useQuery(reviewedDraftsQuery({ after }));
  if (drafts.data === undefined) {
    return drafts.isError ? (
      <Refusal title="The draft advisories could not be read" error={drafts.error} onRetry={() => void drafts.refetch()} />
    ) : (
      <Skeleton rows={3} what="the draft advisories" />
    );
  }
  if (drafts.data.rows.length === 0 && after === undefined) {
    return (
      <Empty title="No draft advisory of yours">
        <p>What others opened to you is theirs to review; your own stands here once there is one.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable
        label="Draft advisories to review"
        columns={columns}
        rows={drafts.data.rows}
        rowId={({ id }) => id}
        hasKeys
        isStale={drafts.isPlaceholderData}
      />
      <KeyPages after={after} next={drafts.data.next} onGo={setAfter} />
    </>
  );
}

const columns: readonly Column<ReviewedDraft>[] = [
  {
    id: "advisory",
    header: "Draft advisory",
    cell: ({ id, advisory }) => (
      <Link to={`/access/drafts/${id}`}>
        <code>{advisory}</code>
      </Link>
    ),
    fileValue: ({ advisory }) => advisory,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "state",
    header: "State",
    cell: ({ state }) => <State kind={state === "open" ? "in-force" : state === "published" ? "opened" : "refuted"}>{state}</State>,
    fileValue: ({ state }) => state,
    stacked: "plain",
    widthPercent: 16,
  },
  {
    id: "opened",
    header: "Opened to",
    cell: ({ openedTo }) => (openedTo === 0 ? "nobody else" : countText(openedTo, "circle")),
    fileValue: ({ openedTo }) => openedTo,
    stacked: "line",
    widthPercent: 18,
  },
  {
    id: "begun",
    header: "Begun",
    cell: ({ createdAtMs }) => <Instant ms={createdAtMs} form="distance" inRow />,
    fileValue: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    stacked: "side",
    widthPercent: 18,
  },
];
