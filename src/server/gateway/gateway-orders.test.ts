import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { beside, block, DAY_MS, ordersOf, scene } from "../../../tests/support/gateway-scene.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { sql } from "../database/sql.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";

scene(
  "a gateway is told of windows that are open, with their grants and the digests of tokens in force, and nothing of others",
  async (scene) => {
    const { models, actors, database } = scene;
    const { window, grant, model } = await models.grantedModel({ terms: { probes: { callsPerDay: 9, tokensPerDay: 900 } } });
    const token = await models.issueToken(grant);
    await models.issueToken(grant, { expiresMs: TEST_NOW });
    await models.grantedModel({ sealed: undefined });
    await models.grantedModel({ opensMs: TEST_NOW + 1 });
    await models.grantedModel({ opensMs: TEST_NOW - DAY_MS, closesMs: TEST_NOW });
    await models.grantedModel({ custody: "premises" });
    const orders = await ordersOf(scene);
    assert.deepEqual(orders.windows, [
      {
        id: window,
        lab: models.lab.organisation,
        enrolment: model.id,
        wire: "openai",
        models: [{ name: "aurora-1", upstreamName: "aurora-1-internal", baseUrl: "http://127.0.0.1:9/v1", asksStreamUsage: true }],
        closesMs: TEST_NOW + DAY_MS,
        sealedCredential: "sluice-credential-1.sealed",
        credentialKeyId: `grant-${window}`,
        probes: { callsPerDay: 9, tokensPerDay: 900, callsToday: 0, tokensToday: 0 },
        passLabHeaders: false,
      },
    ]);
    assert.deepEqual(orders.grants, [
      {
        id: grant,
        window,
        grantee: models.evaluator.organisation,
        requestsPerMinute: 600,
        outside: [],
        tokens: [
          {
            id: token.id,
            sha256: createHash("sha256").update(token.text).digest("hex"),
            purpose: "cyber evaluation",
            expiresMs: TEST_NOW + DAY_MS,
          },
        ],
        afterDifferent: false,
      },
    ]);
    assert.ok(!JSON.stringify(orders).includes(token.text));

    // The release that the bound counts from moves to now: the window closes, and is in no orders.
    await database.query("keeper", sql`update enrolment set partner_release_at = ${new Date(TEST_NOW)}`);
    assert.deepEqual((await ordersOf(scene)).windows, []);
    await database.query("keeper", sql`update enrolment set partner_release_at = ${new Date(TEST_NOW + 2 * DAY_MS)}`);
    actors.setClock(TEST_NOW + DAY_MS - 1);
    assert.ok((await ordersOf(scene)).windows.some(({ id }) => id === window));
    actors.setClock(TEST_NOW + DAY_MS);
    assert.deepEqual((await ordersOf(scene)).windows, []);
  },
);

scene("a gateway is told of each version whether its server is asked for the usage of streams", async (scene) => {
  const { models } = scene;
  const asked = await models.grantedModel();
  const notAsked = await models.grantedModel({ asksStreamUsage: false });
  const told = (await ordersOf(scene)).windows.map((window) => [window.id, window.models.map(({ asksStreamUsage }) => asksStreamUsage)]);
  assert.deepEqual(
    new Map(told as [string, boolean[]][]),
    new Map([
      [asked.window, [true]],
      [notAsked.window, [false]],
    ]),
  );
});

scene("what has not changed is not said again", async (scene) => {
  const { models, gateways, database } = scene;
  const { grant } = await models.grantedModel();
  const { revision } = await ordersOf(scene);
  assert.deepEqual(await gateways.orders(beside, { gateway: "g1", since: revision }), { kind: "unchanged", nowMs: TEST_NOW });
  await models.issueToken(grant);
  const answer = await gateways.orders(beside, { gateway: "g1", since: revision });
  assert.equal(answer.kind, "orders");
  await database.query("keeper", sql`update access_grant set ended_at = ${new Date(TEST_NOW)}`);
  assert.deepEqual((await ordersOf(scene)).grants, []);
});

