import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { Form } from "react-aria-components";
import { Link, useLocation, useNavigate } from "react-router";
import {
  askPasskeyByLink,
  enrolByLink,
  enrolWithRecoveryCodes,
  joinByLink,
  signOnByLink,
} from "../../../contract/endpoints/one-time-links.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { useActorChange, useSession, type Session } from "../../shell/session.ts";
import { makePasskey, passkeyName } from "../../sign-in/passkey.ts";
import { RecoveryCodes } from "../../sign-in/recovery-codes.tsx";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { useTask } from "../../ui/use-task.ts";
import { roleWord } from "../../words/role-words.ts";
import { linkQuery, type Link as OneTimeLink, type Ways, waysQuery } from "./sign-in-queries.ts";
import "./sign-in.css";

/** What a one-time link leads to: the first administrator, an invitation, a way back in. */
export function EnrolPage() {
  const secret = useLocation().hash.slice(1);
  return secret === "" ? <PasteLink /> : <ByLink key={secret} secret={secret} />;
}

function PasteLink() {
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const navigate = useNavigate();
  const open = (): void => {
    const secret = /#([\w-]{43})$/.exec(text.trim())?.[1];
    if (secret === undefined) setRefusal("Expected the whole link, with what stands behind its #");
    else void navigate(`/join#${secret}`);
  };
  return (
    <Page
      title="Open a link"
      look="sign-in"
      meta={
        <>
          <p className="sign-in-lead">
            An invitation or a way back in that somebody handed you. Opening shows what it is for; that does not use it up.
          </p>
          <Form
            className="sign-in-field"
            onSubmit={(event) => {
              event.preventDefault();
              open();
            }}
          >
            <TextInput label="Link" value={text} onChange={setText} error={refusal} isMono />
            <Button type="submit" isDisabled={text.trim() === ""}>
              Open
            </Button>
          </Form>
          <p className="note">
            You have none? <Link to="/sign-in">Sign in</Link>, or ask an administrator of your organisation for one.
          </p>
        </>
      }
    >
      {null}
    </Page>
  );
}

function ByLink({ secret }: { readonly secret: string }) {
  const link = useQuery(linkQuery(secret));
  const ways = useQuery(waysQuery);
  const [codes, setCodes] = useState<readonly string[]>();
  const navigate = useNavigate();
  if (codes !== undefined) return <CodesPage codes={codes} onKept={() => void navigate("/")} />;
  return (
    <Page
      title={link.data === undefined ? "A one-time link" : titleOf(link.data)}
      look="sign-in"
      meta={
        link.isError || ways.isError ? (
          <div className="sign-in-form">
            <h2 className="visually-hidden">What became of it</h2>
            <Refusal title="This link opens nothing" error={link.error ?? ways.error} />
            <p className="note">
              It was used, withdrawn or replaced, or its time is over. Whoever gave it to you can make another;{" "}
              <Link to="/sign-in">sign in</Link> if you have used it yourself.
            </p>
          </div>
        ) : link.data === undefined || ways.data === undefined ? (
          <Skeleton rows={4} what="what this link is for" />
        ) : (
          <Enrolment secret={secret} link={link.data} ways={ways.data} onCodes={setCodes} />
        )
      }
    >
      {null}
    </Page>
  );
}

