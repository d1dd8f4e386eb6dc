import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { SearchInput } from "../forms/search-input.tsx";
import { searchTarget } from "../words/search-target.ts";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { MarkingSlotContext } from "../ui/marking-strip.tsx";
import { Footer } from "./footer.tsx";
import { RoleSwitch } from "./role-switch.tsx";
import { useSession, type Session } from "./session.ts";
import { rememberedShortcuts, rememberShortcuts, ShortcutContext, useShortcut } from "./shortcuts.ts";
import { Strips } from "./strips.tsx";
import { useHasGrants } from "./has-grants.ts";
import { useWork } from "./work.ts";
import { statusQuery } from "../queries.ts";
import { isRecord, placesOf, strangerPlaces, type Place } from "../words/places.ts";
import "./shell.css";

/** What stands around every page. */
export function Shell() {
  const [isOn, setIsOn] = useState(rememberedShortcuts);
  const [markingSlot, setMarkingSlot] = useState<HTMLElement | null>(null);
  const status = useQuery(statusQuery);
  const session = useSession();
  const setting = {
    isOn,
    set: (next: boolean) => {
      setIsOn(next);
      rememberShortcuts(next);
    },
  };
  return (
    <ShortcutContext value={setting}>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header>
        <TopBar hasShortcut={isOn} session={session} />
        <Strips session={session} status={status.data} />
        <div ref={setMarkingSlot} />
      </header>
      <MarkingSlotContext value={markingSlot}>
        <main className="shell-main" id="main" tabIndex={-1}>
          <div className="shell-width">
            <Outlet />
          </div>
        </main>
      </MarkingSlotContext>
      <Footer status={status.data} />
      <ScrollRestoration />
    </ShortcutContext>
  );
}

type Known = Session | null | undefined;

function TopBar({ hasShortcut, session }: { readonly hasShortcut: boolean; readonly session: Known }) {
  const inputRef = useRef<HTMLInputElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const navigate = useNavigate();
  const { key } = useLocation();
  const onKey = useCallback((typed: string): boolean => {
    if (typed !== "/") return false;
    setIsOpen(true);
    // On a phone the field is laid out by the state set above.
    requestAnimationFrame(() => inputRef.current?.focus());
    return true;
  }, []);
  useShortcut(onKey);
  return (
    <div className="top-bar">
      <div className="shell-width top-bar-row">
        <Link to="/" className="top-bar-name" aria-label={session ? "Sluice, what needs you" : "Sluice, front door"}>
          <Mark />
          Sluice
        </Link>
        <nav className="top-bar-nav" aria-label="Main">
          {session === undefined ? null : session === null ? <StrangerWords /> : <MemberWords session={session} />}
        </nav>
        <div className={`top-bar-search${isOpen ? " top-bar-search-open" : ""}`}>
          <div className="top-bar-search-toggle">
            <Button look="plain" label="Search the record" expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
              <Search size={16} strokeWidth={1.75} aria-hidden="true" />
            </Button>
          </div>
          <SearchInput
            key={key}
            look="top-bar"
            label="Search the record"
            placeholder="Id, package, version"
            inputRef={inputRef}
            {...(hasShortcut ? { shortcut: "/" } : {})}
            onSearch={(text) => {
              setIsOpen(false);
              void navigate(searchTarget(text));
            }}
          />
        </div>
        {session === null ? (
          <Link to="/sign-in" className="button button-plain button-usual top-bar-sign-in">
            Sign in
          </Link>
        ) : null}
        {session ? <RoleSwitch session={session} /> : null}
      </div>
    </div>
  );
}

function StrangerWords() {
  return (
    <>
      {strangerPlaces.map((place) => (
        <Word key={place.to} place={place} />
      ))}
      <a href="/docs" data-word="API">
        API
      </a>
    </>
  );
}

function MemberWords({ session }: { readonly session: Session }) {
  const { pathname } = useLocation();
  const work = useWork();
  const hasGrants = useHasGrants(session);
  const counts = { work: work?.items.length ?? 0, unseen: work?.unseen.length ?? 0 };
  const isHere = isRecord(pathname);
  return (
    <>
      {placesOf(session.acting.kind, session.verbs, hasGrants).map((place) => {
        const count = place.counts === undefined ? 0 : counts[place.counts];
        const text = place.counts === "unseen" && work?.hasMoreUnseen === true ? `${count}+` : String(count);
        return <Word key={place.to} place={place} {...(count === 0 ? {} : { count: text })} />;
      })}
      <span className="top-bar-rule" />
      <Link to="/record" data-word="Record" {...(isHere ? { "aria-current": "page" as const } : {})}>
        Record
      </Link>
    </>
  );
}

function Word({ place: { to, label, end }, count }: { readonly place: Place; readonly count?: string }) {
  return (
    <NavLink to={to} end={end} data-word={label}>
      <span>
        {label}
        {count === undefined ? null : (
          <span className="top-bar-count number">
            {" "}
            {count}
            <span className="visually-hidden"> waiting</span>
          </span>
        )}
      </span>
    </NavLink>
  );
}
