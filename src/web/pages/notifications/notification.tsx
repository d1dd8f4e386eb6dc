import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useParams } from "react-router";
import { markSeen } from "../../../contract/endpoints/notifications.ts";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { ask } from "../../server-client.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { workQuery } from "../../shell/work.ts";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { wayOf } from "../../words/notification-words.ts";
import { notificationQuery } from "./notification-queries.ts";

/** Where the link of a mail or a webhook leads: what it was about, for those who may know. */
export function NotificationPage() {
  const { notification = "" } = useParams();
  return <MembersOnly title="A notification">{({ acting }) => <Told id={notification} acting={acting} />}</MembersOnly>;
}

const crumbs = [{ label: "Notifications", to: "/notifications" }];

function Told({ id, acting }: { readonly id: string; readonly acting: Session["acting"] }) {
  const organisation = acting.name;
  const found = useQuery(notificationQuery(id));
  const queryClient = useQueryClient();
  const isUnseen = found.data !== undefined && found.data.seenAtMs === undefined;
  useEffect(() => {
    if (!isUnseen) return;
    // That it was opened is a convenience: when it is not written down, it stays among what is new.
    ask(markSeen, { body: { notifications: [id] } }).then(
      () => Promise.all([workQuery.queryKey, ["notifications"]].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
      () => undefined,
    );
  }, [isUnseen, id, queryClient]);

  if (found.data === undefined) {
    if (!found.isError) return <Skeleton rows={3} what="the notification" />;
    const isMissing = isCodedError(found.error) && (found.error.code === "not-found" || found.error.code === "input-invalid");
    return (
      <Page title={isMissing ? "Nothing here for you" : "The notification could not be read"} crumbs={crumbs}>
        {isMissing ? (
          <p>
            There is no such notification for {organisation}, or you may no longer know of it. If you act for several organisations, it may
            be for another: the switch is at the top right.
          </p>
        ) : (
          <Refusal title="The notification could not be read" error={found.error} onRetry={() => void found.refetch()} />
        )}
      </Page>
    );
  }
  const { kind, sentence, atMs, draft } = found.data;
  const { to, word } = wayOf(kind, draft?.id, acting.kind);
  return (
    <Page
      title={sentence.replace(/\.$/, "")}
      crumbs={crumbs}
      meta={
        <>
          <Instant ms={atMs} />
          <span>told to {organisation}</span>
        </>
      }
      action={
        <Link to={to} className="button button-main button-usual">
          {word}
        </Link>
      }
    >
      <div className="section-ruled" />
    </Page>
  );
}
