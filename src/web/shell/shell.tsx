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
import { rememberedShortcuts, rememberShortcuts, ShortcutContext, useShortcut } from "./shortcuts.ts";
import { statusQuery } from "../queries.ts";
import "./shell.css";

const places = [
  { to: "/", label: "Search", end: true },
  { to: "/vulnerabilities", label: "Vulnerabilities", end: false },
  { to: "/packages", label: "Packages", end: false },
  { to: "/data", label: "Data", end: false },
] as const;

/** What stands around every page. */
export function Shell() {
  const [isOn, setIsOn] = useState(rememberedShortcuts);
  const [markingSlot, setMarkingSlot] = useState<HTMLElement | null>(null);
  const status = useQuery(statusQuery);
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
        <TopBar hasShortcut={isOn} />
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

function TopBar({ hasShortcut }: { readonly hasShortcut: boolean }) {
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
        <Link to="/" className="top-bar-name" aria-label="Sluice, front door">
          <Mark />
          Sluice
        </Link>
        <nav className="top-bar-nav" aria-label="Main">
          {places.map(({ to, label, end }) => (
            <NavLink key={to} to={to} end={end} data-word={label}>
              {label}
            </NavLink>
          ))}
          <a href="/docs" data-word="API">
            API
          </a>
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
      </div>
    </div>
  );
}
