import assert from "node:assert/strict";
import { test } from "node:test";

import { isCodedError } from "../vocabulary/coded-error.ts";
import { readJsonc } from "./read-jsonc.ts";
import type { JsonLimits } from "./read-json.ts";

const limits: JsonLimits = { maxBytes: 1000, maxDepth: 5, maxValues: 20 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test("comments, and a comma behind the last entry, are read over", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['{"a": [1, 2,], "b": {"c": null,},}', { a: [1, 2], b: { c: null } }],
    ['// a\n{"a": /* b, ] */ 1, // c,\n}\n/**/', { a: 1 }],
    ['["//", "/*", ",]", "\\",]",]', ["//", "/*", ",]", '",]']],
    ['{"a": [[],],\r\n\t}', { a: [[]] }],
    ["[1 , /* , */ \n]", [1]],
    ["[]", []],
    ['{"ü": "😀",}', { ü: "😀" }],
  ];
  for (const [text, value] of cases) assert.deepEqual(readJsonc(bytesOf(text), limits), value, text);
});

test("other commas, and comments without an end, are faults at their own place", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["[,]", "1:2"],
    ["{,}", "1:2"],
    ["[1,,]", "1:4"],
    ['{"a":,}', "1:6"],
    [",", "1:1"],
    ["[1],", "1:4"],
    ["[1,\n// x\n/* y", "3:1"],
    ["[1, /", "1:5"],
    ["[1,}", "1:4"],
    ['{"a": 1,\n  "b" 2,\n}', "2:7"],
    ['["a,]', "1:6"],
    ["[1,", "1:4"],
  ];
  for (const [text, place] of cases) {
    assert.throws(
      () => readJsonc(bytesOf(text), limits),
      (error) => isCodedError(error, "document-invalid") && error.place === place,
      `${text} at ${place}`,
    );
  }
});

test("the bounds are those of JSON", () => {
  assert.throws(() => readJsonc(new Uint8Array(1001), limits), { code: "document-too-large" });
  assert.throws(() => readJsonc(bytesOf("[".repeat(900)), limits), { code: "document-invalid", place: "byte 5" });
  assert.throws(() => readJsonc(bytesOf(`[${"0,".repeat(30)}]`), limits), { code: "document-too-large" });
});

test("the bytes that are given stay as they are", () => {
  const bytes = bytesOf("[1,] // x");
  readJsonc(bytes, limits);
  assert.deepEqual(bytes, bytesOf("[1,] // x"));
});
