import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type MachineTime, openClockMarks } from "./clock-marks.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-clock-marks-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;

const MINUTE = 60_000;
const WALL = Date.UTC(2026, 10, 25, 9);
const before: MachineTime = { boot: "a start", uptimeMs: 100 * MINUTE, monotonicMs: 90 * MINUTE };

describe("the mark of the clocks", () => {
  const cases: readonly { readonly what: string; readonly now: MachineTime; readonly elapsed: number | undefined }[] = [
    { what: "an hour later", now: { boot: "a start", uptimeMs: 160 * MINUTE, monotonicMs: 150 * MINUTE }, elapsed: 60 },
    { what: "after the machine slept", now: { boot: "a start", uptimeMs: 160 * MINUTE, monotonicMs: 95 * MINUTE }, elapsed: 60 },
    { what: "in a container that began anew", now: { boot: "a start", uptimeMs: 5 * MINUTE, monotonicMs: 150 * MINUTE }, elapsed: 60 },
    {
      what: "after the machine was started anew",
      now: { boot: "another", uptimeMs: 160 * MINUTE, monotonicMs: 150 * MINUTE },
      elapsed: undefined,
    },
    {
      what: "on a system that does not say",
      now: { boot: undefined, uptimeMs: 160 * MINUTE, monotonicMs: 150 * MINUTE },
      elapsed: undefined,
    },
    { what: "with every clock behind", now: { boot: "a start", uptimeMs: 5 * MINUTE, monotonicMs: 5 * MINUTE }, elapsed: undefined },
  ];
  for (const { what, now, elapsed } of cases) {
    it(`says ${elapsed === undefined ? "only the last moment" : "how long it is since"} ${what}`, () => {
      const dataDirectory = mkdtempSync(join(root, `${++count}-`));
      openClockMarks({ dataDirectory, clock: () => WALL, machine: () => before }).keep();
      const known = openClockMarks({ dataDirectory, clock: () => WALL + 30 * MINUTE, machine: () => now }).known();
      const stopped = elapsed === undefined ? {} : { stopped: { byWallMs: 30 * MINUTE, elapsedMs: elapsed * MINUTE } };
      assert.deepEqual(known, { lastWallMs: WALL, ...stopped });
      assert.deepEqual(readdirSync(dataDirectory), ["clock.json"]);
    });
  }

  it("is none where there is none, or where it was spoilt", () => {
    const dataDirectory = mkdtempSync(join(root, `${++count}-`));
    const marks = openClockMarks({ dataDirectory });
    assert.deepEqual(marks.known(), {});
    for (const text of ["", "{", "[]", '{"wallMs":"now"}']) {
      writeFileSync(join(dataDirectory, "clock.json"), text);
      assert.deepEqual(marks.known(), {});
    }
    marks.keep();
    const { lastWallMs, stopped } = marks.known();
    assert.ok(lastWallMs !== undefined && Math.abs(lastWallMs - Date.now()) < MINUTE);
    if (process.platform === "linux") assert.ok(stopped !== undefined && Math.abs(stopped.byWallMs - stopped.elapsedMs) < MINUTE);
  });
});
