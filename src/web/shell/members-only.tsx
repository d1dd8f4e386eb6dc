import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { Skeleton } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { useSession, type Session } from "./session.ts";

/** A page for those who are signed in; others are told so under the same title, whatever would be there. */
export function MembersOnly({ title, children }: { readonly title: string; readonly children: (session: Session) => ReactNode }) {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session === undefined) return <Skeleton rows={4} what="who is signed in" />;
  if (session !== null) return children(session);
  return (
    <Page
      title={title}
      action={
        <Link to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} className="button button-main button-usual">
          Sign in
        </Link>
      }
    >
      <p>
        This page is for members of an organisation here, and shows each what it may see. What is public needs no signing in:{" "}
        <Link to="/">search the record</Link>.
      </p>
    </Page>
  );
}
