import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReleasePlan, Stage } from "../../vocabulary/release-plan.ts";
import { randomCircles, randomPlan } from "../../../tests/support/random-plan.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { checkPlan, mayBeAgreed } from "./check-plan.ts";
import type { PlanCircle, PlanMember } from "./plan-circle.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 12);
const member = (name: string, other: Partial<PlanMember> = {}): PlanMember => ({
  organisation: name,
  name,
  entered: true,
  expiresMs: undefined,
  excluded: false,
  excepted: false,
  ...other,
});
const distributors: PlanCircle = { id: "distributors", name: "Distributors", members: [member("Meridian"), member("Fjordware")] };
const operators: PlanCircle = { id: "operators", name: "Critical operators", members: [member("Northgate"), member("Harbour")] };
const circles = [distributors, operators];

const build: Stage = { id: "build", circle: "distributors", level: "build", opens: day(25), on: ["patch-ready"], closes: undefined };
const fix: Stage = { id: "fix", circle: "operators", level: "fix", opens: day(26), on: [], closes: undefined };
const everyone: Stage = { id: "public", circle: undefined, level: "public", opens: day(30), on: ["leak"], closes: undefined };
const plan: ReleasePlan = { state: "writing", revision: 1, stages: [build, fix, everyone], consenters: ["owner"] };

type Case = readonly [found: readonly string[], title: string, stages: readonly Stage[], others?: readonly PlanCircle[]];