function Enrolment({
  secret,
  link,
  ways,
  onCodes,
}: {
  readonly secret: string;
  readonly link: OneTimeLink;
  readonly ways: Ways;
  readonly onCodes: (codes: readonly string[]) => void;
}) {
  const isFirst = link.purpose === "first-administrator";
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [organisation, setOrganisation] = useState("");
  const navigate = useNavigate();
  const changeActor = useActorChange();
  const session = useSession();
  const task = useTask();
  const isReady = !isFirst || [name, email, organisation].every((text) => text.trim() !== "");
  const by = isFirst ? { link: secret, name, email, organisation } : { link: secret };

  const enter = async (way: () => Promise<Session>): Promise<void> => {
    if (await task.run(async () => changeActor(await way()), "You are signed in")) await navigate("/");
  };
  const withPasskey = async (): Promise<Session> => {
    const passkey = await makePasskey(await ask(askPasskeyByLink, { body: by }));
    return ask(enrolByLink, { body: { ...by, passkey, passkeyName: passkeyName() } });
  };
  const withCodes = async (): Promise<void> => {
    await task.run(async () => {
      const { session: begun, codes } = await ask(enrolWithRecoveryCodes, { body: by });
      onCodes(codes);
      changeActor(begun);
    }, "You are signed in. Ten recovery codes are shown");
  };
  const atSignOn = (): Promise<boolean> =>
    task.run(async () => location.assign((await ask(signOnByLink, { body: by })).url), "Going to the sign-on");

  return (
    <>
      <h2 className="visually-hidden">What it is for</h2>
      <p className="sign-in-lead">{leadOf(link)}</p>
      {isFirst ? (
        <div className="sign-in-form">
          <TextInput label="Your name" value={name} onChange={setName} name="name" />
          <TextInput label="Work e-mail" hint="Shown to members of your organisation." value={email} onChange={setEmail} name="email" />
          <TextInput
            label="Organisation"
            hint="The one that runs this server. It coordinates."
            value={organisation}
            onChange={setOrganisation}
          />
        </div>
      ) : (
        <Facts link={link} />
      )}
      <RefusedWay title="The link was not used" error={task.error} making />
      {ways.standing === "suitable" ? (
        <Button look="main" size="large" isDisabled={task.isBusy || !isReady} onPress={() => void enter(withPasskey)}>
          <Fingerprint size={17} strokeWidth={1.75} aria-hidden="true" />
          Make a passkey
        </Button>
      ) : ways.standing === "elsewhere" ? (
        <p>
          Passkeys of this server belong to another address:{" "}
          <a href={`${ways.server.address}${location.pathname}${location.hash}`}>open this link at {ways.server.address}</a>.
        </p>
      ) : (
        <>
          <Button look="main" size="large" isDisabled={task.isBusy || !isReady} onPress={() => void withCodes()}>
            Make recovery codes
          </Button>
          <p className="note">
            Passkeys cannot work at this address, since {ways.missing.join(" and ")} {ways.missing.length === 1 ? "is" : "are"} not set. Ten
            codes take their place, and nothing above the level notice is shown.
          </p>
        </>
      )}
      {isReady ? null : <p className="note">Name, e-mail and organisation are needed first.</p>}
      {link.signOn ? (
        <>
          <p className="sign-in-or">or</p>
          <Button isDisabled={task.isBusy} onPress={() => void atSignOn()}>
            Use the organisation’s own sign-on
          </Button>
        </>
      ) : null}
      {session && link.purpose === "invitation" ? (
        <>
          <p className="sign-in-or">or</p>
          <Button isDisabled={task.isBusy} onPress={() => void enter(() => ask(joinByLink, { body: { link: secret } }))}>
            Join as {session.name}, who is signed in
          </Button>
        </>
      ) : null}
    </>
  );
}

function Facts({ link: { organisation, name, email, role, expiresAtMs } }: { readonly link: OneTimeLink }) {
  return (
    <dl className="sign-in-facts">
      <dt>Organisation</dt>
      <dd>{organisation}</dd>
      <dt>You</dt>
      <dd>
        {name}
        {email === undefined ? null : `, ${email}`}
      </dd>
      {role === undefined ? null : (
        <>
          <dt>Role</dt>
          <dd>{roleWord(role)}</dd>
        </>
      )}
      <dt>Good until</dt>
      <dd>
        <Instant ms={expiresAtMs} />
      </dd>
    </dl>
  );
}

function CodesPage({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  return (
    <Page title="Keep these ten codes" look="sign-in" meta={<RecoveryCodes codes={codes} onKept={onKept} />}>
      {null}
    </Page>
  );
}

function titleOf({ purpose, organisation }: OneTimeLink): string {
  switch (purpose) {
    case "first-administrator":
      return "Become the first administrator";
    case "invitation":
      return `Join ${organisation ?? "an organisation"}`;
    case "recovery":
      return `Back in to ${organisation ?? "your organisation"}`;
  }
}

function leadOf({ purpose }: OneTimeLink): string {
  switch (purpose) {
    case "first-administrator":
      return "This link works once. You sign in with a passkey from then on, and invite whoever else shall be here. There are no passwords.";
    case "invitation":
      return "You were invited. The link works once, and ends with your own way to sign in. There are no passwords.";
    case "recovery":
      return "An administrator lets you back in. The link works once, and ends with a new way to sign in. Both names stay in the audit trail.";
  }
}
