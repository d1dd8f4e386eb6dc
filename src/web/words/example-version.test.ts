import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleVersion } from "./example-version.ts";

const cases: readonly (readonly [readonly string[], string | undefined])[] = [
  [[], undefined],
  [["[0, ∞)"], undefined],
  [["[0, ∞)", "[1.0.0, 1.2.3)"], "1.2.3"],
  [["[0, 2.0]"], "2.0"],
  [["=ghostpdl-9.51"], "ghostpdl-9.51"],
  [["[0, 0:5.4.1-1.module+el8.5.0+10613+59a13ec4)"], "0:5.4.1-1.module+el8.5.0+10613+59a13ec4"],
];
for (const [intervals, expected] of cases)
  test(`${JSON.stringify(intervals)} show ${expected ?? "no version"}`, () => assert.equal(exampleVersion(intervals), expected));
