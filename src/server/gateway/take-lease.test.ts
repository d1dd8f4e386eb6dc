import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beside, block, DAY_MS, meterOf, scene, settling } from "../../../tests/support/gateway-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { sql } from "../database/sql.ts";

scene(
  "a block is taken once, however often it is asked for, shrinks near the limit, and is refused where nothing is left",
  async (scene) => {
    const { models, gateways } = scene;
    const { grant } = await models.grantedModel({ requests: 30, tokens: 3500 });
    const lease = randomUUID();
    assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease }), { kind: "taken", requests: 20, tokens: 2000 });
    assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease }), { kind: "taken", requests: 20, tokens: 2000 });
    assert.deepEqual(await meterOf(scene, grant), [20, 2000, 0, 0]);
    await assert.rejects(gateways.lease(beside, { ...block, gateway: "g2", grant, lease }), refused("conflict"));
    assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease: randomUUID() }), { kind: "taken", requests: 10, tokens: 1500 });
    assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease: randomUUID() }), {
      kind: "refused",
      reason: "budget",
      requestsLeft: 0,
      tokensLeft: 0,
    });
    await settling(scene, { endedLeases: [{ grant, lease }] });
    assert.deepEqual(await meterOf(scene, grant), [10, 1500, 0, 0]);
    assert.deepEqual(await gateways.lease(beside, { ...block, grant, lease }), {
      kind: "refused",
      reason: "ended",
      requestsLeft: 20,
      tokensLeft: 2000,
    });
    const tooSmall = { ...block, grant, lease: randomUUID(), tokensAtLeast: 2001 };
    assert.equal((await gateways.lease(beside, { ...tooSmall, tokens: 5000 })).kind, "refused");
  },
);

scene("no lease is given before a window opens, after it closed, or for a grant that ended or is not there", async (scene) => {
  const { models, gateways, actors, database } = scene;
  const { grant } = await models.grantedModel();
  const early = await models.grantedModel({ opensMs: TEST_NOW + 1 });
  const kindOf = async (asked: string) => (await gateways.lease(beside, { ...block, grant: asked, lease: randomUUID() })).kind;
  assert.deepEqual([await kindOf(grant), await kindOf(early.grant)], ["taken", "refused"]);
  await assert.rejects(gateways.lease(beside, { ...block, grant: randomUUID(), lease: randomUUID() }), refused("not-found"));
  actors.setClock(TEST_NOW + DAY_MS);
  assert.equal(await kindOf(grant), "refused");
  actors.setClock(TEST_NOW);
  await database.query("keeper", sql`update access_grant set ended_at = ${new Date(TEST_NOW)} where id = ${grant}`);
  assert.equal(await kindOf(grant), "refused");
});

scene("many that take at once never take more than there is", async (scene) => {
  const { models, gateways } = scene;
  const { grant } = await models.grantedModel({ requests: 510, tokens: 51_000 });
  const answers = await Promise.all(
    Array.from({ length: 80 }, (_, index) =>
      gateways.lease(beside, { ...block, gateway: `g${index % 4}`, requests: 13, tokens: 1300, grant, lease: randomUUID() }),
    ),
  );
  const taken = answers.flatMap((answer) => (answer.kind === "taken" ? [answer] : []));
  assert.equal(
    taken.reduce((sum, { requests }) => sum + requests, 0),
    510,
  );
  assert.equal(
    taken.reduce((sum, { tokens }) => sum + tokens, 0),
    51_000,
  );
  assert.deepEqual(await meterOf(scene, grant), [510, 51_000, 0, 0]);
});
