import assert from "node:assert/strict";
import { test } from "node:test";
import type { SyncState } from "../../contract/endpoints/feeds.ts";
import { createSyncProgress, megabytes, progressText } from "./sync-progress.ts";

test("each phase says what is going on", () => {
  const cases: readonly (readonly [Partial<SyncState>, string])[] = [
    [{ phase: "waiting" }, "npm: waiting for another sync to end"],
    [{ phase: "estimating" }, "npm: asking the source"],
    [{ phase: "taking", records: 1200, changed: 3 }, "npm: 1,200 records read, 3 new or changed"],
    [{ phase: "taking", records: 1, changed: 1, problems: 2 }, "npm: 1 record read, 1 new or changed, 2 kept aside"],
    [{ phase: "taking", takenBytes: 71_000_000, totalBytes: 142_000_000 }, "npm: 50 % of 142 MB, 0 records read, 0 new or changed"],
    [{ phase: "taking", takenBytes: 5, totalBytes: 0 }, "npm: 0 records read, 0 new or changed"],
    [{ phase: "taking", takenBytes: 300, totalBytes: 200 }, "npm: 100 % of 1 kB, 0 records read, 0 new or changed"],
    [{ phase: "taken" }, "npm: taken"],
    [{ phase: "grouping" }, "joining advisories to vulnerabilities"],
    [{ phase: "building" }, "building the snapshot"],
    [{ phase: "done" }, "npm: done"],
    [{ phase: "failed", feed: "kev", ecosystem: "" }, "kev: failed"],
    [{ phase: "cancelled" }, "npm: cancelled"],
  ];
  for (const [stated, expected] of cases) assert.equal(progressText(state(stated), false), expected);
});

test("the bar fills with the bytes taken", () => {
  const barAt = (takenBytes: number): string =>
    /\[.*\]/.exec(progressText(state({ phase: "taking", takenBytes, totalBytes: 100 }), true))?.[0] ?? "";
  assert.equal(barAt(0), `[${"·".repeat(24)}]`);
  assert.equal(barAt(50), `[${"█".repeat(12)}${"·".repeat(12)}]`);
  assert.equal(barAt(100), `[${"█".repeat(24)}]`);
  assert.equal(barAt(1000), `[${"█".repeat(24)}]`);
});

test("on a terminal one line is rewritten, never wider than it, and taken away at the end", () => {
  const written: string[] = [];
  const progress = createSyncProgress({ isTTY: true, columns: 20, write: (text) => written.push(text) });
  progress.show(state({ phase: "taking", records: 1 }));
  progress.show(state({ phase: "building" }));
  progress.end();
  assert.deepEqual(written, ["\r\u001B[2Knpm: 1 record read,", "\r\u001B[2Kbuilding the snapsh", "\r\u001B[2K"]);
});

test("elsewhere a line is written when the phase changes, and now and then within one", () => {
  const written: string[] = [];
  let now = 10_000;
  const progress = createSyncProgress({ write: (text) => written.push(text) }, () => now);
  for (const [after, records] of [
    [0, 1],
    [4000, 2],
    [900, 3],
    [200, 4],
    [4999, 5],
  ] as const) {
    now += after;
    progress.show(state({ phase: "taking", records }));
  }
  progress.show(state({ phase: "grouping" }));
  progress.end();
  assert.deepEqual(written, [
    "npm: 1 record read, 0 new or changed\n",
    "npm: 4 records read, 0 new or changed\n",
    "joining advisories to vulnerabilities\n",
  ]);
});

test("sizes are said in the unit that a person would use", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "1 kB"],
    [900, "1 kB"],
    [842_000, "842 kB"],
    [1_000_000, "1 MB"],
    [142_300_000, "142 MB"],
    [999_400_000, "999 MB"],
    [1_850_000_000, "1.9 GB"],
  ];
  for (const [bytes, expected] of cases) assert.equal(megabytes(bytes), expected);
});

function state(stated: Partial<SyncState>): SyncState {
  return {
    sync: "sync-1",
    feed: "osv",
    ecosystem: "npm",
    phase: "taking",
    takenBytes: 0,
    records: 0,
    changed: 0,
    unchanged: 0,
    problems: 0,
    startedAtMs: 0,
    ...stated,
  };
}
