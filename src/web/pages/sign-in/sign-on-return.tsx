import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { finishSignOn } from "../../../contract/endpoints/sign-in.ts";
import { ask } from "../../server-client.ts";
import { useActorChange } from "../../shell/session.ts";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import "./sign-in.css";

/** Where an organisation's own sign-on sends the browser back to. */
export function SignOnReturn() {
  const { search } = useLocation();
  const navigate = useNavigate();
  const changeActor = useActorChange();
  // As a query, so that what may be redeemed once is redeemed once.
  const finished = useQuery({
    queryKey: ["sign-on return", search],
    queryFn: ({ signal }) => ask(finishSignOn, { body: { returned: search }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const session = finished.data;
  useEffect(() => {
    if (session === undefined) return;
    changeActor(session);
    void navigate("/", { replace: true });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for the session that came
  }, [session]);
  return (
    <Page
      title={finished.isError ? "The sign-on did not sign you in" : "Signing in"}
      look="sign-in"
      meta={
        finished.isError ? (
          <div className="sign-in-form">
            <h2 className="visually-hidden">What became of it</h2>
            <Refusal title="Nothing was begun" error={finished.error} />
            <p>
              <Link to="/sign-in">Begin again</Link>. Whoever is not enrolled yet needs an invitation of their organisation first.
            </p>
          </div>
        ) : (
          <Skeleton rows={2} what="what the sign-on answered" />
        )
      }
    >
      {null}
    </Page>
  );
}
