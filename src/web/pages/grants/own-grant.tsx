import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isCodedError } from "../../../vocabulary/coded-error.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { type Grant, grantQuery } from "./grant-queries.ts";
import { Testers } from "./testers-only.tsx";

type Shown = (grant: Grant, session: Session) => ReactNode;

/** Pages about what was asked and answered: for those of the organisation that a grant is for, and whose role uses it. */
export function OwnGrant({ id, title, children }: { readonly id: string; readonly title: string; readonly children: Shown }) {
  return (
    <MembersOnly title={title}>
      {(session) => (
        <FoundGrant id={id} title={title} session={session}>
          {children}
        </FoundGrant>
      )}
    </MembersOnly>
  );
}

const crumbs = [{ label: "Windows", to: "/grants" }];

function FoundGrant({
  id,
  title,
  session,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly session: Session;
  readonly children: Shown;
}) {
  const found = useQuery(grantQuery(id));
  if (found.data === undefined && !found.isError) return <Skeleton rows={6} what="the window" />;
  const isOthers = found.data !== undefined && found.data.organisation.id !== session.acting.organisation;
  if (isOthers || isCodedError(found.error, "not-found", "input-invalid")) return <NotYours title={title} session={session} />;
  if (found.data === undefined) {
    return (
      <Page title="The window could not be read" crumbs={crumbs}>
        <Refusal title="The window could not be read" error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  }
  if (session.verbs.includes("model.test")) return children(found.data, session);
  return (
    <Page title={title} crumbs={[...crumbs, { label: found.data.model.name, to: `/grants/${id}` }]}>
      <Testers session={session} title={title}>
        {null}
      </Testers>
    </Page>
  );
}

export function NotYours({ title, session }: { readonly title: string; readonly session: Session }) {
  return (
    <Page title={`${title}: none for you here`} crumbs={crumbs}>
      <p>
        There is no such thing, or it is not {session.acting.name}’s. What was asked of a model is shown to the organisation that asked, and
        to nobody else. If you act for several organisations, the switch is at the top right.
      </p>
    </Page>
  );
}
