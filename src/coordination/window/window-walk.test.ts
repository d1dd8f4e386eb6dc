import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestingWindowFacts, WindowBound } from "../../vocabulary/access-window.ts";
import { DAY_MS, furtherRecord, randomHour, randomWindow } from "../../../tests/support/random-window.ts";
import { seededRandom, type SeededRandom } from "../../../tests/support/seeded-random.ts";
import { addCalendarDays } from "./calendar-days.ts";
import { acceptRecord, changeWindow, moveRelease } from "./change-window.ts";
import { widestRecord } from "./programme-records.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";
import { endWindow } from "./window-moves.ts";

const NOW = Date.UTC(2026, 9, 20);

describe("a window through any run of changes", () => {
  it("is never open outside any bound, and closed is for ever", () => {
    const seen = { open: 0, closed: 0, waiting: 0, agreed: 0 };
    for (let seed = 0; seed < 400; seed += 1) {
      const random = seededRandom(seed);
      let facts = randomWindow(random, NOW);
      let atMs = NOW - 60 * DAY_MS;
      let closedAt: TestingWindowFacts["closed"];
      for (let step = 0; step < 40; step += 1) {
        atMs += random.below(5 * DAY_MS);
        facts = random.oneIn(3) ? anyChange(random, facts, atMs) : settleWindow(facts, atMs);
        const window = solveWindow(facts, atMs);
        seen[window.state] += 1;
        if (window.state === "open") assertInsideEveryBound(facts, atMs, seed);
        if (closedAt !== undefined) assert.deepEqual([window.state, facts.closed], ["closed", closedAt], `seed ${seed}`);
        if (window.state === "closed") closedAt ??= facts.closed;
        assert.equal(window.closed !== undefined, window.state === "closed", `seed ${seed}`);
        assert.ok(facts.firstOpenedMs === undefined || facts.firstOpenedMs <= atMs, `seed ${seed}`);
      }
    }
    for (const [state, count] of Object.entries(seen)) assert.ok(count > 50, `${state} was walked through ${count} times only`);
  });

  it("opens and closes where one of its bounds says, which is marked", () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const random = seededRandom(seed);
      const facts = settleWindow(randomWindow(random, NOW), NOW);
      const { opens, closes, bounds } = solveWindow(facts, NOW);
      const inForce = bounds.filter((bound) => bound.inForce);
      const hours = (edge: "opens" | "closes"): readonly number[] =>
        inForce.filter((one) => one.edge === edge).map((one) => one.at.instantMs);
      assert.equal(opens.at.instantMs, Math.max(...hours("opens")), `seed ${seed}`);
      assert.equal(closes?.at.instantMs, Math.min(...hours("closes")), `seed ${seed}`);
      for (const bound of bounds) {
        const setting: WindowBound | undefined = bound.edge === "opens" ? opens : closes;
        assert.equal(bound.sets, bound.inForce && bound.at.instantMs === setting?.at.instantMs, `seed ${seed}`);
      }
    }
  });

  it("is the same after a release has moved forth and back, unless it opened or closed meanwhile", () => {
    let same = 0;
    for (let seed = 0; seed < 600; seed += 1) {
      const random = seededRandom(seed);
      const facts = settleWindow(randomWindow(random, NOW), NOW);
      const there = moveRelease(facts, randomHour(random, NOW), NOW);
      const laterMs = NOW + (random.oneIn(2) ? random.below(3 * DAY_MS) : 0);
      const settled = settleWindow(there.facts, laterMs);
      const back = moveRelease(settled, facts.release, laterMs);
      if (settled.closed !== undefined) {
        assert.equal(back.after.state, "closed", `seed ${seed}`);
        continue;
      }
      const unmoved = settleWindow(facts, laterMs);
      if (settled.firstOpenedMs !== facts.firstOpenedMs || unmoved.firstOpenedMs !== facts.firstOpenedMs) continue;
      if (back.before.closed === undefined && unmoved.closed === undefined) {
        assert.deepEqual([back.facts, back.after], [unmoved, solveWindow(unmoved, laterMs)], `seed ${seed}`);
        same += 1;
      }
    }
    assert.ok(same > 50, `${same} windows came back`);
  });

  it("does what the change said it would: a preview and the window afterwards are one", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const facts = settleWindow(randomWindow(random, NOW), NOW);
      const moved = moveRelease(facts, randomHour(random, NOW), NOW);
      assert.deepEqual(solveWindow(moved.facts, NOW), moved.after, `seed ${seed}`);
      assert.equal(moved.destroysCredentials, moved.before.state !== "closed" && moved.after.state === "closed", `seed ${seed}`);
      const codes = moved.effects.map(({ code }) => code);
      assert.equal(codes.includes("closes-now"), moved.destroysCredentials, `seed ${seed}`);
      assert.equal(codes.includes("waits"), moved.before.state === "open" && moved.after.state === "waiting", `seed ${seed}`);
      assert.equal(codes.includes("opens-now"), moved.before.state !== "open" && moved.after.state === "open", `seed ${seed}`);
      assert.equal(
        codes.includes("never-open-again"),
        moved.after.leavesNothing && !codes.some((code) => /^closed-before|^closes-now/.test(code)),
        `seed ${seed}`,
      );
    }
  });
});

function anyChange(random: SeededRandom, facts: TestingWindowFacts, atMs: number): TestingWindowFacts {
  if (random.oneIn(12)) return endWindow(facts, random.pick(["ended", "withdrawn"] as const), atMs);
  if (random.oneIn(4)) return acceptRecord(facts, furtherRecord(1 + random.below(60)), atMs).facts;
  if (random.oneIn(4)) return changeWindow(facts, { ...facts, closes: randomHour(random, NOW) }, atMs).facts;
  if (random.oneIn(4)) return changeWindow(facts, { ...facts, opens: randomHour(random, NOW) }, atMs).facts;
  return moveRelease(facts, randomHour(random, NOW), atMs).facts;
}

/** Said anew from the facts, without the solver. */
function assertInsideEveryBound(facts: TestingWindowFacts, atMs: number, seed: number): void {
  const place = `seed ${seed} at ${new Date(atMs).toISOString()}`;
  const { days } = widestRecord(facts.accepted);
  assert.equal(facts.closed, undefined, place);
  assert.ok(atMs >= facts.opens.instantMs, `${place}: before the lab's hour`);
  assert.ok(facts.closes === undefined || atMs < facts.closes.instantMs, `${place}: after the lab's hour`);
  assert.ok(atMs < facts.release.instantMs, `${place}: after the release`);
  assert.ok(atMs >= addCalendarDays(facts.release, -days).instantMs, `${place}: more than ${days} days before the release`);
  assert.ok(facts.firstOpenedMs !== undefined && atMs - facts.firstOpenedMs <= days * DAY_MS + 3_600_000, `${place}: open too long`);
}
