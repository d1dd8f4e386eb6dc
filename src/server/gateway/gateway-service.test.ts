import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beside, block, exchange, meterOf, ordersOf, scene, settling } from "../../../tests/support/gateway-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { sql } from "../database/sql.ts";

scene("a gateway on a lab's premises reaches that lab's models kept there, and nothing else", async (scene) => {
  const { models, gateways, actors } = scene;
  const otherLab = await takeSeat(actors, { id: await actors.makeOrganisation("Southwind lab", "lab"), kind: "lab" });
  const own = await models.grantedModel({ custody: "premises", sealed: undefined });
  const here = await models.grantedModel();
  const foreign = await models.grantedModel({ custody: "premises", lab: otherLab, sealed: undefined });
  const premises = await models.ownGateway();
  const orders = await ordersOf(scene, premises);
  assert.deepEqual(
    orders.windows.map(({ id, sealedCredential }) => [id, sealedCredential]),
    [[own.window, undefined]],
  );
  assert.equal((await gateways.lease(premises, { ...block, grant: own.grant, lease: randomUUID() })).kind, "taken");
  for (const { grant } of [here, foreign]) {
    await assert.rejects(gateways.lease(premises, { ...block, grant, lease: randomUUID() }), refused("not-found"));
    const token = await models.issueToken(grant);
    const stated = exchange(grant, randomUUID(), token.id);
    assert.deepEqual(
      await settling(scene, { exchanges: [stated], heads: [{ grant, segment: "1", frames: 1, sha256: "0".repeat(64) }] }, premises),
      {
        settled: 0,
        refused: [{ id: stated.id, why: "grant" }],
      },
    );
    assert.deepEqual(await meterOf(scene, grant), [0, 0, 0, 0]);
  }
  await assert.rejects(gateways.lease(beside, { ...block, grant: own.grant, lease: randomUUID() }), refused("not-found"));
});

scene("a probe is stated once, counts against what the lab agreed to, and `different` marks what follows and is told", async (scene) => {
  const { models, gateways, database } = scene;
  const { window } = await models.grantedModel({ terms: { probes: { callsPerDay: 9, tokensPerDay: 900 } } });
  const probe = {
    gateway: "g1",
    window,
    id: randomUUID(),
    occasion: "opening",
    verdict: "same",
    basis: { repeats: 3 },
    calls: 3,
    tokens: 60,
    atMs: TEST_NOW,
  } as const;
  assert.deepEqual([await gateways.probe(beside, probe), await gateways.probe(beside, probe)], [{ taken: true }, { taken: false }]);
  const before = await ordersOf(scene);
  assert.deepEqual(before.windows[0]?.probes, { callsPerDay: 9, tokensPerDay: 900, callsToday: 3, tokensToday: 60 });
  assert.deepEqual(before.grants[0]?.afterDifferent, false);
  const swapped = { ...probe, id: randomUUID(), occasion: "daily", verdict: "different", atMs: TEST_NOW + 1 } as const;
  await gateways.probe(beside, swapped);
  const after = await ordersOf(scene);
  assert.deepEqual([after.windows[0]?.newestProbe?.id, after.grants[0]?.afterDifferent], [swapped.id, true]);
  const told = await database.query<{ kind: string; for_grantees: boolean }>("keeper", sql`select kind, for_grantees from enrolment_event`);
  assert.deepEqual(told, [{ kind: "probe-different", for_grantees: true }]);
  const announced = await database.query<{ circle_id: string }>(
    "keeper",
    sql`select circle_id from announcement where kind = 'probe-different'`,
  );
  const concerned = [models.lab, models.desk, models.evaluator].map(({ organisation }) => organisation);
  assert.deepEqual(announced.map(({ circle_id }) => circle_id).toSorted(), concerned.toSorted());
  await assert.rejects(gateways.probe(beside, { ...probe, id: randomUUID(), window: randomUUID() }), refused("not-found"));
});

scene("a gateway with keys of its own leaves a certificate of what it destroyed, once, in the ledger too", async (scene) => {
  const { models, gateways, database } = scene;
  const { window, grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  const premises = await models.ownGateway();
  const destroyed = {
    gateway: "g1",
    window,
    what: "credential",
    keyId: "credential-1",
    file: "/keys/1.key",
    destroyedMs: TEST_NOW,
    cannotReach: ["snapshots"],
  } as const;
  const ofRecord = { ...destroyed, grant, what: "record", keyId: "record-1" } as const;
  for (const stated of [destroyed, ofRecord]) {
    const body = { ...stated, cannotReach: [...stated.cannotReach] };
    assert.deepEqual(
      [await gateways.destruction(premises, body), await gateways.destruction(premises, body)],
      [{ taken: true }, { taken: false }],
    );
    await assert.rejects(gateways.destruction(beside, body), refused("not-allowed"));
    await assert.rejects(gateways.destruction({ ...premises, lab: models.desk.organisation }, body), refused("not-found"));
  }
  const certificates = await database.query<Record<string, unknown>>(
    "keeper",
    sql`select what, key_id, grantee_organisation_id as of, gateway from destruction_certificate order by what`,
  );
  assert.deepEqual(certificates, [
    { what: "credential", key_id: "credential-1", of: null, gateway: `${premises.id}/g1` },
    { what: "record", key_id: "record-1", of: models.evaluator.organisation, gateway: `${premises.id}/g1` },
  ]);
  const statements = async () => (await database.query("keeper", sql`select id from ledger_statement where kind = 'key.destroyed'`)).length;
  assert.equal(await statements(), 2);
  // Another gateway of the lab names its own keys alike.
  const ofAnother = { ...ofRecord, gateway: "g2", cannotReach: [...ofRecord.cannotReach] };
  assert.deepEqual(
    [await gateways.destruction(premises, ofAnother), await gateways.destruction(premises, ofAnother)],
    [{ taken: true }, { taken: false }],
  );
  assert.equal(await statements(), 3);
  const told = await database.query("keeper", sql`select id from enrolment_event where kind = 'key-destroyed'`);
  assert.equal(told.length, 3);
});

scene("the gateway beside the server counts as connected while it asks", async ({ gateways, actors }) => {
  assert.deepEqual(gateways.connection(), { connected: false });
  await gateways.orders(beside, { gateway: "g1" });
  actors.setClock(TEST_NOW + 1500);
  await gateways.orders(beside, { gateway: "g1" });
  assert.deepEqual(gateways.connection(), { connected: true, sinceMs: TEST_NOW });
  actors.setClock(TEST_NOW + 4000);
  assert.deepEqual(gateways.connection(), { connected: false, lastSeenMs: TEST_NOW + 1500 });
  await gateways.orders(beside, { gateway: "g1" });
  assert.deepEqual(gateways.connection(), { connected: true, sinceMs: TEST_NOW + 4000 });
});
