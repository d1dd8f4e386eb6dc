import assert from "node:assert/strict";
import { changeCircle, listCircleMembers, readCircle, revokeCircleMember, signAgreement } from "../../src/contract/endpoints/circles.ts";
import { abandonDraft, createDraft, listDrafts, readDraft, readResearch } from "../../src/contract/endpoints/drafts.ts";
import { listMembers, revokeMember } from "../../src/contract/endpoints/organisations.ts";
import {
  agreeReleasePlan,
  answerAmendment,
  endEmbargoEarly,
  holdReleasePlan,
  liftHold,
  makeException,
  proposeAmendment,
  readReleasePlan,
  stateReleaseEvent,
  writeReleasePlan,
} from "../../src/contract/endpoints/releases.ts";
import type { Client } from "../../src/contract/client.ts";
import type { AnswerOf, BodyInputOf } from "../../src/contract/endpoint.ts";
import { CIRCLE_TERMS, CIRCLES, type Circle, type Organisation } from "./cast.ts";
import { DRAFT_STORIES, type Draft, type PlannedStage } from "./drafts.ts";
import type { Oracle, StageFacts } from "./oracle.ts";
import type { Act } from "./script.ts";
import { joinCircle, known, type Stage, type WrittenDraft } from "./set-the-stage.ts";
import { localTextOf, msOf } from "./story-hour.ts";
import { CutOff } from "./story-server.ts";
import { partsOf, researchOf, summaryOf } from "./written-parts.ts";

/** Does what the script says, and tells the oracle that it is so now. */
export async function perform(stage: Stage, oracle: Oracle, act: Act): Promise<void> {
  const client = stage.as(act.who);
  switch (act.does) {
    case "writes":
      await write(stage, client, act.draft);
      return oracle.written(act.draft, act.who, DRAFT_STORIES[act.draft].affects);
    case "agrees":
      await agree(stage, client, act.draft);
      return oracle.agreed(act.draft, DRAFT_STORIES[act.draft].stages.map(toFacts));
    case "holds":
      await onPlan(
        stage,
        act,
        ({ holds }) => holds.some(({ mine }) => mine),
        (params) => client(holdReleasePlan, { params, body: { reason: "The fix is not ready" } }),
      );
      return oracle.held(act.draft);
    case "lifts":
      await onPlan(
        stage,
        act,
        ({ holds }) => !holds.some(({ mine }) => mine),
        (params) => client(liftHold, { params, body: {} }),
      );
      return oracle.lifted(act.draft);
    case "states":
      await onPlan(
        stage,
        act,
        ({ events }) => events.some(({ event }) => event === act.event),
        (params) => client(stateReleaseEvent, { params, body: { event: act.event, reason: "It was seen" } }),
      );
      return oracle.stated(act.draft, act.event);
    case "ends-early":
      await onPlan(
        stage,
        act,
        ({ events }) => events.some(({ event }) => event === "early-end"),
        (params) => client(endEmbargoEarly, { params, body: { because: act.because, reason: "It stands in a forum" } }),
      );
      // Both in one breath: what opens the stage is that its owner ended it, and the reason is kept beside it.
      oracle.stated(act.draft, "early-end");
      return oracle.stated(act.draft, act.because);
    case "proposes":
      return propose(stage, client, act.draft, act.stages);
    case "consents":
      await consent(stage, client, act.draft);
      return oracle.amended(act.draft, known(proposals.get(stage)?.get(act.draft), "proposal").map(toFacts));
    case "excepts":
      await onPlan(
        stage,
        act,
        ({ exceptions }) => exceptions.some(({ organisation }) => organisation === stage.idOf(act.whom)),
        (params) => client(makeException, { params, body: { organisation: stage.idOf(act.whom), reason: "They found it being used" } }),
      );
      return oracle.excepted(act.draft, act.whom);
    case "abandons": {
      const params = { draft: written(stage, act.draft).id };
      await surely(
        async () => (await client(readDraft, { params })).state === "abandoned",
        () => client(abandonDraft, { params, body: { reason: "It cannot be made to happen" } }),
      );
      return oracle.abandoned(act.draft);
    }
    case "reads-research": {
      const { id } = written(stage, act.draft);
      const { parts = [] } = await reading(() => client(readDraft, { params: { draft: id } }));
      const part = known(
        parts.find(({ kind }) => kind === "research"),
        "research",
      );
      const { text } = await reading(() => client(readResearch, { params: { draft: id, part: part.id }, body: {} }));
      assert.equal(text, researchOf(act.draft));
      return undefined;
    }
    case "joins":
      await surely(
        () => isInside(client, stage.circleId(act.circle)),
        () => joinCircle(client, stage.circleId(act.circle)),
      );
      oracle.admitted(act.circle, act.who, undefined);
      return oracle.signed(act.circle, act.who);
    case "signs":
      await surely(
        () => isInside(client, stage.circleId(act.circle)),
        () => sign(client, stage.circleId(act.circle)),
      );
      return oracle.signed(act.circle, act.who);
    case "changes-agreement":
      await changeAgreement(client, act.circle, stage.circleId(act.circle), act.to);
      return oracle.agreementChanged(act.circle);
    case "revokes": {
      const params = { circle: stage.circleId(act.circle), organisation: stage.idOf(act.whom) };
      await surely(
        async () => !(await membersOf(client, params.circle)).has(params.organisation),
        () => client(revokeCircleMember, { params, body: { reason: "It told its suppliers" } }),
      );
      return oracle.revoked(act.circle, act.whom);
    }
    case "dismisses": {
      const params = { member: stage.editor.person };
      await surely(
        async () =>
          (await client(listMembers)).rows.some(({ person, revokedAtMs }) => person === params.member && revokedAtMs !== undefined),
        () => client(revokeMember, { params }),
      );
      return undefined;
    }
  }
}

