import { PUBLISHED_FROM } from "../../vocabulary/draft-advisory.ts";
import { shows } from "../../vocabulary/level.ts";
import type { Opened, ReleaseEvent, ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";

/** Something that happened to the draft advisory. */
export type StatedEvent = { readonly event: ReleaseEvent; readonly atMs: number };

/** A stage that is to open now. `plannedMs` is when its cause came; `Opened.atMs` is when it really opens. */
export type DueStage = { readonly stage: Stage; readonly by: Opened["by"]; readonly plannedMs: number };

/**
 * The stages that open now, in the order in which their causes came, each exactly once however late one asks.
 * A plan opens only while it is agreed: held, it catches up when it is lifted.
 */
export function dueStages(
  plan: ReleasePlan,
  opened: readonly Opened[],
  events: readonly StatedEvent[],
  nowMs: number,
): readonly DueStage[] {
  if (plan.state !== "agreed") return [];
  return waitingStages(plan, opened)
    .flatMap((stage) => {
      const cause = causeOf(plan, stage, opened, events);
      return cause === undefined || cause.plannedMs > nowMs ? [] : [{ stage, ...cause }];
    })
    .sort((a, b) => a.plannedMs - b.plannedMs || plan.stages.indexOf(a.stage) - plan.stages.indexOf(b.stage));
}

/** Stages that have not opened. */
export function waitingStages(plan: Pick<ReleasePlan, "stages">, opened: readonly Opened[]): readonly Stage[] {
  const done = new Set(opened.map(({ stage }) => stage));
  return plan.stages.filter((stage) => !done.has(stage.id));
}

/** True when the stage opens to everyone. */
export function isPublic(stage: Stage): boolean {
  return stage.circle === undefined;
}

/** True when this event opens the stage. An early end always opens the public one: that is what it means. */
export function opensOn(stage: Stage, event: ReleaseEvent): boolean {
  return stage.on.includes(event) || (event === "early-end" && isPublic(stage));
}

/** What opens the stage first. What is published with the public stage opens with it, so that no circle is later than everyone. */
function causeOf(
  plan: ReleasePlan,
  stage: Stage,
  opened: readonly Opened[],
  events: readonly StatedEvent[],
): Omit<DueStage, "stage"> | undefined {
  const own = ownCause(stage, events);
  if (isPublic(stage) || !shows(PUBLISHED_FROM, stage.level)) return own;
  const last = plan.stages.find(isPublic);
  if (last === undefined) return own;
  const already = opened.find((one) => one.stage === last.id);
  const withPublic = already === undefined ? ownCause(last, events) : { by: already.by, plannedMs: already.atMs };
  return first(own, withPublic);
}

function ownCause(stage: Stage, events: readonly StatedEvent[]): Omit<DueStage, "stage"> | undefined {
  const hour = stage.opens === undefined ? undefined : { by: "hour" as const, plannedMs: stage.opens.instantMs };
  return events
    .filter(({ event }) => opensOn(stage, event))
    .map(({ event, atMs }) => ({ by: event, plannedMs: atMs }))
    .reduce<Omit<DueStage, "stage"> | undefined>(first, hour);
}

function first(a: Omit<DueStage, "stage"> | undefined, b: Omit<DueStage, "stage"> | undefined): Omit<DueStage, "stage"> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.plannedMs < a.plannedMs ? b : a;
}
