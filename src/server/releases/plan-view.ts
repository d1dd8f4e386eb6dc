import { amendment, type Amendment } from "../../coordination/release/amendment.ts";
import { checkPlan, type CheckOptions } from "../../coordination/release/check-plan.ts";
import { dueStages } from "../../coordination/release/due-stages.ts";
import type { GivenOpening } from "../../coordination/release/level-at.ts";
import { knownMembers } from "../../coordination/release/plan-circle.ts";
import { runningState } from "../../coordination/release/plan-moves.ts";
import type { PlanProblem } from "../../coordination/release/plan-problem.ts";
import { previewPlan, type PlanPreview } from "../../coordination/release/preview-plan.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { checkReleasePlan, readReleasePlan } from "../../contract/endpoints/releases.ts";
import type { PlanState, Stage } from "../../vocabulary/release-plan.ts";
import type { ChoosableCircle } from "./circle-store.ts";
import type { OpenedStage, PlanFacts } from "./plan-store.ts";
import { openedIds, planOf, stillToAnswer } from "./settle-amendment.ts";

/** A plan and what surrounds it, as one actor sees it. */
export type PlanView = {
  readonly facts: PlanFacts;
  readonly circles: readonly ChoosableCircle[];
  readonly given: readonly (GivenOpening & { readonly sinceMs: number })[];
  readonly exceptions: readonly { readonly organisation: string; readonly reason: string; readonly atMs: number }[];
  /** Consenters who see the case. */
  readonly inCase: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
  readonly mine: string;
  readonly nowMs: number;
};

export function stateOf(facts: PlanFacts): PlanState {
  return runningState(
    facts.state ?? "writing",
    facts.holds.length,
    facts.events.map(({ event }) => event),
  );
}

/** Problems of stages that are in force or would be. */
export function problemsOf(
  view: Omit<PlanView, "names" | "exceptions" | "inCase">,
  stages: readonly Stage[] = view.facts.stages,
): readonly PlanProblem[] {
  const { facts, circles, given, nowMs } = view;
  const options: CheckOptions = { openedStages: openedIds(facts), agreedHours: agreedHours(facts, stages), given };
  // Its owner always has a say.
  const plan = { ...planOf(facts, stages), consenters: facts.consenters.length === 0 ? [facts.organisation] : facts.consenters };
  return checkPlan(plan, circles, nowMs, options);
}

/** Stages of a running plan that keep their hour. */
function agreedHours({ state, stages: running }: PlanFacts, stages: readonly Stage[]): ReadonlySet<string> {
  if (state !== "agreed") return new Set();
  const kept = stages.filter(({ id, opens }) => running.some((stage) => stage.id === id && stage.opens?.instantMs === opens?.instantMs));
  return new Set(kept.map(({ id }) => id));
}

export function planAnswer(view: PlanView, clockHeld: string | undefined): AnswerOf<typeof readReleasePlan> {
  const { facts, names, mine, nowMs } = view;
  const named = (organisation: string): string => names.get(organisation) ?? "an organisation that you do not know";
  const proposed = facts.proposed === undefined ? undefined : proposedAnswer(view, facts.proposed, named);
  return {
    draft: facts.draft,
    advisory: facts.advisory,
    owner: { id: facts.organisation, name: named(facts.organisation) },
    isOwner: facts.organisation === mine,
    state: stateOf(facts),
    revision: facts.revision,
    ...(facts.agreedAtMs === undefined ? {} : { agreedAtMs: facts.agreedAtMs }),
    stages: facts.stages.map(stageAnswer),
    opened: [...facts.opened],
    consenters: facts.consenters.map((id) => ({ id, name: named(id) })),
    holds: facts.holds.map(({ organisation, reason, atMs }) => ({
      organisation,
      name: named(organisation),
      reason,
      atMs,
      mine: organisation === mine,
    })),
    events: facts.events.map(({ event, reason, atMs }) => ({ event, reason, atMs })),
    given: view.given.map(({ circle, level, sinceMs }) => ({ circle, level, sinceMs })),
    excluded: excludedOf(view),
    exceptions: view.exceptions.map(({ organisation, reason, atMs }) => ({ organisation, name: named(organisation), reason, atMs })),
    ...(proposed === undefined ? {} : { proposed }),
    circles: view.circles.map(({ id, name, needs, isOrganisation, members }) => ({
      id,
      name,
      needs: [...needs],
      isOrganisation,
      ...(members === undefined ? {} : { organisations: members.length, entered: members.filter(({ entered }) => entered).length }),
    })),
    problems: problemsOf(view).map(problemAnswer),
    preview: previewAnswer(previewOf(view, facts.stages)),
    ...(clockHeld === undefined ? {} : { clockHeld }),
    nowMs,
  };
}

