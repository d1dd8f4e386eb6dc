import { useQuery } from "@tanstack/react-query";
import { CornerDownLeft, Fingerprint, KeyRound } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Form } from "react-aria-components";
import { Link, useNavigate, useSearchParams } from "react-router";
import { askMailedLink, beginSignOn, signInByMailedLink, signInByRecoveryCode } from "../../../contract/endpoints/sign-in.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { statusQuery } from "../../queries.ts";
import { ask } from "../../server-client.ts";
import { useActorChange, useSession, type Session } from "../../shell/session.ts";
import { signInWithPasskey } from "../../sign-in/passkey.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { StateShape } from "../../ui/state.tsx";
import { useTask, type Task } from "../../ui/use-task.ts";
import { listText, numberText } from "../../words/count-text.ts";
import { placeAfter } from "../../words/place-after.ts";
import { type Ways, waysQuery } from "./sign-in-queries.ts";
import "./sign-in.css";

export function SignInPage() {
  const ways = useQuery(waysQuery);
  const session = useSession();
  return (
    <Page
      title="Sign in"
      look="sign-in"
      meta={
        session ? (
          <SignedInAlready session={session} />
        ) : ways.data !== undefined ? (
          <WaysIn ways={ways.data} />
        ) : ways.isError ? (
          <Refusal title="How one signs in here could not be read" error={ways.error} onRetry={() => void ways.refetch()} />
        ) : (
          <Skeleton rows={4} what="how one signs in here" rowHeight={54} />
        )
      }
      action={<Beside ways={ways.data} />}
    >
      {null}
    </Page>
  );
}

function SignedInAlready({ session: { name, acting } }: { readonly session: Session }) {
  return (
    <p className="sign-in-lead">
      You are signed in as {name} and act for {acting.name}. <Link to="/">Go on</Link>, or look at <Link to="/account">your account</Link>.
    </p>
  );
}

function WaysIn({ ways }: { readonly ways: Ways }) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const changeActor = useActorChange();
  const task = useTask();
  const enter = async (way: () => Promise<Session>): Promise<void> => {
    const isIn = await task.run(async () => changeActor(await way()), "You are signed in");
    if (isIn) await navigate(placeAfter(params.get("to")));
  };
  return (
    <>
      <h2 className="visually-hidden">Ways in</h2>
      <p className="sign-in-lead">
        {ways.standing === "unsuitable"
          ? "With a recovery code or a link sent to you. There are no passwords here."
          : "With the passkey on this device, your phone or a security key. There are no passwords here."}
      </p>
      <RefusedWay title="That did not sign you in" error={task.error} />
      {ways.standing === "suitable" ? (
        <Button look="main" size="large" isDisabled={task.isBusy} onPress={() => void enter(signInWithPasskey)}>
          <Fingerprint size={17} strokeWidth={1.75} aria-hidden="true" />
          Use a passkey
        </Button>
      ) : (
        <Unsuitable ways={ways} />
      )}
      {ways.recoveryCode ? (
        <RecoveryCode task={task} onCode={(code) => void enter(() => ask(signInByRecoveryCode, { body: { code } }))} />
      ) : null}
      {ways.mailedLink ? <MailedLink task={task} onKey={(link) => void enter(() => ask(signInByMailedLink, { body: { link } }))} /> : null}
      {ways.signOn ? <SignOn hasPasskey={ways.standing === "suitable"} /> : null}
      <ul className="sign-in-others">
        <Other icon={<CornerDownLeft size={15} strokeWidth={1.75} aria-hidden="true" />} to="/join" title="I have a link">
          An invitation, or a way back in. It works once and says what it is for before you use it.
        </Other>
        <Other icon={<KeyRound size={15} strokeWidth={1.75} aria-hidden="true" />} to="/sign-in/lost" title="I lost my passkey">
          A second administrator of your organisation lets you back in. Both names stay in the audit trail.
        </Other>
      </ul>
    </>
  );
}

function Unsuitable({ ways: { standing, missing, server } }: { readonly ways: Ways }) {
  return (
    <div className="notice notice-due sign-in-notice">
      <StateShape kind="due" />
      <div className="stack">
        <h3>Passkeys {standing === "elsewhere" ? "are used at another address" : "cannot work at this address"}</h3>
        {standing === "elsewhere" ? (
          <p className="second">
            You are at <code>{location.host}</code>. Passkeys of this server belong to{" "}
            <a href={`${server.address}/sign-in`}>{server.address}</a>.
          </p>
        ) : (
          <p className="second">
            Expected {listText(missing.map((name) => (name === "TLS" ? "TLS" : "PUBLIC_URL with a name")))}. Whoever runs this server sets{" "}
            {missing.includes("TLS") ? "TLS_CERT_FILE and TLS_KEY_FILE, or a proxy with TLS" : "it"}; until then nothing above the level
            notice is shown here.
          </p>
        )}
      </div>
    </div>
  );
}

