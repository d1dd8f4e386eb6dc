import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type GrantedModel, type ModelDesk, openModelDesk } from "../../../tests/support/model-desk.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import {
  exchangeEndpoints,
  exportExchanges,
  issueModelToken,
  listExchanges,
  listExchangeSessions,
  listModelTokens,
  readExchange,
  revokeModelToken,
  searchExchanges,
} from "../../contract/endpoints/exchanges.ts";
import { openExchangeRecord } from "../../gateway/record/exchange-record.ts";
import { settledExchange } from "../../gateway/settlements/settled-exchange.ts";
import { recordKeyOf } from "../../sealing/grant-keys.ts";
import { isToken, tokenDigest } from "../../sealing/token.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { exchangesIn } from "../sealed-files.ts";
import { exchangeRoutes } from "./exchange-routes.ts";
import { createGatewayService, type GatewayService } from "./gateway-service.ts";
import { createModelTokenService } from "./model-token-service.ts";
import { openTranscriptFiles } from "./transcript-files.ts";
import { createTranscriptService } from "./transcript-service.ts";
import { recordedChunk } from "../../../tests/support/recorded-chunk.ts";
import { refused } from "../../../tests/support/refused.ts";

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly models: ModelDesk;
  readonly gateways: GatewayService;
  readonly desk: SubjectDesk;
  readonly dataDirectory: string;
};

const DAY_MS = 86_400_000;

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const dataDirectory = await mkdtemp(join(tmpdir(), "sluice-transcripts-"));
      const { keys, clock } = actors;
      const tokens = createModelTokenService({ database, gatewayUrl: "http://gateway.example", clock });
      const files = openTranscriptFiles({ dataDirectory, keys });
      const transcripts = createTranscriptService({ database, files, clock, limits: { searched: 2, exportMs: Number.POSITIVE_INFINITY } });
      const desk = await openSubjectDesk(actors, exchangeEndpoints, exchangeRoutes(tokens, transcripts));
      try {
        const models = await openModelDesk(database, actors);
        await work({ database, actors, models, desk, dataDirectory, gateways: createGatewayService({ database, clock }) });
      } finally {
        await desk.close();
        await rm(dataDirectory, { recursive: true });
      }
    }),
  );
}

type Call = {
  readonly grant: string;
  readonly token: string;
  readonly session?: string;
  readonly request: string;
  readonly chunks: readonly (string | Buffer)[];
};

/** Records as the gateway beside the server does, and settles; the ids in order. */
async function recordCalls({ gateways, actors, dataDirectory }: Scene, calls: readonly Call[]): Promise<readonly string[]> {
  const ids: string[] = [];
  let atMs = TEST_NOW;
  const record = await openExchangeRecord({
    directory: exchangesIn(dataDirectory),
    gatewayId: "g1",
    recordKey: (grant) => actors.keys.grantKey(recordKeyOf(grant)).secret,
    clock: () => ++atMs,
  });
  for (const { grant, token, session = "s1", request, chunks } of calls) {
    const exchange = await record.begin({
      grantId: grant,
      exchangeId: randomUUID(),
      session,
      leaseId: randomUUID(),
      reserved: { requests: 1, tokens: 50 },
      facts: { token, model: "aurora-1", path: "/v1/chat/completions" },
      method: "POST",
      path: "/v1/chat/completions",
      headers: [["content-type", "application/json"]],
      body: Buffer.from(request),
    });
    await exchange.open(200, [["content-type", "text/event-stream"]]);
    for (const chunk of chunks) await recordedChunk(exchange, Buffer.from(chunk));
    const ended = await exchange.close({
      outcome: "complete",
      usage: { inputTokens: 3, outputTokens: 4 },
      charged: { requests: 1, tokens: 7 },
    });
    const batch = { gateway: "g1", exchanges: [settledExchange(ended)], endedLeases: [], endsAllLeases: false, heads: [] };
    assert.deepEqual(await gateways.settle({ kind: "beside" }, batch), { settled: 1, refused: [] });
    ids.push(ended.exchangeId);
  }
  await record.close();
  return ids;
}

async function stranger({ actors }: Scene): Promise<Seat> {
  return takeSeat(actors, { id: await actors.makeOrganisation("Other evaluators") });
}

