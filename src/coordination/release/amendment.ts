import { shows } from "../../vocabulary/level.ts";
import type { ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import { isPublic } from "./due-stages.ts";

/** One difference between two revisions of a plan. */
export type AmendmentChange = {
  readonly stage: string | undefined;
  /** `refused`: it would change what has happened. `consent`: somebody could see more or sooner, or all later. `free`: it only narrows. */
  readonly weight: "refused" | "consent" | "free";
  readonly message: string;
};

/** What an amendment does, and who must agree to it before it binds. */
export type Amendment = {
  readonly changes: readonly AmendmentChange[];
  /** Organisations that must all consent; empty = the owner may make it alone. */
  readonly consent: readonly string[];
  readonly refused: boolean;
};

/**
 * What opens anything earlier, to more people or at a more confidential level, or moves the public hour later, needs every consenter
 * of the running plan. Narrowing or removing a stage that has not opened needs none. What has opened does not change.
 */
export function amendment(before: ReleasePlan, after: ReleasePlan, openedStages: ReadonlySet<string>): Amendment {
  const changes = [
    ...before.stages.flatMap((stage) => {
      const next = after.stages.find(({ id }) => id === stage.id);
      if (openedStages.has(stage.id)) return openedChanges(stage, next);
      return next === undefined ? [removed(stage)] : stageChanges(stage, next);
    }),
    ...after.stages
      .filter(({ id }) => before.stages.every((stage) => stage.id !== id))
      .map(({ id }) => change(id, "consent", "A stage is added.")),
    ...consenterChanges(before, after),
  ];
  return {
    changes,
    consent: changes.some(({ weight }) => weight === "consent") ? before.consenters : [],
    refused: changes.some(({ weight }) => weight === "refused"),
  };
}

function openedChanges(stage: Stage, next: Stage | undefined): readonly AmendmentChange[] {
  if (next === undefined) return [change(stage.id, "refused", "This stage has opened and cannot be removed.")];
  return stageChanges(stage, next).map(({ message }) => change(stage.id, "refused", `This stage has opened. ${message}`));
}

function removed(stage: Stage): AmendmentChange {
  return isPublic(stage) ? change(stage.id, "consent", "The public stage is removed.") : change(stage.id, "free", "The stage is removed.");
}

function stageChanges(before: Stage, after: Stage): readonly AmendmentChange[] {
  const changes: AmendmentChange[] = [];
  const note = (weight: AmendmentChange["weight"], message: string): void => void changes.push(change(before.id, weight, message));
  if (before.circle !== after.circle) note("consent", "It opens to other people.");
  if (before.level !== after.level) {
    note(shows(before.level, after.level) ? "free" : "consent", `The level goes from ${before.level} to ${after.level}.`);
  }
  noteHour(before, after, note);
  noteEvents(before, after, note);
  noteClosing(before, after, note);
  return changes;
}

type Note = (weight: AmendmentChange["weight"], message: string) => void;

/** The public stage must come neither earlier nor later without consent. */
function noteHour(before: Stage, after: Stage, note: Note): void {
  const [from, to] = [before.opens?.instantMs ?? Number.POSITIVE_INFINITY, after.opens?.instantMs ?? Number.POSITIVE_INFINITY];
  if (to < from) note("consent", "It opens earlier.");
  if (to > from) note(isPublic(before) ? "consent" : "free", "It opens later.");
  if (to === from && before.opens?.zone !== after.opens?.zone) note("free", "The same hour is stated in another zone.");
}

function noteEvents(before: Stage, after: Stage, note: Note): void {
  for (const event of after.on) if (!before.on.includes(event)) note("consent", `It also opens on ${event}.`);
  for (const event of before.on)
    if (!after.on.includes(event)) note(isPublic(before) ? "consent" : "free", `It no longer opens on ${event}.`);
}

function noteClosing(before: Stage, after: Stage, note: Note): void {
  const [from, to] = [before.closes?.instantMs ?? Number.POSITIVE_INFINITY, after.closes?.instantMs ?? Number.POSITIVE_INFINITY];
  if (to > from) note("consent", "It stays open longer.");
  if (to < from) note("free", "It closes earlier.");
}

function consenterChanges(before: ReleasePlan, after: ReleasePlan): readonly AmendmentChange[] {
  const same = before.consenters.length === after.consenters.length && before.consenters.every((one) => after.consenters.includes(one));
  return same ? [] : [change(undefined, "consent", "Other organisations have a say.")];
}

function change(stage: string | undefined, weight: AmendmentChange["weight"], message: string): AmendmentChange {
  return { stage, weight, message };
}
