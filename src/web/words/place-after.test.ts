import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAfter } from "./place-after.ts";

const cases: readonly (readonly [string | null, string])[] = [
  [null, "/"],
  ["/drafts?state=open", "/drafts?state=open"],
  ["/account#tokens", "/account#tokens"],
  ["", "/"],
  ["https://evil.example", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/drafts/../sign-in", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?to=/", "/"],
];
for (const [to, place] of cases) {
  test(`after signing in ${JSON.stringify(to)} leads to ${place}`, () => assert.equal(placeAfter(to), place));
}
