import type { DraftLevel } from "../../vocabulary/level.ts";
import type { Opened, ReleaseEvent, ReleasePlan } from "../../vocabulary/release-plan.ts";
import { dueStages, type StatedEvent } from "./due-stages.ts";
import { levelAt, levelOfCircleAt, levelOfEveryoneAt, type GivenOpening } from "./level-at.ts";
import { knownMembers, type PlanCircle } from "./plan-circle.ts";

/** Who would see what, and when, if the plan runs by its hours; and if it ends early at this moment. Undefined levels = nothing. */
export type PlanPreview = {
  /** The moments at which something changes for somebody, the first being now. */
  readonly momentsMs: readonly number[];
  readonly circles: readonly PreviewRow[];
  readonly organisations: readonly PreviewRow[];
  readonly everyone: PreviewRow;
};

/** `levels` has one entry a moment; `ifEnded` is what is seen at once after a leak. */
export type PreviewRow = {
  readonly id: string;
  readonly name: string;
  readonly levels: readonly (DraftLevel | undefined)[];
  readonly ifEnded: DraftLevel | undefined;
};

export type PreviewParts = {
  readonly plan: ReleasePlan;
  readonly circles: readonly PlanCircle[];
  readonly given: readonly GivenOpening[];
  readonly opened: readonly Opened[];
  readonly events: readonly StatedEvent[];
  readonly nowMs: number;
};

/** Runs the plan through its hours in thought. Nothing is opened. */
export function previewPlan(parts: PreviewParts): PlanPreview {
  const { plan, circles, given, nowMs } = parts;
  const momentsMs = moments(parts);
  const planned = openedBy(parts, [], Math.max(...momentsMs));
  const ended = openedBy(parts, ["leak", "early-end"], nowMs);
  const row = (id: string, name: string, levelOf: (opened: readonly Opened[], atMs: number) => DraftLevel | undefined): PreviewRow => ({
    id,
    name,
    levels: momentsMs.map((atMs) => levelOf(planned, atMs)),
    ifEnded: levelOf(ended, nowMs),
  });
  const named = new Map(circles.flatMap((circle) => knownMembers(circle).map(({ organisation, name }) => [organisation, name] as const)));
  return {
    momentsMs,
    circles: circles.map(({ id, name }) => row(id, name, (opened, atMs) => levelOfCircleAt(plan, given, opened, id, atMs))),
    organisations: [...named].map(([id, name]) => row(id, name, (opened, atMs) => levelAt(plan, circles, given, opened, id, atMs))),
    everyone: row("everyone", "Everyone", (opened, atMs) => levelOfEveryoneAt(plan, opened, atMs)),
  };
}

/** What would have opened by `untilMs`. A plan that is not agreed yet is shown as if it were. */
function openedBy({ plan, opened, events, nowMs }: PreviewParts, adding: readonly ReleaseEvent[], untilMs: number): readonly Opened[] {
  const running: ReleasePlan = plan.state === "ended" ? plan : { ...plan, state: "agreed" };
  const all = [...events, ...adding.map((event) => ({ event, atMs: nowMs }))];
  const due = dueStages(running, opened, all, untilMs);
  return [...opened, ...due.map(({ stage, by, plannedMs }) => ({ stage: stage.id, by, atMs: Math.max(plannedMs, nowMs) }))];
}

function moments({ plan, circles, nowMs }: PreviewParts): readonly number[] {
  const hours = plan.stages.flatMap(({ opens, closes }) => [opens?.instantMs, closes?.instantMs]);
  const leaving = circles.flatMap((circle) => knownMembers(circle).map(({ expiresMs }) => expiresMs));
  const last = Math.max(nowMs, ...hours.filter((hour) => hour !== undefined));
  const coming = [...hours, ...leaving].filter((hour) => hour !== undefined && hour > nowMs && hour <= last);
  return [...new Set([nowMs, ...coming.filter((hour) => hour !== undefined)])].sort((a, b) => a - b);
}
