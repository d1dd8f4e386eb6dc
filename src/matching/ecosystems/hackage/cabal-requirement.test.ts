import assert from "node:assert/strict";
import { test } from "node:test";

import { requirementAdmits } from "./cabal-requirement.ts";

test("what Cabal does not read, whole or in part, cannot be told", () => {
  for (const requirement of [
    "",
    " ",
    "1.0",
    "= 1.0",
    "=> 1.0",
    "~> 1.0",
    ">= v1",
    ">= 1.",
    ">= 1.*",
    "^>= 1.*",
    "== *",
    ">=1 <2",
    ">=1 &&",
    "&& >=1",
    ">=1 || ",
    "(>=1",
    ">=1)",
    "()",
    "^>= { 1.2, 1.3 }",
    ">= 1.0-rc1",
    ">=1, <2",
  ])
    assert.equal(requirementAdmits(requirement, "1.0"), undefined, requirement);
  for (const version of ["", "v1", "1.0-1", "9".repeat(5000)])
    assert.equal(requirementAdmits(">= 0", version), undefined, version.slice(0, 9));
});

test("parentheses go before `&&`, and that before `||`", () => {
  assert.equal(requirementAdmits(">=3 || >=1 && <2", "1.5"), true);
  assert.equal(requirementAdmits(">=3 || >=1 && <2", "4"), true);
  assert.equal(requirementAdmits("(>=3 || >=1) && <2", "4"), false);
  assert.equal(requirementAdmits("((>=1) && ((<2)))", "1.5"), true);
});

test("no requirement, however long or odd, throws or takes long", () => {
  for (const part of ["(", "((>=1)", ">=1||", ">=1&&", "-any", "1.", " ", "^", "||"]) {
    assert.doesNotThrow(() => requirementAdmits(part.repeat(100_000), "1.0"));
    assert.doesNotThrow(() => requirementAdmits(part.repeat(500), "1.0"));
  }
  assert.equal(requirementAdmits(`${"(".repeat(25)}>=1${")".repeat(25)}`, "1.0"), undefined);
});
