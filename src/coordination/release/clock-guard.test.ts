import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { lookAtClocks, startClockGuard, trustWallClock, type ClockGuard } from "./clock-guard.ts";

const HOUR = 3_600_000;
const START = { wallMs: 1_800_000_000_000, monotonicMs: 500 };
const after = (elapsedMs: number, movedMs = 0) => ({
  wallMs: START.wallMs + elapsedMs + movedMs,
  monotonicMs: START.monotonicMs + elapsedMs,
});

describe("the clock guard", () => {
  const cases: readonly (readonly [movedMs: number, together: boolean])[] = [
    [0, true],
    [60_000, true],
    [60_001, false],
    [-60_000, true],
    [-60_001, false],
    [24 * HOUR, false],
  ];
  for (const [movedMs, together] of cases) {
    it(`${together ? "lets openings go on" : "holds openings"} when the wall clock is moved by ${movedMs} ms`, () => {
      const guard = lookAtClocks(startClockGuard(START, undefined), after(5000, movedMs));
      assert.equal(guard.verdict.kind, together ? "together" : "apart");
      if (guard.verdict.kind === "apart") assert.equal(guard.verdict.apartMs, movedMs);
    });
  }

  it("stays on hold when the clock is moved back, until somebody trusts it", () => {
    const moved = lookAtClocks(startClockGuard(START, undefined), after(1000, HOUR));
    assert.equal(lookAtClocks(moved, after(2000)).verdict.kind, "apart");
    const trusted = trustWallClock(after(3000));
    assert.equal(lookAtClocks(trusted, after(4000)).verdict.kind, "together");
  });

  it("holds from the start when the clock is behind the last opening", () => {
    assert.equal(startClockGuard(START, START.wallMs + 60_001).verdict.kind, "apart");
    assert.equal(startClockGuard(START, START.wallMs + 60_000).verdict.kind, "together");
    assert.equal(startClockGuard(START, START.wallMs - 90 * 24 * HOUR).verdict.kind, "together");
  });

  it("does not take the drift of months for a moved clock", () => {
    let guard: ClockGuard = startClockGuard(START, undefined);
    for (let hour = 1; hour < 24 * 120; hour++) guard = lookAtClocks(guard, after(hour * HOUR, hour * 200));
    assert.equal(guard.verdict.kind, "together");
  });

  it("notices every jump of more than a minute, wherever it comes", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed);
      let guard: ClockGuard = startClockGuard(START, undefined);
      const jumpAt = random.below(3000);
      const jumpMs = (random.oneIn(2) ? 1 : -1) * (60_001 + random.below(HOUR));
      for (let minute = 0; minute < 3000; minute++) guard = lookAtClocks(guard, after(minute * 60_000, minute >= jumpAt ? jumpMs : 0));
      assert.equal(guard.verdict.kind, jumpAt === 0 && guard.verdict.kind === "together" ? "together" : "apart", `seed ${seed}`);
    }
  });
});
