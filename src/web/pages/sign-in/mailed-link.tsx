import { Link, useLocation, useNavigate } from "react-router";
import { signInByMailedLink } from "../../../contract/endpoints/sign-in.ts";
import { ask } from "../../server-client.ts";
import { useActorChange } from "../../shell/session.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { useTask } from "../../ui/use-task.ts";
import "./sign-in.css";

/** A link that was mailed is used by a press, not by opening it: programs that read mail open links too. */
export function MailedLinkPage() {
  const link = useLocation().hash.slice(1);
  const navigate = useNavigate();
  const changeActor = useActorChange();
  const task = useTask();
  const enter = async (): Promise<void> => {
    const isIn = await task.run(async () => changeActor(await ask(signInByMailedLink, { body: { link } })), "You are signed in");
    if (isIn) await navigate("/", { replace: true });
  };
  return (
    <Page
      title="Sign in by the mailed link"
      look="sign-in"
      meta={
        <>
          <h2 className="visually-hidden">What it is for</h2>
          <p className="sign-in-lead">It works once, for 10 minutes, and shows nothing above the level notice.</p>
          <RefusedWay title="The link was not used" error={task.error} />
          <Button look="main" size="large" isDisabled={task.isBusy || link === ""} onPress={() => void enter()}>
            Sign in
          </Button>
          {link === "" ? <p className="note">The link’s own part, behind its #, is missing. Open it from the mail.</p> : null}
          <p className="note">
            Not working? <Link to="/sign-in">Have another mailed</Link>.
          </p>
        </>
      }
    >
      {null}
    </Page>
  );
}
