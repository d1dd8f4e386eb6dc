import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, CHAT_STREAM, callTool, MESSAGES, MESSAGES_STREAM, refusalCode } from "../../../tests/support/tool-call.ts";
import { NAMED_ACTS } from "../../../tests/model-servers/named-acts.ts";
import type { Act } from "../../../tests/model-servers/act.ts";
import type { ExchangeOutcome, ModelWire } from "../../vocabulary/exchange.ts";

type Case = {
  readonly title: string;
  readonly act: string | Act;
  readonly stream: boolean;
  readonly limits?: StandOptions["limits"];
  /** What the tool sees. */
  readonly status: number;
  readonly isWhole: boolean;
  readonly refusal?: string;
  /** What the books say. */
  readonly outcome: ExchangeOutcome;
  readonly reason?: RegExp;
  /** `stated`: what the model said; `nothing`; `reserved`: all that was reserved. */
  readonly charged: "stated" | "nothing" | "reserved" | "partly" | "most";
};

/** With a pause, so that the server in this process leaves it some time. */
const ENDLESS: Act = { kind: "answer", endless: true, pauseMs: 1 };

const cases: readonly Case[] = [
  {
    title: "an answer as it should be",
    act: "scripted",
    stream: false,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "stated",
  },
  { title: "a stream as it should be", act: "scripted", stream: true, status: 200, isWhole: true, outcome: "complete", charged: "stated" },
  { title: "a tool call", act: "scripted-tool", stream: true, status: 200, isWhole: true, outcome: "complete", charged: "stated" },
  {
    title: "a stream split inside characters and lines",
    act: "scripted-bytewise",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "stated",
  },
  {
    title: "429 with Retry-After, untouched",
    act: "scripted-429",
    stream: false,
    status: 429,
    isWhole: true,
    outcome: "refused-upstream",
    reason: /rate_limit/,
    charged: "nothing",
  },
  {
    title: "500, untouched",
    act: "scripted-500",
    stream: true,
    status: 500,
    isWhole: true,
    outcome: "refused-upstream",
    charged: "nothing",
  },
  {
    title: "529, untouched",
    act: "scripted-529",
    stream: true,
    status: 529,
    isWhole: true,
    outcome: "refused-upstream",
    reason: /overloaded_error/,
    charged: "nothing",
  },
  {
    title: "an error page of a proxy, untouched",
    act: "scripted-html-502",
    stream: false,
    status: 502,
    isWhole: true,
    outcome: "refused-upstream",
    charged: "nothing",
  },
  {
    title: "a credential that the model's server refuses",
    act: "scripted-401",
    stream: false,
    status: 502,
    isWhole: true,
    refusal: "upstream-failed",
    outcome: "upstream-failed",
    reason: /credential/,
    charged: "nothing",
  },
  {
    title: "an error inside a stream",
    act: "scripted-error-in-stream",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "refused-upstream",
    reason: /error/,
    charged: "partly",
  },
  {
    title: "a stream without its own end",
    act: "scripted-no-terminator",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "cut",
    reason: /answer-without-end/,
    charged: "partly",
  },
  {
    title: "a stream that ends cleanly too early",
    act: "scripted-early-end",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "cut",
    reason: /answer-without-end/,
    charged: "partly",
  },
  {
    title: "a body shorter than it was stated",
    act: "scripted-short",
    stream: false,
    status: 200,
    isWhole: false,
    outcome: "cut",
    reason: /closed|shorter/,
    charged: "reserved",
  },
  {
    title: "a reset in mid-stream",
    act: "scripted-reset-in-stream",
    stream: true,
    status: 200,
    isWhole: false,
    outcome: "cut",
    reason: /reset|closed/,
    charged: "partly",
  },
  {
    title: "a reset before any answer",
    act: "scripted-reset",
    stream: false,
    status: 502,
    isWhole: true,
    refusal: "upstream-failed",
    outcome: "upstream-failed",
    reason: /reset|closed/,
    charged: "reserved",
  },
  {
    title: "a model's server that never says a word",
    act: "scripted-silent",
    stream: false,
    limits: { answerHeadMs: 300 },
    status: 502,
    isWhole: true,
    refusal: "upstream-failed",
    outcome: "upstream-failed",
    reason: /no answer in time/,
    charged: "reserved",
  },
  {
    title: "silence in mid-stream",
    act: "scripted-silence-in-stream",
    stream: true,
    limits: { answerSilenceMs: 300 },
    status: 200,
    isWhole: false,
    outcome: "cut",
    reason: /silent/,
    charged: "partly",
  },
  {
    title: "a head that is too large",
    act: "scripted-large-head",
    stream: false,
    status: 502,
    isWhole: true,
    refusal: "upstream-failed",
    outcome: "upstream-failed",
    reason: /head/,
    charged: "reserved",
  },
  {
    title: "a refusal of the model's",
    act: "scripted-refusal",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "stated",
  },
  { title: "a filter's word", act: "scripted-filter", stream: false, status: 200, isWhole: true, outcome: "complete", charged: "stated" },
  {
    title: "an answer that reached its limit",
    act: "scripted-length",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "stated",
  },
  {
    title: "no word of usage",
    act: "scripted-no-usage",
    stream: false,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "reserved",
  },
  {
    title: "usage that cannot be",
    act: "scripted-lying-usage",
    stream: true,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "reserved",
  },
  {
    title: "usage beyond all bounds",
    act: "scripted-huge-usage",
    stream: false,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "most",
  },
  {
    title: "an endless stream",
    act: ENDLESS,
    stream: true,
    limits: { answerBytes: 20_000 },
    status: 200,
    isWhole: false,
    outcome: "cut",
    reason: /answer-too-large/,
    charged: "partly",
  },
  {
    title: "a stream that takes too long",
    act: ENDLESS,
    stream: true,
    limits: { answerMs: 300 },
    status: 200,
    isWhole: false,
    outcome: "cut",
    reason: /answer-too-long/,
    charged: "partly",
  },
  {
    title: "another clock",
    act: "scripted-skewed-clock",
    stream: false,
    status: 200,
    isWhole: true,
    outcome: "complete",
    charged: "stated",
  },
];

