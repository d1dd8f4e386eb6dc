import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { type ModelDesk, openModelDesk } from "../../../tests/support/model-desk.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import type { GatewayOrders, SettledExchange } from "../../contract/endpoints/gateway.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";
import { createGatewayService, type GatewayService } from "./gateway-service.ts";

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly models: ModelDesk;
  readonly gateways: GatewayService;
};

const beside: GatewayCaller = { kind: "beside" };
const DAY_MS = 86_400_000;

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) =>
      work({
        database,
        actors,
        models: await openModelDesk(database, actors),
        gateways: createGatewayService({ database, clock: actors.clock }),
      }),
    ),
  );
}

async function ordersOf({ gateways }: Scene, gateway: GatewayCaller = beside): Promise<GatewayOrders> {
  const answer = await gateways.orders(gateway, { gateway: "g1" });
  assert.ok(answer.kind === "orders");
  return answer.orders;
}

const refused =
  (...codes: readonly RefusalCode[]) =>
  (error: unknown) =>
    isCodedError(error, ...codes);

const block = { gateway: "g1", requests: 20, tokens: 2000, tokensAtLeast: 100 };

function exchange(grant: string, lease: string, token: string, more: Partial<SettledExchange> = {}): SettledExchange {
  return {
    id: randomUUID(),
    grant,
    lease,
    token,
    session: "s1",
    segment: "1-200-0-1",
    model: "aurora-1",
    path: "/v1/chat/completions",
    startedMs: TEST_NOW,
    endedMs: TEST_NOW + 500,
    status: 200,
    outcome: "complete",
    inputTokens: 10,
    outputTokens: 20,
    chargedTokens: 30,
    requestDigest: "a".repeat(64),
    answerDigest: "b".repeat(64),
    afterDifferent: false,
    ...more,
  };
}

async function settling(
  { gateways }: Scene,
  stated: Partial<Parameters<GatewayService["settle"]>[1]>,
  gateway: GatewayCaller = beside,
): ReturnType<GatewayService["settle"]> {
  return gateways.settle(gateway, { gateway: "g1", exchanges: [], endedLeases: [], endsAllLeases: false, heads: [], ...stated });
}

type Meter = Readonly<Record<"reserved_requests" | "reserved_tokens" | "spent_requests" | "spent_tokens", number>>;

async function meterOf({ database }: Scene, grant: string): Promise<readonly number[]> {
  const [row] = await database.query<Meter>(
    "keeper",
    sql`select reserved_requests, reserved_tokens, spent_requests, spent_tokens from access_grant where id = ${grant}`,
  );
  assert.ok(row !== undefined);
  return [row.reserved_requests, row.reserved_tokens, row.spent_requests, row.spent_tokens];
}

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
        models: [{ name: "aurora-1", upstreamName: "aurora-1-internal", baseUrl: "http://127.0.0.1:9/v1" }],
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

scene("a gateway on a lab's premises reaches that lab's models kept there, and nothing else", async (scene) => {
  const { models, gateways, actors } = scene;
  const otherLab = await takeSeat(actors, { id: await actors.makeOrganisation("Southwind lab", "lab"), kind: "lab" });
  const own = await models.grantedModel({ custody: "premises", sealed: undefined });
  const here = await models.grantedModel();
  const foreign = await models.grantedModel({ custody: "premises", lab: otherLab, sealed: undefined });
  const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
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
  const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
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
  const stated = await database.query("keeper", sql`select id from ledger_statement where kind = 'key.destroyed'`);
  assert.equal(stated.length, 2);
});

scene("a gateway on a lab's premises is told which keys to destroy, until it has stated each", async (scene) => {
  const { models, gateways, actors, database } = scene;
  const { window, grant } = await models.grantedModel({ custody: "premises", sealed: undefined });
  await models.grantedModel({ custody: "premises", sealed: undefined });
  const premises: GatewayCaller = { kind: "premises", id: randomUUID(), lab: models.lab.organisation };
  const due = async () => (await ordersOf(scene, premises)).destroy;
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
  assert.deepEqual((await ordersOf(scene, { ...premises, lab: models.desk.organisation })).destroy, { credentials: [], records: [] });
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
