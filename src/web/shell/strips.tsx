import { useQuery } from "@tanstack/react-query";
import { NavLink, useLocation } from "react-router";
import { signInWays } from "../../contract/endpoints/sign-in.ts";
import type { Status } from "../queries.ts";
import { ask } from "../server-client.ts";
import { LevelGauge } from "../ui/level-gauge.tsx";
import { isRecord, recordPlaces } from "../words/places.ts";
import type { Session } from "./session.ts";
import "./strips.css";

const waysQuery = {
  queryKey: ["sign-in ways"],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => ask(signInWays, { signal }),
} as const;

/** What stands under the top bar besides a page's own marking. */
export function Strips({ session, status }: { readonly session: Session | null | undefined; readonly status: Status | undefined }) {
  const { pathname } = useLocation();
  if (session === undefined) return null;
  if (session === null) return <FirstStart />;
  if (isRecord(pathname)) return <RecordNav />;
  return (
    <>
      {status?.database === "embedded" ? <EmbeddedStrip /> : null}
      {session.shows === "case" ? null : (
        <section className="strip" aria-label="This session">
          <div className="shell-width strip-row">
            <strong>This session shows</strong>
            <span>
              <LevelGauge level={session.shows} /> and nothing more confidential: it began without a passkey or sign-on.
            </span>
          </div>
        </section>
      )}
    </>
  );
}

/** The record's own words, for those whose top bar has one word for all of them. */
function RecordNav() {
  return (
    <nav className="strip record-nav" aria-label="Record">
      <div className="shell-width strip-row">
        <NavLink to="/record" end>
          Search
        </NavLink>
        {recordPlaces.map(({ to, label, end }) => (
          <NavLink key={to} to={to} end={end}>
            {label}
          </NavLink>
        ))}
        <a href="/docs">API</a>
      </div>
    </nav>
  );
}

function FirstStart() {
  const ways = useQuery(waysQuery);
  if (ways.data?.needsFirstAdministrator !== true) return null;
  return (
    <section className="strip" aria-label="First start">
      <div className="shell-width strip-row">
        <strong>First start</strong>
        <span>No administrator yet. The terminal that started this server shows a link that works once.</span>
      </div>
    </section>
  );
}

function EmbeddedStrip() {
  return (
    <section className="strip" aria-label="Database">
      <div className="shell-width strip-row">
        <strong>Embedded database</strong>
        <span>
          For trying and for public data. It stops our own mistakes, not injected SQL: whoever runs this server sets DATABASE_URL before
          anything confidential is kept here.
        </span>
      </div>
    </section>
  );
}
