import assert from "node:assert/strict";
import { test } from "node:test";
import { CodedError, isCodedError } from "./coded-error.ts";
import { invariant } from "./invariant.ts";
import { isJsonObject } from "./json.ts";

test("a refusal keeps its code, place and cause", () => {
  const cause = new Error("inner");
  const refusal = new CodedError("document-invalid", "expected an object, got 3", { cause, place: "components[3]" });
  assert.deepEqual(
    [refusal.code, refusal.message, refusal.place, refusal.cause, refusal.name, refusal instanceof Error],
    ["document-invalid", "expected an object, got 3", "components[3]", cause, "CodedError", true],
  );
  assert.equal(new CodedError("conflict", "x").place, undefined);
  assert.ok(!("cause" in new CodedError("conflict", "x")));
});

test("a refusal is told by its code, and from every other error", () => {
  const refusal = new CodedError("conflict", "x");
  assert.ok(isCodedError(refusal) && isCodedError(refusal, "not-found", "conflict"));
  assert.ok(!isCodedError(refusal, "not-found"));
  for (const other of [new Error("x"), { code: "conflict", message: "x" }, undefined, null, "conflict"]) assert.ok(!isCodedError(other));
});

test("a broken invariant is a bug, not a refusal", () => {
  invariant(true, "never said");
  for (const broken of [false, 0, "", undefined, null]) {
    assert.throws(
      () => invariant(broken, "rows are sorted"),
      (error) => error instanceof Error && !isCodedError(error) && /invariant broken: rows are sorted/.test(error.message),
    );
  }
});

test("a JSON object is neither null nor an array", () => {
  assert.deepEqual([{}, { a: 1 }, [], null, "", 1, undefined].map(isJsonObject), [true, true, false, false, false, false, false]);
});
