import assert from "node:assert/strict";
import { test } from "node:test";

import { constraintAdmits } from "./bitnami-constraint.ts";

test("what is not read, whole or in part, cannot be told", () => {
  for (const constraint of [
    "",
    " ",
    ",",
    "latest",
    ">=",
    "1.2",
    ">=1",
    "2.*",
    "1.x",
    "v1.2.3",
    "=>1.2.3",
    ">1.0.0 <2.0.0",
    "*, nothing",
    "9.0.0 || nothing",
    "1.0.0 ||",
  ])
    assert.equal(constraintAdmits(constraint, "1.0.0"), undefined, constraint);
  for (const version of ["", "1.0", "v1.0.0", "9".repeat(5000)]) assert.equal(constraintAdmits("*", version), undefined, version);
});

test("no constraint, however long or odd, throws", () => {
  for (const part of [",", "||", "~", "1.0.0,", "^1.0.0||", " ", "9", "-a", "> "]) {
    for (const count of [90, 100_000]) {
      assert.doesNotThrow(() => constraintAdmits(part.repeat(count), "1.0.0"));
      assert.doesNotThrow(() => constraintAdmits(`^1.0.0-${part.repeat(count)}!`, "1.0.0"));
    }
  }
});
