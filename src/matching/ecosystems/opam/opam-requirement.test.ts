import assert from "node:assert/strict";
import { test } from "node:test";

import { isOpamVersion, requirementAdmits } from "./opam-requirement.ts";

test("what is no plain formula of relations cannot be told", () => {
  for (const requirement of [
    "",
    "{}",
    "1.0",
    "== 1.0",
    "~> 1.0",
    ">= 1.0 &",
    "| >= 1.0",
    ">= 1.0, < 2",
    `(>= "1.0" | < "0.5")`,
    `with-test & >= "1.0"`,
    `>= "1:0"`,
    `>= "`,
    `>= "1 0"`,
    "{>= 1.0",
    "x".repeat(9000),
  ])
    assert.equal(requirementAdmits(requirement, "1.0"), undefined, requirement.slice(0, 30));
  for (const version of ["", "1:0", "1 0", "é", "9".repeat(5000)])
    assert.equal(requirementAdmits(">= 0", version), undefined, version.slice(0, 30));
});

test("no requirement, however odd, throws", () => {
  for (const part of ["&", "|", `>= "1"&`, "{", "}", '"', " ", ">", "!"]) {
    assert.doesNotThrow(() => requirementAdmits(part.repeat(100_000), "1.0"));
    assert.doesNotThrow(() => requirementAdmits(part.repeat(400), "1.0"));
  }
});

test("a version has the characters of opam's manual", () => {
  for (const version of ["1.0", "v0.16.0", "5.0.0~beta1", "20240101", "1.0-1", "base"]) assert.equal(isOpamVersion(version), true, version);
  for (const version of ["", "1:1.0", "1/2", "1.0 ", "-", "-1", "1.0\n"]) assert.equal(isOpamVersion(version), false, version);
});
