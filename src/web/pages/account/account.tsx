import { useQuery } from "@tanstack/react-query";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { roleWord, wayWord } from "../../words/role-words.ts";
import { OwnReads } from "../access/own-reads.tsx";
import { accountQuery } from "./account-queries.ts";
import { Codes } from "./codes.tsx";
import { Identities } from "./identities.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";
import { Tokens } from "./tokens.tsx";
import "./account.css";
import "../sign-in/sign-in.css";

/** One's own ways in: what opens, since when, when it was last used, and how it ends. */
export function AccountPage() {
  return <MembersOnly title="Account">{(session) => <Account session={session} />}</MembersOnly>;
}

function Account({ session }: { readonly session: Session }) {
  const account = useQuery(accountQuery);
  return (
    <Page title={`Account: ${session.name}`} meta="Your ways in, each with its last use. No secret is shown again.">
      <Facts session={session} />
      {account.isError ? (
        <Section title="Ways in">
          <Refusal title="Your ways in could not be read" error={account.error} onRetry={() => void account.refetch()} />
        </Section>
      ) : account.data === undefined ? (
        <Section title="Ways in">
          <Skeleton rows={4} what="your ways in" rowHeight={54} />
        </Section>
      ) : (
        <>
          <Section title="Passkeys" note="On this device, a phone or a security key. One more, in another place, is the best recovery.">
            <Passkeys passkeys={account.data.passkeys} isLastWay={account.data.passkeys.length + account.data.identities.length === 1} />
          </Section>
          {account.data.identities.length === 0 ? null : (
            <Section title="Own sign-on" note="How your organisation's sign-on knows you.">
              <Identities identities={account.data.identities} />
            </Section>
          )}
          <Section title="Recovery codes" note="For addresses where passkeys cannot work. They show nothing above the level notice.">
            <Codes left={account.data.recoveryCodesLeft} />
          </Section>
          <div id="tokens" className="section-ruled">
            <Section title="Access tokens" note="For programs. A token has some of your rights, never more, and ends by itself.">
              <Tokens session={session} />
            </Section>
          </div>
          <div className="section-ruled">
            <Section title="Sessions" note="Over after 12 hours, or an hour without use.">
              <Sessions sessions={account.data.sessions} />
            </Section>
            <Section title="What you read" note="In every organisation you act for. Its owners see the same.">
              <OwnReads />
            </Section>
          </div>
        </>
      )}
    </Page>
  );
}

function Facts({ session }: { readonly session: Session }) {
  return (
    <FactStrip
      facts={[
        { label: "Acting for", value: session.acting.name, note: roleWord(session.acting.role) },
        { label: "Signed in by", value: wayWord(session.way), note: <Instant ms={session.startedAtMs} form="distance" /> },
        {
          label: "Shown up to",
          value: session.shows,
          note: session.shows === "case" ? "everything you were given" : "a passkey shows more",
        },
        { label: "Second factor", value: session.secondFactor ? "yes" : "no" },
        { label: "Over", value: <Instant ms={session.expiresAtMs} form="distance" />, note: "or after an hour without use" },
      ]}
    />
  );
}
