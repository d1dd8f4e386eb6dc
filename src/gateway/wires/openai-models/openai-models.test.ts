import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openaiModels } from "./openai-models.ts";

const OFFERED = { id: "offered-1", name: "Offered One", owner: "Example Lab", since: "2026-11-25T00:00:00Z" };

test("a list has exactly the models it is given, in the shape of the wire's own SDK", () => {
  const written: unknown = JSON.parse(readFileSync(new URL("testdata/list.json", import.meta.url), "utf8"));
  assert.deepEqual(openaiModels.all([OFFERED]), written);
  assert.deepEqual((written as { readonly data: readonly unknown[] }).data, [openaiModels.one(OFFERED)]);
});

test("an empty list is a list", () => {
  const empty = openaiModels.all([]) as { readonly data: readonly unknown[] };
  assert.deepEqual(empty.data, []);
});
