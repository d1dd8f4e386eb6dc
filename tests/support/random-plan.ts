import { DRAFT_LEVELS, type DraftLevel } from "../../src/vocabulary/level.ts";
import { RELEASE_EVENTS, type ReleaseEvent, type ReleasePlan, type Stage } from "../../src/vocabulary/release-plan.ts";
import type { StatedEvent } from "../../src/coordination/release/due-stages.ts";
import type { PlanCircle } from "../../src/coordination/release/plan-circle.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Whole hours from 1 to 100, in milliseconds: small enough that random plans meet themselves. */
export const HOUR_MS = 3_600_000;
export const CIRCLES = ["one", "two", "three"];
const ORGANISATIONS = ["ada", "bo", "cy", "di"];

/** A plan that keeps to the shape (one public stage, at the end) and otherwise to nothing. */
export function randomPlan(random: SeededRandom): ReleasePlan {
  const stages = Array.from({ length: random.below(4) }, (_, index) => randomStage(random, `s${index}`));
  return { state: "agreed", revision: 1, stages: [...stages, randomPublicStage(random)], consenters: ["ada", "bo"] };
}

export function randomStage(random: SeededRandom, id: string): Stage {
  const on = RELEASE_EVENTS.filter(() => random.oneIn(4));
  const opens = on.length > 0 && random.oneIn(3) ? undefined : randomHour(random);
  const closes = random.oneIn(4) ? { instantMs: (opens?.instantMs ?? 0) + HOUR_MS * (1 + random.below(30)), zone: "UTC" } : undefined;
  return { id, circle: random.pick(CIRCLES), level: random.pick(DRAFT_LEVELS.slice(0, 4)), opens, on, closes };
}

export function randomEvents(random: SeededRandom): readonly StatedEvent[] {
  return RELEASE_EVENTS.filter(() => random.oneIn(3)).map((event) => ({ event, atMs: HOUR_MS * random.below(100) }));
}

export function randomCircles(random: SeededRandom): readonly PlanCircle[] {
  return CIRCLES.map((id) => ({
    id,
    name: `Circle ${id}`,
    members: ORGANISATIONS.filter(() => random.oneIn(2)).map((organisation) => ({
      organisation,
      name: organisation.toUpperCase(),
      entered: !random.oneIn(5),
      expiresMs: random.oneIn(4) ? HOUR_MS * random.below(100) : undefined,
      excluded: random.oneIn(5),
      excepted: random.oneIn(2),
    })),
  }));
}

/** One to three changes of any kind to a plan's stages. */
export function randomlyAmended(random: SeededRandom, plan: ReleasePlan): ReleasePlan {
  let stages = plan.stages;
  for (let count = 1 + random.below(3); count > 0; count--) stages = amendedOnce(random, stages, `n${count}`);
  return { ...plan, revision: plan.revision + 1, stages };
}

function amendedOnce(random: SeededRandom, stages: readonly Stage[], newId: string): readonly Stage[] {
  const index = random.below(stages.length);
  const stage = stages[index];
  if (stage === undefined || random.oneIn(6)) return [randomStage(random, newId), ...stages];
  if (stage.circle !== undefined && random.oneIn(5)) return stages.toSpliced(index, 1);
  const other = stage.circle === undefined ? randomPublicStage(random) : randomStage(random, stage.id);
  const field = random.pick(["circle", "level", "opens", "on", "closes"] as const);
  const changed = { ...stage, [field]: other[field] };
  return stages.with(index, changed.opens === undefined && changed.on.length === 0 ? stage : changed);
}

function randomPublicStage(random: SeededRandom): Stage {
  const on: readonly ReleaseEvent[] = random.oneIn(2) ? ["leak"] : ["leak", "exploitation"];
  return { id: "public", circle: undefined, level: "public" satisfies DraftLevel, opens: randomHour(random), on, closes: undefined };
}

function randomHour(random: SeededRandom): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: HOUR_MS * (1 + random.below(99)), zone: "UTC" };
}
