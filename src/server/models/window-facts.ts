import { solveWindow } from "../../coordination/window/solve-window.ts";
import type { AccessWindow, ClosingCause, GrantKind, ProgrammeRecord, WindowFacts, WindowState } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";

/** What a window is solved from, as `windowFactColumns` of the store selects it. */
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
