import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { type Act, ANSWER } from "../model-servers/act.ts";
import { type GatewayStand, openGatewayStand, type StandOptions } from "../support/gateway-stand.ts";
import { callTool, CHAT, MESSAGES } from "../support/tool-call.ts";
import { until } from "../support/until.ts";
import { runEvaluation, saidIn, type Told, type ToldError } from "./gateway-clients.ts";
import { installClients } from "./outside-client.ts";

type Client = { readonly title: string; readonly wire: ModelWire; readonly run: readonly [program: string, ...args: string[]] };

const clients: readonly Client[] = [
  { title: "OpenAI's SDK", wire: "openai", run: ["openai-sdk", "chat"] },
  { title: "OpenAI's SDK, streaming", wire: "openai", run: ["openai-sdk", "stream"] },
  { title: "Anthropic's SDK", wire: "anthropic", run: ["anthropic-sdk", "messages"] },
  { title: "Anthropic's SDK, streaming", wire: "anthropic", run: ["anthropic-sdk", "stream"] },
  { title: "the AI SDK on OpenAI's wire", wire: "openai", run: ["ai-sdk", "text", "chat"] },
  { title: "the AI SDK on Anthropic's wire, streaming", wire: "anthropic", run: ["ai-sdk", "stream", "anthropic"] },
];
const streaming = clients.filter(({ title }) => title.endsWith("streaming"));

/** As the SDK names it: its own class for each status, one class for all in the AI SDK. */
const classOf = ({ run: [program] }: Client, own: string): string => (program === "ai-sdk" ? "APICallError" : own);

describe("what a client makes of a refusal by the gateway", () => {
  before(() => installClients());

  const refusals: readonly {
    readonly title: string;
    readonly grant?: { readonly requests?: number; readonly tokens?: number };
    readonly end?: (stand: GatewayStand) => void;
    readonly code: string;
    readonly message: RegExp;
  }[] = [
    { title: "a budget without a request left", grant: { requests: 0 }, code: "budget-exhausted", message: /the lab can give more/ },
    {
      title: "a budget too small for the answer",
      grant: { tokens: 100 },
      code: "budget-exhausted",
      message: /found \d+ requests and 100 tokens/,
    },
    {
      title: "a token that was ended",
      end: ({ steward, token }) => steward.revokeToken(token),
      code: "access-ended",
      message: /access has ended/,
    },
    {
      title: "a window that has closed",
      end: ({ steward, window }) => steward.endWindow(window),
      code: "access-ended",
      message: /access has ended/,
    },
  ];

  for (const { title, grant, end, code, message } of refusals) {
    for (const wire of ["openai", "anthropic"] as const) {
      describe(`${title}, on ${wire}'s wire`, () => {
        let stand: GatewayStand;
        before(async () => {
          stand = await openGatewayStand({ wire, ...(grant === undefined ? {} : { grant }) });
          end?.(stand);
          // Until the gateway has heard of it: at most one of its polls.
          await until(async () => (await callOver(stand)).status === 403);
        });
        beforeEach(() => {
          stand.model.received.splice(0);
          (stand.lines as unknown[]).splice(0);
        });
        after(() => stand.close());

        for (const client of clients.filter((one) => one.wire === wire)) {
          it(`${client.title} says so, and asks once`, async () => {
            const { error } = await runEvaluation(stand, ...client.run);
            assert.deepEqual([error?.class, error?.status], [classOf(client, "PermissionDeniedError"), 403]);
            assert.match(error?.message ?? "", message);
            assert.deepEqual(
              refusedCalls(stand).map((line) => line["code"]),
              [code],
            );
            assert.equal(stand.model.received.length, 0);
          });
        }
      });
    }
  }
});

describe("what a client makes of an unknown token", () => {
  for (const client of clients) {
    it(`${client.title} says so, and asks once`, async () => {
      await withStand(client, ANSWER, async (stand) => {
        const { error } = await runEvaluation({ url: stand.url, token: { id: "", text: "slm_of_nobody" } }, ...client.run);
        assert.deepEqual([error?.class, error?.status], [classOf(client, "AuthenticationError"), 401]);
        assert.equal(refusedCalls(stand).length, 1);
      });
    });
  }
});

