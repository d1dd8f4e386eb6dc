import assert from "node:assert/strict";
import { type AccessDesk, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { type ModelDesk, openModelDesk } from "../../../tests/support/model-desk.ts";
import type { Seat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { block } from "../../../tests/support/gateway-scene.ts";
import { type CertificateAnswer, listCertificates, listModelEvents } from "../../contract/endpoints/model-history.ts";
import { readModel } from "../../contract/endpoints/models.ts";
import type { KeyPlaceAnswer, WindowAnswer } from "../../contract/model-schemas.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { sql } from "../database/sql.ts";
import { createGatewayService, type GatewayService } from "../gateway/gateway-service.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";

type Scene = AccessDesk & { readonly models: ModelDesk; readonly gateways: GatewayService };

/** A lab with gateways of its own. */
function withPremises(title: string, work: (scene: Scene) => Promise<void>): void {
  withAccessDesk(title, async (scene) => {
    const { database, actors } = scene;
    const gateways = createGatewayService({ database, clock: actors.clock });
    await work({ ...scene, models: await openModelDesk(database, actors), gateways });
  });
}

const wordsOf = (places: readonly KeyPlaceAnswer[] | undefined): readonly string[] | undefined =>
  places?.map(({ gateway, name, state }) => [gateway.split("/")[1], name ?? "", state].join(" ").replace("  ", " ")).toSorted();

withPremises(
  "a window's credential is destroyed when each gateway that may have had it has stated so, and not with the first",
  async (scene) => {
    const { models, gateways } = scene;
    const { model, window } = await models.grantedModel({ custody: "premises", sealed: undefined });
    const elsewhere = await models.grantedModel({ custody: "premises", sealed: undefined });
    const [first, second, third] = [
      await models.ownGateway("Hall 1"),
      await models.ownGateway("Hall 2"),
      await models.ownGateway("Hall 3"),
    ];
    const asks = (caller: GatewayCaller, name: string, holds?: string[]) =>
      gateways.orders(caller, { gateway: name, ...(holds === undefined ? {} : { holds }) });
    await asks(first, "g1", [window]);
    // It does not say what it keeps, and was told of the window.
    await asks(second, "g2");
    await asks(third, "g3", [elsewhere.window]);
    await asks({ ...third, lab: models.desk.organisation }, "g4", [window]);
    assert.deepEqual(await shown(scene, model.id, window), { credential: "premises", at: undefined });

    await end(scene, window);
    assert.deepEqual(await shown(scene, model.id, window), {
      credential: "premises",
      at: ["g1 Hall 1 not-stated", "g2 Hall 2 not-stated"],
    });
    await state(scene, first, { gateway: "g1", window, what: "credential" });
    assert.deepEqual(await shown(scene, model.id, window), {
      credential: "premises",
      at: ["g1 Hall 1 destroyed", "g2 Hall 2 not-stated"],
    });
    // By another credential it is the same gateway.
    await state(scene, await models.ownGateway("Hall 2 again"), { gateway: "g2", window, what: "credential" });
    assert.deepEqual(await shown(scene, model.id, window), {
      credential: "destroyed",
      at: ["g1 Hall 1 destroyed", "g2 Hall 2 again destroyed"],
    });
  },
);

withPremises("of a window that no gateway is known to have had a credential of nothing is said to be destroyed", async (scene) => {
  const { models } = scene;
  const { model, window } = await models.grantedModel({ custody: "premises", sealed: undefined });
  await end(scene, window);
  assert.deepEqual(await shown(scene, model.id, window), { credential: "premises", at: [] });
});

withPremises("a certificate of one gateway names the others that took of the grant, to everyone who is shown it", async (scene) => {
  const { models, gateways } = scene;
  const { model, window, grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  const [first, second] = [await models.ownGateway("Hall 1"), await models.ownGateway("Hall 2")];
  for (const [caller, gateway] of [
    [first, "g1"],
    [second, "g2"],
  ] as const) {
    assert.equal((await gateways.lease(caller, { ...block, gateway, grant, lease: crypto.randomUUID() })).kind, "taken");
  }
  await end(scene, window);
  await state(scene, first, { gateway: "g1", window, grant, what: "record" });
  const seats = [models.lab, models.desk, models.evaluator];
  for (const seat of seats) {
    const isLab = seat === models.lab;
    assert.deepEqual(await certified(scene, seat, model.id), [
      ["record", [isLab ? "g1 Hall 1 destroyed" : "g1 destroyed", isLab ? "g2 Hall 2 not-stated" : "g2 not-stated"]],
    ]);
  }
  await state(scene, second, { gateway: "g2", window, grant, what: "record" });
  await state(scene, second, { gateway: "g2", window, what: "credential" });
  for (const seat of seats) {
    const [credential, ...records] = (await certified(scene, seat, model.id)).toSorted(([a], [b]) => a.localeCompare(b));
    // Whoever takes of a budget reaches the model, and so has its credential.
    assert.deepEqual(
      credential?.[1]?.map((words) => words.split(" ").at(-1)),
      ["not-stated", "destroyed"],
    );
    assert.deepEqual(
      records.map(([what, places]) => [what, places?.every((words) => words.endsWith(" destroyed"))]),
      [
        ["record", true],
        ["record", true],
      ],
    );
  }
  const { rows } = await scene.desk.as(models.evaluator)(listModelEvents, { params: { model: model.id }, query: {} });
  const told = rows.flatMap(({ kind, details }) => (kind === "key-destroyed" ? [String(details["gateway"]).split("/")[1]] : []));
  assert.deepEqual(told.toSorted(), ["g1", "g2", "g2"]);
});

async function shown({ desk, models }: Scene, model: string, window: string) {
  const { windows } = await desk.as(models.lab)(readModel, { params: { model } });
  const found: WindowAnswer | undefined = windows.find(({ id }) => id === window);
  invariant(found !== undefined, "the lab sees its window");
  const [ofDesk] = (await desk.as(models.desk)(readModel, { params: { model } })).windows;
  assert.deepEqual([ofDesk?.credential, ofDesk?.credentialAt], [undefined, undefined]);
  return { credential: found.credential, at: wordsOf(found.credentialAt) };
}

async function certified({ desk }: Scene, seat: Seat, model: string) {
  const { rows }: { readonly rows: readonly CertificateAnswer[] } = await desk.as(seat)(listCertificates, { query: { model } });
  return rows.map(({ what, places }) => [what, wordsOf(places)] as const);
}

async function end({ database }: Scene, window: string): Promise<void> {
  await database.query(
    "keeper",
    sql`update access_window set ended_at = ${new Date(TEST_NOW)}, ended_because = 'ended' where id = ${window}`,
  );
}

type Stated = { readonly gateway: string; readonly window: string; readonly grant?: string; readonly what: "credential" | "record" };

async function state({ gateways }: Scene, caller: GatewayCaller, about: Stated): Promise<void> {
  const key = { keyId: `${about.what}-1`, file: "/keys/1.key", destroyedMs: TEST_NOW + 5, cannotReach: [] };
  assert.deepEqual(await gateways.destruction(caller, { ...about, ...key }), { taken: true });
}
