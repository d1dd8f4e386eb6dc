import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type ModelDesk, openModelDesk } from "../../../tests/support/model-desk.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "../../../tests/support/subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { type Client, createClient, type Transport } from "../../contract/client.ts";
import { gatewayEndpoints, readOrders, settleExchanges, takeLease } from "../../contract/endpoints/gateway.ts";
import {
  gatewayCareEndpoints,
  issueGateway,
  liftStop,
  listGateways,
  listStops,
  listUsedTokens,
  revokeGateway,
  stopUse,
} from "../../contract/endpoints/gateways.ts";
import { isToken, makeToken } from "../../sealing/token.ts";
import { type App, createApp } from "../app.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { nobodyIsKnown } from "../http/caller.ts";
import { createOpenRequests } from "../http/open-requests.ts";
import { createInProcessTransport } from "../local-door/in-process-transport.ts";
import { createTraffic } from "../system/traffic.ts";
import { gatewayCareRoutes } from "./gateway-care-routes.ts";
import { gatewayRoutes } from "./gateway-routes.ts";
import { createGatewayService } from "./gateway-service.ts";
import { createPremisesService, type PremisesService } from "./premises-service.ts";
import { createStopService } from "./stop-service.ts";
import { refused } from "../../../tests/support/refused.ts";

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly models: ModelDesk;
  readonly desk: SubjectDesk;
  /** As a gateway that states this Authorization. */
  readonly over: (authorization: string | undefined) => Client;
  readonly door: Client;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const { keys, clock } = actors;
      const premises = createPremisesService({ database, keys, clock });
      const desk = await openSubjectDesk(actors, gatewayCareEndpoints, gatewayCareRoutes(premises, createStopService({ database, clock })));
      const app = await gatewayApp(database, clock, premises);
      try {
        const models = await openModelDesk(database, actors);
        const door = createClient(createInProcessTransport(app));
        await work({ database, actors, models, desk, over: (authorization) => createClient(transportOf(app, authorization)), door });
      } finally {
        await app.close();
        await desk.close();
      }
    }),
  );
}

function gatewayApp(database: OwnedDatabase, clock: () => number, premises: PremisesService): Promise<App> {
  return createApp({
    config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
    endpoints: gatewayEndpoints,
    routes: gatewayRoutes(createGatewayService({ database, clock })),
    log: pino({ level: "silent" }),
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    authenticate: nobodyIsKnown,
    authenticateGateway: premises.authenticate,
    consoleFiles: undefined,
  });
}

