import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beside, block, exchange, meterOf, ordersOf, scene, settling } from "../../../tests/support/gateway-scene.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { sql } from "../database/sql.ts";

scene("what is settled counts once, moves from reserved to spent, and an ended lease gives back the rest", async (scene) => {
  const { models, gateways, database } = scene;
  const { grant } = await models.grantedModel();
  const token = await models.issueToken(grant);
  const lease = randomUUID();
  await gateways.lease(beside, { ...block, grant, lease });
  const batch = { exchanges: [exchange(grant, lease, token.id), exchange(grant, lease, token.id, { outcome: "cut", chargedTokens: 400 })] };
  assert.deepEqual(await settling(scene, batch), { settled: 2, refused: [] });
  assert.deepEqual(await meterOf(scene, grant), [18, 1570, 2, 430]);
  // The answer was lost, and part of the batch comes again with a newer one.
  const later = exchange(grant, lease, token.id, { outcome: "client-gone", chargedTokens: 5 });
  const replay = { exchanges: [...batch.exchanges, later, later], endedLeases: [{ grant, lease }] };
  assert.deepEqual(await settling(scene, replay), { settled: 1, refused: [] });
  assert.deepEqual(await settling(scene, replay), { settled: 0, refused: [] });
  assert.deepEqual(await meterOf(scene, grant), [0, 0, 3, 435]);
  const use = await database.query<Record<string, unknown>>(
    "keeper",
    sql`select grantee_organisation_id as by, purpose, requests, incomplete, input_tokens, charged_tokens, unknown_usage from access_use`,
  );
  assert.deepEqual(use, [
    {
      by: models.evaluator.organisation,
      purpose: "cyber evaluation",
      requests: 3,
      incomplete: 2,
      input_tokens: 30,
      charged_tokens: 435,
      unknown_usage: 0,
    },
  ]);
  const kept = await database.query<{ organisation_id: string }>("keeper", sql`select distinct organisation_id from exchange`);
  assert.deepEqual(kept, [{ organisation_id: models.evaluator.organisation }]);
});

scene("usage above what was reserved is booked, and closes the grant until the lab raises its budget", async (scene) => {
  const { models, gateways, database } = scene;
  const { grant } = await models.grantedModel({ requests: 100, tokens: 3000 });
  const token = await models.issueToken(grant);
  const lease = randomUUID();
  await gateways.lease(beside, { ...block, grant, lease });
  await settling(scene, { exchanges: [exchange(grant, lease, token.id, { chargedTokens: 2500 })] });
  assert.deepEqual(await meterOf(scene, grant), [19, 0, 1, 2500]);
  assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease: randomUUID() }), { kind: "taken", requests: 20, tokens: 500 });
  await settling(scene, { exchanges: [exchange(grant, lease, token.id, { chargedTokens: 1_000_000_000 })] });
  assert.deepEqual((await ordersOf(scene)).grants, []);
  assert.equal((await gateways.lease(beside, { ...block, grant, lease: randomUUID() })).kind, "refused");
  await database.query("keeper", sql`update access_grant set budget_tokens = 2000000000 where id = ${grant}`);
  assert.equal((await ordersOf(scene)).grants.length, 1);
});

scene("an exchange of another grant's token, or of a grant that is not there, is refused by itself", async (scene) => {
  const { models, gateways } = scene;
  const { grant } = await models.grantedModel();
  const other = await models.grantedModel();
  const [token, foreign] = [await models.issueToken(grant), await models.issueToken(other.grant)];
  const lease = randomUUID();
  await gateways.lease(beside, { ...block, grant, lease });
  const exchanges = [exchange(grant, lease, token.id), exchange(grant, lease, foreign.id), exchange(randomUUID(), lease, token.id)];
  assert.deepEqual(await settling(scene, { exchanges }), {
    settled: 1,
    refused: [
      { id: exchanges[1]?.id, why: "token" },
      { id: exchanges[2]?.id, why: "grant" },
    ],
  });
  assert.deepEqual(await meterOf(scene, grant), [19, 1970, 1, 30]);
});

scene("a gateway that has just started ends every lease that the one before it held, and no other's", async (scene) => {
  const { models, gateways } = scene;
  const first = await models.grantedModel();
  const second = await models.grantedModel();
  for (const { grant } of [first, first, second]) await gateways.lease(beside, { ...block, grant, lease: randomUUID() });
  await gateways.lease(beside, { ...block, gateway: "g2", grant: first.grant, lease: randomUUID() });
  assert.deepEqual(await meterOf(scene, first.grant), [60, 6000, 0, 0]);
  await settling(scene, { endsAllLeases: true });
  assert.deepEqual(
    [await meterOf(scene, first.grant), await meterOf(scene, second.grant)],
    [
      [20, 2000, 0, 0],
      [0, 0, 0, 0],
    ],
  );
});

scene("settlements and leases of many gateways at once leave the books as the sum of what each did", async (scene) => {
  const { models, gateways } = scene;
  const { grant } = await models.grantedModel();
  const token = await models.issueToken(grant);
  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const lease = randomUUID();
      const gateway = `g${index}`;
      await gateways.lease(beside, { ...block, gateway, grant, lease });
      const exchanges = Array.from({ length: 5 }, () => exchange(grant, lease, token.id, { chargedTokens: 7 }));
      const batch = { gateway, exchanges, endedLeases: [{ grant, lease }], endsAllLeases: false, heads: [] };
      await Promise.all([gateways.settle(beside, batch), gateways.settle(beside, batch)]);
    }),
  );
  assert.deepEqual(await meterOf(scene, grant), [0, 0, 60, 420]);
});

scene("heads of segments are one statement for each organisation that used, and are stated once", async (scene) => {
  const { models, actors, database } = scene;
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Other evaluators") });
  const { model, window, grant } = await models.grantedModel();
  const otherGrant = await models.grant(model, window, { grantee: other });
  const head = (of: string, segment: string, frames: number) => ({ grant: of, segment, frames, sha256: String(frames).padStart(64, "0") });
  const heads = [head(grant, "1", 10), head(grant, "2", 3), head(otherGrant, "1", 5), head(randomUUID(), "1", 5)];
  await settling(scene, { heads });
  await settling(scene, { heads });
  await settling(scene, { heads: [head(grant, "1", 8), head(grant, "2", 4)] });
  const rows = await database.query<{ organisation_id: string; statement: string }>(
    "keeper",
    sql`select organisation_id, statement from ledger_statement where kind = 'exchanges.recorded' order by recorded_at, statement`,
  );
  const stated = rows.map(({ organisation_id, statement }) => [
    organisation_id,
    (JSON.parse(statement) as { heads: readonly { grant: string; segment: string; frames: number }[] }).heads.map((one) => [
      one.grant,
      one.segment,
      one.frames,
    ]),
  ]);
  const byText = (rowsOf: readonly unknown[]) => rowsOf.map((row) => JSON.stringify(row)).toSorted();
  assert.deepEqual(
    byText(stated),
    byText([
      [
        models.evaluator.organisation,
        [
          [grant, "1", 10],
          [grant, "2", 3],
        ],
      ],
      [other.organisation, [[otherGrant, "1", 5]]],
      [models.evaluator.organisation, [[grant, "2", 4]]],
    ]),
  );
});