/** The server may be killed in the middle: then whoever asked looks whether it has happened, and asks again only if it has not. */
export async function surely(hasHappened: () => Promise<boolean>, act: () => Promise<unknown>): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      if (!isFirst && (await hasHappened())) return;
      await act();
      return;
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
    }
  }
}

/** What only looks may be repeated. */
export async function reading<T>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
    }
  }
}

type Plan = AnswerOf<typeof readReleasePlan>;
type StatedStage = BodyInputOf<typeof writeReleasePlan>["stages"][number];

async function write(stage: Stage, client: Client, draft: Draft): Promise<void> {
  const summary = summaryOf(draft);
  const find = async (): Promise<WrittenDraft | undefined> => {
    const { rows } = await client(listDrafts, { query: { own: "true" } });
    const found = rows.find((row) => row.summary === summary);
    return found === undefined ? undefined : { id: found.id, advisory: found.advisory ?? "", stages: new Map() };
  };
  await surely(
    async () => (await find()) !== undefined,
    () => client(createDraft, { body: { parts: [...partsOf(draft)] } }),
  );
  stage.drafts.set(draft, known(await reading(find), draft));
  const { stages, consenters } = DRAFT_STORIES[draft];
  await onPlan(
    stage,
    { who: DRAFT_STORIES[draft].owner, draft },
    (plan) => plan.stages.length === stages.length,
    (params) =>
      client(writeReleasePlan, {
        params,
        body: { stages: stages.map((one) => toStated(stage, draft, one)), consenters: consenters.map(stage.idOf) },
      }),
  );
  const plan = await reading(() => client(readReleasePlan, { params: { draft: written(stage, draft).id } }));
  for (const [index, { id }] of plan.stages.entries()) written(stage, draft).stages.set(id, known(stages[index], "stage").key);
}

async function agree(stage: Stage, client: Client, draft: Draft): Promise<void> {
  const params = { draft: written(stage, draft).id };
  const { revision } = await reading(() => client(readReleasePlan, { params }));
  await onPlan(
    stage,
    { who: DRAFT_STORIES[draft].owner, draft },
    ({ state }) => state !== "writing",
    () => client(agreeReleasePlan, { params, body: { revision } }),
  );
}

/** What was proposed and waits, by story. */
const proposals = new WeakMap<Stage, Map<Draft, readonly PlannedStage[]>>();

async function propose(stage: Stage, client: Client, draft: Draft, stages: readonly PlannedStage[]): Promise<void> {
  const params = { draft: written(stage, draft).id };
  const before = await reading(() => client(readReleasePlan, { params }));
  const idOf = new Map([...written(stage, draft).stages].map(([id, key]) => [key, id]));
  const stated = stages.map((one) => {
    const id = idOf.get(one.key);
    return { ...(id === undefined ? {} : { id }), ...toStated(stage, draft, one) };
  });
  await surely(
    async () => (await client(readReleasePlan, { params })).proposed !== undefined,
    async () => {
      const answer = await client(proposeAmendment, { params, body: { stages: stated, revision: before.revision } });
      assert.equal(answer.inForce, false, "what opens anything sooner waits for whoever has a say");
    },
  );
  proposals.set(stage, new Map([...(proposals.get(stage) ?? []), [draft, stages]]));
}

