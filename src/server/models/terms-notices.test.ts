import assert from "node:assert/strict";
import {
  type AccessDesk,
  agreedPartner,
  enrol,
  modelBody,
  partnerStage,
  testingWindow,
  toldTo,
  withAccessDesk,
} from "../../../tests/support/access-desk.ts";
import { callerOf, type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import { endGrant, makeGrant } from "../../contract/endpoints/grants.ts";
import { changeModelTerms, listModelTerms } from "../../contract/endpoints/model-terms.ts";
import { enrolModel, readModel } from "../../contract/endpoints/models.ts";
import type { ModelTerms } from "../../contract/model-schemas.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { createCourier } from "../notifications/courier.ts";
import { createNotificationService } from "../notifications/notification-service.ts";
import { createTermsService } from "./terms-service.ts";

const isConflict = (error: unknown): boolean => isCodedError(error, "conflict");
const signal = AbortSignal.timeout(120_000);

withAccessDesk("new terms are told to the desk and to whoever holds a grant in force, once each, and to nobody else", async (scene) => {
  const { desk, lab, coordinator, evaluator, actors } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  // Two grants of one model make one notice.
  await testingWindow(scene, model, { name: "More tests" });
  const [past, present] = [await actors.makeOrganisation("Past", "finder"), await actors.makeOrganisation("Present", "operator")];
  const { id: ended } = await grantTo(scene, window, past);
  await grantTo(scene, window, present);
  await desk.as(lab)(endGrant, { params: { grant: ended } });
  await makeOthers(scene);

  await restate(scene, model, 1);
  const told = [coordinator.organisation, evaluator.organisation, present];
  assert.deepEqual(await toldOfTerms(scene), told.toSorted());
  assert.deepEqual(await toldTo(scene, past), []);

  // Sent again it is refused, and told no more.
  await assert.rejects(restate(scene, model, 1), isConflict);
  assert.deepEqual(await toldOfTerms(scene), told.toSorted());
  await restate(scene, model, 2);
  assert.deepEqual(await toldOfTerms(scene), [...told, ...told].toSorted());
});

withAccessDesk("a partner that is but proposed is told nothing, not of new terms either, until its stage lets it in", async (scene) => {
  const { desk, coordinator, actors } = scene;
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const partner = await takeSeat(actors, { id: await actors.makeOrganisation("Partner", "finder"), kind: "finder" });
  await agreedPartner(scene, stage, partner.organisation);
  await restate(scene, model, 1);
  assert.deepEqual(await toldOfTerms(scene), [coordinator.organisation]);
  assert.deepEqual(await toldTo(scene, partner.organisation), []);
  await assert.rejects(desk.as(partner)(readModel, { params: { model } }), (error) => isCodedError(error, "not-found"));

  await scene.toDay(40);
  await restate(scene, model, 2);
  assert.deepEqual(await toldTo(scene, partner.organisation), ["terms-changed", "window-opened"]);
});

withAccessDesk("whoever's grant ended with its window is told of no terms that come after", async (scene) => {
  const { coordinator } = scene;
  const { id: model } = await enrol(scene);
  await testingWindow(scene, model, { closes: scene.day(20) });
  await scene.toDay(21);
  await restate(scene, model, 1);
  assert.deepEqual(await toldOfTerms(scene), [coordinator.organisation]);
});

withAccessDesk("a lab is not told of its own terms, though it uses its model", async (scene) => {
  const { lab, coordinator, evaluator } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  await grantTo(scene, window, lab.organisation);
  await restate(scene, model, 1);
  assert.deepEqual(await toldOfTerms(scene), [coordinator.organisation, evaluator.organisation].toSorted());
});

withAccessDesk("of two changes at once one is made and told", async (scene) => {
  const { coordinator, evaluator } = scene;
  const { id: model } = await enrol(scene);
  await testingWindow(scene, model);
  const changes = await Promise.allSettled([restate(scene, model, 1), restate(scene, model, 1)]);
  assert.deepEqual(changes.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  assert.deepEqual(await toldOfTerms(scene), [coordinator.organisation, evaluator.organisation].toSorted());
});

withAccessDesk("terms that were not recorded after all are told to nobody", async (scene) => {
  const { desk, lab, actors, database } = scene;
  const { id: model } = await enrol(scene);
  await testingWindow(scene, model);
  const failure = new Error("the power went before it was done");
  let mark = 0;
  const failing: Database = {
    ...database,
    transaction: (actor, work) =>
      database.transaction(actor, async (transaction) => {
        await work(transaction);
        mark = (await transaction.query(sql`select version from changed_terms`)).length;
        throw failure;
      }),
  };
  const terms = createTermsService({ database: failing, clock: actors.clock });
  await assert.rejects(terms.change(callerOf(actors, lab), model, { before: 1, terms: changedTerms(scene, 1) }), failure);
  assert.equal(mark, 1, "it had been written");
  assert.equal((await desk.as(lab)(listModelTerms, { params: { model } })).rows.length, 1);
  assert.deepEqual(await toldOfTerms(scene), []);
});

withAccessDesk("the notice says which grants are under the new terms in fixed words, and names no lab and no model", async (scene) => {
  const { lab, coordinator, evaluator, actors, database } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  const reader = { ...(await actors.makeMember(evaluator.organisation, "reader")), role: "reader", kind: "finder" } as const;
  const past = await takeSeat(actors, { id: await actors.makeOrganisation("Past", "finder"), kind: "finder" });
  const { id: ended } = await grantTo(scene, window, past.organisation);
  await scene.desk.as(lab)(endGrant, { params: { grant: ended } });
  await restate(scene, model, 1);

  const courier = createCourier({
    database,
    keys: actors.keys,
    mail: undefined,
    webhooks: { send: () => assert.fail("there is no webhook") },
    serverUrl: () => "https://sluice.example",
    clock: actors.clock,
    log: { warn: () => assert.fail("a round failed") },
  });
  while ((await courier.round(signal)) > 0);
  const notifications = createNotificationService({
    database,
    keys: actors.keys,
    hasMail: false,
    allowedPrivateHosts: [],
    clock: actors.clock,
  });
  const read = async (seat: Seat) => {
    const { rows } = await notifications.list(callerOf(actors, seat), { unseen: true, limit: 20 });
    return rows.filter(({ kind }) => kind === "terms-changed");
  };
  for (const seat of [coordinator, evaluator, reader]) {
    const rows = await read(seat);
    assert.deepEqual(
      rows.map(({ sentence }) => sentence),
      ["A lab stated new terms for a model: new grants are under them, earlier ones keep their purposes and retention."],
    );
    for (const word of [model, window, lab.organisation, "Aurora"]) assert.ok(!JSON.stringify(rows).includes(word), word);
  }
  for (const seat of [lab, past]) assert.deepEqual(await read(seat), []);
});

/** Other desks, labs and users, with a model of their own. */
async function makeOthers({ desk, lab, actors, coordinator, day }: AccessDesk): Promise<void> {
  const seat = async (name: string, kind: Seat["kind"]): Promise<Seat> =>
    takeSeat(actors, { id: await actors.makeOrganisation(name, kind), kind });
  const [anotherDesk, rival] = [await seat("Another desk", "agency"), await seat("Rival lab", "lab")];
  await seat("Stranger", "vendor");
  const body = modelBody({ coordinator: anotherDesk, day }, { name: "Borealis" });
  // Of the same lab at another desk, and of another lab at the same.
  await desk.as(lab)(enrolModel, { body });
  await desk.as(rival)(enrolModel, { body: { ...body, desk: coordinator.organisation } });
}

function grantTo({ desk, lab }: AccessDesk, window: string, organisation: string): Promise<{ readonly id: string }> {
  const body = { organisation, purposes: ["cyber evaluation"], budget: { requests: 5, tokens: 500 } };
  return desk.as(lab)(makeGrant, { params: { window }, body });
}

function changedTerms(scene: AccessDesk, before: number): ModelTerms {
  const { terms } = enrolModel.body.parse(modelBody(scene));
  return { ...terms, destruction: `Everything, after version ${before}.` };
}

function restate(scene: AccessDesk, model: string, before: number): Promise<unknown> {
  return scene.desk.as(scene.lab)(changeModelTerms, { params: { model }, body: { before, terms: changedTerms(scene, before) } });
}

/** Every organisation that was told, as often as it was. */
async function toldOfTerms({ database }: AccessDesk): Promise<readonly string[]> {
  const rows = await database.query<{ circle_id: string }>(
    "keeper",
    sql`select circle_id from announcement where kind = 'terms-changed' and record_id is null order by circle_id::text`,
  );
  return rows.map(({ circle_id }) => circle_id);
}
