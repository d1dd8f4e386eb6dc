import assert from "node:assert/strict";
import { test } from "node:test";
import { EVERYONE_SIGNED_IN } from "../../vocabulary/circle.ts";
import { writeReleasePlan } from "./releases.ts";

test("a stage may open to everyone signed in, whose circle's id is a UUID of no version, and to no other text", () => {
  const planFor = (circle: string) => ({ stages: [{ circle, level: "notice", on: ["patch-ready"] }] });
  assert.equal(writeReleasePlan.body.parse(planFor(EVERYONE_SIGNED_IN)).stages[0]?.circle, EVERYONE_SIGNED_IN);
  for (const circle of ["everyone", "", "00000000-0000-0000-0000-00000000000g"]) {
    assert.equal(writeReleasePlan.body.safeParse(planFor(circle)).success, false, circle);
  }
});
