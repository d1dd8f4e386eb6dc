import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beside, block, exchange, type GatewayScene, meterOf, scene, settling } from "../../../tests/support/gateway-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { callerOf } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { sql } from "../database/sql.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";
import { createPremisesService, type PremisesService } from "./premises-service.ts";

scene("what an ended gateway had taken is charged in full, once, and of others' budgets nothing", async (scene) => {
  const { models, gateways, actors } = scene;
  const premises = premisesOf(scene);
  const { grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  const here = await models.grantedModel();
  const [lost, stays] = [await models.ownGateway("Hall 1"), await models.ownGateway("Hall 2")];
  const [lease, another] = [randomUUID(), randomUUID()];
  await gateways.lease(lost, { ...block, grant, lease });
  await gateways.lease(stays, { ...block, gateway: "g2", requests: 7, tokens: 700, grant, lease: another });
  await gateways.lease(beside, { ...block, grant: here.grant, lease: randomUUID() });
  const token = await models.issueToken(grant);
  await settling(scene, { exchanges: [exchange(grant, lease, token.id)] }, lost);
  assert.deepEqual(await meterOf(scene, grant), [26, 2670, 1, 30]);
  assert.deepEqual(await listed(premises, scene), [
    ["Hall 1", { requests: 19, tokens: 1970 }, { requests: 0, tokens: 0 }],
    ["Hall 2", { requests: 7, tokens: 700 }, { requests: 0, tokens: 0 }],
  ]);

  actors.setClock(TEST_NOW + 1000);
  await premises.revoke(callerOf(actors, models.lab), lost.id);
  const charged = [7, 700, 20, 2000];
  assert.deepEqual([await meterOf(scene, grant), await unaccountedOf(scene, grant)], [charged, [19, 1970]]);
  assert.deepEqual(await listed(premises, scene), [
    ["Hall 1", { requests: 0, tokens: 0 }, { requests: 19, tokens: 1970 }],
    ["Hall 2", { requests: 7, tokens: 700 }, { requests: 0, tokens: 0 }],
  ]);
  await premises.chargeEnded();
  assert.deepEqual([await meterOf(scene, grant), await unaccountedOf(scene, grant)], [charged, [19, 1970]]);
  assert.deepEqual(
    [await meterOf(scene, here.grant), await unaccountedOf(scene, here.grant)],
    [
      [20, 2000, 0, 0],
      [0, 0],
    ],
  );

  // One that was asked for before, and comes after.
  const late = { exchanges: [exchange(grant, lease, token.id)], endedLeases: [{ grant, lease }], endsAllLeases: true };
  await assert.rejects(settling(scene, late, lost), refused("credential-refused"));
  await assert.rejects(gateways.lease(lost, { ...block, grant, lease: randomUUID() }), refused("credential-refused"));
  assert.deepEqual(await meterOf(scene, grant), charged);
  const hours = await scene.database.query<{ requests: number }>("keeper", sql`select requests from access_use`);
  assert.deepEqual(hours, [{ requests: 1 }]);
});

scene(
  "what is stated after all, by another credential, is taken from what was charged already, and only what is above it is added",
  async (scene) => {
    const { models, gateways, actors } = scene;
    const premises = premisesOf(scene);
    const { grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
    const lost = await models.ownGateway();
    const lease = randomUUID();
    await gateways.lease(lost, { ...block, requests: 2, tokens: 200, grant, lease });
    await premises.revoke(callerOf(actors, models.lab), lost.id);
    assert.deepEqual(
      [await meterOf(scene, grant), await unaccountedOf(scene, grant)],
      [
        [0, 0, 2, 200],
        [2, 200],
      ],
    );
    const again = await models.ownGateway();
    const token = await models.issueToken(grant);
    const stating = (chargedTokens: number) => settling(scene, { exchanges: [exchange(grant, lease, token.id, { chargedTokens })] }, again);
    await stating(50);
    assert.deepEqual(
      [await meterOf(scene, grant), await unaccountedOf(scene, grant)],
      [
        [0, 0, 2, 200],
        [1, 150],
      ],
    );
    await settling(scene, { endedLeases: [{ grant, lease }], endsAllLeases: true }, again);
    assert.deepEqual(await meterOf(scene, grant), [0, 0, 2, 200]);
    await stating(180);
    await stating(10);
    assert.deepEqual(
      [await meterOf(scene, grant), await unaccountedOf(scene, grant)],
      [
        [0, 0, 3, 240],
        [0, 0],
      ],
    );
  },
);

scene("a server that stopped between the end of a gateway and its charge is made up for by the next look", async (scene) => {
  const { models, gateways } = scene;
  const { grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  const lost = await models.ownGateway();
  await gateways.lease(lost, { ...block, grant, lease: randomUUID() });
  await scene.database.query("keeper", sql`update gateway set revoked_at = ${new Date(TEST_NOW)} where id = ${lost.id}`);
  // The grant is over by then, and its account is made up all the same.
  await scene.database.query("keeper", sql`update access_grant set ended_at = ${new Date(TEST_NOW)} where id = ${grant}`);
  await premisesOf(scene).chargeEnded();
  assert.deepEqual(
    [await meterOf(scene, grant), await unaccountedOf(scene, grant)],
    [
      [0, 0, 20, 2000],
      [20, 2000],
    ],
  );
});

scene("however its last questions fall, an ended gateway keeps nothing reserved", async (scene) => {
  const { models, gateways, actors } = scene;
  const premises = premisesOf(scene);
  const { grant } = await models.grantedModel({ custody: "premises", sealed: undefined, requests: 10_000, tokens: 10_000_000 });
  for (let round = 0; round < 5; round++) {
    const lost: GatewayCaller & { readonly kind: "premises" } = await models.ownGateway();
    const take = async (): Promise<string> => {
      try {
        return (await gateways.lease(lost, { ...block, grant, lease: randomUUID() })).kind;
      } catch (error) {
        assert.ok(refused("credential-refused")(error));
        return "refused";
      }
    };
    const before = [take(), take()];
    const [, ...taken] = await Promise.all([premises.revoke(callerOf(actors, models.lab), lost.id), ...before, take(), take(), take()]);
    const count = taken.filter((kind) => kind === "taken").length;
    const leases = await scene.database.query<{ open: boolean }>(
      "keeper",
      sql`select ended_at is null as open from budget_lease where gateway like ${`${lost.id}/%`}`,
    );
    assert.deepEqual(
      leases,
      Array.from({ length: count }, () => ({ open: false })),
    );
  }
  const [reservedRequests, reservedTokens, ...spent] = await meterOf(scene, grant);
  assert.deepEqual([reservedRequests, reservedTokens], [0, 0]);
  assert.deepEqual(spent, await unaccountedOf(scene, grant));
});

function premisesOf({ database, actors }: GatewayScene): PremisesService {
  return createPremisesService({ database, keys: actors.keys, clock: actors.clock });
}

async function listed(premises: PremisesService, { actors, models }: GatewayScene) {
  const rows = await premises.list(callerOf(actors, models.lab));
  return rows.map(({ name, reserved, unaccounted }) => [name, reserved, unaccounted] as const).toSorted(([a], [b]) => a.localeCompare(b));
}

/** Of a grant: requests and tokens that nobody accounts for. */
async function unaccountedOf({ database }: GatewayScene, grant: string): Promise<readonly number[]> {
  const [row] = await database.query<{ requests: number; tokens: number }>(
    "keeper",
    sql`select unaccounted_requests as requests, unaccounted_tokens as tokens from access_grant where id = ${grant}`,
  );
  assert.ok(row !== undefined);
  return [row.requests, row.tokens];
}
