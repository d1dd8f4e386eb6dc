import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Opened, ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import { HOUR_MS, randomCircles, randomEvents, randomPlan } from "../../../tests/support/random-plan.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { dueStages } from "./due-stages.ts";
import { levelAt } from "./level-at.ts";
import type { PlanCircle, PlanMember } from "./plan-circle.ts";
import { previewPlan } from "./preview-plan.ts";

const member = (organisation: string, other: Partial<PlanMember> = {}): PlanMember => ({
  organisation,
  name: organisation.toUpperCase(),
  entered: true,
  expiresMs: undefined,
  excluded: false,
  excepted: false,
  ...other,
});
const circles: readonly PlanCircle[] = [
  { id: "lab", name: "Lab", members: [member("lab")] },
  {
    id: "distributors",
    name: "Distributors",
    members: [member("meridian", { expiresMs: 15 * HOUR_MS }), member("late", { entered: false })],
  },
  {
    id: "operators",
    name: "Operators",
    members: [member("northgate"), member("service", { excluded: true }), member("excepted", { excluded: true, excepted: true })],
  },
];
const stages: readonly Stage[] = [
  { id: "a", circle: "distributors", level: "build", opens: at(5), on: [], closes: undefined },
  { id: "b", circle: "operators", level: "fix", opens: at(10), on: [], closes: at(30) },
  { id: "c", circle: undefined, level: "public", opens: at(20), on: ["leak"], closes: undefined },
];
const plan: ReleasePlan = { state: "writing", revision: 1, stages, consenters: ["lab"] };

describe("the preview of a release plan", () => {
  const preview = previewPlan({ plan, circles, given: [{ circle: "lab", level: "case" }], opened: [], events: [], nowMs: 0 });
  const said = (id: string): string => {
    const row = [...preview.organisations, preview.everyone].find((one) => one.id === id);
    return [...(row?.levels ?? []), "|", row?.ifEnded].map((level) => level ?? "nothing").join(" ");
  };

  it("has one column for each moment at which something changes", () => {
    assert.deepEqual(
      preview.momentsMs.map((ms) => ms / HOUR_MS),
      [0, 5, 10, 15, 20, 30],
    );
  });

  const rows: readonly (readonly [id: string, levels: string])[] = [
    ["lab", "case case case case case case | case"],
    ["meridian", "nothing build build nothing public public | public"],
    ["late", "nothing nothing nothing nothing public public | public"],
    ["northgate", "nothing nothing fix fix fix public | fix"],
    ["service", "nothing nothing nothing nothing public public | public"],
    ["excepted", "nothing nothing fix fix fix public | fix"],
    ["everyone", "nothing nothing nothing nothing public public | public"],
  ];
  for (const [id, levels] of rows) it(`shows what ${id} sees by hour, and at once after a leak`, () => assert.equal(said(id), levels));

  it("says the same as the openings that then really happen", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const [one, some, events] = [randomPlan(random), randomCircles(random), randomEvents(random)];
      const nowMs = HOUR_MS * random.below(50);
      const past = events.filter(({ atMs }) => atMs <= nowMs);
      const shown = previewPlan({ plan: one, circles: some, given: [], opened: [], events: past, nowMs });
      const opened: Opened[] = [];
      for (const [index, atMs] of shown.momentsMs.entries()) {
        for (const { stage, by } of dueStages(one, opened, past, atMs)) opened.push({ stage: stage.id, by, atMs });
        for (const { id, levels } of shown.organisations) {
          assert.equal(levels[index], levelAt(one, some, [], opened, id, atMs), `seed ${seed}, ${id} at ${atMs / HOUR_MS}`);
        }
      }
    }
  });

  it("shows nobody less than everyone", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const shown = previewPlan({ plan: randomPlan(random), circles: randomCircles(random), given: [], opened: [], events: [], nowMs: 0 });
      for (const { levels } of shown.organisations) {
        for (const [index, level] of levels.entries()) {
          if (shown.everyone.levels[index] === "public") assert.notEqual(level, undefined, `seed ${seed}`);
        }
      }
    }
  });
});

function at(hour: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: hour * HOUR_MS, zone: "UTC" };
}
