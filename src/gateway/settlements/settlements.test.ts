import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { describe, it } from "node:test";
import { type GatewayStand, openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, CHAT_STREAM, callTool } from "../../../tests/support/tool-call.ts";
import { createClient } from "../../contract/client.ts";
import { createSettlements } from "./settlements.ts";

function withStand(title: string, options: StandOptions, work: (stand: GatewayStand) => Promise<void>): void {
  it(title, async () => {
    const stand = await openGatewayStand(options);
    try {
      await work(stand);
    } finally {
      await stand.close();
    }
  });
}

/** Asks again until it is so; a test that never sees it ends by the runner's own limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(10);
}

describe("settling with the server", () => {
  it("goes on without a pause while whole batches wait, and lets what is less gather", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const batches: number[] = [];
    const client = createClient(async ({ body }) => {
      const told = JSON.parse(String(body)) as { readonly endedLeases: readonly object[] };
      batches.push(told.endedLeases.length);
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ settled: 0, refused: [] })) };
    });
    const record = { settled: async () => undefined, newHeads: () => [] };
    const settlements = createSettlements({ client, gateway: "here", record, recovered: [], log: () => undefined });
    const turns = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    };
    await settlements.recovered;
    await turns();
    batches.length = 0;
    for (let n = 0; n < 1200; n++) settlements.endLease({ grant: randomUUID(), lease: randomUUID() });
    await turns();
    assert.deepEqual(batches, []);
    t.mock.timers.tick(250);
    await turns();
    assert.deepEqual(batches, [500, 500]);
    t.mock.timers.tick(250);
    await turns();
    assert.deepEqual(batches, [500, 500, 200]);
    const stopped = settlements.stop(1000);
    t.mock.timers.tick(250);
    await stopped;
  });

  withStand("happens beside the answers, each exchange once, with what it used", {}, async (stand) => {
    for (let n = 0; n < 5; n++) await callTool(stand, { body: n % 2 === 0 ? CHAT : CHAT_STREAM });
    await until(() => stand.steward.exchanges().length === 5);
    const { spentRequests, spentTokens } = stand.steward.meter(stand.grant);
    assert.equal(spentRequests, 5);
    assert.equal(
      spentTokens,
      stand.steward.exchanges().reduce((sum, { chargedTokens }) => sum + chargedTokens, 0),
    );
    assert.deepEqual(new Set(stand.steward.exchanges().map(({ token, grant, model }) => [token, grant, model].join(" "))).size, 1);
  });

  withStand("waits for a server that refuses, and answers do not", {}, async (stand) => {
    stand.steward.refuse("settleGatewayExchanges", 503);
    for (let n = 0; n < 5; n++) assert.equal((await callTool(stand)).status, 200);
    assert.equal(stand.steward.exchanges().length, 0);
    stand.steward.refuse("settleGatewayExchanges", undefined);
    await until(() => stand.steward.exchanges().length === 5);
  });

  withStand("tells again what the server may not have heard, and it counts once", {}, async (stand) => {
    stand.steward.loseAnswers("settleGatewayExchanges", 2);
    await callTool(stand);
    await callTool(stand);
    await until(() => stand.steward.exchanges().length === 2);
    await stand.gateway.stop();
    assert.deepEqual(stand.steward.meter(stand.grant).spentRequests, 2);
    assert.ok(stand.steward.calls("settleGatewayExchanges") >= 3);
  });

  withStand("a lease whose answer was lost is asked for again by its name, and taken once", {}, async (stand) => {
    stand.steward.loseAnswers("takeGatewayLease", 1);
    assert.equal((await callTool(stand)).status, 503);
    assert.equal((await callTool(stand)).status, 200);
    assert.equal(stand.steward.leases().length, 1);
  });

  withStand("what a gateway could not tell before it stopped, the next one tells, and ends its leases", {}, async (stand) => {
    stand.steward.refuse("settleGatewayExchanges", 503);
    for (let n = 0; n < 3; n++) await callTool(stand);
    await stand.gateway.stop();
    assert.equal(stand.steward.exchanges().length, 0);
    assert.ok(stand.steward.meter(stand.grant).reservedRequests > 0);
    stand.steward.refuse("settleGatewayExchanges", undefined);
    const next = await stand.restart();
    assert.equal((await callTool({ url: next.url, token: stand.token })).status, 200);
    await next.stop();
    assert.equal(stand.steward.exchanges().length, 4);
    const { reservedRequests, reservedTokens, spentRequests } = stand.steward.meter(stand.grant);
    assert.deepEqual([reservedRequests, reservedTokens, spentRequests], [0, 0, 4]);
    const third = await stand.restart();
    await third.stop();
    assert.equal(stand.steward.exchanges().length, 4);
  });

  withStand("what is left of a grant that has ended goes back at once", {}, async (stand) => {
    await callTool(stand);
    await until(() => stand.steward.leases().length > 0);
    stand.steward.endGrant(stand.grant);
    await until(() => stand.steward.leases().every(({ ended }) => ended));
  });

  withStand("states the heads of its segments when it stops", {}, async (stand) => {
    await callTool(stand);
    await stand.gateway.stop();
    const heads = stand.steward.heads();
    assert.deepEqual(
      heads.map(({ grant, segment }) => [grant, segment]),
      [[stand.grant.id, "00000001"]],
    );
    assert.ok((heads[0]?.frames ?? 0) >= 4);
  });

  withStand(
    "a gateway that stops lets an answer under way finish, and cuts one that does not",
    { script: ({ prompt }) => ({ kind: "answer", pauseMs: 5, endless: prompt.includes("endless") }) },
    async (stand) => {
      const began = Promise.withResolvers<void>();
      const short = callTool(stand, {
        body: { ...CHAT_STREAM, messages: [{ role: "user", content: "brief" }] },
        began: () => began.resolve(),
      });
      const endless = callTool(stand, { body: { ...CHAT_STREAM, messages: [{ role: "user", content: "endless" }] } });
      await began.promise;
      await stand.gateway.stop();
      assert.deepEqual([(await short).isWhole, (await endless).isWhole], [true, false]);
      assert.deepEqual(
        stand.steward
          .exchanges()
          .map(({ outcome }) => outcome)
          .toSorted(),
        ["complete", "cut"],
      );
    },
  );
});
