import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { openModelDesk } from "../../../tests/support/model-desk.ts";
import { TEST_NOW, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { recordKeyOf } from "../../sealing/grant-keys.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";
import { destroyRetained } from "../models/destroy-keys.ts";
import { createGatewayService } from "./gateway-service.ts";

const DAY_MS = 86_400_000;
const beside: GatewayCaller = { kind: "beside" };

withTestDatabase("the gateway beside a server is told of a certificate when there is one, and not when a key is only gone", (database) =>
  withTrustedActors(database, async (actors) => {
    const gateways = createGatewayService({ database, clock: actors.clock });
    const models = await openModelDesk(database, actors);
    const [kept, over, elsewhere] = [
      await models.grantedModel({}),
      await models.grantedModel({}),
      await models.grantedModel({ custody: "premises", sealed: undefined }),
    ];
    const grants = [kept.grant, over.grant, elsewhere.grant, randomUUID()];
    const told = async (gateway: GatewayCaller): Promise<readonly string[]> =>
      (await gateways.destroyedRecords(gateway, { gateway: "g1", grants })).destroyed;
    const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
    for (const { grant } of [kept, over]) actors.keys.grantKey(recordKeyOf(grant));
    await end(database, over.window);
    actors.keys.destroyGrantKey(recordKeyOf(kept.grant));
    assert.deepEqual(await told(beside), []);
    await retention(database, actors.keys, TEST_NOW + 90 * DAY_MS - 1);
    assert.deepEqual(await told(beside), []);
    await retention(database, actors.keys, TEST_NOW + 90 * DAY_MS);
    assert.deepEqual([await told(beside), await told(premises)], [[over.grant], []]);
    const [certificate] = await database.query<{ cannot_reach: readonly string[] }>(
      "keeper",
      sql`select cannot_reach from destruction_certificate where grant_id = ${over.grant}`,
    );
    assert.match(certificate?.cannot_reach.join(" ") ?? "", /backups of what was sealed.*gateway removes its own files/);
  }),
);

withTestDatabase(
  "a gateway on a lab's premises is told of what it has stated itself, also by a later credential, and of nobody else's",
  (database) =>
    withTrustedActors(database, async (actors) => {
      const gateways = createGatewayService({ database, clock: actors.clock });
      const models = await openModelDesk(database, actors);
      const { window, grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
      const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
      const told = async (caller: GatewayCaller, gateway: string): Promise<readonly string[]> =>
        (await gateways.destroyedRecords(caller, { gateway, grants: [grant] })).destroyed;
      const name = "g".repeat(80);
      assert.deepEqual(await told(premises, name), []);
      const of = { gateway: name, window, file: "/keys/1.key", destroyedMs: TEST_NOW, cannotReach: [] };
      await gateways.destruction(premises, { ...of, what: "credential", keyId: "credential-1" });
      assert.deepEqual(await told(premises, name), []);
      await gateways.destruction(premises, { ...of, grant, what: "record", keyId: "record-1" });
      const later = { ...premises, id: randomUUID() };
      assert.deepEqual([await told(premises, name), await told(later, name)], [[grant], [grant]]);
      const others = [told(premises, "g2"), told({ ...premises, lab: models.desk.organisation }, name), told(beside, name)];
      assert.deepEqual(await Promise.all(others), [[], [], []]);
    }),
);

async function end(database: Database, window: string): Promise<void> {
  await database.query(
    "keeper",
    sql`update access_window set ended_at = ${new Date(TEST_NOW)}, ended_because = 'ended' where id = ${window}`,
  );
}

async function retention(database: Database, keys: KeyRing, nowMs: number): Promise<void> {
  await destroyRetained({ database, keys, clock: () => nowMs });
}
