import assert from "node:assert/strict";
import { enrol, testingWindow, toldTo, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { answerAccessRequest, askForAccess, listAccessRequests, withdrawAccessRequest } from "../../contract/endpoints/access-requests.ts";
import { endWindow, extendWindow } from "../../contract/endpoints/access-windows.ts";
import { makeGrant } from "../../contract/endpoints/grants.ts";
import { listModelEvents } from "../../contract/endpoints/model-history.ts";
import { withdrawModel } from "../../contract/endpoints/models.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";

const refused =
  (code: RefusalCode, words?: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, code) && (words === undefined || words.test(error.message));

withAccessDesk("a desk asks for use by an organisation, and the lab answers with the grant that it made", async (scene) => {
  const { desk, lab, coordinator, evaluator, actors } = scene;
  const { id: model } = await enrol(scene);
  const { window, grant: another } = await testingWindow(scene, model);
  const organisation = await actors.makeOrganisation("Second evaluators", "finder");
  const asked = await desk.as(coordinator)(askForAccess, {
    params: { model },
    body: { kind: "grant", organisation, window, words: "They know this kind of flaw." },
  });
  assert.deepEqual([asked.state, asked.organisation, asked.answer], ["asked", { id: organisation, name: "Second evaluators" }, undefined]);
  const seen = (await desk.as(lab)(listAccessRequests, { params: { model }, query: {} })).rows;
  assert.deepEqual(seen, [asked]);
  assert.deepEqual(await toldTo(scene, lab.organisation), ["access-requested"]);
  // Between the two of them alone.
  assert.deepEqual((await desk.as(evaluator)(listAccessRequests, { params: { model }, query: {} })).rows, []);
  assert.ok(!JSON.stringify(await desk.as(evaluator)(listModelEvents, { params: { model }, query: {} })).includes(asked.id));

  const answer = (grant?: string) =>
    desk.as(lab)(answerAccessRequest, {
      params: { request: asked.id },
      body: { outcome: "granted", ...(grant === undefined ? {} : { grant }) },
    });
  await assert.rejects(answer(), refused("input-invalid", /organisation that was asked for/));
  await assert.rejects(answer(another), refused("input-invalid", /organisation that was asked for/));
  const body = { organisation, purposes: ["cyber evaluation"], budget: { requests: 10, tokens: 1000 } };
  const { id: grant } = await desk.as(lab)(makeGrant, { params: { window }, body });
  const answered = await answer(grant);
  assert.deepEqual([answered.state, answered.answer], ["answered", { outcome: "granted", atMs: answered.answer?.atMs, grant }]);
  await assert.rejects(answer(grant), refused("conflict"));
  await assert.rejects(desk.as(coordinator)(withdrawAccessRequest, { params: { request: asked.id } }), refused("conflict"));
});

withAccessDesk("a desk asks for a later end within the bounds, and the lab answers once the window ends later", async (scene) => {
  const { desk, lab, coordinator } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model, { closes: scene.day(20) });
  const ask = (day: number) =>
    desk.as(coordinator)(askForAccess, {
      params: { model },
      body: { kind: "extension", window, closes: scene.day(day), words: "The report needs a week more." },
    });
  await assert.rejects(ask(41), refused("input-invalid", /within every bound/));
  await assert.rejects(ask(19), refused("input-invalid", /later hour/));
  const asked = await ask(27);
  assert.deepEqual([asked.closes, asked.closedThen], [scene.day(27), scene.day(20)]);
  const answer = () => desk.as(lab)(answerAccessRequest, { params: { request: asked.id }, body: { outcome: "granted", words: "Gladly." } });
  await assert.rejects(answer(), refused("conflict", /extend it first/));
  // Less than was asked for is the lab's to give.
  await desk.as(lab)(extendWindow, { params: { window }, body: { closes: scene.day(25) } });
  assert.deepEqual((await answer()).answer, { outcome: "granted", atMs: scene.day(0).instantMs, words: "Gladly.", closes: scene.day(25) });
  assert.ok((await toldTo(scene, coordinator.organisation)).includes("request-answered"));
});

