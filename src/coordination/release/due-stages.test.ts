import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Opened, ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import { HOUR_MS, randomEvents, randomPlan } from "../../../tests/support/random-plan.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { dueStages, type StatedEvent } from "./due-stages.ts";

const builders: Stage = { id: "build", circle: "distributors", level: "build", opens: undefined, on: ["patch-ready"], closes: undefined };
const operators: Stage = { id: "fix", circle: "operators", level: "fix", opens: at(10), on: [], closes: undefined };
const agencies: Stage = { id: "notice", circle: "agencies", level: "notice", opens: at(12), on: [], closes: undefined };
const everyone: Stage = { id: "public", circle: undefined, level: "public", opens: at(20), on: ["leak"], closes: undefined };
const plan: ReleasePlan = { state: "agreed", revision: 1, stages: [builders, operators, agencies, everyone], consenters: ["owner"] };

describe("which stages are due", () => {
  const cases: readonly (readonly [title: string, events: readonly StatedEvent[], nowHour: number, due: readonly string[]])[] = [
    ["nothing before the first hour", [], 9.99, []],
    ["a stage at its hour exactly", [], 10, ["fix by hour at 10"]],
    ["in the order of their hours after a long sleep", [], 30, ["fix by hour at 10", "notice by hour at 12", "public by hour at 20"]],
    ["a stage by its event, before its time is known", [{ event: "patch-ready", atMs: 3 * HOUR_MS }], 4, ["build by patch-ready at 3"]],
    [
      "an event that came between two hours in its place",
      [{ event: "patch-ready", atMs: 11 * HOUR_MS }],
      12,
      ["fix by hour at 10", "build by patch-ready at 11", "notice by hour at 12"],
    ],
    [
      "at a leak what is published, the inner circles first, and nothing more confidential",
      [{ event: "leak", atMs: 5 * HOUR_MS }],
      5,
      ["fix by leak at 5", "notice by leak at 5", "public by leak at 5"],
    ],
    [
      "at an early end the same",
      [{ event: "early-end", atMs: 11 * HOUR_MS }],
      11,
      ["fix by hour at 10", "notice by early-end at 11", "public by early-end at 11"],
    ],
    ["nothing on an event that no stage names", [{ event: "exploitation", atMs: HOUR_MS }], 2, []],
    ["nothing on an event that is yet to come", [{ event: "leak", atMs: 6 * HOUR_MS }], 5, []],
  ];
  for (const [title, events, nowHour, expected] of cases) {
    it(`opens ${title}`, () => {
      const due = dueStages(plan, [], events, nowHour * HOUR_MS);
      assert.deepEqual(
        due.map(({ stage, by, plannedMs }) => `${stage.id} by ${by} at ${plannedMs / HOUR_MS}`),
        expected,
      );
    });
  }

  it("opens nothing while the plan is being written, held, or has ended", () => {
    for (const state of ["writing", "held", "ended"] as const) assert.deepEqual(dueStages({ ...plan, state }, [], [], 30 * HOUR_MS), []);
  });

  it("opens what a hold kept back when the hold is lifted, with the hours that were planned", () => {
    const due = dueStages(plan, [{ stage: "fix", atMs: 10 * HOUR_MS, by: "hour" }], [], 15 * HOUR_MS);
    assert.deepEqual(
      due.map(({ stage, plannedMs }) => [stage.id, plannedMs / HOUR_MS]),
      [["notice", 12]],
    );
  });

  it("opens later what is more confidential than what was published, by its own event", () => {
    const opened: readonly Opened[] = ["fix", "notice", "public"].map((stage) => ({ stage, atMs: 5 * HOUR_MS, by: "leak" }));
    const due = dueStages(plan, opened, [{ event: "patch-ready", atMs: 6 * HOUR_MS }], 6 * HOUR_MS);
    assert.deepEqual(
      due.map(({ stage }) => stage.id),
      ["build"],
    );
  });

  it("comes to the same openings however often it is asked, each once and in the order of their causes", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seededRandom(seed);
      const [one, events] = [randomPlan(random), randomEvents(random)];
      const atOnce = dueStages(one, [], events, 200 * HOUR_MS);
      const opened: (Opened & { readonly plannedMs: number })[] = [];
      for (let hour = 0; hour <= 200; hour += 1 + random.below(40)) open(hour * HOUR_MS);
      open(200 * HOUR_MS);
      assert.deepEqual(
        opened.map(({ stage, by, plannedMs }) => ({ stage, by, plannedMs })),
        atOnce.map(({ stage, by, plannedMs }) => ({ stage: stage.id, by, plannedMs })),
        `seed ${seed}`,
      );
      assert.equal(new Set(opened.map(({ stage }) => stage)).size, opened.length, `seed ${seed}`);
      for (const [index, { plannedMs, atMs }] of opened.entries()) {
        assert.ok(plannedMs <= atMs && plannedMs >= (opened[index - 1]?.plannedMs ?? 0), `seed ${seed}`);
      }

      function open(nowMs: number): void {
        for (const { stage, by, plannedMs } of dueStages(
          one,
          opened,
          events.filter(({ atMs }) => atMs <= nowMs),
          nowMs,
        )) {
          opened.push({ stage: stage.id, by, plannedMs, atMs: nowMs });
        }
      }
    }
  });

  it("leaves nobody at a published level behind everyone", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seededRandom(seed);
      const [one, events] = [randomPlan(random), randomEvents(random)];
      const due = dueStages(one, [], events, HOUR_MS * random.below(120));
      if (due.every(({ stage }) => stage.circle !== undefined)) continue;
      const opened = new Set(due.map(({ stage }) => stage.id));
      const behind = one.stages.filter(({ id, level }) => !opened.has(id) && ["fix", "notice"].includes(level));
      assert.deepEqual(behind, [], `seed ${seed}`);
    }
  });
});

function at(hour: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: hour * HOUR_MS, zone: "UTC" };
}
