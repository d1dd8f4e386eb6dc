import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeReason } from "../../contract/probe-basis.ts";
import { falseAlarmText, reasonText, withoutNumbersText } from "./probe-words.ts";

const counts = { compared: 12, sameUpTo: 1, differentFrom: 4 };

test("a reason says its numbers", () => {
  const cases: readonly (readonly [ProbeReason, string])[] = [
    [{ code: "answers-agree", unheard: 1, ...counts }, "1 of 12 answers was new. Up to 1 is the same, from 4 on different."],
    [
      { code: "answers-between", unheard: 2, ...counts },
      "2 of 12 answers were new. Up to 1 is the same, from 4 on different, and this lies between.",
    ],
    [
      { code: "too-few-answers", compared: 4, needed: 6, failures: { unreachable: 5, "rate-limited": 3 } },
      "4 answers could be compared, 6 needed: 5 × not reached and 3 × too many requests.",
    ],
    [
      { code: "repeats-agree", repeats: 10, steady: 11, prompts: 12, agreement: 0.97 },
      "At opening 10 repeats of 12 prompts agree with each other by 97 %; 11 prompts will be compared.",
    ],
    [{ code: "reported-model-changed" }, "The model’s server gave it another name."],
    [
      { code: "reported-model-changed", before: ["aurora-2"], now: ["aurora-1"] },
      "The model’s server gave it another name: aurora-2 before, aurora-1 now.",
    ],
  ];
  for (const [reason, words] of cases) assert.equal(reasonText(reason), words);
});

test("a false-alarm rate says its bound, rounded up, and what it was measured on", () => {
  const rate = (alarms: number, repeats: number, upper95: number): string =>
    falseAlarmText({ falseAlarmRate: { alarms, repeats, upper95 } });
  assert.equal(rate(0, 10, 0.25886), "at most 25.9 %: 0 of 10 repeats at opening");
  assert.equal(rate(0, 0, 1), "not measured yet");
});

test("a run without numbers says why", () => {
  assert.notEqual(withoutNumbersText({ isCut: true }), withoutNumbersText({ isCut: false }));
});
