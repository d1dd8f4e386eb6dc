import { levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import type { Opened, ReleasePlan } from "../../vocabulary/release-plan.ts";
import { isPublic } from "./due-stages.ts";
import { knownMembers, reaches, type PlanCircle } from "./plan-circle.ts";

/** An opening that stands beside the plan, such as the owner's own. */
export type GivenOpening = { readonly circle: string; readonly level: DraftLevel };

/** What an organisation sees at a moment, given what has opened by then; undefined = nothing, not even that it exists. */
export function levelAt(
  plan: ReleasePlan,
  circles: readonly PlanCircle[],
  given: readonly GivenOpening[],
  opened: readonly Opened[],
  organisation: string,
  atMs: number,
): DraftLevel | undefined {
  const holding = circles.filter((circle) =>
    knownMembers(circle).some((member) => member.organisation === organisation && reaches(member, atMs)),
  );
  return mostConfidential([
    ...holding.map(({ id }) => levelOfCircleAt(plan, given, opened, id, atMs)),
    levelOfEveryoneAt(plan, opened, atMs),
  ]);
}

/** What is open to a circle at a moment, whoever is in it. */
export function levelOfCircleAt(
  plan: ReleasePlan,
  given: readonly GivenOpening[],
  opened: readonly Opened[],
  circle: string,
  atMs: number,
): DraftLevel | undefined {
  const staged = plan.stages
    .filter((stage) => stage.circle === circle && hasOpened(opened, stage.id, atMs))
    .filter(({ closes }) => closes === undefined || atMs < closes.instantMs);
  return mostConfidential([...given.filter((one) => one.circle === circle).map(({ level }) => level), ...staged.map(({ level }) => level)]);
}

/** `public` once the public stage has opened. */
export function levelOfEveryoneAt(plan: ReleasePlan, opened: readonly Opened[], atMs: number): DraftLevel | undefined {
  return plan.stages.some((stage) => isPublic(stage) && hasOpened(opened, stage.id, atMs)) ? "public" : undefined;
}

/** The most confidential of several levels: it shows all the others. */
export function mostConfidential(levels: readonly (DraftLevel | undefined)[]): DraftLevel | undefined {
  return levels.reduce((a, b) => (a === undefined || (b !== undefined && levelNumber(b) < levelNumber(a)) ? b : a), undefined);
}

function hasOpened(opened: readonly Opened[], stage: string, atMs: number): boolean {
  return opened.some((one) => one.stage === stage && one.atMs <= atMs);
}
