import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { describe, it } from "node:test";
import { type GatewayStand, openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, CHAT_STREAM, callTool, refusalCode, type ToolAnswer } from "../../../tests/support/tool-call.ts";
import type { Act } from "../../../tests/model-servers/act.ts";
import type { GatewayClock } from "../clock.ts";

const ENDLESS: Act = { kind: "answer", endless: true, pauseMs: 5 };

function withStand(title: string, options: StandOptions, work: (stand: GatewayStand) => Promise<void>): void {
  it(title, async () => {
    const stand = await openGatewayStand({ script: ENDLESS, ...options });
    try {
      await work(stand);
    } finally {
      await stand.close();
    }
  });
}

/** A stream under way; `ends` resolves when it has been cut or has ended. */
async function streaming(stand: GatewayStand, token = stand.token.text): Promise<{ readonly ends: Promise<ToolAnswer> }> {
  const began = Promise.withResolvers<void>();
  const ends = callTool(stand, { token, body: CHAT_STREAM, began: (response) => void response.once("data", () => began.resolve()) });
  await Promise.race([began.promise, ends]);
  return { ends };
}

async function code(stand: GatewayStand, token = stand.token.text): Promise<string> {
  const answer = await callTool(stand, { token, body: CHAT });
  return answer.status === 200 ? "passed" : refusalCode(answer);
}

/** Waits until the gateway has orders that it asked for after this call. */
async function told({ steward }: GatewayStand): Promise<void> {
  const calls = steward.calls("readGatewayOrders") + 2;
  while (steward.calls("readGatewayOrders") < calls) await delay(5);
}

