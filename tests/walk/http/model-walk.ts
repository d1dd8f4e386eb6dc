import { listGrants } from "../../../src/contract/endpoints/grants.ts";
import type { Eyes } from "../oracle/who-sees.ts";
import { createGatewayLooks } from "./gateway-looks.ts";
import { createHiddenThings } from "./hidden-things.ts";
import type { Guest, House } from "./house.ts";
import { createModelLooks } from "./model-looks.ts";
import { createModelMoves, type ModelParts } from "./model-moves.ts";
import { createNoticeLooks } from "./notice-looks.ts";
import { createPartnerMoves } from "./partner-moves.ts";
import { createPeople } from "./people.ts";
import { createRequestMoves } from "./request-moves.ts";
import { createUseLooks } from "./use-looks.ts";
import { createUseMoves } from "./use-moves.ts";
import { createWindowClock } from "./window-clock.ts";

/** Models that labs offer over HTTP, partners that both keys let in, what their tools ask through gateways, and who is told of it. */
export function createModelWalk(house: House, eyesNow: (guest: Guest) => Eyes) {
  const { draw, guests } = house;
  const { random, facts } = draw;
  const clock = createWindowClock(draw);
  const parts: ModelParts = {
    ...house,
    clock,
    leaders: createPeople(guests, draw).administrators,
    oneOf: (table, which = () => true) => {
      const told = facts.of(table).filter(which);
      return told.length === 0 ? undefined : random.pick(told);
    },
  };
  const models = createModelMoves(parts);
  const partners = createPartnerMoves(parts);
  const requests = createRequestMoves(parts);
  const uses = createUseMoves(parts);
  const hidden = createHiddenThings(parts, eyesNow);
  const modelLooks = createModelLooks(parts, eyesNow);
  const useLooks = createUseLooks(parts, eyesNow);
  const { lookAtNotices } = createNoticeLooks(parts);
  const gatewayLooks = createGatewayLooks(parts, uses);
  const seldom = [...models.seldom, ...uses.seldom, ...requests.seldom, partners.turnBack, partners.withdraw];

  /** Which grants partners were given when their stage opened: of them the ids alone. */
  async function learn(): Promise<void> {
    for (const grant of facts.of("access_grant").filter(({ id }) => id === null)) {
      const [lab] = parts.leaders(grant["organisation_id"]);
      const page = await lab?.ask(listGrants, { query: { window: String(grant["window_id"]), limit: 200 } });
      const row = page?.rows.find(
        ({ id, organisation }) =>
          organisation.id === grant["grantee_organisation_id"] && !facts.of("access_grant").some((told) => told["id"] === id),
      );
      if (row !== undefined) facts.change("access_grant", grant, { id: row.id });
    }
  }

  async function move(): Promise<void> {
    const choice = random.below(16);
    if (choice < 2 || facts.of("enrolment").length < 3) await models.enrol();
    else if (choice < 6) await models.offerWindow();
    else if (choice < 9) await models.grant();
    else if (choice < 11) await partners.propose();
    else await random.pick(seldom)();
    await learn();
    if (uses.isMissed()) await uses.setUp();
    if (uses.usable().length < 3 || random.oneIn(5)) await uses.issue();
    else for (let times = 0; times < 3; times++) await uses.call();
  }

  async function moveSeldom(): Promise<void> {
    for (const seldomly of [models.offerWindow, models.grant, partners.propose, requests.ask, ...seldom, uses.issue, uses.call])
      await seldomly();
    await learn();
  }

  async function step(guest: Guest): Promise<void> {
    await move();
    await hidden.ask(guest);
    if (random.oneIn(2)) await useLooks.lookAtUse(guest);
    if (random.oneIn(3)) await gatewayLooks.lookAtOrders();
    if (random.oneIn(3)) await gatewayLooks.askForeign();
    if (random.oneIn(3)) await gatewayLooks.askAsMember(guest);
    if (random.oneIn(6)) await modelLooks.lookAtLists(guest);
    if (random.oneIn(6)) await lookAtNotices(guest);
  }

  function passed(): void {
    clock.turn();
    clock.destroyRetained();
  }

  async function finish(): Promise<void> {
    await hidden.askEach();
    for (const guest of guests) {
      await useLooks.lookAtUse(guest);
      await lookAtNotices(guest);
      if (random.oneIn(3)) await modelLooks.lookAtLists(guest);
    }
  }

  return {
    moveSeldom,
    step,
    finish,
    passed,
    learn,
    lookAtModels: modelLooks.lookAtModels,
    lookAtLists: modelLooks.lookAtLists,
    lookAtUse: useLooks.lookAtUse,
  };
}
