import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { levelNumber } from "../../vocabulary/level.ts";
import type { Opened, ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import { CIRCLES, HOUR_MS, randomEvents, randomlyAmended, randomPlan } from "../../../tests/support/random-plan.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { amendment } from "./amendment.ts";
import { dueStages, type StatedEvent } from "./due-stages.ts";
import { levelOfCircleAt, levelOfEveryoneAt } from "./level-at.ts";

const distributors: Stage = { id: "a", circle: "one", level: "build", opens: at(10), on: ["patch-ready"], closes: at(90) };
const operators: Stage = { id: "b", circle: "two", level: "fix", opens: at(40), on: ["exploitation"], closes: undefined };
const everyone: Stage = { id: "c", circle: undefined, level: "public", opens: at(60), on: ["leak"], closes: undefined };
const plan: ReleasePlan = {
  state: "agreed",
  revision: 3,
  stages: [distributors, operators, everyone],
  consenters: ["owner", "maintainer"],
};
const none: ReadonlySet<string> = new Set();

describe("an amendment", () => {
  const needing: readonly (readonly [title: string, stages: readonly Stage[]])[] = [
    ["an earlier hour", [distributors, { ...operators, opens: at(39) }, everyone]],
    ["another circle", [distributors, { ...operators, circle: "three" }, everyone]],
    ["a more confidential level", [distributors, { ...operators, level: "build" }, everyone]],
    ["another event", [distributors, { ...operators, on: ["exploitation", "leak"] }, everyone]],
    ["a later closing", [{ ...distributors, closes: at(91) }, operators, everyone]],
    ["no closing any more", [{ ...distributors, closes: undefined }, operators, everyone]],
    ["a stage more", [distributors, operators, { ...operators, id: "d", circle: "three" }, everyone]],
    ["a later public hour", [distributors, operators, { ...everyone, opens: at(61) }]],
    ["an earlier public hour", [distributors, operators, { ...everyone, opens: at(59) }]],
    ["a public stage that a leak does not open", [distributors, operators, { ...everyone, on: [] }]],
    ["no public stage", [distributors, operators]],
  ];
  for (const [title, stages] of needing) {
    it(`with ${title} needs every consenter`, () => {
      const result = amendment(plan, { ...plan, stages }, none);
      assert.deepEqual([result.consent, result.refused], [["owner", "maintainer"], false]);
    });
  }

  const free: readonly (readonly [title: string, stages: readonly Stage[]])[] = [
    ["nothing changed", plan.stages],
    ["a later hour", [distributors, { ...operators, opens: at(41) }, everyone]],
    ["a less confidential level", [distributors, { ...operators, level: "notice" }, everyone]],
    ["an event less", [{ ...distributors, on: [] }, operators, everyone]],
    ["an earlier closing", [{ ...distributors, closes: at(50) }, operators, everyone]],
    ["a stage less", [distributors, everyone]],
    ["the same hour in another zone", [distributors, operators, { ...everyone, opens: { ...at(60), zone: "Europe/Berlin" } }]],
  ];
  for (const [title, stages] of free) {
    it(`with ${title} needs nobody's consent`, () => {
      const result = amendment(plan, { ...plan, stages }, none);
      assert.deepEqual([result.consent, result.refused], [[], false]);
    });
  }

  it("of who has a say needs those who had it", () => {
    assert.deepEqual(amendment(plan, { ...plan, consenters: ["owner"] }, none).consent, ["owner", "maintainer"]);
  });

  it("of a stage that has opened is refused, whichever way it goes", () => {
    for (const [title, stages] of [...needing, ...free]) {
      const untouched = ["nothing changed", "a stage more"].includes(title);
      assert.equal(amendment(plan, { ...plan, stages }, new Set(["a", "b", "c"])).refused, !untouched, title);
    }
  });

  it("that needs no consent lets no circle see more, nor sooner, nor keeps everyone waiting, whatever happens", () => {
    let compared = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const random = seededRandom(seed);
      const before = randomPlan(random);
      const after = randomlyAmended(random, before);
      if (amendment(before, after, none).consent.length > 0) continue;
      compared++;
      const events = randomEvents(random);
      const [run, amended] = [openings(before, events), openings(after, events)];
      for (let hour = 0; hour <= 200; hour++) {
        const atMs = hour * HOUR_MS;
        const isPublic = levelOfEveryoneAt(before, run, atMs) !== undefined;
        assert.equal(levelOfEveryoneAt(after, amended, atMs) !== undefined, isPublic, `seed ${seed}, hour ${hour}`);
        for (const circle of CIRCLES) {
          const was = levelOfCircleAt(before, [], run, circle, atMs) ?? (isPublic ? "fix" : undefined);
          const is = levelOfCircleAt(after, [], amended, circle, atMs);
          const sees = (level: typeof is): number => (level === undefined ? 6 : levelNumber(level));
          // What is published shows everyone the level fix.
          assert.ok(sees(is) >= Math.min(sees(was), isPublic ? levelNumber("fix") : 6), `seed ${seed}, hour ${hour}, circle ${circle}`);
        }
      }
    }
    assert.ok(compared > 300, `${compared} amendments were free`);
  });
});

function openings(one: ReleasePlan, events: readonly StatedEvent[]): readonly Opened[] {
  return dueStages(one, [], events, 200 * HOUR_MS).map(({ stage, by, plannedMs }) => ({ stage: stage.id, by, atMs: plannedMs }));
}

function at(hour: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: hour * HOUR_MS, zone: "UTC" };
}
