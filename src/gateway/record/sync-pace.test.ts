import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syncPace } from "./sync-pace.ts";

describe("the pace of a disk", () => {
  it("is quick until most of the last syncs were slow", () => {
    const pace = syncPace(() => 0);
    for (let n = 0; n < 4; n++) {
      pace.took(8);
      assert.ok(pace.isQuick());
    }
    pace.took(8);
    assert.ok(!pace.isQuick());
  });

  it("stays quick while one in three is slow, whatever made it wait", () => {
    const pace = syncPace(() => 0);
    for (let n = 0; n < 300; n++) {
      pace.took(n % 3 === 0 ? 20 : 0.1);
      assert.ok(pace.isQuick());
    }
  });

  it("is tried again after ten seconds, and found slow by as few syncs as before", () => {
    let nowMs = 0;
    const pace = syncPace(() => nowMs);
    for (let n = 0; n < 5; n++) pace.took(8);
    nowMs = 9_999;
    assert.ok(!pace.isQuick());
    nowMs = 10_000;
    assert.ok(pace.isQuick());
    for (let n = 0; n < 4; n++) pace.took(8);
    assert.ok(pace.isQuick());
    pace.took(8);
    assert.ok(!pace.isQuick());
  });
});
