import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type GatewayStand, openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { CHAT, CHAT_STREAM, callTool, refusalCode } from "../../../tests/support/tool-call.ts";
import { createRequestRates } from "./request-rate.ts";

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

async function outcomeOf(stand: GatewayStand, body: object = CHAT): Promise<string> {
  const answer = await callTool(stand, { body });
  return answer.status === 200 ? "passed" : refusalCode(answer);
}

function count(codes: readonly string[], code: string): number {
  return codes.filter((one) => one === code).length;
}

describe("a grant's budget", () => {
  withStand("lets exactly as many requests through as it has, one by one", { grant: { requests: 30 } }, async (stand) => {
    const codes: string[] = [];
    for (let n = 0; n < 33; n++) codes.push(await outcomeOf(stand));
    assert.deepEqual([count(codes, "passed"), count(codes, "budget-exhausted")], [30, 3]);
    assert.equal(stand.model.received.length, 30);
  });

  withStand("lets exactly as many requests through as it has, all at once", { grant: { requests: 70 } }, async (stand) => {
    const codes = await Promise.all(Array.from({ length: 100 }, async () => outcomeOf(stand)));
    assert.deepEqual([count(codes, "passed"), count(codes, "budget-exhausted")], [70, 30]);
    await stand.gateway.stop();
    assert.equal(stand.steward.meter(stand.grant).spentRequests, 70);
  });

  withStand(
    "reserves what a call may cost at most before it is made, and gives back what it did not",
    { grant: { tokens: 4000 } },
    async (stand) => {
      assert.equal(await outcomeOf(stand, { ...CHAT, max_tokens: 4000 }), "budget-exhausted");
      assert.equal(stand.model.received.length, 0);
      for (let n = 0; n < 20; n++) assert.equal(await outcomeOf(stand), "passed");
      await stand.gateway.stop();
      const { spentTokens, reservedTokens } = stand.steward.meter(stand.grant);
      assert.ok(spentTokens > 0 && spentTokens < 4000);
      assert.equal(reservedTokens, 0);
    },
  );

  withStand("is never overspent by calls of random sizes at once", { grant: { tokens: 300_000 } }, async (stand) => {
    const random = seededRandom(7);
    const codes = await Promise.all(
      Array.from({ length: 120 }, async () => outcomeOf(stand, { ...CHAT, max_tokens: 1 + random.below(20_000), stream: random.oneIn(2) })),
    );
    assert.ok(count(codes, "passed") > 0);
    assert.equal(count(codes, "passed") + count(codes, "budget-exhausted"), 120);
    await stand.gateway.stop();
    const { spentTokens, reservedTokens } = stand.steward.meter(stand.grant);
    assert.ok(spentTokens <= 300_000, `${spentTokens}`);
    assert.equal(reservedTokens, 0);
  });

  withStand(
    "books what a model says it used above the reservation, and lets nothing more through",
    {
      grant: { tokens: 1_000_000 },
      script: { kind: "answer", usage: { prompt_tokens: 900_000, completion_tokens: 900_000, total_tokens: 1_800_000 } },
    },
    async (stand) => {
      assert.equal(await outcomeOf(stand), "passed");
      await stand.gateway.stop();
      assert.equal(stand.steward.meter(stand.grant).spentTokens, 1_800_000);
      const next = await stand.restart();
      const answer = await callTool({ url: next.url, token: stand.token });
      assert.equal(refusalCode(answer), "budget-exhausted");
      assert.equal(answer.headers["x-should-retry"], "false");
    },
  );

  withStand("is refused in the time the server takes, and passes again when it answers", {}, async (stand) => {
    stand.steward.refuse("takeGatewayLease", 503);
    assert.equal(await outcomeOf(stand), "server-unreachable");
    stand.steward.refuse("takeGatewayLease", undefined);
    assert.equal(await outcomeOf(stand), "passed");
    assert.equal(stand.model.received.length, 1);
  });

  withStand("what a tool that left before its call was made had reserved is given back", {}, async (stand) => {
    stand.steward.delay(300);
    await assert.rejects(callTool(stand, { signal: AbortSignal.timeout(100) }));
    stand.steward.delay(0);
    await stand.gateway.stop();
    assert.equal(stand.model.received.length, 0);
    assert.deepEqual(stand.steward.meter(stand.grant), { reservedRequests: 0, reservedTokens: 0, spentRequests: 0, spentTokens: 0 });
  });

  withStand("of one organisation is untouched by another's", { grant: { requests: 1 } }, async (stand) => {
    const other = stand.steward.issueToken(stand.steward.openGrant(stand.window, { requests: 1 }));
    assert.equal(await outcomeOf(stand), "passed");
    assert.equal(await outcomeOf(stand), "budget-exhausted");
    assert.equal((await callTool(stand, { token: other.text })).status, 200);
  });

  withStand("has a rate beside it, that says when to come again", { grant: { requestsPerMinute: 3 } }, async (stand) => {
    for (let n = 0; n < 3; n++) assert.equal(await outcomeOf(stand, CHAT_STREAM), "passed");
    const answer = await callTool(stand);
    assert.deepEqual([answer.status, refusalCode(answer)], [429, "rate-limited"]);
    const seconds = Number(answer.headers["retry-after"]);
    assert.ok(seconds >= 1 && seconds <= 60);
    assert.equal(answer.headers["x-should-retry"], "true");
  });
});

describe("requests a minute", () => {
  it("slide: each leaves a minute after it came", () => {
    let nowMs = 0;
    const rates = createRequestRates(() => nowMs);
    const kinds = [0, 10_000, 20_000, 59_999, 60_000, 60_001, 70_000].map((atMs) => {
      nowMs = atMs;
      return rates.admit("g", 2).kind;
    });
    assert.deepEqual(kinds, ["admitted", "admitted", "refused", "refused", "admitted", "refused", "admitted"]);
  });

  it("say after how long the next may come, also when the rate was lowered, and at a rate of none", () => {
    let nowMs = 0;
    const rates = createRequestRates(() => nowMs);
    for (const atMs of [0, 1000, 2000, 3000]) {
      nowMs = atMs;
      rates.admit("g", 10);
    }
    assert.deepEqual(rates.admit("g", 2), { kind: "refused", retryMs: 59_000 });
    assert.deepEqual(rates.admit("g", 0), { kind: "refused", retryMs: 60_000 });
  });

  it("stay exact over many", () => {
    let nowMs = 0;
    const rates = createRequestRates(() => nowMs);
    let admitted = 0;
    for (; nowMs < 600_000; nowMs += 10) if (rates.admit("g", 1000).kind === "admitted") admitted++;
    assert.equal(admitted, 10_000);
  });
});