withAccessDesk(
  "a decline stands in the request and nowhere else: no event, notice, audit entry or statement tells it from a grant",
  async (scene) => {
    const { desk, lab, coordinator, actors, database } = scene;
    const { id: model } = await enrol(scene);
    const { window } = await testingWindow(scene, model);
    const organisation = await actors.makeOrganisation("Second evaluators", "finder");
    const ask = async (): Promise<string> =>
      (await desk.as(coordinator)(askForAccess, { params: { model }, body: { kind: "grant", organisation, words: "Please." } })).id;
    const [declined, granted] = [await ask(), await ask()];
    await desk.as(lab)(answerAccessRequest, { params: { request: declined }, body: { outcome: "declined" } });
    const body = { organisation, purposes: ["cyber evaluation"], budget: { requests: 10, tokens: 1000 } };
    const { id: grant } = await desk.as(lab)(makeGrant, { params: { window }, body });
    await desk.as(lab)(answerAccessRequest, { params: { request: granted }, body: { outcome: "granted", grant } });

    const told = async (query: ReturnType<typeof sql>, request: string): Promise<string> =>
      JSON.stringify(await database.query("keeper", query)).replaceAll(request, "REQUEST");
    for (const of of [
      (request: string) =>
        sql`select kind, details, for_grantees from enrolment_event where details like ${`%${request}%`} order by at, kind`,
      (request: string) => sql`select verb, subject, details from audit_event where subject like ${`%${request}`} order by at, verb`,
      (request: string) =>
        sql`select kind, statement::jsonb -> 'facts' as facts from ledger_statement
          where statement like ${`%${request}%`} order by recorded_at, kind`,
    ]) {
      const ofDeclined = await told(of(declined), declined);
      assert.ok(ofDeclined.includes("answered"), ofDeclined);
      assert.equal(ofDeclined, await told(of(granted), granted));
    }
    const rows = (await desk.as(coordinator)(listAccessRequests, { params: { model }, query: { limit: 1 } })).rows;
    assert.equal(rows.length, 1);
  },
);

withAccessDesk("only the desk asks and takes back, only the lab answers, and what is over is not answered", async (scene) => {
  const { desk, lab, coordinator, evaluator, actors } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  const body = { kind: "extension", window, words: "A day more." } as const;
  const extension = { ...body, closes: scene.day(39) };
  await assert.rejects(desk.as(evaluator)(askForAccess, { params: { model }, body }), refused("not-allowed"));
  const stranger = await takeSeat(actors, { id: await actors.makeOrganisation("Agency", "agency"), kind: "agency" });
  await assert.rejects(desk.as(stranger)(askForAccess, { params: { model }, body }), refused("not-found"));
  // It ends as late as the bounds allow: there is nothing to ask for.
  await assert.rejects(desk.as(coordinator)(askForAccess, { params: { model }, body: extension }), refused("input-invalid"));
  const organisation = evaluator.organisation;
  const ask = async (more: { readonly window?: string } = {}): Promise<string> =>
    (await desk.as(coordinator)(askForAccess, { params: { model }, body: { kind: "grant", organisation, words: "Please.", ...more } })).id;
  const [first, ofWindow, last] = [await ask(), await ask({ window }), await ask()];
  const declining = { outcome: "declined", words: "Not now." } as const;
  const rival = await takeSeat(actors, { id: await actors.makeOrganisation("Rival lab", "lab"), kind: "lab" });
  await assert.rejects(desk.as(rival)(answerAccessRequest, { params: { request: first }, body: declining }), refused("not-found"));
  await assert.rejects(desk.as(lab)(withdrawAccessRequest, { params: { request: first } }), refused("not-allowed"));
  await assert.rejects(desk.as(coordinator)(answerAccessRequest, { params: { request: first }, body: declining }), refused("not-allowed"));
  assert.equal((await desk.as(coordinator)(withdrawAccessRequest, { params: { request: first } })).state, "withdrawn");
  await assert.rejects(desk.as(lab)(answerAccessRequest, { params: { request: first }, body: declining }), refused("conflict"));
  const states = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      (await desk.as(coordinator)(listAccessRequests, { params: { model }, query: {} })).rows.map(({ id, state }) => [id, state]),
    );
  await desk.as(lab)(endWindow, { params: { window } });
  assert.deepEqual(await states(), { [first]: "withdrawn", [ofWindow]: "lapsed", [last]: "asked" });
  await assert.rejects(desk.as(lab)(answerAccessRequest, { params: { request: ofWindow }, body: declining }), refused("conflict"));
  await desk.as(lab)(withdrawModel, { params: { model } });
  assert.deepEqual(await states(), { [first]: "withdrawn", [ofWindow]: "lapsed", [last]: "lapsed" });
  await assert.rejects(ask(), refused("conflict", /withdrawn/));
});
