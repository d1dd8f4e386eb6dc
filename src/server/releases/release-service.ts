import { amendment } from "../../coordination/release/amendment.ts";
import { mayBeAgreed } from "../../coordination/release/check-plan.ts";
import { isPublic } from "../../coordination/release/due-stages.ts";
import { eventsOfEarlyEnd, mayEndEarly, mayHold, mayLift, type EarlyEndReason, type Move } from "../../coordination/release/plan-moves.ts";
import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type {
  agreeReleasePlan,
  checkReleasePlan,
  proposeAmendment,
  readReleasePlan,
  writeReleasePlan,
} from "../../contract/endpoints/releases.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { ReleaseEvent } from "../../vocabulary/release-plan.ts";
import type { Database, Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { notFound } from "../drafts/refusals.ts";
import type { Caller } from "../http/caller.ts";
import { announce } from "../notifications/announcement-service.ts";
import { readCircles, readConsentersInCase, readNames, type ChoosableCircle } from "./circle-store.ts";
import { readExceptions, readExclusion } from "./exception-store.ts";
import { findCase, readGivenOpenings, readPlanFacts, type PlanFacts } from "./plan-store.ts";
import {
  agreePlan,
  bindRevision,
  liftHolds,
  removeStages,
  replaceConsenters,
  replaceStages,
  setPublicDate,
  takePlan,
  writeConsent,
  writeException,
  writeHold,
  writePlanEvent,
  writeReleaseEvent,
  type Doer,
} from "./plan-writing-store.ts";
import { checkAnswer, planAnswer, problemsOf, stageAnswer, stateOf, type PlanView } from "./plan-view.ts";
import type { ReleaseJob } from "./release-job.ts";
import { openedIds, planOf, stillToAnswer, tellParties, writeBinding } from "./settle-amendment.ts";
import { readStages } from "./stated-stages.ts";

type StatedPlan = BodyOf<typeof writeReleasePlan>;
type StateAnswer = AnswerOf<typeof agreeReleasePlan>;
type BindingAnswer = AnswerOf<typeof proposeAmendment>;

/** Release plans for those who see the case of a draft. Everyone else is told `not-found`, whether there is a draft or not. */
export type ReleaseService = {
  readonly read: (caller: Caller, draft: string) => Promise<AnswerOf<typeof readReleasePlan>>;
  readonly check: (caller: Caller, draft: string, stated: StatedPlan) => Promise<AnswerOf<typeof checkReleasePlan>>;
  readonly write: (caller: Caller, draft: string, stated: StatedPlan) => Promise<StateAnswer>;
  readonly agree: (caller: Caller, draft: string, revision: number) => Promise<StateAnswer>;
  readonly propose: (caller: Caller, draft: string, stated: BodyOf<typeof proposeAmendment>) => Promise<BindingAnswer>;
  readonly answer: (caller: Caller, draft: string, revision: number, agrees: boolean) => Promise<BindingAnswer>;
  readonly withdraw: (caller: Caller, draft: string, revision: number) => Promise<StateAnswer>;
  readonly hold: (caller: Caller, draft: string, reason: string) => Promise<StateAnswer>;
  readonly lift: (caller: Caller, draft: string) => Promise<StateAnswer>;
  readonly stateEvent: (caller: Caller, draft: string, event: ReleaseEvent, reason: string) => Promise<StateAnswer>;
  readonly endEarly: (caller: Caller, draft: string, because: EarlyEndReason, reason: string) => Promise<StateAnswer>;
  readonly except: (caller: Caller, draft: string, organisation: string, reason: string) => Promise<StateAnswer>;
  readonly trustClock: () => Promise<boolean>;
};

export type ReleaseServiceParts = {
  readonly database: Database;
  readonly clock: () => number;
  readonly job: Pick<ReleaseJob, "open" | "clockHeld" | "trustClock">;
};

export function createReleaseService({ database, clock, job }: ReleaseServiceParts): ReleaseService {
  /** One change of a plan, as the caller; then whatever became due by it opens before the answer is given. */
  const change = async (
    caller: Caller,
    draft: string,
    work: (transaction: Transaction, facts: PlanFacts, doer: Doer) => Promise<void>,
  ): Promise<StateAnswer> => {
    await database.transaction(caller.actor, async (transaction) => {
      const facts = await readFacts(transaction, draft);
      if (facts.draftState !== "open") throw new CodedError("conflict", `Expected a draft that is open, this one is ${facts.draftState}`);
      await work(transaction, facts, { organisation: caller.organisation, person: caller.person, atMs: clock() });
    });
    await job.open();
    return database.transaction(caller.actor, async (transaction) => stateAnswer(await readFacts(transaction, draft)));
  };
  const binding = async (revision: () => number, answering: Promise<StateAnswer>): Promise<BindingAnswer> => {
    const answer = await answering;
    return { ...answer, inForce: answer.revision === revision() };
  };

  return {
    read: async (caller, draft) => planAnswer(await readView(caller, draft), job.clockHeld()),
    check: async (caller, draft, stated) => checkAnswer(await readView(caller, draft), readStages(stated.stages)),

    write: (caller, draft, { stages: stated, consenters }) =>
      change(caller, draft, async (transaction, facts, doer) => {
        onlyOwner(facts, caller);
        const stages = readStages(stated);
        await take(transaction, facts, "writing");
        await replaceStages(transaction, facts, facts.revision, stages);
        if (consenters !== undefined || facts.consenters.length === 0) {
          const named = [...new Set([facts.organisation, ...(consenters ?? [])])];
          const known = await readNames(transaction, named);
          const unknown = named.find((one) => !known.has(one));
          if (unknown !== undefined)
            throw new CodedError("input-invalid", `Expected organisations that you know, got ${unknown}`, { place: "body.consenters" });
          await replaceConsenters(transaction, facts, named);
        }
        await writePlanEvent(transaction, facts, "plan-written", { stages: stages.length }, doer);
      }),

    agree: (caller, draft, revision) =>
      change(caller, draft, async (transaction, facts, doer) => {
        onlyOwner(facts, caller);
        if (facts.state === undefined) throw new CodedError("conflict", "Expected a plan with stages: nobody has written one yet");
        await take(transaction, { ...facts, revision }, "writing");
        const taken = await readPlanFacts(transaction, facts);
        const circles = await readCircles(transaction, facts, caller.organisation, doer.atMs);
        const given = await readGivenOpenings(transaction, facts);
        refuseProblems(problemsOf({ facts: taken, circles, given, mine: caller.organisation, nowMs: doer.atMs }));
        await agreePlan(transaction, facts, doer.atMs);
        const hour = taken.stages.find(isPublic)?.opens;
        if (hour !== undefined) await setPublicDate(transaction, facts, hour);
        await writePlanEvent(transaction, facts, "plan-agreed", { revision }, doer);
        await tellParties(transaction, taken, "release-plan-changed", doer.atMs);
      }),

    propose: (caller, draft, { stages: stated, revision }) => {
      let next = 0;
      return binding(
        () => next,
        change(caller, draft, async (transaction, facts, doer) => {
          onlyOwner(facts, caller);
          const stages = readStages(stated);
          await take(transaction, { ...facts, revision }, "agreed");
          const taken = await readPlanFacts(transaction, facts);
          if (taken.proposed !== undefined)
            throw new CodedError("conflict", `Revision ${taken.proposed.revision} waits for consent. Withdraw it before proposing another`);
          const compared = amendment(planOf(taken), planOf(taken, stages), openedIds(taken));
          const refused = compared.changes.find(({ weight }) => weight === "refused");
          if (refused !== undefined) throw new CodedError("conflict", refused.message, { place: `stage ${refused.stage ?? ""}` });
          const circles = await readCircles(transaction, facts, caller.organisation, doer.atMs);
          const given = await readGivenOpenings(transaction, facts);
          refuseProblems(problemsOf({ facts: taken, circles, given, mine: caller.organisation, nowMs: doer.atMs }, stages));
          next = taken.lastRevision + 1;
          await replaceStages(transaction, facts, next, stages);
          await writeConsent(transaction, facts, next, true, doer);
          await writePlanEvent(transaction, facts, "amendment-proposed", { revision: next, changes: compared.changes.length }, doer);
          if (compared.consent.length === 0) {
            await bindRevision(transaction, facts, revision, next);
            await writeBinding(transaction, taken, stages, { revision: next, doer });
            return;
          }
          for (const consenter of compared.consent.filter((one) => one !== facts.organisation)) {
            await announce(transaction, {
              kind: "consent-asked",
              circleId: consenter,
              organisationId: facts.organisation,
              recordId: draft,
              atMs: doer.atMs,
            });
          }
        }),
      );
    },

    answer: (caller, draft, revision, agrees) =>
      binding(
        () => revision,
        change(caller, draft, async (transaction, facts, doer) => {
          if (facts.proposed?.revision !== revision)
            throw new CodedError("conflict", `Expected a proposed change, revision ${revision} is none`);
          const { consent } = amendment(planOf(facts), planOf(facts, facts.proposed.stages), openedIds(facts));
          if (!stillToAnswer(facts, consent).includes(caller.organisation)) {
            throw new CodedError(
              "conflict",
              "Expected an organisation whose consent is asked and not given yet; yours has answered, or has no say in this",
            );
          }
          await writeConsent(transaction, facts, revision, agrees, doer);
          await writePlanEvent(transaction, facts, "amendment-answered", { revision, agrees }, doer);
          await announce(transaction, {
            kind: "consent-answered",
            circleId: facts.organisation,
            organisationId: facts.organisation,
            recordId: draft,
            atMs: doer.atMs,
          });
        }),
      ),

    withdraw: (caller, draft, revision) =>
      change(caller, draft, async (transaction, facts, doer) => {
        onlyOwner(facts, caller);
        await take(transaction, facts, "agreed");
        const taken = await readPlanFacts(transaction, facts);
        if (taken.proposed?.revision !== revision)
          throw new CodedError("conflict", `Expected a proposed change, revision ${revision} is none`);
        await removeStages(transaction, facts, revision);
        await writePlanEvent(transaction, facts, "amendment-withdrawn", { revision }, doer);
      }),

    hold: (caller, draft, reason) =>
      change(caller, draft, async (transaction, facts, doer) => {
        // A second organisation may hold what is held: each hold is its own.
        const others = facts.holds.filter(({ organisation }) => organisation !== caller.organisation);
        const state = others.length === facts.holds.length && facts.state === "agreed" ? "agreed" : stateOf(facts);
        allow(mayHold(state, { organisation: caller.organisation, owner: facts.organisation, consenters: facts.consenters }));
        await writeHold(transaction, facts, reason, doer);
        await writePlanEvent(transaction, facts, "release-held", { reason }, doer);
        await tellParties(transaction, facts, "release-held", doer.atMs);
      }),

    lift: (caller, draft) =>
      change(caller, draft, async (transaction, facts, doer) => {
        allow(
          mayLift(
            facts.holds.map(({ organisation }) => organisation),
            caller.organisation,
          ),
        );
        await liftHolds(transaction, facts, doer);
        await writePlanEvent(transaction, facts, "release-resumed", {}, doer);
        await tellParties(transaction, facts, "release-resumed", doer.atMs);
      }),

    stateEvent: (caller, draft, event, reason) =>
      change(caller, draft, async (transaction, facts, doer) => {
        onlyOwner(facts, caller);
        await writeEvents(transaction, facts, [event], reason, doer);
      }),

    endEarly: (caller, draft, because, reason) =>
      change(caller, draft, async (transaction, facts, doer) => {
        const party = { organisation: caller.organisation, owner: facts.organisation, consenters: facts.consenters };
        allow(mayEndEarly(stateOf(facts), party, because, new Set()));
        await writeEvents(transaction, facts, eventsOfEarlyEnd(because), reason, doer);
      }),

    except: (caller, draft, organisation, reason) =>
      change(caller, draft, async (transaction, facts, doer) => {
        onlyOwner(facts, caller);
        if (caller.role !== "administrator")
          throw new CodedError("not-allowed", `Expected an administrator of the owner, your role is ${caller.role}`);
        const excluded = await readExclusion(transaction, organisation);
        if (excluded !== true) {
          throw new CodedError(
            "input-invalid",
            "Expected an organisation that you know, with an intelligence or law-enforcement function",
            { place: "body.organisation" },
          );
        }
        await onlyOnce(writeException(transaction, facts, organisation, reason, doer), "This organisation is excepted already");
        await writePlanEvent(transaction, facts, "exception-made", { organisation, reason }, doer);
        await tellParties(transaction, facts, "exception-made", doer.atMs);
      }),

    trustClock: () => job.trustClock(),
  };

  async function readView(caller: Caller, draft: string): Promise<PlanView> {
    const nowMs = clock();
    const view = await database.transaction(caller.actor, async (transaction) => {
      const facts = await readFacts(transaction, draft);
      const exceptions = await readExceptions(transaction, facts);
      const named = [
        facts.organisation,
        ...facts.consenters,
        ...facts.holds.map(({ organisation }) => organisation),
        ...facts.consents.map(({ organisation }) => organisation),
        ...exceptions.map(({ organisation }) => organisation),
      ];
      return {
        facts,
        exceptions,
        circles: withUnknown(facts, caller, await readCircles(transaction, facts, caller.organisation, nowMs)),
        given: await readGivenOpenings(transaction, facts),
        names: await readNames(transaction, named),
        mine: caller.organisation,
        nowMs,
      };
    });
    const inCase = await database.transaction("releaser", (transaction) => readConsentersInCase(transaction, view.facts, nowMs));
    return { ...view, inCase: new Set(inCase) };
  }
}

/** Whoever reads another's plan need not know its circles: that is no fault of the plan. */
function withUnknown(
  { organisation, stages, proposed }: PlanFacts,
  caller: Caller,
  circles: readonly ChoosableCircle[],
): readonly ChoosableCircle[] {
  if (organisation === caller.organisation) return circles;
  const known = new Set(circles.map(({ id }) => id));
  const named = new Set([...stages, ...(proposed?.stages ?? [])].map(({ circle }) => circle));
  const unknown = [...named].filter((id) => id !== undefined && !known.has(id));
  return [
    ...circles,
    ...unknown.map((id) => ({ id: id ?? "", name: "A circle that you do not know", needs: [], isOrganisation: false, members: undefined })),
  ];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function readFacts(transaction: Transaction, draft: string): Promise<PlanFacts> {
  const key = UUID.test(draft) ? await findCase(transaction, draft) : undefined;
  if (key === undefined) throw notFound();
  return readPlanFacts(transaction, key);
}

async function take(transaction: Transaction, facts: PlanFacts, state: "writing" | "agreed"): Promise<void> {
  if (await takePlan(transaction, facts, { state, revision: facts.revision })) return;
  const now = await readPlanFacts(transaction, facts);
  throw new CodedError(
    "conflict",
    `Expected the plan in revision ${facts.revision} and ${state}, it is revision ${now.revision} and ${stateOf(now)}. Read it again`,
  );
}

async function writeEvents(
  transaction: Transaction,
  facts: PlanFacts,
  events: readonly ReleaseEvent[],
  reason: string,
  doer: Doer,
): Promise<void> {
  if (facts.state === undefined) throw new CodedError("conflict", "Expected a release plan: nobody has written one yet");
  const stated = new Set(facts.events.map(({ event }) => event));
  const fresh = events.filter((event) => !stated.has(event));
  if (fresh.length === 0) throw new CodedError("conflict", `${events.join(" and ")} was stated before`);
  for (const event of fresh) {
    await onlyOnce(writeReleaseEvent(transaction, facts, event, reason, doer), `${event} was stated before`);
    await writePlanEvent(transaction, facts, "release-event", { event, reason }, doer);
  }
}

const UNIQUE_VIOLATION = "23505";

async function onlyOnce(writing: Promise<void>, words: string): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw isStatementError(error, UNIQUE_VIOLATION) ? new CodedError("conflict", words, { cause: error }) : error;
  }
}

function onlyOwner({ organisation }: PlanFacts, caller: Caller): void {
  if (organisation !== caller.organisation)
    throw new CodedError(
      "not-allowed",
      "Expected a member of the draft's owner. The owner can do this; a consenter can hold the plan and answer changes",
    );
}

function allow(move: Move): void {
  if (!move.allowed) throw new CodedError("conflict", move.why);
}

function refuseProblems(problems: ReturnType<typeof problemsOf>): void {
  if (mayBeAgreed(problems)) return;
  const refused = problems.filter(({ severity }) => severity === "refused");
  throw new CodedError("conflict", `The plan cannot be agreed. ${refused.map(({ message }) => message).join(" ")}`);
}

function stateAnswer(facts: PlanFacts): StateAnswer {
  return { state: stateOf(facts), revision: facts.revision, stages: facts.stages.map(stageAnswer) };
}
