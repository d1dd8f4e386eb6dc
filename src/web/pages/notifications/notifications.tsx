import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { MembersOnly } from "../../shell/members-only.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { Deliveries } from "./deliveries.tsx";
import { MailChoice } from "./mail-choice.tsx";
import { notificationsQuery } from "./notification-queries.ts";
import { NotificationTable } from "./notification-table.tsx";
import { Webhooks } from "./webhooks.tsx";
import "./notifications.css";

/** What one was told, how one is told, and how that went. */
export function NotificationsPage() {
  return (
    <MembersOnly title="Notifications">
      {({ acting, verbs }) => (
        <Page title="Notifications" meta={`What ${acting.name} was told, how you are told, and how that went.`}>
          <div className="section-ruled" />
          <Section title="Told" note="Newest first. What you may no longer know is no longer here.">
            <Told />
          </Section>
          <Section title="By mail" note="To you alone. A mail says that something needs you and where to look, and nothing of what it is.">
            <MailChoice />
          </Section>
          {verbs.includes("organisation.manage") ? (
            <Section title="By webhook" note="To the whole organisation. Each message is signed, and says no more than a mail.">
              <Webhooks />
            </Section>
          ) : null}
          <div id="deliveries" className="section-ruled">
            <Section
              title="Deliveries"
              note="What went out, the last tried first. What is delayed goes again after 1 min, 5 min, 30 min, 2 h and 12 h."
            >
              <Deliveries />
            </Section>
          </div>
        </Page>
      )}
    </MembersOnly>
  );
}

function Told() {
  const [params, setParams] = useSearchParams();
  const after = params.get("after") ?? undefined;
  const found = useQuery(notificationsQuery({ limit: PAGE, ...(after === undefined ? {} : { after }) }));
  if (found.data === undefined) {
    return found.isError ? (
      <Refusal title="What you were told could not be read" error={found.error} onRetry={() => void found.refetch()} />
    ) : (
      <Skeleton rows={4} what="what you were told" />
    );
  }
  const { rows, next } = found.data;
  if (rows.length === 0 && after === undefined) {
    return (
      <Empty title="Nothing yet">
        <p>
          When a stage of a draft advisory opens to you, a release plan changes, a circle invites your organisation or a hold is set, it is
          told here first. Mail and webhooks say only that there is something.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <NotificationTable rows={rows} label="Told" isStale={found.isPlaceholderData} />
      {next === undefined && after === undefined ? null : (
        <div className="list-foot">
          <Button size="row" isDisabled={after === undefined} onPress={() => setParams({})}>
            First {PAGE}
          </Button>
          <Button size="row" isDisabled={next === undefined} onPress={() => setParams(next === undefined ? {} : { after: next })}>
            Next {PAGE}
          </Button>
        </div>
      )}
    </>
  );
}
