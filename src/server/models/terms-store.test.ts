import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
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
import { until } from "../../../tests/support/until.ts";
import { changeModelTerms } from "../../contract/endpoints/model-terms.ts";
import { makeGrant } from "../../contract/endpoints/grants.ts";
import { readModel, withdrawModel } from "../../contract/endpoints/models.ts";
import { proposePartner } from "../../contract/endpoints/partners.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Actor, OwnedDatabase, Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";
import { insertGrant, type NewGrant } from "./grant-store.ts";
import { insertTerms } from "./terms-store.ts";

const failed =
  (sqlState: string, detail?: RegExp) =>
  (error: unknown): boolean =>
    isStatementError(error, sqlState) && (detail === undefined || detail.test(error.detail ?? ""));
const conflict =
  (words: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, "conflict") && words.test(error.message);

withAccessDesk("a grant names the terms that hold, or the database refuses it, whoever writes", async (scene) => {
  const { model, window, newGrant, insert } = await grantable(scene);
  const lab = scene.actors.as(scene.lab);
  await assert.rejects(insert(lab, await newGrant(2)), failed("SL002", /version 1 of the terms, which holds now, got 2/));
  await restate(scene, model, 1);
  for (const actor of [lab, "custodian"] as const) {
    for (const version of [1, 3]) await assert.rejects(insert(actor, await newGrant(version)), failed("SL002", /version 2 .* got [13]/));
    assert.equal(await insert(actor, await newGrant(2)), true);
  }
  // Nothing is told to whoever may write nothing here.
  await assert.rejects(insert(scene.actors.as(scene.evaluator), await newGrant(1)), failed("42501"));
  // Terms of another model are none of this one's.
  const other = await enrol(scene, { name: "Borealis" });
  await restate(scene, other.id, 1);
  await restate(scene, other.id, 2);
  assert.equal(await insert(lab, { ...(await newGrant(2)), window }), true);
});

withAccessDesk("a proposal names the terms that hold, and a partner's grant those of its proposal", async (scene) => {
  const { desk, coordinator, database, actors } = scene;
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const partner = await actors.makeOrganisation("Partner", "finder");
  const { id: proposal } = await agreedPartner(scene, stage, partner);
  await restate(scene, model, 1);
  const propose = async (version: number): Promise<unknown> => {
    const organisation = await actors.makeOrganisation("Another partner", "finder");
    return database.transaction(actors.as(coordinator), (transaction) =>
      transaction.run(sql`insert into partner_proposal (organisation_id, window_id, enrolment_id, desk_organisation_id, partner_organisation_id, purpose,
          budget_requests, budget_tokens, requests_per_minute, stated, stated_sha256, proposed_by_organisation_id, proposed_by_person_id, proposed_at, terms_version)
        select organisation_id, window_id, enrolment_id, desk_organisation_id, ${organisation}, purpose, budget_requests, budget_tokens, requests_per_minute,
          stated, stated_sha256, ${coordinator.organisation}, ${coordinator.person}, proposed_at, ${version} from partner_proposal where id = ${proposal}`),
    );
  };
  await assert.rejects(propose(1), failed("SL002", /version 2 of the terms, which holds now, got 1/));
  assert.equal(await propose(2), 1);

  const grant: NewGrant = { ...(await aGrant(scene, { model, window: stage }, 1)), kind: "partner-stage", grantee: partner };
  const admit = (more: Partial<NewGrant>) =>
    database.transaction("custodian", (transaction) => insertGrant(transaction, { ...grant, ...more }));
  await assert.rejects(admit({ termsVersion: 2 }), failed("SL002", /proposal was made under, got 2/));
  await assert.rejects(admit({ grantee: scene.evaluator.organisation }), failed("SL002", /proposal was made under/));
  assert.equal(await admit({}), true);
  // Proposed anew, it is under what holds.
  const again = { organisation: partner, purpose: "cyber evaluation", budget: { requests: 1, tokens: 1 } };
  assert.equal((await desk.as(coordinator)(proposePartner, { params: { window: stage }, body: again })).state, "proposed");
});

withAccessDesk("what a grant or a proposal was made for, and under which terms, is changed by nobody", async (scene) => {
  const { database, actors } = scene;
  const { id: model } = await enrol(scene);
  const { grant, window } = await testingWindow(scene, model);
  const { window: another } = await testingWindow(scene, (await enrol(scene, { name: "Borealis" })).id);
  const { id: proposal } = await agreedPartner(scene, await partnerStage(scene, model), scene.evaluator.organisation);
  await restate(scene, model, 1);
  const changes: readonly SqlQuery[] = [
    sql`update access_grant set terms_version = 2 where id = ${grant}`,
    sql`update access_grant set window_id = ${another} where id = ${grant}`,
    sql`update access_grant set enrolment_id = ${randomUUID()} where id = ${grant}`,
    sql`update access_grant set organisation_id = ${scene.evaluator.organisation} where id = ${grant}`,
    sql`update access_grant set grantee_organisation_id = ${scene.lab.organisation} where id = ${grant}`,
    sql`update partner_proposal set terms_version = 2 where id = ${proposal}`,
    sql`update partner_proposal set window_id = ${window} where id = ${proposal}`,
  ];
  for (const change of changes) {
    for (const actor of [actors.as(scene.lab), "custodian", "gateway"] as const) {
      await assert.rejects(database.query(actor, change), failed("42501"), change.text);
    }
    await assert.rejects(database.query("keeper", change), failed("23000"), change.text);
  }
  assert.equal((await database.query("keeper", sql`update access_grant set terms_version = 1, ended_at = null returning id`)).length, 2);
});

