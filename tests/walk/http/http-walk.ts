import { MINUTE_MS } from "../draw.ts";
import { eyesOf, type Eyes } from "../oracle/who-sees.ts";
import { createCircleMoves } from "./circle-moves.ts";
import { unanswered } from "./coverage.ts";
import { createDraftLooks } from "./draft-looks.ts";
import { createDraftMoves } from "./draft-moves.ts";
import type { Guest, House } from "./house.ts";
import { createLookAround } from "./look-around.ts";
import { createModelWalk } from "./model-walk.ts";
import { createPeople } from "./people.ts";
import { createPlanMoves } from "./plan-moves.ts";

const HOUR_MS = 60 * MINUTE_MS;
const MOST_ROUNDS = 60;

export type HttpWalk = ReturnType<typeof createHttpWalk>;

/** Moves and looks over HTTP. The oracle is told what was said and to whom; of what the server answered it keeps ids alone. */
export function createHttpWalk(house: House) {
  const { draw, guests, asked, settle } = house;
  const { random, facts } = draw;
  const people = createPeople(guests, draw);
  const circles = createCircleMoves(house, people);
  const drafts = createDraftMoves(house, people, eyesNow);
  const plans = createPlanMoves(house, people, eyesNow);
  const models = createModelWalk(house, eyesNow);
  const around = createLookAround(house, eyesNow);
  const looks = createDraftLooks(house, eyesNow, around);

  function eyesNow({ viewer }: Guest): Eyes {
    const eyes = eyesOf(facts, viewer);
    if (eyes === undefined) throw new Error(`${viewer.person} is no member`);
    return eyes;
  }

  /** Time passes, and what was planned happens. */
  async function pass(ms: number): Promise<void> {
    facts.setNow(facts.nowMs() + ms);
    plans.openDue();
    models.passed();
    await settle();
    await models.learn();
  }

  async function move(): Promise<void> {
    const choice = random.below(24);
    if (choice < 2) await circles.makeCircle();
    else if (choice < 6) await circles.admit();
    else if (choice < 7) await circles.endMembership();
    else if (choice < 10) await drafts.beginDraft();
    else if (choice < 13) await drafts.addPart();
    else if (choice < 15) await drafts.alterPart();
    else if (choice < 18) await plans.plan();
    else if (choice < 19) await plans.hold();
    else if (choice === 19) await (random.oneIn(3) ? plans.endEarly() : plans.except());
    else if (choice === 20) await (random.oneIn(3) ? plans.abandon() : random.oneIn(3) ? circles.close() : plans.except());
    else await pass(random.below(8 * HOUR_MS));
  }

  async function step(): Promise<void> {
    await move();
    await models.step(random.pick(guests));
    const guest = random.pick(guests);
    if (random.oneIn(4)) await around.lookAround(guest);
    else if (random.oneIn(3)) await models.lookAtModels(guest);
    else if (random.oneIn(2)) await looks.lookAtResearch(guest);
    else await looks.lookAtDrafts(guest);
  }

  /** What chance left out: every endpoint is asked for what there is, and those about models of what somebody else has. */
  async function finish(): Promise<void> {
    const { makeCircle, admit, close, endMembership } = circles;
    const { plan, hold, endEarly, except, abandon } = plans;
    const meetings = [makeCircle, admit, admit, admit, close, endMembership];
    const chosen = [...meetings, drafts.beginDraft, drafts.addPart, drafts.alterPart, plan, hold, endEarly, except, except, abandon];
    for (let round = 0; round < MOST_ROUNDS && unanswered(asked).length > 0; round++) {
      for (const chosenly of round === 0 ? [] : chosen) await chosenly();
      await models.moveSeldom();
      await pass(HOUR_MS);
      await looks.lookAtResearch(random.pick(people.writers(draw.one("draft_part")?.["organisation_id"])));
      if (round % 4 === 0) await around.askUnanswered();
    }
    await models.finish();
    for (const guest of guests) await looks.lookAtDrafts(guest);
  }

  return {
    step,
    finish,
    lookAround: around.lookAround,
    lookAtDrafts: looks.lookAtDrafts,
    lookAtModels: models.lookAtModels,
    lookAtLists: models.lookAtLists,
    lookAtUse: models.lookAtUse,
  };
}
