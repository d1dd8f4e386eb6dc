import assert from "node:assert/strict";
import { agreedPartner, enrol, modelBody, partnerStage, testingWindow, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { changeGrant, listGrants, makeGrant, readGrant } from "../../contract/endpoints/grants.ts";
import { listModelEvents } from "../../contract/endpoints/model-history.ts";
import { changeModelTerms, listModelTerms } from "../../contract/endpoints/model-terms.ts";
import { listModels, readModel, withdrawModel } from "../../contract/endpoints/models.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";

const refused =
  (code: RefusalCode, words?: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, code) && (words === undefined || words.test(error.message));

withAccessDesk("new terms are a version of their own, and what was granted before stays under its own", async (scene) => {
  const { desk, lab, coordinator, evaluator, actors } = scene;
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  const { terms: first } = modelBody(scene);
  const second = { ...first, purposes: ["biology evaluation"], confidentiality: "Nothing is told before the release.", retentionDays: 90 };
  const changed = await desk.as(lab)(changeModelTerms, { params: { model }, body: { before: 1, terms: second } });
  assert.deepEqual([changed.termsVersion, changed.terms.confidentiality], [2, second.confidentiality]);

  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Second evaluators", "finder"), kind: "finder" });
  const content = { purposes: ["biology evaluation"], budget: { requests: 5, tokens: 500 } };
  const later = await desk.as(lab)(makeGrant, { params: { window }, body: { organisation: other.organisation, ...content } });
  assert.equal(later.termsVersion, 2);
  // The grant of before is changed within its own purposes.
  await desk.as(lab)(changeGrant, { params: { grant }, body: { ...content, purposes: ["cyber evaluation"] } });
  await assert.rejects(
    desk.as(lab)(changeGrant, { params: { grant: later.id }, body: { ...content, purposes: ["cyber evaluation"] } }),
    refused("input-invalid", /"biology evaluation"/),
  );
  const own = await desk.as(evaluator)(readGrant, { params: { grant } });
  assert.deepEqual([own.termsVersion, own.model.termsVersion], [1, 2]);

  for (const seat of [lab, coordinator, evaluator, other]) {
    const { rows } = await desk.as(seat)(listModelTerms, { params: { model } });
    assert.deepEqual(
      rows.map(({ version, terms, by }) => [version, terms.confidentiality, terms.retentionDays, by !== undefined]),
      [
        [2, second.confidentiality, 90, seat === lab],
        [1, first.confidentiality, 30, seat === lab],
      ],
    );
    assert.equal((await desk.as(seat)(readModel, { params: { model } })).termsVersion, 2);
    assert.deepEqual(
      (await desk.as(seat)(listModels, { query: {} })).rows.map(({ termsVersion }) => termsVersion),
      [2],
    );
    const told = (await desk.as(seat)(listModelEvents, { params: { model }, query: {} })).rows.find(({ kind }) => kind === "terms-changed");
    assert.deepEqual(told?.details, { version: 2, changed: ["confidentiality", "purposes", "retentionDays"] });
  }
  const stranger = await takeSeat(actors, { id: await actors.makeOrganisation("Another lab", "lab"), kind: "lab" });
  await assert.rejects(desk.as(stranger)(listModelTerms, { params: { model } }), refused("not-found"));
});

withAccessDesk(
  "terms are changed by the lab alone, from the version that it read, and not in what partners were chosen on",
  async (scene) => {
    const { desk, lab, coordinator } = scene;
    const { id: model } = await enrol(scene);
    const { terms } = modelBody(scene);
    const change = (more: object, seat = lab, before = 1) =>
      desk.as(seat)(changeModelTerms, { params: { model }, body: { before, terms: { ...terms, ...more } } });
    await assert.rejects(change({ destruction: "Nothing." }, coordinator), refused("not-allowed"));
    await assert.rejects(change({}), refused("conflict", /nothing is changed/));
    await assert.rejects(change({ partnersEndAtPublicRelease: false }), refused("input-invalid", /as it was offered/));
    await change({ destruction: "Everything, a week after." });
    await assert.rejects(change({ destruction: "Everything, at once." }), refused("conflict", /2, got 1/));
    await change({ destruction: "Everything, at once." }, lab, 2);
    await desk.as(lab)(withdrawModel, { params: { model } });
    await assert.rejects(change({ destruction: "Nothing." }, lab, 3), refused("conflict", /withdrawn/));
    assert.equal((await desk.as(coordinator)(listModelTerms, { params: { model } })).rows.length, 3);
  },
);

withAccessDesk("what was recorded under a shorter retention is not kept longer, nor under a longer one shorter", async (scene) => {
  const { desk, lab, actors, database, custodian } = scene;
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  const { terms } = modelBody(scene);
  const state = (before: number, retentionDays: number) =>
    desk.as(lab)(changeModelTerms, { params: { model }, body: { before, terms: { ...terms, retentionDays } } });
  const grantAnother = async (name: string): Promise<string> => {
    const organisation = await actors.makeOrganisation(name, "finder");
    const body = { organisation, purposes: ["cyber evaluation"], budget: { requests: 5, tokens: 500 } };
    return (await desk.as(lab)(makeGrant, { params: { window }, body })).id;
  };
  await state(1, 90);
  const longer = await grantAnother("Longer");
  await state(2, 5);
  const shorter = await grantAnother("Shorter");
  await scene.toDay(10);
  const held = (): readonly boolean[] => [grant, longer, shorter].map((one) => actors.keys.heldGrantKey(`${one}-record`) !== undefined);
  for (const one of [grant, longer, shorter]) actors.keys.grantKey(`${one}-record`);
  // The window closes on day 40.
  for (const [day, expected] of [
    [41, [true, true, true]],
    [46, [true, true, false]],
    [71, [false, true, false]],
    [131, [false, false, false]],
  ] as const) {
    await scene.toDay(day);
    await custodian.settle();
    assert.deepEqual(held(), expected, `day ${day}`);
  }
  assert.equal((await database.query("keeper", sql`select id from destruction_certificate where what = 'record'`)).length, 3);
});

withAccessDesk("a partner is let in under the terms that held when it was proposed", async (scene) => {
  const { desk, lab, actors } = scene;
  const { id: model } = await enrol(scene);
  const { terms } = modelBody(scene);
  const stage = await partnerStage(scene, model);
  const early = await actors.makeOrganisation("Early partner", "finder");
  const late = await actors.makeOrganisation("Late partner", "finder");
  await agreedPartner(scene, stage, early);
  await desk.as(lab)(changeModelTerms, { params: { model }, body: { before: 1, terms: { ...terms, destruction: "Everything." } } });
  await agreedPartner(scene, stage, late);
  await scene.toDay(40);
  const { rows } = await desk.as(lab)(listGrants, { query: { window: stage } });
  const versions = rows.map(({ organisation, termsVersion }) => [organisation.id === early ? "early" : "late", termsVersion]);
  assert.deepEqual(versions.toSorted(), [
    ["early", 1],
    ["late", 2],
  ]);
});
