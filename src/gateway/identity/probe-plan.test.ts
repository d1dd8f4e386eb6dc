import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProbeOccasion } from "../../vocabulary/exchange.ts";
import { costOfProbes, isWithin, planWithin, probeDue, tokensAtMost, USUAL_PLAN, type ProbesSoFar } from "./probe-plan.ts";
import { PROBE_PROMPTS } from "./probe-prompts.ts";

const HOUR = 3_600_000;
const opening = (runs: number): ProbesSoFar["runs"] => Array.from({ length: runs }, () => ({ occasion: "opening", atMs: 0 }));
const soFar = (other: Partial<ProbesSoFar>): ProbesSoFar => ({
  runs: opening(10),
  reconnectedMs: undefined,
  ...other,
});

describe("when a probe is due", () => {
  const extra = (occasion: ProbeOccasion, atMs: number): ProbesSoFar["runs"][number] => ({ occasion, atMs });
  const cases: readonly (readonly [title: string, probes: ProbesSoFar, hour: number, due: ProbeOccasion | undefined])[] = [
    ["at opening, until all repeats have begun", soFar({ runs: opening(9) }), 0, "opening"],
    ["not after the last repeat", soFar({}), 1, undefined],
    ["not a minute before a day has passed", soFar({}), 24 - 1 / 60, undefined],
    ["a day after opening", soFar({}), 24, "daily"],
    ["not twice a day", soFar({ runs: [...opening(10), extra("daily", 24 * HOUR)] }), 47, undefined],
    ["a day after the last daily one", soFar({ runs: [...opening(10), extra("daily", 24 * HOUR)] }), 48, "daily"],
    ["when upstream was reached again", soFar({ reconnectedMs: HOUR }), 1, "reconnect"],
    ["not again for the same reconnection", soFar({ runs: [...opening(10), extra("reconnect", HOUR)], reconnectedMs: HOUR }), 1, undefined],
    [
      "not for a reconnection before the last run",
      soFar({ runs: [...opening(10), extra("daily", 24 * HOUR)], reconnectedMs: 23 * HOUR }),
      25,
      undefined,
    ],
    [
      "not a fourth time a day",
      soFar({
        runs: [...opening(10), extra("reconnect", HOUR), extra("reconnect", 2 * HOUR), extra("reconnect", 3 * HOUR)],
        reconnectedMs: 4 * HOUR,
      }),
      4,
      undefined,
    ],
    [
      "a fourth time when the first is a day ago",
      soFar({
        runs: [
          ...opening(10),
          extra("reconnect", HOUR),
          extra("reconnect", 2 * HOUR),
          extra("reconnect", 3 * HOUR),
          extra("daily", 24 * HOUR),
        ],
        reconnectedMs: 25 * HOUR,
      }),
      25,
      "reconnect",
    ],
    ["daily although reconnections came between", soFar({ runs: [...opening(10), extra("reconnect", 23 * HOUR)] }), 24, "daily"],
  ];
  for (const [title, probes, hour, due] of cases) it(title, () => assert.equal(probeDue(USUAL_PLAN, probes, hour * HOUR), due));
});

describe("the cost of probes", () => {
  it("is known before anything is sent", () => {
    const { aRun, opening, aDay, window } = costOfProbes(USUAL_PLAN, 30);
    assert.equal(aRun.requests, 12);
    assert.deepEqual([opening.requests, aDay.requests, window.requests], [122, 48, 1562]);
    const dearest = Math.max(...PROBE_PROMPTS.map((prompt) => tokensAtMost(USUAL_PLAN, prompt)));
    assert.deepEqual(
      [opening.tokens, aDay.tokens, window.tokens],
      [10 * aRun.tokens + 2 * dearest, 4 * aRun.tokens, 130 * aRun.tokens + 2 * dearest],
    );
    assert.equal(
      aRun.tokens,
      PROBE_PROMPTS.reduce((sum, { text }) => sum + text.length + 64 + 24, 0),
    );
  });

  it("counts bytes, not characters, and what a model spends on thinking", () => {
    assert.equal(tokensAtMost({ ...USUAL_PLAN, thinkingTokens: 1000 }, { id: "x", text: "é🙂", maxTokens: 16 }), 6 + 64 + 16 + 1000);
  });

  it("holds for any run of events: the due probes never exceed it", () => {
    for (const [plan, every] of [
      [USUAL_PLAN, 1],
      [USUAL_PLAN, 5],
      [{ openingRuns: 3, extraRunsADay: 0, thinkingTokens: 0 }, 1],
    ] as const) {
      const runs: { occasion: ProbeOccasion; atMs: number }[] = [];
      for (let minute = 0; minute < 30 * 24 * 60; minute += 10) {
        const nowMs = minute * 60_000;
        const reconnectedMs = minute % (every * 60) === 0 ? nowMs : undefined;
        const occasion = probeDue(plan, { runs, reconnectedMs }, nowMs);
        if (occasion !== undefined) runs.push({ occasion, atMs: nowMs });
      }
      assert.ok(runs.length * PROBE_PROMPTS.length <= costOfProbes(plan, 30).window.requests, `${runs.length} runs`);
      assert.ok(runs.length >= 30);
    }
  });

  it("fits what the terms of a day pay for, or there is no plan", () => {
    const { aRun } = costOfProbes(USUAL_PLAN, 0);
    const cases: readonly (readonly [requests: number, tokens: number, runs: string])[] = [
      [100_000, 100_000_000, "10 3"],
      [122, 100_000_000, "10 3"],
      [121, 100_000_000, "9 3"],
      [12, 100_000_000, "5 0"],
      [24, 100_000_000, "5 1"],
      [11, 100_000_000, "none"],
      [122, aRun.tokens, "5 0"],
      [122, aRun.tokens - 1, "none"],
      [122, 7 * aRun.tokens, "6 3"],
    ];
    for (const [requests, tokens, runs] of cases) {
      const plan = planWithin({ requests, tokens });
      assert.equal(plan === undefined ? "none" : `${plan.openingRuns} ${plan.extraRunsADay}`, runs, `${requests} ${tokens}`);
      if (plan !== undefined) assert.equal(isWithin(costOfProbes(plan, 30).aDay, { requests, tokens }), true);
    }
    assert.equal(planWithin({ requests: 122, tokens: 10 * aRun.tokens }, 5000), undefined);
  });

  it("is within terms that pay for requests and tokens, and not when either falls short", () => {
    const cost = { requests: 10, tokens: 1000 };
    assert.equal(isWithin(cost, { requests: 10, tokens: 1000 }), true);
    assert.equal(isWithin(cost, { requests: 9, tokens: 1000 }), false);
    assert.equal(isWithin(cost, { requests: 10, tokens: 999 }), false);
  });
});
