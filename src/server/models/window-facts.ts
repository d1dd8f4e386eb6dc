import { solveWindow } from "../../coordination/window/solve-window.ts";
import type { AccessWindow, ClosingCause, GrantKind, ProgrammeRecord, WindowFacts, WindowState } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

/** What a window is solved from, as `windowFactColumns` selects it. */
export type WindowFactsRow = {
  readonly kind: GrantKind;
  readonly opens_at: Date;
  readonly opens_zone: string;
  readonly closes_at: Date | null;
  readonly closes_zone: string | null;
  readonly opened_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_because: ClosingCause | null;
  readonly partner_release_at: Date;
  readonly partner_release_zone: string;
  readonly public_release_at: Date | null;
  readonly public_release_zone: string | null;
  readonly ends_at_public_release: boolean;
  /** JSON. */
  readonly accepted: string;
};

/** Of `w`, a row of access_window, and `e`, its enrolment. */
export const windowFactColumns: SqlQuery = sql`w.kind, w.opens_at, w.opens_zone, w.closes_at, w.closes_zone, w.opened_at, w.ended_at, w.ended_because,
  e.partner_release_at, e.partner_release_zone, e.public_release_at, e.public_release_zone,
  coalesce((e.terms::jsonb ->> 'partnersEndAtPublicRelease')::boolean, true) as ends_at_public_release,
  coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'title', r.title, 'citation', r.citation, 'citedOn', r.cited_on::text,
      'source', r.source, 'rule', r.rule, 'days', r.days) order by a.accepted_at, r.id)
    from accepted_programme a join programme_record r on r.id = a.programme_id
    where a.organisation_id = w.organisation_id and a.enrolment_id = w.enrolment_id), '[]')::text as accepted`;

export function windowFactsOf(row: WindowFactsRow): WindowFacts {
  const progress = {
    opens: hourOf(row.opens_at, row.opens_zone),
    closes: optionalHour(row.closes_at, row.closes_zone),
    firstOpenedMs: row.opened_at?.getTime(),
    closed: row.ended_at === null || row.ended_because === null ? undefined : { atMs: row.ended_at.getTime(), by: row.ended_because },
  };
  if (row.kind === "testing-window") {
    return {
      ...progress,
      kind: row.kind,
      release: hourOf(row.partner_release_at, row.partner_release_zone),
      // Put together by the statement above from columns with checks of their own.
      accepted: JSON.parse(row.accepted) as readonly ProgrammeRecord[],
    };
  }
  const publicRelease = row.ends_at_public_release ? optionalHour(row.public_release_at, row.public_release_zone) : undefined;
  return { ...progress, kind: row.kind, publicRelease };
}

/** The window at one moment. Its state is `agreed` until it was made reachable for the first time, though its hour has come. */
export function windowAt(row: WindowFactsRow, atMs: number): AccessWindow {
  const solved = solveWindow(windowFactsOf(row), atMs);
  return { ...solved, state: reachableState(solved.state, row) };
}

function reachableState(state: WindowState, { opened_at }: WindowFactsRow): WindowState {
  return state === "open" && opened_at === null ? "agreed" : state;
}

export function hourOf(at: Date, zone: string): ZonedInstant {
  return { instantMs: at.getTime(), zone };
}

export function optionalHour(at: Date | null, zone: string | null): ZonedInstant | undefined {
  return at === null || zone === null ? undefined : hourOf(at, zone);
}