scene("a stop takes the model, an organisation or a token out of the orders until it is lifted", async (scene) => {
  const { models, actors, database } = scene;
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Other evaluators") });
  const { model, window, grant } = await models.grantedModel();
  const otherGrant = await models.grant(model, window, { grantee: other });
  const token = await models.issueToken(grant);
  await models.issueToken(otherGrant);
  const stop = async (organisation: string | null, token_id: string | null): Promise<void> => {
    await database.query(
      "keeper",
      sql`insert into access_stop (organisation_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, reason, stopped_by_organisation_id,
            stopped_by_person_id, stopped_at)
          values (${model.lab}, ${model.id}, ${model.desk}, ${organisation}, ${token_id}, 'odd traffic', ${model.lab}, ${models.lab.person}, ${new Date(TEST_NOW)})`,
    );
  };
  const lift = () => database.query("keeper", sql`update access_stop set lifted_at = ${new Date(TEST_NOW)}`);
  const standing = async () => (await ordersOf(scene)).grants.map(({ id, tokens }) => [id, tokens.length]).toSorted();
  const all = [
    [grant, 1],
    [otherGrant, 1],
  ].toSorted();
  assert.deepEqual(await standing(), all);
  await stop(null, token.id);
  assert.deepEqual(
    await standing(),
    [
      [grant, 0],
      [otherGrant, 1],
    ].toSorted(),
  );
  await lift();
  await stop(other.organisation, null);
  assert.deepEqual(await standing(), [[grant, 1]]);
  assert.deepEqual(await scene.gateways.lease(beside, { ...block, grant: otherGrant, lease: randomUUID() }), {
    kind: "refused",
    reason: "ended",
    requestsLeft: 1000,
    tokensLeft: 1_000_000,
  });
  await lift();
  await stop(null, null);
  assert.deepEqual(await standing(), []);
  await lift();
  assert.deepEqual(await standing(), all);
});

scene("a gateway on a lab's premises is told which keys to destroy, until it has stated each itself", async (scene) => {
  const { models, gateways, actors, database } = scene;
  const { window, grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  await models.grantedModel({ custody: "premises", sealed: undefined });
  const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
  const due = async (name?: string) => (await ordersOf(scene, premises, name)).destroy;
  assert.deepEqual(await due(), { credentials: [], records: [] });
  await database.query(
    "keeper",
    sql`update access_window set ended_at = ${new Date(TEST_NOW)}, ended_because = 'ended' where id = ${window}`,
  );
  assert.deepEqual(await due(), { credentials: [window], records: [] });
  assert.equal((await ordersOf(scene)).destroy, undefined);
  const destroyed = { gateway: "g1", window, file: "/keys/1.key", destroyedMs: TEST_NOW, cannotReach: [] };
  await gateways.destruction(premises, { ...destroyed, what: "credential", keyId: "credential-1" });
  assert.deepEqual(await due(), { credentials: [], records: [] });
  assert.deepEqual(await due("g2"), { credentials: [window], records: [] });
  // Later terms keep nothing longer that was recorded under these.
  await database.query(
    "keeper",
    sql`insert into changed_terms (organisation_id, enrolment_id, desk_organisation_id, version, terms, stated_by, stated_at)
        select organisation_id, id, desk_organisation_id, 2, '{"retentionDays": 365}', created_by, created_at from enrolment`,
  );
  actors.setClock(TEST_NOW + 90 * DAY_MS - 1);
  assert.deepEqual((await due())?.records, []);
  actors.setClock(TEST_NOW + 90 * DAY_MS);
  assert.deepEqual((await due())?.records, [{ grant, window }]);
  await gateways.destruction(premises, { ...destroyed, grant, what: "record", keyId: "record-1" });
  assert.deepEqual((await due())?.records, []);
  // What one gateway of the lab destroyed is not what another keeps.
  assert.deepEqual((await due("g2"))?.records, [{ grant, window }]);
  await gateways.destruction(premises, { ...destroyed, gateway: "g2", grant, what: "record", keyId: "record-1" });
  assert.deepEqual((await due("g2"))?.records, []);
  assert.deepEqual((await ordersOf(scene, { ...premises, lab: models.desk.organisation })).destroy, { credentials: [], records: [] });
});