withAccessDesk("a model that was withdrawn is given no other terms, past the service either", async (scene) => {
  const { id: model } = await enrol(scene);
  await scene.desk.as(scene.lab)(withdrawModel, { params: { model } });
  await assert.rejects(
    scene.database.transaction(scene.actors.as(scene.lab), (transaction) => state(transaction, scene, model, 2)),
    failed("SL002", /not withdrawn/),
  );
});

withAccessDesk(
  "what meets new terms on their way waits for them, and what it had read of older ones is refused as a conflict",
  async (scene) => {
    const { desk, lab, coordinator, database } = scene;
    const { model, window } = await grantable(scene);
    const stage = await partnerStage(scene, model);
    const organisation = await scene.actors.makeOrganisation("Evaluators in a hurry", "finder");
    const budget = { requests: 5, tokens: 500 };
    const asks = [
      () => desk.as(lab)(makeGrant, { params: { window }, body: { organisation, purposes: ["cyber evaluation"], budget } }),
      () =>
        desk.as(coordinator)(proposePartner, { params: { window: stage }, body: { organisation, purpose: "cyber evaluation", budget } }),
    ];
    for (const [index, ask] of asks.entries()) {
      const [before, version] = [index + 1, index + 2];
      const asked = whileHeld(scene, (transaction) => state(transaction, scene, model, version), ask);
      if (database.kind === "postgres") {
        await assert.rejects(asked, conflict(new RegExp(`version ${version} of the terms, which holds now, got ${before}`)));
        await ask();
      } else {
        // One transaction begins when the other is over: there is nothing older to have read.
        await asked;
      }
    }
    const versions = sql`select terms_version from access_grant where grantee_organisation_id = ${organisation}
    union all select terms_version from partner_proposal where partner_organisation_id = ${organisation}`;
    assert.deepEqual(await database.query("keeper", versions), [{ terms_version: 2 }, { terms_version: 3 }]);
  },
);

withAccessDesk("new terms that meet a grant on its way wait for it", async (scene) => {
  const { model, newGrant } = await grantable(scene);
  const changes: readonly ((version: number) => Promise<unknown>)[] = [
    (version) => restate(scene, model, version - 1),
    // Without what the service holds.
    (version) => scene.database.transaction(scene.actors.as(scene.lab), (transaction) => state(transaction, scene, model, version)),
  ];
  for (const [index, change] of changes.entries()) {
    const [before, version] = [index + 1, index + 2];
    const grant = await newGrant(before);
    await whileHeld(
      scene,
      (transaction) => insertGrant(transaction, grant),
      () => change(version),
    );
    const made = sql`select terms_version from access_grant where id = ${grant.id}`;
    assert.deepEqual(await scene.database.query("keeper", made), [{ terms_version: before }]);
    // Those who came in on the way are told by the service, too.
    assert.deepEqual(await toldTo(scene, grant.grantee), index === 0 ? ["terms-changed"] : []);
    assert.equal((await scene.desk.as(scene.lab)(readModel, { params: { model } })).termsVersion, version);
  }
});

/** What becomes of a question that is asked while a transaction of the lab's stands open behind `work`, which ends once the question waits for it. */
async function whileHeld(
  { database, actors, lab }: AccessDesk,
  work: (transaction: Transaction) => Promise<unknown>,
  ask: () => Promise<unknown>,
): Promise<unknown> {
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = database.transaction(actors.as(lab), async (transaction) => {
    await work(transaction);
    held.resolve();
    await released.promise;
  });
  await Promise.race([held.promise, holding]);
  const asked = Promise.allSettled([ask()]);
  try {
    // Embedded it waits before it has begun.
    if (database.kind === "postgres") await until(async () => (await waiting(database)) > 0);
  } finally {
    released.resolve();
  }
  await holding;
  const [outcome] = await asked;
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

async function waiting(database: OwnedDatabase): Promise<number> {
  const [row] = await database.asOwner((transaction) =>
    transaction.query<{ waiting: number }>(
      sql`select count(*)::int as waiting from pg_locks l join pg_stat_activity a on a.pid = l.pid where a.datname = current_database() and not l.granted`,
    ),
  );
  return row?.waiting ?? 0;
}

async function grantable(scene: AccessDesk) {
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  return {
    model,
    window,
    newGrant: (version: number) => aGrant(scene, { model, window }, version),
    insert: (actor: Actor, grant: NewGrant) => scene.database.transaction(actor, (transaction) => insertGrant(transaction, grant)),
  };
}

async function aGrant(
  scene: AccessDesk,
  place: { readonly model: string; readonly window: string },
  termsVersion: number,
): Promise<NewGrant> {
  return {
    ...place,
    id: randomUUID(),
    lab: scene.lab.organisation,
    desk: scene.coordinator.organisation,
    kind: "testing-window",
    grantee: await scene.actors.makeOrganisation("More evaluators", "finder"),
    purposes: ["cyber evaluation"],
    budget: { requests: 5, tokens: 500 },
    requestsPerMinute: 60,
    outside: [],
    termsVersion,
    by: scene.lab.person,
    atMs: scene.actors.clock(),
  };
}

function restate(scene: AccessDesk, model: string, before: number): Promise<unknown> {
  const terms = { ...modelBody(scene).terms, destruction: `Everything, after version ${before}.` };
  return scene.desk.as(scene.lab)(changeModelTerms, { params: { model }, body: { before, terms } });
}

function state(transaction: Transaction, scene: AccessDesk, model: string, version: number): Promise<void> {
  const terms = JSON.stringify(modelBody(scene).terms);
  const stated = { desk: scene.coordinator.organisation, version, terms, by: scene.lab.person, atMs: scene.actors.clock() };
  return insertTerms(transaction, { lab: scene.lab.organisation, model }, stated);
}
