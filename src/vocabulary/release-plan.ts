import type { DraftLevel } from "./level.ts";

/** An hour as people state it: the instant, and the IANA zone in which it was said (`Europe/Berlin`). */
export type ZonedInstant = { readonly instantMs: number; readonly zone: string };

/** What can open a stage besides its hour. `early-end` is the owner's word, with a reason. */
export const RELEASE_EVENTS = ["patch-ready", "leak", "exploitation", "early-end"] as const;
export type ReleaseEvent = (typeof RELEASE_EVENTS)[number];

/** Opens `level` to a circle at its hour or with the first of its events, whichever is first. The public stage has no circle. */
export type Stage = {
  readonly id: string;
  /** Undefined = everyone: the public stage. */
  readonly circle: string | undefined;
  readonly level: DraftLevel;
  readonly opens: ZonedInstant | undefined;
  readonly on: readonly ReleaseEvent[];
  /** When what it opened is closed again for its circle; undefined = never. */
  readonly closes: ZonedInstant | undefined;
};

/** `writing`: nobody is bound. `agreed`: stages open. `held`: agreed, and nothing opens until every hold is lifted. `ended`: every stage has opened, or it was abandoned. */
export const PLAN_STATES = ["writing", "agreed", "held", "ended"] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** The stages by which one draft advisory is let out. */
export type ReleasePlan = {
  readonly state: PlanState;
  /** From 1; each agreed amendment makes the next. */
  readonly revision: number;
  readonly stages: readonly Stage[];
  /** Organisations whose consent an amendment may need, the owner included. */
  readonly consenters: readonly string[];
};

/** A stage that has opened, by its hour or by an event. */
export type Opened = { readonly stage: string; readonly atMs: number; readonly by: "hour" | ReleaseEvent };
