import assert from "node:assert/strict";
import { test } from "node:test";
import type { UseAnswer } from "../../contract/endpoints/model-history.ts";
import type { GrantAnswer } from "../../contract/model-schemas.ts";
import { addUpUse } from "./use-rows.ts";

const nowMs = Date.parse("2026-11-24T09:12Z");
const organisation = { id: "a", name: "Testing institute" };
const grant = { id: "g", organisation, purposes: ["software flaws", "refusals"] } as unknown as GrantAnswer;

function hour(at: string, purpose: string, more: Partial<UseAnswer> = {}): UseAnswer {
  return {
    grant: "g",
    organisation,
    purpose,
    hourMs: Date.parse(`${at}Z`),
    requests: 10,
    incomplete: 1,
    inputTokens: 400,
    outputTokens: 100,
    chargedTokens: 500,
    unknownUsage: 0,
    ...more,
  };
}

test("hours add up by grant and purpose, the most used first, and what was granted and not used is there with never", () => {
  const hours = [
    hour("2026-11-24T08:00", "refusals"),
    hour("2026-11-23T22:30", "refusals", { unknownUsage: 2 }),
    hour("2026-11-20T08:00", "refusals"),
  ];
  const rows = addUpUse(hours, [grant], { nowMs, zone: "Europe/Berlin", days: 3 });
  assert.deepEqual(
    rows.map(({ purpose, requests, incomplete, tokens, unknownUsage, lastMs }) => ({
      purpose,
      requests,
      incomplete,
      tokens,
      unknownUsage,
      lastMs,
    })),
    [
      { purpose: "refusals", requests: 30, incomplete: 3, tokens: 1500, unknownUsage: 2, lastMs: Date.parse("2026-11-24T08:00Z") },
      { purpose: "software flaws", requests: 0, incomplete: 0, tokens: 0, unknownUsage: 0, lastMs: undefined },
    ],
  );
  // 22:30 UTC is 23:30 where the reader is: still the day before. What is older than the days drawn counts all the same.
  assert.deepEqual(
    rows.map(({ days }) => days),
    [
      [0, 10, 10],
      [0, 0, 0],
    ],
  );
});

test("use by a grant that is not listed any more still counts, and two grants of one organisation stay apart", () => {
  const rows = addUpUse([hour("2026-11-24T08:00", "refusals", { grant: "earlier" })], [grant], { nowMs, zone: "UTC", days: 1 });
  assert.deepEqual(
    rows.map((row) => [row.grant, row.purpose, row.requests]),
    [
      ["earlier", "refusals", 10],
      ["g", "software flaws", 0],
      ["g", "refusals", 0],
    ],
  );
});
