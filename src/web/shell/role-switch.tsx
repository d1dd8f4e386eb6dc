import { useState } from "react";
import { useNavigate } from "react-router";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { Menu, type MenuGroup } from "../ui/menu.tsx";
import { kindWord, roleWord } from "../words/role-words.ts";
import { useAnnounce } from "./announcer.tsx";
import { actFor, signOut, useActorChange, type Session } from "./session.ts";
import "./role-switch.css";

/** For which organisation one acts, as a word: it changes what the database shows. Under it, others to act for, and what is one's own. */
export function RoleSwitch({ session }: { readonly session: Session }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const changeActor = useActorChange();
  const [refusal, setRefusal] = useState<string>();
  const { acting } = session;

  const become = async (change: () => Promise<Session | null>, said: (next: Session | null) => string): Promise<void> => {
    setRefusal(undefined);
    try {
      const next = await change();
      changeActor(next);
      announce(said(next));
      await navigate("/");
    } catch (error) {
      const message = isCodedError(error) ? error.message : "the server did not answer, so nothing has changed";
      setRefusal(message);
      announce(message);
    }
  };
  const switchTo = (organisation: string): Promise<void> =>
    become(
      () => actFor(organisation),
      (next) => `You act for ${next?.acting.name ?? "nobody"}`,
    );
  const leave = (): Promise<void> =>
    become(
      () => signOut().then(() => null),
      () => "You are signed out",
    );

  return (
    <div className="role-switch">
      <Menu
        label={`Acting as ${kindWord(acting.kind)}, ${acting.name}. Change role, account, sign out`}
        groups={groupsFor(session, switchTo, leave)}
        onGo={(to) => void navigate(to)}
      >
        <span className="role-switch-word">
          <strong>{kindWord(acting.kind)}</strong> <span className="role-switch-name">{acting.name}</span>
        </span>
      </Menu>
      {refusal === undefined ? null : (
        <p className="role-switch-refusal" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

function groupsFor(session: Session, switchTo: (organisation: string) => Promise<void>, leave: () => Promise<void>): readonly MenuGroup[] {
  const { acting, others, verbs, name } = session;
  return [
    {
      id: "acting",
      head: `${name} acts for`,
      entries: [
        {
          id: acting.organisation,
          word: acting.name,
          note: `${kindWord(acting.kind)}, ${roleWord(acting.role)}`,
          isCurrent: true,
          to: "/",
        },
        ...others.map(({ organisation, name: other, kind, role }) => ({
          id: organisation,
          word: other,
          note: `${kindWord(kind)}, ${roleWord(role)}`,
          onPress: () => void switchTo(organisation),
        })),
      ],
    },
    {
      id: "places",
      head: "Yours and the organisation’s",
      entries: [
        { id: "account", word: "Account", note: "Passkeys, recovery codes, sessions", to: "/account" },
        ...(verbs.includes("token.issue") ? [{ id: "tokens", word: "Tokens", to: "/account#tokens" }] : []),
        { id: "members", word: "Members", to: "/organisation" },
        ...(verbs.includes("installation.manage") ? [{ id: "organisations", word: "Organisations", to: "/organisations" }] : []),
        { id: "circles", word: "Circles", to: "/circles" },
        ...(verbs.includes("model.read") ? [{ id: "grants", word: "Windows granted to you", to: "/grants" }] : []),
        ...(verbs.includes("installation.manage") ? [{ id: "sign-ons", word: "Sign-ons", to: "/sign-ons" }] : []),
        ...(verbs.includes("access.review") ? [{ id: "access", word: "Access review", to: "/access" }] : []),
      ],
    },
    { id: "leaving", entries: [{ id: "sign-out", word: "Sign out", onPress: () => void leave() }] },
  ];
}
