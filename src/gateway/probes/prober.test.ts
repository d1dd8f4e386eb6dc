import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, it } from "node:test";
import { type GatewayStand, LAB_CREDENTIAL, openGatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, callTool } from "../../../tests/support/tool-call.ts";
import type { GatewayClock } from "../clock.ts";

const ENOUGH = { callsPerDay: 200, tokensPerDay: 40_000 };

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

/** A test that never sees it ends by the runner's own limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20);
}

const occasions = ({ steward }: GatewayStand): readonly string[] =>
  steward.probes().map(({ occasion, verdict }) => `${occasion} ${verdict}`);

describe("probes of an enrolled model", () => {
  withStand("hear the model at opening, and notice a quiet swap when it names itself otherwise", { probes: ENOUGH }, async (stand) => {
    await until(() => stand.steward.probes().length === 10);
    assert.deepEqual(new Set(occasions(stand)), new Set(["opening cannot-say", "opening same"]));
    assert.equal(occasions(stand).at(-1), "opening same");
    const calls = stand.steward.probes().reduce((sum, probe) => sum + probe.calls, 0);
    assert.equal(calls, stand.model.received.length);

    await callTool(stand);
    stand.model.follow({ kind: "answer", served: { fingerprint: "fp_other", voice: "other" } });
    await callTool(stand);
    await until(() => stand.steward.probes().length === 11);
    assert.equal(occasions(stand).at(-1), "reconnect different");

    // From then on every exchange says so.
    await delay(400);
    await callTool(stand);
    await stand.gateway.stop();
    assert.deepEqual(
      stand.steward.exchanges().map(({ afterDifferent }) => afterDifferent),
      [false, false, true],
    );
    const kept = readFileSync(join(stand.recordDirectory, `${stand.window.id}.probes.json`), "utf8");
    assert.ok(!kept.includes(LAB_CREDENTIAL) && !/"text":"(?![\da-f]{64}")/.test(kept), "answers are kept as digests");
  });

  const clock: { aheadMs: number; readonly of: GatewayClock } = {
    aheadMs: 0,
    of: { wallMs: () => Date.now() + clock.aheadMs, monotonicMs: () => performance.now() },
  };
  withStand(
    "go on a day later, after a restart, from what was kept",
    { probes: ENOUGH, clock: clock.of, wire: "anthropic", closesMs: Date.now() + 10 * 86_400_000 },
    async (stand) => {
      await until(() => stand.steward.probes().length === 10);
      await stand.gateway.stop();
      clock.aheadMs = 86_400_000 + 60_000;
      const extended = { ...ENOUGH, callsToday: 0, tokensToday: 0 };
      stand.steward.changeWindow(stand.window, { probes: extended });
      stand.steward.issueToken(stand.grant);
      await stand.restart();
      await until(() => stand.steward.probes().length === 11);
      assert.equal(occasions(stand).at(-1), "daily same");
      clock.aheadMs = 0;
    },
  );

  withStand("cost no more than the lab agreed to pay for", { probes: { callsPerDay: 30, tokensPerDay: 40_000 } }, async (stand) => {
    await until(() => stand.steward.probes().length === 2);
    await delay(800);
    assert.equal(stand.steward.probes().length, 2);
    assert.equal(stand.model.received.length, 24);
  });

  withStand("are none where the lab agreed to none", {}, async (stand) => {
    await callTool(stand, { body: CHAT });
    await delay(600);
    assert.equal(stand.model.received.length, 1);
  });

  withStand(
    "are stated once, also when the server's answer was lost",
    { probes: { callsPerDay: 12, tokensPerDay: 40_000 } },
    async (stand) => {
      stand.steward.loseAnswers("stateGatewayProbe", 1);
      await until(() => stand.steward.calls("stateGatewayProbe") === 2);
      assert.equal(stand.steward.probes().length, 1);
      assert.equal(stand.model.received.length, 12);
    },
  );
});