async function consent(stage: Stage, client: Client, draft: Draft): Promise<void> {
  const params = { draft: written(stage, draft).id };
  const { proposed } = await reading(() => client(readReleasePlan, { params }));
  const revision = known(proposed?.revision, "proposal");
  await surely(
    async () => (await client(readReleasePlan, { params })).revision === revision,
    () => client(answerAmendment, { params, body: { agrees: true, revision } }),
  );
  const plan = await reading(() => client(readReleasePlan, { params }));
  assert.equal(plan.revision, revision, "with the last consent the amendment is in force");
  const { stages } = written(stage, draft);
  const planned = known(proposals.get(stage)?.get(draft), "proposal");
  for (const [index, { id }] of plan.stages.entries()) if (!stages.has(id)) stages.set(id, known(planned[index], "stage").key);
}

/** A change of a plan, done once. */
async function onPlan(
  stage: Stage,
  { who, draft }: { readonly who: Organisation; readonly draft: Draft },
  hasHappened: (plan: Plan) => boolean,
  act: (params: { readonly draft: string }) => Promise<unknown>,
): Promise<void> {
  const params = { draft: written(stage, draft).id };
  await surely(
    async () => hasHappened(await stage.as(who)(readReleasePlan, { params })),
    () => act(params),
  );
}

async function isInside(client: Client, circle: string): Promise<boolean> {
  return (await client(readCircle, { params: { circle } })).membership?.standing === "in-force";
}

async function sign(client: Client, circle: string): Promise<void> {
  const { agreement } = await client(readCircle, { params: { circle } });
  await client(signAgreement, { params: { circle }, body: { agreementSha256: known(agreement, "agreement").sha256 } });
}

async function changeAgreement(client: Client, circle: Circle, id: string, agreement: string): Promise<void> {
  const { name, purpose, needsSecondFactor, needsSponsor, membersListed } = CIRCLE_TERMS[circle];
  await surely(
    async () => (await client(readCircle, { params: { circle: id } })).agreement?.text === agreement,
    () =>
      client(changeCircle, {
        params: { circle: id },
        body: { name, purpose, needsSecondFactor, needsSponsor, membersListed, agreement },
      }),
  );
}

/** Organisations whose membership has not ended, as the circle's owner sees it. */
async function membersOf(client: Client, circle: string): Promise<ReadonlySet<string>> {
  const { rows } = await client(listCircleMembers, { params: { circle }, query: { limit: 200 } });
  return new Set(rows.filter(({ standing }) => standing !== "ended").map(({ organisation }) => organisation.id));
}

export function written(stage: Stage, draft: Draft): WrittenDraft {
  return known(stage.drafts.get(draft), draft);
}

/** People state an hour as the clocks of their zone show it, programs as an instant. */
function toStated(stage: Stage, draft: Draft, { to, level, opens, on, closes }: PlannedStage): StatedStage {
  const { zone } = DRAFT_STORIES[draft];
  const hour = (at: NonNullable<PlannedStage["opens"]>): NonNullable<StatedStage["opens"]> =>
    zone === "UTC" ? { instantMs: msOf(at), zone } : { local: localTextOf(at, zone), zone };
  return {
    level,
    on: [...on],
    ...(to === undefined ? {} : { circle: idOfAudience(stage, to) }),
    ...(opens === undefined ? {} : { opens: hour(opens) }),
    ...(closes === undefined ? {} : { closes: hour(closes) }),
  };
}

function idOfAudience(stage: Stage, to: Circle | Organisation): string {
  const circle = CIRCLES.find((one) => one === to);
  return circle === undefined ? stage.idOf(to as Organisation) : stage.circleId(circle);
}

function toFacts({ opens, closes, ...stage }: PlannedStage): StageFacts {
  return {
    ...stage,
    opensMs: opens === undefined ? undefined : msOf(opens),
    closesMs: closes === undefined ? undefined : msOf(closes),
  };
}
