import type { ZonedInstant } from "./release-plan.ts";

/** What a grant lets an organisation use: a model before its release to partners, or from a partner stage on. */
export const GRANT_KINDS = ["testing-window", "partner-stage"] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

/** A bound that an installation runs under, and where it is written. */
export type ProgrammeRecord = {
  readonly id: string;
  /** As pages call it: `EO 14409`. */
  readonly name: string;
  readonly title: string;
  readonly citation: string;
  /** The day of the instrument, `2026-06-02`. */
  readonly citedOn: string;
  /** `secondary`: its wording is known from other texts only, and the instrument itself governs. */
  readonly source: "primary" | "secondary";
  /** The rule in Sluice's own words. */
  readonly rule: string;
  /** Calendar days before the planned release in which a testing window may lie. */
  readonly days: number;
};

/** `agreed`: not open yet. `waiting`: it was open, and its bound has moved past now; nothing is destroyed. `closed`: for ever. */
export const WINDOW_STATES = ["agreed", "open", "waiting", "closed"] as const;
export type WindowState = (typeof WINDOW_STATES)[number];

/** What an hour of a window comes from. `bound`: days before the release. `first-opening`: days from when it first opened. */
export const BOUND_SOURCES = ["lab", "release", "public-release", "bound", "first-opening"] as const;
export type BoundSource = (typeof BOUND_SOURCES)[number];

/** Why a window closed: an hour that came, the lab's word on this grant, or the withdrawal of the model. */
export const CLOSING_CAUSES = ["lab", "release", "public-release", "first-opening", "ended", "withdrawn"] as const;
export type ClosingCause = (typeof CLOSING_CAUSES)[number];

export type Closing = { readonly atMs: number; readonly by: ClosingCause };

type WindowProgress = {
  /** The lab's own hours. */
  readonly opens: ZonedInstant;
  readonly closes: ZonedInstant | undefined;
  /** When it was first made reachable. */
  readonly firstOpenedMs: number | undefined;
  readonly closed: Closing | undefined;
};

/** What a window is solved from. The records of the installation hold beside those that the lab accepted. */
export type TestingWindowFacts = WindowProgress & {
  readonly kind: "testing-window";
  /** The planned release to other trusted partners: the hour of the earliest partner stage. */
  readonly release: ZonedInstant;
  readonly accepted: readonly ProgrammeRecord[];
};
export type PartnerStageFacts = WindowProgress & {
  readonly kind: "partner-stage";
  /** Undefined when the terms let the stage run past the public release. */
  readonly publicRelease: ZonedInstant | undefined;
};
export type WindowFacts = TestingWindowFacts | PartnerStageFacts;

/** One thing that limits a window. */
export type WindowBound = {
  readonly edge: "opens" | "closes";
  readonly by: BoundSource;
  readonly at: ZonedInstant;
  /** The programme record, for `bound` and `first-opening`. */
  readonly record: ProgrammeRecord | undefined;
  /** False for a record behind one that reaches further. */
  readonly inForce: boolean;
  /** True when the window opens or closes at this hour; more than one bound can be met at once. */
  readonly sets: boolean;
};

/** A window at one moment: open in `[opens, closes)` and only there. */
export type AccessWindow = {
  readonly kind: GrantKind;
  readonly state: WindowState;
  readonly opens: WindowBound;
  /** Undefined = nothing closes it but the lab's word. */
  readonly closes: WindowBound | undefined;
  /** Every bound weighed, opening before closing, the tightest first, those not in force last. */
  readonly bounds: readonly WindowBound[];
  /** True when it would close before it opens: as things stand it is not open again. */
  readonly leavesNothing: boolean;
  readonly closed: Closing | undefined;
};

/** How a window stands, for choosing among several. */
export type WindowStanding = {
  readonly state: WindowState;
  readonly opensMs: number;
  readonly closesMs: number | undefined;
  /** Of one that is over. */
  readonly closedMs: number | undefined;
};

const STANDING_ORDER: readonly WindowState[] = ["open", "waiting", "agreed", "closed"];

/** What is open first, then what will open soonest, then what closed last. */
export function compareStanding(a: WindowStanding, b: WindowStanding): number {
  const order = ({ state, opensMs, closesMs, closedMs }: WindowStanding): number =>
    state === "closed" ? -(closedMs ?? 0) : (closesMs ?? opensMs);
  return STANDING_ORDER.indexOf(a.state) - STANDING_ORDER.indexOf(b.state) || order(a) - order(b);
}
