import { shows, type DraftLevel } from "../../vocabulary/level.ts";
import type { ReleasePlan, Stage, ZonedInstant } from "../../vocabulary/release-plan.ts";
import { isPublic } from "./due-stages.ts";
import type { GivenOpening } from "./level-at.ts";
import { knownMembers, type PlanCircle, type PlanMember } from "./plan-circle.ts";
import type { PlanProblem, PlanProblemCode } from "./plan-problem.ts";
import { hourText, isOffDuty, isZone } from "./zoned-hour.ts";

export type CheckOptions = {
  /** Stages that are past and are not judged again. */
  readonly openedStages?: ReadonlySet<string>;
  /** Stages whose hour was agreed before: a hold may have let it pass. */
  readonly agreedHours?: ReadonlySet<string>;
  /** What circles see beside the plan. */
  readonly given?: readonly GivenOpening[];
};

/**
 * What keeps the plan from being agreed, and what a person should weigh.
 * Run at each change and, since memberships move, whenever somebody looks.
 */
export function checkPlan(
  plan: ReleasePlan,
  circles: readonly PlanCircle[],
  nowMs: number,
  { openedStages = new Set(), agreedHours = new Set(), given = [] }: CheckOptions = {},
): readonly PlanProblem[] {
  const waiting = plan.stages.filter((stage) => !openedStages.has(stage.id));
  return [
    ...publicStageProblems(plan),
    ...idProblems(plan),
    ...waiting.flatMap((stage) => hourProblems(stage, agreedHours.has(stage.id) ? Number.NEGATIVE_INFINITY : nowMs)),
    ...afterPublicProblems(plan, waiting),
    ...orderProblems(waiting),
    ...newnessProblems(plan.stages, given),
    ...waiting.flatMap((stage) => circleProblems(stage, circles)),
    ...twoLevelProblems(plan.stages, circles),
    ...(plan.consenters.length === 0
      ? [refused("consenters-missing", undefined, "Expected at least the owner among the consenters.")]
      : []),
  ];
}

/** True when nothing keeps the plan from being agreed. */
export function mayBeAgreed(problems: readonly PlanProblem[]): boolean {
  return problems.every(({ severity }) => severity !== "refused");
}

function publicStageProblems({ stages }: ReleasePlan): readonly PlanProblem[] {
  const publics = stages.filter(isPublic);
  const [stage, second] = publics;
  if (stage === undefined)
    return [refused("public-missing", undefined, "Expected a last stage that opens to everyone: nothing stays secret for ever.")];
  if (second !== undefined) return [refused("public-twice", second.id, "Expected one public stage, got two.")];
  const problems: PlanProblem[] = [];
  if (stages.at(-1) !== stage) problems.push(refused("public-not-last", stage.id, "Expected the public stage as the last one."));
  if (stage.level !== "public") problems.push(refused("nothing-new", stage.id, `Expected level public for everyone, got ${stage.level}.`));
  if (stage.closes !== undefined) problems.push(refused("public-closes", stage.id, "What is public cannot be closed again."));
  if (stage.opens === undefined) {
    problems.push(refused("public-without-hour", stage.id, "Expected an hour: an embargo without an end is not agreed."));
  } else if (isZone(stage.opens.zone) && isOffDuty(stage.opens)) {
    problems.push(
      warned("public-off-duty", stage.id, `${hourText(stage.opens)} is outside working hours there: fewer people can act on it.`),
    );
  }
  if (!stage.on.includes("leak"))
    problems.push(warned("leak-not-heard", stage.id, "A leak does not open this stage by itself; the owner would have to end early."));
  return problems;
}

function idProblems({ stages }: ReleasePlan): readonly PlanProblem[] {
  const seen = new Set<string>();
  return stages.flatMap(({ id }) => {
    if (seen.has(id)) return [refused("stage-twice", id, "Expected each stage once.")];
    seen.add(id);
    return [];
  });
}

function hourProblems(stage: Stage, nowMs: number): readonly PlanProblem[] {
  const unknown = [stage.opens, stage.closes].find((hour) => hour !== undefined && !isZone(hour.zone));
  if (unknown !== undefined)
    return [refused("zone-unknown", stage.id, `Expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(unknown.zone)}.`)];
  const problems: PlanProblem[] = [];
  if (stage.opens === undefined && stage.on.length === 0 && !isPublic(stage)) {
    problems.push(refused("never-opens", stage.id, "Expected an hour or an event: this stage would never open."));
  }
  if (stage.opens !== undefined && stage.opens.instantMs <= nowMs) {
    problems.push(refused("hour-passed", stage.id, `Expected an hour to come, got ${hourText(stage.opens)}.`));
  }
  if (stage.closes !== undefined && stage.closes.instantMs <= (stage.opens?.instantMs ?? nowMs)) {
    problems.push(refused("closes-before-opening", stage.id, `Expected to close after it opens, got ${hourText(stage.closes)}.`));
  }
  if (stage.level === "case" && stage.opens !== undefined) {
    problems.push(warned("case-by-hour", stage.id, "The research opens by the clock alone: at level case a person usually decides."));
  }
  return problems;
}

function afterPublicProblems({ stages }: ReleasePlan, waiting: readonly Stage[]): readonly PlanProblem[] {
  const end = stages.find(isPublic)?.opens;
  if (end === undefined) return [];
  return waiting
    .filter((stage) => !isPublic(stage) && stage.opens !== undefined && stage.opens.instantMs > end.instantMs)
    .map((stage) =>
      refused("after-public", stage.id, `Expected to open by ${hourText(end)}, when everything is public${gotHour(stage.opens)}.`),
    );
}