describe("access that ends", () => {
  const ways: readonly (readonly [title: string, end: (stand: GatewayStand) => void])[] = [
    ["a token that is revoked", ({ steward, token }) => steward.revokeToken(token)],
    ["a grant that is ended or stopped", ({ steward, grant }) => steward.endGrant(grant)],
    ["a window that is closed", ({ steward, window }) => steward.endWindow(window)],
  ];
  for (const [title, end] of ways) {
    withStand(`${title} cuts its streams and refuses its calls`, {}, async (stand) => {
      const { ends } = await streaming(stand);
      end(stand);
      const cut = await ends;
      assert.deepEqual([cut.status, cut.isWhole], [200, false]);
      assert.equal(await code(stand), "access-ended");
      await stand.gateway.stop();
      assert.deepEqual(
        stand.steward.exchanges().map(({ outcome, reason }) => [outcome, reason]),
        [["revoked", "access-ended"]],
      );
      assert.ok(stand.model.received[0]?.abandonedMs() !== undefined);
      const { reservedRequests, reservedTokens } = stand.steward.meter(stand.grant);
      assert.deepEqual([reservedRequests, reservedTokens], [0, 0]);
    });
  }

  withStand("streams of other tokens go on", {}, async (stand) => {
    const other = stand.steward.issueToken(stand.grant);
    const { ends } = await streaming(stand, other.text);
    const own = await streaming(stand);
    stand.steward.revokeToken(stand.token);
    await own.ends;
    const first = await Promise.race([ends.then(() => "ended"), delay(300).then(() => "goes on")]);
    assert.equal(first, "goes on");
    stand.steward.revokeToken(other);
    await ends;
  });

  withStand(
    "a token that has just been issued works at once, and one that lifts a stop too",
    { script: { kind: "answer" } },
    async (stand) => {
      for (let n = 0; n < 5; n++) {
        const fresh = stand.steward.issueToken(stand.grant);
        assert.equal(await code(stand, fresh.text), "passed");
      }
    },
  );

  withStand("unknown tokens share their question to the server", {}, async (stand) => {
    const before = stand.steward.calls("readGatewayOrders");
    const codes = await Promise.all(Array.from({ length: 50 }, (_, n) => code(stand, `slm_unknown_${n}`)));
    assert.deepEqual(new Set(codes), new Set(["token-unknown"]));
    assert.ok(stand.steward.calls("readGatewayOrders") - before < 20);
  });

  withStand("a server that does not answer ends everything, and answers bring it back", {}, async (stand) => {
    const { ends } = await streaming(stand);
    stand.steward.silence(true);
    assert.equal((await ends).isWhole, false);
    assert.equal(await code(stand), "lease-ended");
    stand.steward.silence(false);
    stand.model.follow({ kind: "answer" });
    let now = await code(stand);
    for (let n = 0; n < 100 && now !== "passed"; n++) {
      await delay(50);
      now = await code(stand);
    }
    assert.equal(now, "passed");
  });

  withStand("a server that answers too late is one that does not answer", {}, async (stand) => {
    const { ends } = await streaming(stand);
    stand.steward.delay(1500);
    assert.equal((await ends).isWhole, false);
    assert.equal(await code(stand), "lease-ended");
    stand.steward.delay(0);
  });

  withStand("a window ends on its hour by the gateway's own clock, whether or not the server answers", {}, async (stand) => {
    const { ends } = await streaming(stand);
    stand.steward.changeWindow(stand.window, { closesMs: Date.now() + 700 });
    await told(stand);
    assert.equal((await ends).isWhole, false);
    assert.ok(["access-ended", "lease-ended"].includes(await code(stand)));
  });

  const clock: { wallMs: number } & { readonly set: (aheadMs: number) => void; readonly of: GatewayClock } = {
    wallMs: 0,
    set: (aheadMs) => {
      clock.wallMs = aheadMs;
    },
    of: { wallMs: () => Date.now() + clock.wallMs, monotonicMs: () => performance.now() },
  };
  withStand("a wall clock that is set back opens nothing again", { script: { kind: "answer" }, clock: clock.of }, async (stand) => {
    assert.equal(await code(stand), "passed");
    const closesMs = Date.now() + 1500;
    stand.steward.changeWindow(stand.window, { closesMs });
    await told(stand);
    clock.set(-3_600_000);
    await delay(closesMs - Date.now() + 10);
    assert.equal(await code(stand), "access-ended");
    clock.set(0);
  });

  it("a wall clock that is set forward past the hour closes at once", async () => {
    const stand = await openGatewayStand({ script: ENDLESS, closesMs: Date.now() + 3_600_000, clock: clock.of });
    try {
      const { ends } = await streaming(stand);
      clock.set(3_600_001);
      assert.equal((await ends).isWhole, false);
    } finally {
      clock.set(0);
      await stand.close();
    }
  });

  withStand("a token that expires cuts its streams", {}, async (stand) => {
    const brief = stand.steward.issueToken(stand.grant, { expiresMs: Date.now() + 2500 });
    const { ends } = await streaming(stand, brief.text);
    assert.equal((await ends).isWhole, false);
    assert.ok(["access-ended", "token-expired"].includes(await code(stand, brief.text)));
  });

  withStand("a hand on the switch while a request becomes durable: it never goes out", { script: { kind: "answer" } }, async (stand) => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        if (n === 20) stand.steward.endGrant(stand.grant);
        await code(stand);
      }),
    );
    await delay(600);
    const seen = stand.model.received.length;
    assert.equal(await code(stand), "access-ended");
    assert.equal(stand.model.received.length, seen);
  });

  withStand("a call whose answer has not begun is told why", { script: { kind: "silent" } }, async (stand) => {
    const call = callTool(stand);
    while (stand.model.received.length === 0) await delay(5);
    stand.steward.revokeToken(stand.token);
    assert.equal(refusalCode(await call), "access-ended");
    const other = stand.steward.issueToken(stand.grant);
    const late = callTool(stand, { token: other.text });
    while (stand.model.received.length === 1) await delay(5);
    await stand.gateway.stop();
    assert.equal(refusalCode(await late), "gateway-stopping");
    assert.deepEqual(
      stand.steward.exchanges().map(({ outcome, status }) => [outcome, status]),
      [
        ["revoked", undefined],
        ["cut", undefined],
      ],
    );
  });
});