function transportOf(app: App, authorization: string | undefined): Transport {
  return async ({ method, path, headers, body }) => {
    const answer = await app.inject({
      method: method as "GET" | "POST",
      url: path,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      ...(body === undefined ? {} : { payload: Buffer.from(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers as Record<string, string>, body: answer.rawPayload };
  };
}

const asked = { body: { gateway: "g1" } };

async function grantsOf(client: Client): Promise<readonly string[]> {
  const answer = await client(readOrders, asked);
  return answer.kind === "orders" ? answer.orders.grants.map(({ id }) => id) : [];
}

scene(
  "a lab's administrator issues a gateway's credential, which is shown once and serves that lab's models on its premises alone",
  async (scene) => {
    const { models, desk, over, door, database } = scene;
    const kept = await models.grantedModel({ custody: "premises", sealed: undefined });
    const here = await models.grantedModel();
    const { credential, id } = await desk.as(models.lab)(issueGateway, { body: { name: "Basement" } });
    assert.ok(isToken(credential, "slg"));
    assert.deepEqual(await grantsOf(over(`Bearer ${credential}`)), [kept.grant]);
    assert.deepEqual(await grantsOf(door), [here.grant]);
    const { rows } = await desk.as(models.lab)(listGateways);
    assert.deepEqual(
      rows.map((row) => [row.id, row.name, row.lastSeenAtMs, row.revokedAtMs]),
      [[id, "Basement", scene.actors.clock(), undefined]],
    );
    const stored = await database.query<{ text: string }>(
      "keeper",
      sql`select g::text as text from gateway g union all select statement from ledger_statement`,
    );
    assert.ok(!JSON.stringify([rows, stored]).includes(credential.slice(4)));

    await desk.as(models.lab)(revokeGateway, { params: { gateway: id } });
    await assert.rejects(grantsOf(over(`Bearer ${credential}`)), refused("credential-refused"));
    await assert.rejects(desk.as(models.lab)(revokeGateway, { params: { gateway: id } }), refused("not-found"));
  },
);

scene("what is no gateway's credential reaches nothing that is for gateways", async (scene) => {
  const { over } = scene;
  await assert.rejects(over(undefined)(readOrders, asked), refused("sign-in-needed"));
  for (const authorization of [
    `Bearer ${makeToken("slg")}`,
    `Bearer ${makeToken("slu")}`,
    `Bearer ${makeToken("slm")}`,
    "Bearer slg_",
    "Basic YTpi",
    "",
  ]) {
    await assert.rejects(over(authorization)(readOrders, asked), refused("credential-refused"), authorization);
    await assert.rejects(
      over(authorization)(takeLease, {
        body: { gateway: "g1", grant: randomUUID(), lease: randomUUID(), requests: 1, tokens: 1, tokensAtLeast: 1 },
      }),
      refused("credential-refused"),
    );
  }
});

scene("only an administrator of a lab issues and revokes, and only its own lab's are listed", async (scene) => {
  const { models, desk, actors } = scene;
  const { id } = await desk.as(models.lab)(issueGateway, { body: { name: "Basement" } });
  const editor: Seat = { ...(await actors.makeMember(models.lab.organisation, "editor")), role: "editor", kind: "lab" };
  const otherLab = await takeSeat(actors, { id: await actors.makeOrganisation("Southwind lab", "lab"), kind: "lab" });
  for (const seat of [editor, models.desk, models.evaluator]) {
    await assert.rejects(desk.as(seat)(issueGateway, { body: { name: "Mine" } }), refused("not-allowed"));
    await assert.rejects(desk.as(seat)(revokeGateway, { params: { gateway: id } }), refused("not-allowed"));
  }
  await assert.rejects(desk.as(otherLab)(revokeGateway, { params: { gateway: id } }), refused("not-found"));
  assert.deepEqual((await desk.as(otherLab)(listGateways)).rows, []);
});

scene("numbers that no exchange has, and texts that no database takes, are refused before anything is booked", async (scene) => {
  const { models, door } = scene;
  const { grant } = await models.grantedModel();
  const { id: token } = await models.issueToken(grant);
  const good = {
    id: randomUUID(),
    grant,
    lease: randomUUID(),
    token,
    session: "s",
    segment: "1-2-3-4",
    model: "m",
    path: "/v1",
    startedMs: 0,
    endedMs: 0,
    outcome: "complete",
    chargedTokens: 1,
    requestDigest: "a".repeat(64),
    afterDifferent: false,
  } as const;
  const stating = (more: object) =>
    door(settleExchanges, { body: { gateway: "g1", exchanges: [{ ...good, ...more }], endedLeases: [], heads: [] } });
  for (const more of [
    { chargedTokens: -1 },
    { chargedTokens: 1e300 },
    { chargedTokens: 1.5 },
    { inputTokens: -1 },
    { outputTokens: 2 ** 53 },
    { startedMs: 9e15 },
    { session: "a\0b" },
    { model: "\0" },
    { requestDigest: "A".repeat(64) },
    { outcome: "approved" },
    { token: "not an id" },
  ]) {
    await assert.rejects(stating(more), refused("input-invalid"), JSON.stringify(more));
  }
  assert.deepEqual(await stating({}), { settled: 1, refused: [] });
});

scene("lab and desk stop a model, an organisation or a token at once, and each lifts what it stopped itself", async (scene) => {
  const { models, desk, door, actors } = scene;
  const { model, window, grant } = await models.grantedModel();
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Other evaluators") });
  const otherGrant = await models.grant(model, window, { grantee: other });
  const params = { model: model.id };
  const both = [grant, otherGrant].toSorted();
  assert.deepEqual((await grantsOf(door)).toSorted(), both);

  const byDesk = await desk.as(models.desk)(stopUse, { params, body: { organisation: other.organisation, reason: "odd traffic" } });
  assert.deepEqual([byDesk.by.id, byDesk.organisation?.name, byDesk.mayLift], [models.desk.organisation, "Other evaluators", true]);
  assert.deepEqual(await grantsOf(door), [grant]);
  const byLab = await desk.as(models.lab)(stopUse, { params, body: { reason: "incident" } });
  assert.deepEqual(await grantsOf(door), []);

  await assert.rejects(desk.as(models.lab)(liftStop, { params: { ...params, stop: byDesk.id } }), refused("not-found"));
  await desk.as(models.lab)(liftStop, { params: { ...params, stop: byLab.id } });
  await assert.rejects(desk.as(models.lab)(liftStop, { params: { ...params, stop: byLab.id } }), refused("not-found"));
  assert.deepEqual(await grantsOf(door), [grant]);
  await desk.as(models.desk)(liftStop, { params: { ...params, stop: byDesk.id } });
  assert.deepEqual((await grantsOf(door)).toSorted(), both);

  // Whoever is stopped sees why, and nothing of what concerns others.
  const seen = async (seat: Seat) => (await desk.as(seat)(listStops, { params })).rows.map(({ id }) => id).toSorted();
  assert.deepEqual(await seen(models.lab), [byDesk.id, byLab.id].toSorted());
  assert.deepEqual(await seen(other), [byDesk.id, byLab.id].toSorted());
  assert.deepEqual(await seen(models.evaluator), [byLab.id]);
});

scene("a token is stopped by what was used with it, and nobody but lab and desk stops anything", async (scene) => {
  const { models, desk, door, actors } = scene;
  const { model, grant } = await models.grantedModel();
  const { id: token } = await models.issueToken(grant);
  await door(settleExchanges, {
    body: {
      gateway: "g1",
      endedLeases: [],
      heads: [],
      exchanges: [
        {
          id: randomUUID(),
          grant,
          lease: randomUUID(),
          token,
          session: "s",
          segment: "1-2-3-4",
          model: "m",
          path: "/v1",
          startedMs: actors.clock(),
          endedMs: actors.clock(),
          outcome: "complete",
          chargedTokens: 1,
          requestDigest: "a".repeat(64),
          afterDifferent: false,
        },
      ],
    },
  });
  const params = { model: model.id };
  const { rows } = await desk.as(models.lab)(listUsedTokens, { params });
  assert.deepEqual(
    rows.map((row) => [row.token, row.organisation.id, row.purpose, row.requests]),
    [[token, models.evaluator.organisation, "cyber evaluation", 1]],
  );
  await desk.as(models.lab)(stopUse, { params, body: { token, reason: "leaked" } });
  const answer = await door(readOrders, asked);
  assert.deepEqual(answer.kind === "orders" && answer.orders.grants.map(({ id, tokens }) => [id, tokens.length]), [[grant, 0]]);

  const otherLab = await takeSeat(actors, { id: await actors.makeOrganisation("Southwind lab", "lab"), kind: "lab" });
  const reader: Seat = { ...(await actors.makeMember(models.lab.organisation, "reader")), role: "reader", kind: "lab" };
  const otherDesk = await takeSeat(actors, { id: await actors.makeOrganisation("Other agency", "agency"), kind: "agency" });
  const stopping = (seat: Seat) => desk.as(seat)(stopUse, { params, body: { reason: "because" } });
  await assert.rejects(stopping(otherLab), refused("not-found"));
  await assert.rejects(stopping(otherDesk), refused("not-found"));
  await assert.rejects(stopping(reader), refused("not-allowed"));
  await assert.rejects(stopping(models.evaluator), refused("not-allowed"));
  await assert.rejects(
    desk.as(models.lab)(stopUse, { params, body: { organisation: otherLab.organisation, reason: "because" } }),
    refused("not-found"),
  );
  await assert.rejects(
    desk.as(models.lab)(stopUse, { params, body: { organisation: models.evaluator.organisation, token, reason: "both" } }),
    refused("input-invalid"),
  );
});
