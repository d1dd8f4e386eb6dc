import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Session } from "../../shell/session.ts";
import { workQuery, type Work } from "../../shell/work.ts";
import { Command } from "../../ui/command.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { countText } from "../../words/count-text.ts";
import { ageText } from "../../words/instant-text.ts";
import { groupOf, workHeading, workWords } from "../../words/work-words.ts";
import { NotificationTable } from "../notifications/notification-table.tsx";
import { ComingStrip } from "./coming-strip.tsx";
import { WorkTable } from "./work-table.tsx";
import "./work.css";

/** What needs whoever is signed in, and nothing that competes with it. */
export function WorkPage({ session }: { readonly session: Session }) {
  const work = useQuery(workQuery);
  const isCoordinator = session.acting.kind === "coordinator";
  if (work.data === undefined) {
    return (
      <Page title="What needs you now">
        {work.isError ? (
          <Refusal title="What waits for you could not be read" error={work.error} onRetry={() => void work.refetch()} />
        ) : (
          <Skeleton rows={6} what="what waits for you" rowHeight={54} />
        )}
      </Page>
    );
  }
  const { items, coming, unseen, hasMoreUnseen, nowMs } = work.data;
  const first = items.map(workWords).find(({ to }) => to !== undefined);
  return (
    <Page
      title={workHeading(items.length, isCoordinator)}
      meta={<WorkMeta work={work.data} />}
      {...(first?.to === undefined
        ? {}
        : {
            action: (
              <Link to={first.to} className="button button-main button-usual">
                Start with the first
              </Link>
            ),
          })}
    >
      {coming.length === 0 ? null : <ComingStrip coming={coming} nowMs={nowMs} />}
      {items.length === 0 ? <NothingWaits session={session} /> : <WorkTable items={items} nowMs={nowMs} />}
      {unseen.length === 0 ? null : (
        <>
          <div className="section-ruled work-rule" />
          <Section title="Told, and not opened yet" note="Newest first. Mail and webhooks say none of this.">
            <NotificationTable rows={unseen} label="Told, and not opened yet" />
            {hasMoreUnseen ? (
              <p className="note work-more">
                <Link to="/notifications">All that you were told</Link>
              </p>
            ) : null}
          </Section>
        </>
      )}
    </Page>
  );
}

function WorkMeta({ work: { items, nowMs } }: { readonly work: Work }) {
  const groups = items.map((item) => groupOf(item, nowMs));
  const count = (group: (typeof groups)[number]): number => groups.filter((found) => found === group).length;
  const since = items.flatMap(({ sinceMs }) => sinceMs ?? []);
  return (
    <>
      {count("now") === 0 ? null : <State kind="due">{count("now")} now</State>}
      {count("week") === 0 ? null : <span>{count("week")} this week</span>}
      {count("later") === 0 ? null : (
        <span>{count("later") === items.length ? "none of them is urgent" : `${count("later")} when there is time`}</span>
      )}
      {since.length === 0 ? null : <span>the oldest has waited {ageText(Math.min(...since), nowMs)}</span>}
      {items.length === 0 ? (
        <span>
          Read <Instant ms={nowMs} form="distance" />
        </span>
      ) : null}
    </>
  );
}

/** What would be here, and what the organisation can do meanwhile. */
function NothingWaits({ session: { acting, verbs } }: { readonly session: Session }) {
  const writes = verbs.includes("draft.write") && ["coordinator", "vendor", "maintainer", "finder", "lab"].includes(acting.kind);
  return (
    <Empty title="What would be here">
      <p>
        Changes of release plans to agree to, invitations to circles and agreements to sign, holds, and what ends within{" "}
        {countText(14, "day")}. When something is opened to {acting.name}, it is told here, and from that minute your scans answer with it:
      </p>
      <Command text={`sluice scan . --server ${location.origin}`} />
      {writes ? (
        <p>
          To let others know of a vulnerability hour by hour, <Link to="/drafts">write a draft advisory</Link>.
        </p>
      ) : null}
    </Empty>
  );
}