function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const event = (text: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`;

scene(
  "an evaluator makes a token for one purpose of its grant, is shown it once, and a gateway knows it until it is revoked",
  async (scene) => {
    const { desk, models, gateways, database } = scene;
    const { grant } = await models.grantedModel({ purposes: ["cyber evaluation", "biosecurity evaluation"] });
    const evaluator = desk.as(models.evaluator);
    const issued = await evaluator(issueModelToken, {
      params: { grant },
      body: { name: "harness", purpose: "biosecurity evaluation", days: 90 },
    });
    assert.ok(isToken(issued.token, "slm"));
    assert.deepEqual([issued.expiresAtMs, issued.gatewayUrl], [TEST_NOW + 90 * DAY_MS, "http://gateway.example"]);
    const known = async () => {
      const answer = await gateways.orders({ kind: "beside" }, { gateway: "g1" });
      return answer.kind === "orders" ? answer.orders.grants.flatMap(({ tokens }) => tokens) : [];
    };
    assert.deepEqual(
      (await known()).map(({ id, sha256, purpose }) => [id, sha256, purpose]),
      [[issued.id, tokenDigest(issued.token), "biosecurity evaluation"]],
    );
    const { rows, gatewayUrl } = await evaluator(listModelTokens, { params: { grant } });
    assert.equal(gatewayUrl, "http://gateway.example");
    assert.deepEqual(
      rows.map(({ id, name, own, isStopped, revokedAtMs }) => [id, name, own, isStopped, revokedAtMs]),
      [[issued.id, "harness", true, false, undefined]],
    );
    assert.ok(!JSON.stringify(rows).includes(issued.token));
    const everything = await database.query<{ text: string }>(
      "keeper",
      sql`select t::text as text from gateway_token t union all select s.statement from ledger_statement s`,
    );
    assert.ok(!JSON.stringify(everything).includes(issued.token.slice(4)));
    await evaluator(revokeModelToken, { params: { grant, token: issued.id } });
    assert.deepEqual(await known(), []);
    await assert.rejects(evaluator(revokeModelToken, { params: { grant, token: issued.id } }), refused("not-found"));
  },
);

scene(
  "no token is made for another purpose, for longer, for somebody else's grant, by a token, or when the grant has ended",
  async (scene) => {
    const { desk, models, database, actors } = scene;
    const { grant } = await models.grantedModel();
    const body = { name: "harness", purpose: "cyber evaluation", days: 1 };
    const asking = (seat: Seat, more: Partial<typeof body> = {}) =>
      desk.as(seat)(issueModelToken, { params: { grant }, body: { ...body, ...more } });
    await assert.rejects(asking(models.evaluator, { purpose: "biosecurity evaluation" }), refused("input-invalid"));
    await assert.rejects(asking(models.evaluator, { days: 91 }), refused("input-invalid"));
    for (const seat of [models.lab, models.desk, await stranger(scene)]) await assert.rejects(asking(seat), refused("not-found"));
    const reader: Seat = { ...(await actors.makeMember(models.evaluator.organisation, "reader")), role: "reader", kind: "vendor" };
    await assert.rejects(asking(reader), refused("not-allowed"));
    await database.query("keeper", sql`update access_grant set ended_at = ${new Date(TEST_NOW)} where id = ${grant}`);
    await assert.rejects(asking(models.evaluator), refused("conflict"));
  },
);

scene("an editor revokes its own token and no other's, an administrator every one of its organisation", async (scene) => {
  const { desk, models, actors } = scene;
  const { grant } = await models.grantedModel();
  const editor: Seat = { ...(await actors.makeMember(models.evaluator.organisation, "editor")), role: "editor", kind: "vendor" };
  const body = { name: "harness", purpose: "cyber evaluation", days: 1 };
  const ofEditor = await desk.as(editor)(issueModelToken, { params: { grant }, body });
  const ofAdministrator = await desk.as(models.evaluator)(issueModelToken, { params: { grant }, body });
  const revoke = (seat: Seat, token: string) => desk.as(seat)(revokeModelToken, { params: { grant, token } });
  await assert.rejects(revoke(editor, ofAdministrator.id), refused("not-found"));
  for (const seat of [models.lab, models.desk, await stranger(scene)])
    await assert.rejects(revoke(seat, ofEditor.id), refused("not-found"));
  await revoke(models.evaluator, ofEditor.id);
  await revoke(models.evaluator, ofAdministrator.id);
});

/** Three exchanges in two sessions. */
async function threeCalls(scene: Scene): Promise<GrantedModel & { readonly ids: readonly string[]; readonly token: string }> {
  const granted = await scene.models.grantedModel();
  const { id: token } = await scene.models.issueToken(granted.grant);
  const call = { grant: granted.grant, token };
  const ids = await recordCalls(scene, [
    {
      ...call,
      request: '{"messages":[{"role":"user","content":"Wie spät ist es in Tromsø?"}]}',
      chunks: [event("Es ist Mitter"), event("nacht.")],
    },
    { ...call, session: "s2", request: '{"input":"second"}', chunks: [Buffer.from([0xff, 0xfe, 0x00])] },
    { ...call, session: "s2", request: '{"input":"third"}', chunks: [event("Polar light")] },
  ]);
  return { ...granted, ids, token };
}

scene("whoever used a model sees its sessions and exchanges, and reads what was asked and answered", async (scene) => {
  const { desk, models } = scene;
  const { grant, ids } = await threeCalls(scene);
  const ask = desk.as(models.evaluator);
  const sessions = await ask(listExchangeSessions, { params: { grant } });
  assert.deepEqual(
    sessions.rows.map(({ session, exchanges, chargedTokens }) => [session, exchanges, chargedTokens]),
    [
      ["s2", 2, 14],
      ["s1", 1, 7],
    ],
  );
  const first = await ask(listExchangeSessions, { params: { grant }, query: { limit: 1 } });
  const rest = await ask(listExchangeSessions, { params: { grant }, query: { limit: 1, after: first.next } });
  assert.deepEqual([first.rows[0]?.session, rest.rows[0]?.session, rest.next], ["s2", "s1", undefined]);

  const pages: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask(listExchanges, { params: { grant }, query: { limit: 1, after } });
    pages.push(...page.rows.map(({ id }) => id));
    after = page.next;
    if (after === undefined) break;
  }
  assert.deepEqual(pages, ids.toReversed());
  const ofSession = await ask(listExchanges, { params: { grant }, query: { session: "s2" } });
  assert.equal(ofSession.rows.length, 2);

  const read = await ask(readExchange, { params: { exchange: ids[0] ?? "" } });
  assert.ok(read.contents.kind === "held");
  assert.equal(read.contents.request.body.text, '{"messages":[{"role":"user","content":"Wie spät ist es in Tromsø?"}]}');
  assert.equal(read.contents.answer?.body.text, event("Es ist Mitter") + event("nacht."));
  assert.deepEqual([read.outcome, read.inputTokens, read.afterDifferent], ["complete", 3, false]);
  const binary = await ask(readExchange, { params: { exchange: ids[1] ?? "" } });
  assert.deepEqual(binary.contents.kind === "held" && binary.contents.answer?.body, { bytes: 3, base64: "//4A", isCutOff: false });
});

scene("neither the lab, nor the desk, nor anybody else reads an exchange, a session, a search or an export", async (scene) => {
  const { desk, models, actors } = scene;
  const { grant, ids } = await threeCalls(scene);
  const auditor: Seat = { ...(await actors.makeMember(models.evaluator.organisation, "auditor")), role: "auditor", kind: "vendor" };
  const exchange = ids[0] ?? "";
  for (const seat of [models.lab, models.desk, await stranger(scene), auditor]) {
    const ask = desk.as(seat);
    const code = seat === auditor ? "not-allowed" : "not-found";
    await assert.rejects(ask(readExchange, { params: { exchange } }), refused(code));
    await assert.rejects(ask(listExchanges, { params: { grant } }), refused(code));
    await assert.rejects(ask(listExchangeSessions, { params: { grant } }), refused(code));
    await assert.rejects(ask(searchExchanges, { params: { grant }, query: { text: "mitternacht" } }), refused(code));
    await assert.rejects(ask(exportExchanges, { params: { grant } }), refused(code));
  }
  const weak = desk.as(models.evaluator, { floor: 4 });
  await assert.rejects(weak(readExchange, { params: { exchange } }), refused("not-found"));
});

scene(
  "a search finds a text in either case, also where it was split over events, goes on page by page, and takes no pattern",
  async (scene) => {
    const { desk, models } = scene;
    const { grant, ids } = await threeCalls(scene);
    const ask = desk.as(models.evaluator);
    const search = (text: string, after?: string) =>
      ask(searchExchanges, { params: { grant }, query: { text, ...(after === undefined ? {} : { after }) } });
    // Two exchanges at a time are looked through here.
    const nothingYet = await search("MITTERNACHT");
    assert.deepEqual([nothingYet.rows, nothingYet.searched], [[], 2]);
    const found = await search("MITTERNACHT", nothingYet.next);
    assert.deepEqual(
      found.rows.map(({ exchange, where, excerpt }) => [exchange.id, where, excerpt]),
      [[ids[0], "answer", "Es ist Mitternacht."]],
    );
    assert.deepEqual([found.searched, found.next], [1, undefined]);
    assert.deepEqual(
      (await search("third")).rows.map(({ exchange, where }) => [exchange.id, where]),
      [[ids[2], "request"]],
    );
    assert.deepEqual((await search(".*")).rows, []);
    assert.deepEqual((await search("tromsø", nothingYet.next)).rows[0]?.where, "request");
  },
);

scene("an export holds every exchange whole, the oldest first, says that it is the end, and stands in the trail", async (scene) => {
  const { desk, models, database } = scene;
  const { grant, ids } = await threeCalls(scene);
  const lines = linesOf(await desk.as(models.evaluator)(exportExchanges, { params: { grant } }));
  assert.deepEqual(
    lines.map(({ kind, id, lines: count }) => [kind, id ?? count]),
    [...ids.map((id) => ["exchange", id]), ["end", 3]],
  );
  const [first] = lines;
  assert.match(JSON.stringify(first), /Tromsø.*Mitter/);
  assert.match(String(first?.["requestDigest"]), /^[\da-f]{64}$/);
  const trail = await database.query<{ organisation_id: string }>(
    "keeper",
    sql`select organisation_id from audit_event where verb = 'transcript.exported'`,
  );
  assert.deepEqual(trail, [{ organisation_id: models.evaluator.organisation }]);
});

scene("what is not held here is said to be so, never shown empty: on the lab's premises, destroyed, elsewhere", async (scene) => {
  const { desk, models, gateways, actors, database } = scene;
  const { grant, ids } = await threeCalls(scene);
  const ask = desk.as(models.evaluator);
  const whyOf = async (exchange: string) => {
    const { contents } = await ask(readExchange, { params: { exchange } });
    return contents.kind === "not-held" ? contents.why : contents.kind;
  };
  const kept = await models.grantedModel({ custody: "premises", sealed: undefined });
  const token = await models.issueToken(kept.grant);
  const id = randomUUID();
  await gateways.settle(await models.ownGateway(), {
    gateway: "g1",
    endedLeases: [],
    endsAllLeases: false,
    heads: [],
    exchanges: [
      {
        id,
        grant: kept.grant,
        lease: randomUUID(),
        token: token.id,
        session: "s",
        segment: "1-200-0-1",
        model: "aurora-1",
        path: "/v1/responses",
        startedMs: TEST_NOW,
        endedMs: TEST_NOW,
        outcome: "cut",
        chargedTokens: 5,
        requestDigest: "a".repeat(64),
        afterDifferent: false,
      },
    ],
  });
  assert.equal(await whyOf(id), "premises");
  const exchange = ids[0] ?? "";
  assert.equal(await whyOf(exchange), "held");
  actors.keys.destroyGrantKey(recordKeyOf(grant));
  assert.equal(await whyOf(exchange), "elsewhere");
  await database.query(
    "keeper",
    sql`insert into destruction_certificate (organisation_id, enrolment_id, desk_organisation_id, window_id, grant_id, grantee_organisation_id, what, key_id, file,
          destroyed_at, cannot_reach)
        select organisation_id, enrolment_id, desk_organisation_id, window_id, id, grantee_organisation_id, 'record', 'k', 'f', ${new Date(TEST_NOW)}, '{}'
        from access_grant where id = ${grant}`,
  );
  assert.equal(await whyOf(exchange), "destroyed");
  const search = await ask(searchExchanges, { params: { grant }, query: { text: "mitternacht" } });
  assert.deepEqual([search.rows, search.unheld], [[], 2]);
});

scene("exchanges of one moment are listed once each, page by page, and exported once each, over many pages", async (scene) => {
  const { desk, models, gateways } = scene;
  const { grant } = await models.grantedModel();
  const { id: token } = await models.issueToken(grant);
  const exchanges = Array.from({ length: 120 }, (_, index) => ({
    id: randomUUID(),
    grant,
    lease: randomUUID(),
    token,
    session: "s",
    segment: "1-2-3-4",
    model: "m",
    path: "/v1",
    startedMs: TEST_NOW + Math.floor(index / 60),
    endedMs: TEST_NOW + 5,
    outcome: "complete" as const,
    chargedTokens: 1,
    requestDigest: "a".repeat(64),
    afterDifferent: false,
  }));
  await gateways.settle({ kind: "beside" }, { gateway: "g1", exchanges, endedLeases: [], endsAllLeases: false, heads: [] });
  const ids = exchanges.map(({ id }) => id).toSorted();
  const ask = desk.as(models.evaluator);
  const listed: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask(listExchanges, { params: { grant }, query: { limit: 7, after } });
    listed.push(...page.rows.map(({ id }) => id));
    after = page.next;
    if (after === undefined) break;
  }
  const exported = linesOf(await ask(exportExchanges, { params: { grant } })).flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  assert.deepEqual([listed.toSorted(), exported.toSorted()], [ids, ids]);
  assert.deepEqual(exported, listed.toReversed());
});
