import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SettledExchange } from "../../contract/endpoints/gateway.ts";
import { ANSWER } from "../../../tests/model-servers/act.ts";
import { refusesStreamOptions } from "../../../tests/model-servers/named-acts.ts";
import { openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, CHAT_STREAM, callTool, type ToolAnswer } from "../../../tests/support/tool-call.ts";

const ASKED_FOR = { ...CHAT_STREAM, stream_options: { include_usage: true } };
const DECLINED = { ...CHAT_STREAM, stream_options: { include_usage: false } };
/** What is put on top of a request's bytes for what a provider adds, and the limit that the request names. */
const PREAMBLE_AND_LIMIT = 2048 + 50;

type Seen = { readonly answer: ToolAnswer; readonly sent: string; readonly exchange: SettledExchange; readonly spentTokens: number };

/** One call, what went up, and what the books say of it. */
async function seen(options: StandOptions, body: object): Promise<Seen> {
  const stand = await openGatewayStand({ ...options, models: [["aurora-1", "aurora-1"]] });
  try {
    const answer = await callTool(stand, { body });
    await stand.gateway.stop();
    const [exchange, ...more] = stand.steward.exchanges();
    assert.ok(exchange !== undefined && more.length === 0 && stand.model.received.length === 1);
    const { spentTokens } = stand.steward.meter(stand.grant);
    return { answer, sent: String(stand.model.received[0]?.body), exchange, spentTokens };
  } finally {
    await stand.close();
  }
}

const notAsked = { script: refusesStreamOptions, asksStreamUsage: false } as const;
const reservedFor = (body: object): number => Buffer.byteLength(JSON.stringify(body)) + PREAMBLE_AND_LIMIT;

describe("a model's server that refuses stream_options", () => {
  for (const asksStreamUsage of [undefined, true]) {
    const orders = asksStreamUsage === undefined ? "orders that say nothing of it, from an older server," : "orders that say so";
    it(`is asked for usage by ${orders} and refuses every stream, which costs nothing`, async () => {
      const options = { script: refusesStreamOptions, ...(asksStreamUsage === undefined ? {} : { asksStreamUsage }) };
      const { answer, sent, exchange, spentTokens } = await seen(options, CHAT_STREAM);
      assert.deepEqual(JSON.parse(sent), ASKED_FOR);
      assert.equal(answer.status, 400);
      assert.deepEqual([exchange.outcome, exchange.chargedTokens, spentTokens], ["refused-upstream", 0, 0]);
    });
  }

  it("streams once it is not asked: the tool's own bytes go up, and the call is charged all that it reserved", async () => {
    const { answer, sent, exchange, spentTokens } = await seen(notAsked, CHAT_STREAM);
    assert.equal(sent, JSON.stringify(CHAT_STREAM));
    assert.deepEqual([answer.status, answer.isWhole], [200, true]);
    assert.match(answer.body.toString(), /data: \[DONE\]\n\n$/);
    assert.deepEqual([exchange.outcome, exchange.inputTokens, exchange.outputTokens], ["complete", undefined, undefined]);
    assert.equal(exchange.chargedTokens, reservedFor(CHAT_STREAM));
    assert.equal(spentTokens, exchange.chargedTokens);
  });

  for (const body of [ASKED_FOR, DECLINED]) {
    it(`gets the tool's own ${JSON.stringify(body.stream_options)}, and its refusal reaches the tool`, async () => {
      const { answer, sent, exchange } = await seen(notAsked, body);
      assert.equal(sent, JSON.stringify(body));
      assert.deepEqual([answer.status, exchange.outcome, exchange.chargedTokens], [400, "refused-upstream", 0]);
    });
  }

  it("answers what is no stream as ever, with its usage", async () => {
    const { sent, exchange } = await seen(notAsked, CHAT);
    assert.equal(sent, JSON.stringify(CHAT));
    assert.equal(exchange.chargedTokens, (exchange.inputTokens ?? Number.NaN) + (exchange.outputTokens ?? Number.NaN));
  });
});

describe("a model's server that is not asked for usage in streams", () => {
  it("may state it unasked: that passes to the tool, and is charged", async () => {
    const { answer, exchange } = await seen({ script: { kind: "answer", usage: "unasked" }, asksStreamUsage: false }, CHAT_STREAM);
    assert.match(answer.body.toString(), /"choices":\[\],"usage":\{"prompt_tokens"/);
    assert.equal(exchange.chargedTokens, (exchange.inputTokens ?? Number.NaN) + (exchange.outputTokens ?? Number.NaN));
  });

  it("states it to a tool that asks for itself, which sees it and is charged that", async () => {
    const { answer, sent, exchange } = await seen({ script: ANSWER, asksStreamUsage: false }, ASKED_FOR);
    assert.equal(sent, JSON.stringify(ASKED_FOR));
    assert.match(answer.body.toString(), /"prompt_tokens"/);
    assert.equal(exchange.chargedTokens, (exchange.inputTokens ?? Number.NaN) + (exchange.outputTokens ?? Number.NaN));
  });

  it("leaves a tool that goes away charged all that it reserved", async () => {
    const stand = await openGatewayStand({
      script: { kind: "answer", endless: true, pauseMs: 5 },
      asksStreamUsage: false,
      models: [["aurora-1", "aurora-1"]],
    });
    try {
      await callTool(stand, { body: CHAT_STREAM, began: (response) => void response.once("data", () => response.destroy()) });
      await stand.gateway.stop();
      const [exchange] = stand.steward.exchanges();
      assert.deepEqual([exchange?.outcome, exchange?.chargedTokens], ["client-gone", reservedFor(CHAT_STREAM)]);
    } finally {
      await stand.close();
    }
  });
});