describe("what a client makes of too many requests a minute", () => {
  for (const client of clients) {
    it(`${client.title} waits as long as the gateway says, and then has its answer`, async () => {
      // Only what a test moves passes on this clock, however slow the machine is.
      let nowMs = Math.ceil(performance.now());
      const clock = { wallMs: () => Date.now(), monotonicMs: () => nowMs };
      await withStand(
        client,
        ANSWER,
        async (stand) => {
          assert.equal((await callOver(stand)).status, 200);
          nowMs += 59_000;
          // Until the gateway has heard from its server again: that is a minute ago on this clock.
          await until(async () => (await callOver(stand)).status === 429);
          (stand.lines as unknown[]).splice(0);
          const told = runEvaluation(stand, ...client.run);
          await until(() => refusedCalls(stand).length > 0);
          nowMs += 1000;
          saidIn(await told);
          assert.deepEqual(
            refusedCalls(stand).map((line) => line["code"]),
            ["rate-limited"],
          );
          assert.equal(stand.model.received.length, 2);
        },
        { clock, grant: { requestsPerMinute: 1 } },
      );
    });
  }
});

describe("what a client makes of a lab's own trouble", () => {
  const RETRY_AFTER_MS = 1000;

  for (const client of clients) {
    it(`${client.title} waits as long as the lab says, and then has its answer`, async () => {
      const busy: Act = { kind: "error", status: 429, retryAfter: String(RETRY_AFTER_MS / 1000) };
      await withStand(
        client,
        (_, nth) => (nth === 0 ? busy : ANSWER),
        async (stand) => {
          saidIn(await runEvaluation(stand, ...client.run));
          const [first, second, ...more] = stand.model.received.map(({ atMs }) => atMs);
          assert.deepEqual(more, []);
          // Timers may be a few milliseconds early, by another clock.
          assert.ok((second ?? 0) - (first ?? 0) > RETRY_AFTER_MS - 50, `asked again after ${(second ?? 0) - (first ?? 0)} ms`);
        },
      );
    });

    it(`${client.title} gives up on a lab that stays busy after three calls`, async () => {
      await withStand(client, { kind: "error", status: 429, headers: { "retry-after-ms": "1" } }, async (stand) => {
        const error = lastErrorIn(await runEvaluation(stand, ...client.run));
        assert.deepEqual([error?.class, error?.status], [classOf(client, "RateLimitError"), 429]);
        assert.equal(stand.model.received.length, 3);
      });
    });

    it(`${client.title} does not repeat what the lab says is wrong`, async () => {
      await withStand(client, { kind: "error", status: 400 }, async (stand) => {
        const { error } = await runEvaluation(stand, ...client.run);
        assert.deepEqual([error?.class, error?.status], [classOf(client, "BadRequestError"), 400]);
        assert.match(error?.message ?? "", /scripted 400/);
        assert.equal(stand.model.received.length, 1);
      });
    });
  }

  for (const client of streaming) {
    it(`${client.title} does not take a stream that broke off for an answer`, async () => {
      await withStand(client, { kind: "answer", words: 30, cut: { afterWrites: 5, how: "reset" } }, async (stand) => {
        const { said, error } = await runEvaluation(stand, ...client.run);
        assert.equal(said, undefined);
        assert.notEqual(error, undefined);
        await until(() => stand.steward.exchanges().length > 0);
        assert.ok(stand.steward.exchanges().every(({ outcome }) => outcome === "cut"));
      });
    });
  }

  for (const client of streaming) {
    it(`${client.title} ends where its token was ended in mid-stream, and does not ask again`, async () => {
      await withStand(client, { kind: "answer", endless: true, pauseMs: 5 }, async (stand) => {
        const told = runEvaluation(stand, ...client.run);
        await until(() => (stand.model.received[0]?.sentBytes() ?? 0) > 2000);
        stand.steward.revokeToken(stand.token);
        const { said, error } = await told;
        assert.equal(said, undefined);
        assert.notEqual(error, undefined);
        assert.equal(stand.model.received.length, 1);
        await until(() => stand.steward.exchanges().length > 0);
        assert.deepEqual(
          stand.steward.exchanges().map(({ outcome }) => outcome),
          ["revoked"],
        );
      });
    });
  }
});

async function withStand(
  { wire }: Client,
  script: Parameters<GatewayStand["model"]["follow"]>[0],
  work: (stand: GatewayStand) => Promise<void>,
  more: StandOptions = {},
): Promise<void> {
  await installClients();
  const stand = await openGatewayStand({ wire, script, ...more });
  try {
    await work(stand);
  } finally {
    await stand.close();
  }
}

function callOver(stand: GatewayStand): ReturnType<typeof callTool> {
  const isOpenai = stand.model.wire === "openai";
  return callTool(stand, { path: isOpenai ? "/v1/chat/completions" : "/v1/messages", body: isOpenai ? CHAT : MESSAGES });
}

function refusedCalls(stand: GatewayStand): GatewayStand["lines"] {
  return stand.lines.filter(({ event }) => event === "call-refused");
}

/** The AI SDK tells of its attempts, and has the last error inside. */
function lastErrorIn({ error }: Told): ToldError | undefined {
  return error?.last ?? error;
}