export function checkAnswer(view: PlanView, stages: readonly Stage[]): AnswerOf<typeof checkReleasePlan> {
  const { facts, names } = view;
  const amends = facts.state === "agreed" ? amendment(planOf(facts), planOf(facts, stages), openedIds(facts)) : undefined;
  return {
    stages: stages.map(stageAnswer),
    problems: problemsOf(view, stages).map(problemAnswer),
    preview: previewAnswer(previewOf(view, stages)),
    openings: plannedOpenings(view, stages),
    ...(amends === undefined
      ? {}
      : {
          amends: {
            changes: changesAnswer(amends),
            refused: amends.refused,
            consent: amends.consent
              .filter((one) => view.inCase.has(one))
              .map((one) => names.get(one) ?? "an organisation that you do not know"),
          },
        }),
  };
}

export function stageAnswer({ id, circle, level, opens, on, closes }: Stage): AnswerOf<typeof readReleasePlan>["stages"][number] {
  return {
    id,
    level,
    on: [...on],
    ...(circle === undefined ? {} : { circle }),
    ...(opens === undefined ? {} : { opens }),
    ...(closes === undefined ? {} : { closes }),
  };
}

function excludedOf({ facts, circles }: PlanView): { id: string; name: string }[] {
  const reached = new Set(facts.stages.map(({ circle }) => circle));
  const excluded = circles
    .filter(({ id }) => reached.has(id))
    .flatMap(knownMembers)
    .filter(({ excluded: isExcluded, excepted }) => isExcluded && !excepted);
  return [...new Map(excluded.map(({ organisation, name }) => [organisation, { id: organisation, name }])).values()];
}

function proposedAnswer(
  view: PlanView,
  { revision, stages }: NonNullable<PlanFacts["proposed"]>,
  named: (organisation: string) => string,
): NonNullable<AnswerOf<typeof readReleasePlan>["proposed"]> {
  const { facts, mine, inCase } = view;
  const compared = amendment(planOf(facts), planOf(facts, stages), openedIds(facts));
  const waitingFor = stillToAnswer(
    facts,
    compared.consent.filter((one) => inCase.has(one)),
  );
  return {
    revision,
    stages: stages.map(stageAnswer),
    changes: changesAnswer(compared),
    consents: facts.consents
      .filter((consent) => consent.revision === revision)
      .map(({ organisation, agrees, atMs }) => ({ organisation, name: named(organisation), agrees, atMs })),
    waitingFor: waitingFor.map(named),
    mayAnswer: waitingFor.includes(mine),
  };
}

function previewOf({ facts, circles, given, nowMs }: PlanView, stages: readonly Stage[]): PlanPreview {
  const concerned = new Set([...stages.map(({ circle }) => circle), ...given.map(({ circle }) => circle)]);
  return previewPlan({
    plan: planOf(facts, stages),
    circles: circles.filter(({ id }) => concerned.has(id)),
    given,
    opened: facts.opened,
    events: facts.events,
    nowMs,
  });
}

function plannedOpenings({ facts, nowMs }: PlanView, stages: readonly Stage[]): OpenedStage[] {
  const due = dueStages({ ...planOf(facts, stages), state: "agreed" }, facts.opened, facts.events, Number.MAX_SAFE_INTEGER);
  return due.map(({ stage, by, plannedMs }) => ({ stage: stage.id, by, plannedMs, atMs: Math.max(plannedMs, nowMs) }));
}

function previewAnswer({ momentsMs, circles, organisations, everyone }: PlanPreview): AnswerOf<typeof readReleasePlan>["preview"] {
  return {
    momentsMs: [...momentsMs],
    circles: circles.map(rowAnswer),
    organisations: organisations.map(rowAnswer),
    everyone: rowAnswer(everyone),
  };
}

function rowAnswer({ id, name, levels, ifEnded }: PlanPreview["everyone"]): AnswerOf<typeof readReleasePlan>["preview"]["everyone"] {
  return { id, name, levels: levels.map((level) => level ?? null), ifEnded: ifEnded ?? null };
}

function problemAnswer({ code, severity, stage, message }: PlanProblem): AnswerOf<typeof readReleasePlan>["problems"][number] {
  return { code, severity, message, ...(stage === undefined ? {} : { stage }) };
}

function changesAnswer({ changes }: Amendment): NonNullable<AnswerOf<typeof checkReleasePlan>["amends"]>["changes"] {
  return changes.map(({ stage, weight, message }) => ({ weight, message, ...(stage === undefined ? {} : { stage }) }));
}
