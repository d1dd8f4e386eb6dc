import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { compareWithDatabase, lookAtClocks, startClockGuard, trustWallClock, type ClockGuard } from "./clock-guard.ts";

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
      const guard = lookAtClocks(startClockGuard(START), after(5000, movedMs));
      assert.equal(guard.verdict.kind, together ? "together" : "apart");
      if (guard.verdict.kind === "apart") assert.equal(guard.verdict.apartMs, movedMs);
    });
  }

  it("stays on hold when the clock is moved back, until somebody trusts it", () => {
    const moved = lookAtClocks(startClockGuard(START), after(1000, HOUR));
    assert.equal(lookAtClocks(moved, after(2000)).verdict.kind, "apart");
    const trusted = trustWallClock(moved, after(3000));
    assert.equal(lookAtClocks(trusted, after(4000)).verdict.kind, "together");
  });

  it("holds from the start when the clock is behind the last opening", () => {
    assert.equal(startClockGuard(START, { lastWallMs: START.wallMs + 60_001 }).verdict.kind, "apart");
    assert.equal(startClockGuard(START, { lastWallMs: START.wallMs + 60_000 }).verdict.kind, "together");
    assert.equal(startClockGuard(START, { lastWallMs: START.wallMs - 90 * 24 * HOUR }).verdict.kind, "together");
  });

  for (const [what, byWallMs, elapsedMs, apartMs] of [
    ["a rest of a week", 7 * 24 * HOUR, 7 * 24 * HOUR, undefined],
    ["a rest of a week on a clock that lost a minute", 7 * 24 * HOUR - 60_000, 7 * 24 * HOUR, undefined],
    ["a clock set ahead by a day while no server ran", 30 * HOUR, 6 * HOUR, 24 * HOUR],
    ["a clock set back by an hour while no server ran", 5 * HOUR, 6 * HOUR, -HOUR],
  ] as const) {
    it(`${apartMs === undefined ? "lets openings go on" : "holds openings from the start"} after ${what}`, () => {
      const { verdict } = startClockGuard(START, { stopped: { byWallMs, elapsedMs } });
      if (apartMs === undefined) assert.deepEqual(verdict, { kind: "together" });
      else assert.deepEqual(verdict, { kind: "apart", apartMs, by: "machine", noticed: START });
    });
  }

  const database = (apartMs: number, waitedMs = 10) => ({
    askedMs: START.wallMs,
    answeredMs: START.wallMs + waitedMs,
    databaseMs: START.wallMs + waitedMs / 2 - apartMs,
  });
  for (const [apartMs, waitedMs, together] of [
    [0, 10, true],
    [60_000, 10, true],
    [60_010, 10, false],
    [-60_000, 10, true],
    [-60_010, 10, false],
    [61_000, 4000, true],
    [63_000, 4000, false],
  ] as const) {
    it(`${together ? "lets openings go on" : "holds openings"} ${apartMs} ms ahead of a database that answers in ${waitedMs} ms`, () => {
      const guard = compareWithDatabase(startClockGuard(START), database(apartMs, waitedMs), START);
      assert.equal(guard.verdict.kind, together ? "together" : "apart");
      if (guard.verdict.kind === "apart")
        assert.deepEqual([guard.verdict.by, Math.sign(guard.verdict.apartMs)], ["database", Math.sign(apartMs)]);
    });
  }

  it("holds on while the database's clock comes back, and goes on once somebody trusts this one, until they part anew", () => {
    const held = compareWithDatabase(startClockGuard(START), database(-HOUR), START);
    assert.equal(compareWithDatabase(held, database(0), START).verdict.kind, "apart");
    const trusted = trustWallClock(held, after(1000));
    assert.equal(compareWithDatabase(trusted, database(-HOUR), START).verdict.kind, "together");
    assert.equal(compareWithDatabase(trusted, database(-2 * HOUR), START).verdict.kind, "apart");
    assert.equal(compareWithDatabase(trusted, database(0), START).verdict.kind, "apart", "the database was put right: somebody must look");
  });

  it("does not take the drift of months for a moved clock", () => {
    let guard: ClockGuard = startClockGuard(START);
    for (let hour = 1; hour < 24 * 120; hour++) guard = lookAtClocks(guard, after(hour * HOUR, hour * 200));
    assert.equal(guard.verdict.kind, "together");
  });

  it("notices every jump of more than a minute, wherever it comes", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed);
      let guard: ClockGuard = startClockGuard(START);
      const jumpAt = random.below(3000);
      const jumpMs = (random.oneIn(2) ? 1 : -1) * (60_001 + random.below(HOUR));
      for (let minute = 0; minute < 3000; minute++) guard = lookAtClocks(guard, after(minute * 60_000, minute >= jumpAt ? jumpMs : 0));
      assert.equal(guard.verdict.kind, jumpAt === 0 && guard.verdict.kind === "together" ? "together" : "apart", `seed ${seed}`);
    }
  });
});