describe("the check of a release plan", () => {
  const cases: readonly Case[] = [
    [[], "a plan in order", plan.stages],
    [["refused public-missing"], "no public stage", [build, fix]],
    [["refused public-twice"], "two public stages", [build, everyone, { ...everyone, id: "again" }]],
    [["refused public-not-last"], "a public stage that is not the last", [build, everyone, fix]],
    [["refused public-without-hour"], "an embargo without an end", [fix, { ...everyone, opens: undefined }]],
    [
      ["refused public-closes"],
      "a public stage that closes",
      [fix, { ...everyone, closes: { ...day(30), instantMs: Date.UTC(2027, 0, 1) } }],
    ],
    [["refused nothing-new"], "everyone at level fix", [build, { ...everyone, level: "fix" }]],
    [["refused stage-twice"], "two stages of one id", [build, { ...fix, id: "build" }, everyone]],
    [["refused never-opens"], "a stage without hour and event", [{ ...fix, opens: undefined }, everyone]],
    [["refused hour-passed"], "an hour that has passed", [{ ...fix, opens: { instantMs: NOW, zone: "UTC" } }, everyone]],
    [["refused closes-before-opening"], "a stage that closes when it opens", [{ ...fix, closes: day(26) }, everyone]],
    [
      ["refused closes-before-opening"],
      "a stage of an event that has closed already",
      [{ ...build, opens: undefined, closes: day(24) }, everyone],
    ],
    [
      ["refused after-public"],
      "a stage after the public one",
      [build, { ...fix, opens: { ...day(30), instantMs: day(30).instantMs + 1 } }, everyone],
    ],
    [["refused nothing-new"], "a circle that has that level", [build, { ...build, id: "more", opens: day(26) }, everyone]],
    [["refused nothing-new"], "a circle that has more", [build, { ...build, id: "more", level: "notice", opens: day(26) }, everyone]],
    [[], "a circle that sees more by and by", [{ ...build, id: "first", level: "notice" }, { ...build, opens: day(26) }, everyone]],
    [["refused nothing-new"], "a circle at level public", [{ ...fix, level: "public" }, everyone]],
    [["refused circle-unknown"], "a circle that one does not see", [{ ...fix, circle: "elsewhere" }, everyone]],
    [["refused zone-unknown"], "a zone that is none", [{ ...fix, opens: { ...day(26), zone: "Middle/Earth" } }, everyone]],
    [["refused zone-unknown"], "an offset for a zone", [{ ...fix, opens: { ...day(26), zone: "+01:00" } }, everyone]],
    [["warned case-by-hour"], "research that opens by the clock", [{ ...build, level: "case" }, everyone]],
    [["warned order"], "stages out of order", [fix, build, everyone]],
    [["warned leak-not-heard"], "a public stage that a leak does not open", [fix, { ...everyone, on: [] }]],
    [["warned public-off-duty"], "a Saturday", [fix, { ...everyone, opens: day(28) }]],
    [["warned public-off-duty"], "a night", [fix, { ...everyone, opens: { ...day(30), instantMs: Date.UTC(2026, 10, 30, 2) } }]],
    [["warned members-unknown"], "a circle of somebody else", plan.stages, [distributors, { ...operators, members: undefined }]],
    [["warned circle-empty"], "an empty circle", plan.stages, [distributors, { ...operators, members: [] }]],
    [
      ["warned member-cannot-enter"],
      "a member who has not signed",
      plan.stages,
      [distributors, { ...operators, members: [member("Northgate"), member("Harbour", { entered: false })] }],
    ],
    [
      ["warned excluded-member"],
      "an agency with an intelligence function",
      plan.stages,
      [distributors, { ...operators, members: [member("Northgate"), member("Service", { excluded: true })] }],
    ],
    [
      [],
      "the same with an exception",
      plan.stages,
      [distributors, { ...operators, members: [member("Service", { excluded: true, excepted: true })] }],
    ],
    [
      ["warned member-expires"],
      "a membership that ends before its stage",
      plan.stages,
      [distributors, { ...operators, members: [member("Northgate", { expiresMs: day(26).instantMs })] }],
    ],
    [["warned two-levels"], "an organisation in two circles", plan.stages, [distributors, { ...operators, members: [member("Meridian")] }]],
  ];
  for (const [expected, title, stages, others] of cases) {
    it(`finds ${expected.join(", ") || "nothing"} for ${title}`, () => {
      const problems = checkPlan({ ...plan, stages }, others ?? circles, NOW);
      assert.deepEqual(
        problems.map(({ severity, code }) => `${severity} ${code}`),
        expected,
      );
      assert.equal(mayBeAgreed(problems), !expected.some((found) => found.startsWith("refused")));
    });
  }

  it("says that nobody has a say", () => {
    assert.deepEqual(
      checkPlan({ ...plan, consenters: [] }, circles, NOW).map(({ code }) => code),
      ["consenters-missing"],
    );
  });

  it("does not judge again what has opened", () => {
    assert.deepEqual(checkPlan(plan, circles, day(27).instantMs, { openedStages: new Set(["build", "fix"]) }), []);
    assert.deepEqual(
      checkPlan(plan, circles, day(27).instantMs).map(({ code }) => code),
      ["hour-passed", "hour-passed"],
    );
  });

  it("does not ask an hour that was agreed before to be still to come", () => {
    assert.deepEqual(checkPlan(plan, circles, day(27).instantMs, { agreedHours: new Set(["build", "fix"]) }), []);
    const closed = { ...plan, stages: [{ ...build, closes: day(24) }, fix, everyone] };
    assert.deepEqual(
      checkPlan(closed, circles, day(27).instantMs, { agreedHours: new Set(["build", "fix"]) }).map(({ code }) => code),
      ["closes-before-opening"],
    );
  });

  it("counts what a circle sees beside the plan", () => {
    const problems = checkPlan(plan, circles, NOW, { given: [{ circle: "operators", level: "case" }] });
    assert.deepEqual(
      problems.map(({ code, stage }) => [code, stage]),
      [["nothing-new", "fix"]],
    );
  });

  it("tells an hour with its zone", () => {
    const [problem] = checkPlan(
      { ...plan, stages: [{ ...fix, opens: { instantMs: NOW, zone: "Europe/Berlin" } }, everyone] },
      circles,
      NOW,
    );
    assert.equal(problem?.message, "Expected an hour to come, got Tue 24 Nov 2026, 10:12 Europe/Berlin.");
  });

  it("gives every problem a sentence and a stage of the plan, whatever the plan", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seededRandom(seed);
      const one = randomPlan(random);
      for (const { message, stage } of checkPlan(one, randomCircles(random), 0)) {
        assert.match(message, /^[A-Z0-9].+\.$/, `seed ${seed}`);
        assert.ok(stage === undefined || one.stages.some(({ id }) => id === stage), `seed ${seed}`);
      }
    }
  });
});

/** 09:00 UTC of a day in November 2026. */
function day(date: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs: Date.UTC(2026, 10, date, 9), zone: "UTC" };
}