function gotHour(hour: ZonedInstant | undefined): string {
  return hour === undefined ? "" : `, got ${hourText(hour)}`;
}

function orderProblems(waiting: readonly Stage[]): readonly PlanProblem[] {
  const timed = waiting.filter((stage) => stage.opens !== undefined && !isPublic(stage));
  return timed.flatMap((stage, index) => {
    const before = timed[index - 1];
    if (before?.opens === undefined || stage.opens === undefined || before.opens.instantMs <= stage.opens.instantMs) return [];
    return [warned("order", stage.id, `Opens before the stage above it (${hourText(before.opens)}).`)];
  });
}

/** Each stage of a circle must show it something that it does not see yet. */
function newnessProblems(stages: readonly Stage[], given: readonly GivenOpening[]): readonly PlanProblem[] {
  const seen = new Map<string, DraftLevel>(given.map(({ circle, level }) => [circle, level]));
  return stages.flatMap((stage) => {
    if (stage.circle === undefined) return [];
    if (stage.level === "public") {
      return [refused("nothing-new", stage.id, "Expected a level above public: what is public opens to everyone, in the last stage.")];
    }
    const held = seen.get(stage.circle);
    if (held !== undefined && shows(held, stage.level)) {
      return [
        refused(
          "nothing-new",
          stage.id,
          `Expected a level more confidential than ${held}, which this circle has by then; got ${stage.level}.`,
        ),
      ];
    }
    seen.set(stage.circle, stage.level);
    return [];
  });
}

function circleProblems(stage: Stage, circles: readonly PlanCircle[]): readonly PlanProblem[] {
  if (stage.circle === undefined) return [];
  const circle = circles.find(({ id }) => id === stage.circle);
  if (circle === undefined) return [refused("circle-unknown", stage.id, "Expected a circle of this installation that you can see.")];
  const { members } = circle;
  if (members === undefined) return [warned("members-unknown", stage.id, `Who is in ${circle.name} is known to its owner only.`)];
  const inside = members.filter(({ entered }) => entered);
  const problems: PlanProblem[] = [];
  if (inside.length === 0)
    problems.push(warned("circle-empty", stage.id, `Nobody is in ${circle.name}: this stage would tell nobody anything.`));
  const outside = members.filter(({ entered }) => !entered);
  if (outside.length > 0) {
    problems.push(
      warned(
        "member-cannot-enter",
        stage.id,
        `${listed(outside)} of ${members.length} in ${circle.name} cannot enter yet: a condition of the circle is not met.`,
      ),
    );
  }
  const excluded = inside.filter((member) => member.excluded && !member.excepted);
  if (excluded.length > 0) {
    problems.push(
      warned(
        "excluded-member",
        stage.id,
        `${listed(excluded)} sees nothing without an exception: an intelligence or law-enforcement function excludes it.`,
      ),
    );
  }
  const opens = stage.opens?.instantMs;
  const expiring = opens === undefined ? [] : inside.filter(({ expiresMs }) => expiresMs !== undefined && expiresMs <= opens);
  if (expiring.length > 0) {
    problems.push(warned("member-expires", stage.id, `${listed(expiring)} leaves ${circle.name} before this stage opens.`));
  }
  return problems;
}

/** One level per thing: an organisation that two circles reach is meant at one of two levels, in doubt the less confidential. */
function twoLevelProblems(stages: readonly Stage[], circles: readonly PlanCircle[]): readonly PlanProblem[] {
  const reached = new Map<string, { readonly member: PlanMember; readonly circle: string; readonly level: DraftLevel }>();
  return finalLevels(stages).flatMap(({ stage, circle: id }) => {
    const circle = circles.find((one) => one.id === id);
    return (circle === undefined ? [] : knownMembers(circle))
      .filter(({ entered }) => entered)
      .flatMap((member) => {
        const other = reached.get(member.organisation);
        if (other === undefined) reached.set(member.organisation, { member, circle: circle?.name ?? id, level: stage.level });
        if (other === undefined || other.level === stage.level) return [];
        const lesser = shows(other.level, stage.level) ? stage.level : other.level;
        const message = `${member.name} is reached at ${other.level} by ${other.circle} and at ${stage.level} by ${circle?.name ?? id}: one level per thing, in doubt ${lesser}.`;
        return [warned("two-levels", stage.id, message)];
      });
  });
}

/** The most confidential stage of each circle. */
function finalLevels(stages: readonly Stage[]): readonly { readonly stage: Stage; readonly circle: string }[] {
  const last = new Map<string, Stage>();
  for (const stage of stages) {
    const before = stage.circle === undefined ? undefined : last.get(stage.circle);
    if (stage.circle !== undefined && (before === undefined || shows(stage.level, before.level))) last.set(stage.circle, stage);
  }
  return [...last].map(([circle, stage]) => ({ circle, stage }));
}

function listed(members: readonly PlanMember[]): string {
  const [first, second] = members;
  if (members.length <= 2) return [first?.name, second?.name].filter((name) => name !== undefined).join(" and ");
  return `${members.length} organisations`;
}

function refused(code: PlanProblemCode, stage: string | undefined, message: string): PlanProblem {
  return { code, severity: "refused", stage, message };
}

function warned(code: PlanProblemCode, stage: string | undefined, message: string): PlanProblem {
  return { code, severity: "warned", stage, message };
}
