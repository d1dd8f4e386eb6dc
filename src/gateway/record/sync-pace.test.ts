import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syncPace } from "./sync-pace.ts";

/** A disk, and a call that may wait for it every so often. */
function disk(everyMs = 100) {
  let nowMs = 0;
  const pace = syncPace(() => nowMs);
  const call = (ms: number): boolean => {
    nowMs += everyMs;
    const isWaiting = pace.isOnTheSpot();
    if (isWaiting) pace.took(ms);
    return isWaiting;
  };
  const inARow = (ms: number, calls = 1000): number => {
    for (let n = 0; n < calls; n++) if (!call(ms)) return n;
    return calls;
  };
  return { call, inARow, goTo: (ms: number) => (nowMs = ms - everyMs), now: () => nowMs };
}

describe("the pace of a disk", () => {
  it("is slow after a few syncs that were, however slow", () => {
    assert.equal(disk().inARow(8), 11);
    assert.equal(disk().inARow(1), 11);
  });

  it("stays quick when syncs usually take less than half a millisecond", () => {
    assert.equal(disk().inARow(0.49), 1000);
  });

  it("stays quick while one in three is slow, whatever made it wait", () => {
    const { call } = disk();
    for (let n = 0; n < 300; n++) assert.ok(call(n % 3 === 0 ? 20 : 0.1));
  });

  it("stays quick after four in a row that are slow on a disk that is not", () => {
    const { inARow, call } = disk();
    inARow(0.3, 100);
    inARow(20, 4);
    assert.ok(call(0.3));
  });

  it("is tried again after ten seconds, and found slow by as few syncs as before", () => {
    const { inARow, goTo, now, call } = disk();
    const syncs = inARow(8);
    const slowMs = now() - 100;
    goTo(slowMs + 9_999);
    assert.ok(!call(8));
    goTo(slowMs + 10_000);
    assert.equal(inARow(8), syncs);
  });

  it("is waited for during an eighth of the time at most, by calls that come fast", () => {
    const { call } = disk(0.5);
    let waitedMs = 0;
    for (let n = 0; n < 20_000; n++) if (call(0.4)) waitedMs += 0.4;
    const allMs = 10_000;
    assert.ok(waitedMs > allMs / 8 && waitedMs <= allMs / 8 + 125 + 0.4, `${waitedMs} ms`);
  });
});