function RecoveryCode({ task, onCode }: { readonly task: Task; readonly onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  return (
    <Form
      className="sign-in-field"
      onSubmit={(event) => {
        event.preventDefault();
        onCode(code);
      }}
    >
      <TextInput label="Recovery code" hint="Sixteen letters and digits. Each works once." value={code} onChange={setCode} isMono />
      <Button type="submit" isDisabled={task.isBusy || code.trim() === ""}>
        Sign in
      </Button>
    </Form>
  );
}

function MailedLink({ task, onKey }: { readonly task: Task; readonly onKey: (link: string) => void }) {
  const [email, setEmail] = useState("");
  const [askedFor, setAskedFor] = useState<string>();
  const asking = useTask();
  const send = async (): Promise<void> => {
    const isAsked = await asking.run(() => ask(askMailedLink, { body: { email } }), "A mail is on its way, if the address is known here");
    if (isAsked) setAskedFor(email);
  };
  return (
    <>
      <Form
        className="sign-in-field"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <TextInput label="Work e-mail" hint="A link that works once, for 10 minutes." value={email} onChange={setEmail} name="email" />
        <Button type="submit" isDisabled={asking.isBusy || email.trim() === ""}>
          Mail a link
        </Button>
      </Form>
      {askedFor === undefined ? null : <MailedKey askedFor={askedFor} isBusy={task.isBusy} onKey={onKey} />}
      <RefusedWay title="No link was mailed" error={asking.error} />
    </>
  );
}

/** A server that does not know its own address mails a key alone. */
function MailedKey({
  askedFor,
  isBusy,
  onKey,
}: {
  readonly askedFor: string;
  readonly isBusy: boolean;
  readonly onKey: (link: string) => void;
}) {
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const use = (): void => {
    const link = /(?:^|#)([\w-]{43})$/.exec(text.trim())?.[1];
    setRefusal(link === undefined ? "Expected the whole link or key of the mail" : undefined);
    if (link !== undefined) onKey(link);
  };
  return (
    <>
      <p className="note sign-in-asked">
        If {askedFor} is a member’s address here, a mail is on its way to it. The answer is the same for every address.
      </p>
      <Form
        className="sign-in-field"
        onSubmit={(event) => {
          event.preventDefault();
          use();
        }}
      >
        <TextInput label="Link or key from the mail" value={text} onChange={setText} error={refusal} isMono />
        <Button type="submit" isDisabled={isBusy || text.trim() === ""}>
          Use it
        </Button>
      </Form>
    </>
  );
}

function SignOn({ hasPasskey }: { readonly hasPasskey: boolean }) {
  const [email, setEmail] = useState("");
  const [unknown, setUnknown] = useState<string>();
  const task = useTask();
  const go = async (): Promise<void> => {
    setUnknown(undefined);
    await task.run(async () => {
      const { url } = await ask(beginSignOn, { body: { email } });
      if (url === undefined) setUnknown(`Expected an address whose organisation has its own sign-on here, got ${email}`);
      else location.assign(url);
    }, "Going to the sign-on");
  };
  return (
    <>
      {hasPasskey ? <p className="sign-in-or">or</p> : null}
      <Form
        className="sign-in-field"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <TextInput
          label="Work e-mail"
          hint="We send you to your organisation’s own sign-on."
          value={email}
          onChange={setEmail}
          name="email"
          error={unknown}
        />
        <Button type="submit" isDisabled={task.isBusy || email.trim() === ""}>
          Continue
        </Button>
      </Form>
      <RefusedWay title="The sign-on could not be reached" error={task.error} />
    </>
  );
}

function Other({
  icon,
  to,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly to: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      {icon}
      <div>
        <Link to={to}>{title}</Link>
        <p className="note">{children}</p>
      </div>
    </li>
  );
}

/** What needs no signing in, and where one is. */
function Beside({ ways }: { readonly ways: Ways | undefined }) {
  const status = useQuery(statusQuery);
  const stated = status.data?.ecosystems.flatMap(({ standing }) => (standing?.statedAtMs === undefined ? [] : [standing.statedAtMs])) ?? [];
  return (
    <aside className="sign-in-beside" aria-label="Without signing in, and this server">
      <h2>Without signing in</h2>
      <ul>
        <li>
          <Link to="/">Check an SBOM or lockfile</Link>
          <p className="note">Read, answered, not stored.</p>
        </li>
        <li>
          <Link to="/vulnerabilities">Search the public record</Link>
          <p className="note">
            {status.data === undefined ? "Advisories of every source, as received" : `${numberText(status.data.advisories)} advisories`}
            {stated.length === 0 ? (
              "."
            ) : (
              <>
                , stated <Instant ms={Math.max(...stated)} form="distance" />.
              </>
            )}
          </p>
        </li>
      </ul>
      {ways === undefined ? null : (
        <>
          <h2>This server</h2>
          <dl className="sign-in-server">
            <dt>Name</dt>
            <dd>{ways.server.name}</dd>
            <dt>Address</dt>
            <dd>
              <code>{ways.server.address.replace(/^https?:\/\//, "")}</code>
            </dd>
          </dl>
        </>
      )}
    </aside>
  );
}