const wires: Readonly<Record<ModelWire, { readonly path: string; readonly whole: object; readonly stream: object }>> = {
  openai: { path: "/v1/chat/completions", whole: CHAT, stream: CHAT_STREAM },
  anthropic: { path: "/v1/messages", whole: MESSAGES, stream: MESSAGES_STREAM },
};

for (const [wire, { path, whole, stream }] of Object.entries(wires)) {
  describe(`what becomes of an exchange over the ${wire} wire`, () => {
    for (const one of cases) {
      it(one.title, async () => {
        const act = typeof one.act === "string" ? NAMED_ACTS[one.act] : one.act;
        assert.ok(act !== undefined);
        const stand = await openGatewayStand({
          wire: wire as ModelWire,
          script: act,
          ...(one.limits === undefined ? {} : { limits: one.limits }),
        });
        try {
          const answer = await callTool(stand, { path, body: one.stream ? stream : whole });
          assert.deepEqual([answer.status, answer.isWhole], [one.status, one.isWhole]);
          if (one.refusal !== undefined) assert.equal(refusalCode(answer), one.refusal);
          if (one.act === "scripted-429") assert.equal(answer.headers["retry-after"], "1");
          await stand.gateway.stop();
          const [exchange, ...more] = stand.steward.exchanges();
          assert.deepEqual(more, []);
          assert.equal(exchange?.outcome, one.outcome);
          if (one.reason !== undefined) assert.match(exchange.reason ?? "", one.reason);
          const { inputTokens, outputTokens, chargedTokens } = exchange;
          const reserved = (stand.model.received[0]?.body.length ?? 0) + 50;
          if (one.charged === "stated") assert.equal(chargedTokens, (inputTokens ?? Number.NaN) + (outputTokens ?? Number.NaN));
          if (one.charged === "nothing") assert.equal(chargedTokens, 0);
          if (one.charged === "reserved") assert.ok(chargedTokens > reserved, `charged ${chargedTokens}`);
          if (one.charged === "most") assert.equal(chargedTokens, 1_000_000_000);
          if (one.charged === "partly") assert.ok(chargedTokens > 0);
          const meter = stand.steward.meter(stand.grant);
          assert.deepEqual(meter, { reservedRequests: 0, reservedTokens: 0, spentRequests: 1, spentTokens: chargedTokens });
          assert.equal(stand.model.received.length, 1);
        } finally {
          await stand.close();
        }
      });
    }
  });
}
