import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProbeFailure } from "../../vocabulary/identity-verdict.ts";
import { measureBaseline, selfAgreement, steadyPrompts } from "./baseline.ts";
import { compareAnswers, isReasonToProbe, judgeOpening } from "./compare-answers.ts";
import { PROBE_PROMPTS, PROBE_SET } from "./probe-prompts.ts";
import type { ProbeRun } from "./probe-run.ts";

type Said = { readonly text: string; readonly model?: string; readonly fingerprint?: string } | ProbeFailure;

/** What a model says to the prompt of this place. */
function runOf(say: (place: number) => Said, promptSet = PROBE_SET): ProbeRun {
  return {
    promptSet,
    answers: PROBE_PROMPTS.map(({ id }, place) => {
      const said = say(place);
      if (typeof said === "string") return { prompt: id, kind: "failed", why: said };
      return { prompt: id, kind: "answered", text: said.text, model: said.model, fingerprint: said.fingerprint };
    }),
  };
}
const steadyRun = (other: { readonly model?: string; readonly fingerprint?: string } = {}): ProbeRun =>
  runOf((place) => ({ text: `a${place}`, ...other }));
const unheard = (count: number, other: { readonly model?: string; readonly fingerprint?: string } = {}): ProbeRun =>
  runOf((place) => ({ text: place < count ? `other ${place}` : `a${place}`, ...other }));
const repeat = (times: number, run: (repeat: number) => ProbeRun): readonly ProbeRun[] =>
  Array.from({ length: times }, (_, index) => run(index));
const steady = measureBaseline(
  PROBE_SET,
  repeat(10, () => steadyRun()),
);

describe("a baseline of a model that repeats itself", () => {
  it("agrees with itself, has all prompts and no false alarm in its repeats", () => {
    assert.equal(selfAgreement(steady), 1);
    assert.equal(steadyPrompts(steady), 12);
    assert.equal(steady.repeats, 10);
    const { alarms, repeats, estimate, upper95 } = steady.falseAlarmRate;
    assert.deepEqual([alarms, repeats, estimate, upper95.toFixed(6)], [0, 10, 0, "0.258866"]);
  });

  it("makes an opening that later runs can be compared with", () => {
    const { verdict, basis } = judgeOpening(steady);
    assert.deepEqual([verdict, basis], ["same", [{ code: "repeats-agree", repeats: 10, steady: 12, prompts: 12, agreement: 1 }]]);
  });

  const verdicts = ["same", "same", "cannot-say", "cannot-say", ...Array.from({ length: 9 }, () => "different")];
  for (const [count, verdict] of verdicts.entries()) {
    it(`says ${verdict} of ${count} answers not heard at opening`, () => {
      const result = compareAnswers(steady, unheard(count));
      const code = { same: "answers-agree", different: "answers-differ", "cannot-say": "answers-between" }[verdict];
      assert.equal(result.verdict, verdict);
      assert.deepEqual(result.basis, [{ code, unheard: count, compared: 12, sameUpTo: 1, differentFrom: 4 }]);
      assert.equal(result.falseAlarmRate, steady.falseAlarmRate);
    });
  }

  it("is plain data: kept and read again it judges alike", () => {
    const again = JSON.parse(JSON.stringify(steady));
    assert.deepEqual(again, steady);
    for (const count of [0, 3, 12]) assert.deepEqual(compareAnswers(again, unheard(count)), compareAnswers(steady, unheard(count)));
  });

  it("takes an answer for heard by its text only, whatever it is called", () => {
    const odd = measureBaseline(
      PROBE_SET,
      repeat(10, () => runOf((place) => ({ text: place === 0 ? "__proto__" : `a${place}` }))),
    );
    const kept = JSON.parse(JSON.stringify(odd));
    assert.equal(
      compareAnswers(
        kept,
        runOf((place) => ({ text: place === 0 ? "__proto__" : `a${place}` })),
      ).verdict,
      "same",
    );
    assert.equal(
      compareAnswers(
        kept,
        runOf(() => ({ text: "constructor" })),
      ).verdict,
      "different",
    );
  });
});

describe("cannot say", () => {
  const code = (runs: readonly ProbeRun[], run: ProbeRun = steadyRun()): unknown => {
    const { verdict, basis } = compareAnswers(measureBaseline(PROBE_SET, runs), run);
    assert.equal(verdict, "cannot-say");
    if (run.promptSet === PROBE_SET && run.answers.every(({ kind }) => kind === "answered")) {
      assert.deepEqual(
        [judgeOpening(measureBaseline(PROBE_SET, runs)).verdict, judgeOpening(measureBaseline(PROBE_SET, runs)).basis],
        ["cannot-say", basis],
      );
    }
    return basis[0];
  };

  it("without enough repeats", () => {
    assert.deepEqual(code([]), { code: "too-few-repeats", repeats: 0, needed: 5 });
    assert.deepEqual(code(repeat(4, () => steadyRun())), { code: "too-few-repeats", repeats: 4, needed: 5 });
    assert.equal(
      measureBaseline(
        PROBE_SET,
        repeat(4, () => steadyRun()),
      ).falseAlarmRate.upper95,
      1,
    );
    const failing = repeat(10, (index) => (index < 6 ? runOf((place) => (place < 5 ? { text: "a" } : "unreachable")) : steadyRun()));
    assert.deepEqual(code(failing), { code: "too-few-repeats", repeats: 4, needed: 5 });
  });

  it("with five repeats it can", () => {
    const five = measureBaseline(
      PROBE_SET,
      repeat(5, () => steadyRun()),
    );
    assert.deepEqual([compareAnswers(five, steadyRun()).verdict, compareAnswers(five, unheard(12)).verdict], ["same", "different"]);
    assert.equal(five.falseAlarmRate.upper95.toFixed(3), "0.451");
  });

  it("when the repeats never agree, or on too few prompts", () => {
    const random = repeat(10, (index) => runOf((place) => ({ text: `${index} ${place}` })));
    assert.deepEqual(code(random), { code: "repeats-disagree", steady: 0, prompts: 12, needed: 6 });
    const half = repeat(10, (index) => runOf((place) => ({ text: place < 5 ? `a${place}` : `${index} ${place}` })));
    assert.deepEqual(code(half), { code: "repeats-disagree", steady: 5, prompts: 12, needed: 6 });
  });

  it("when a second model answered one of the repeats: its later runs would be alarms too", () => {
    const two = repeat(10, (index) => (index === 4 ? unheard(12) : steadyRun()));
    assert.deepEqual(code(two), { code: "false-alarms-at-opening", alarms: 1, repeats: 10 });
  });

  it("but it can when both were heard often enough at opening", () => {
    const two = measureBaseline(
      PROBE_SET,
      repeat(10, (index) => (index % 3 === 0 ? unheard(12) : steadyRun())),
    );
    const verdicts = [unheard(12), steadyRun(), runOf(() => ({ text: "third" }))].map((run) => compareAnswers(two, run).verdict);
    assert.deepEqual(verdicts, ["same", "same", "different"]);
  });

  it("of a run with too few answers, and counts why", () => {
    const run = runOf((place) => (place < 5 ? { text: `a${place}` } : place < 8 ? "rate-limited" : "budget-spent"));
    assert.deepEqual(
      code(
        repeat(10, () => steadyRun()),
        run,
      ),
      {
        code: "too-few-answers",
        compared: 5,
        needed: 6,
        failures: { "rate-limited": 3, "budget-spent": 4 },
      },
    );
  });

  it("of answers to other prompts", () => {
    const run = runOf((place) => ({ text: `a${place}` }), "another-set");
    assert.deepEqual(
      code(
        repeat(10, () => steadyRun()),
        run,
      ),
      { code: "other-prompts", before: PROBE_SET, now: "another-set" },
    );
  });

  it("never turns to same because answers are missing", () => {
    for (let missing = 0; missing <= 12; missing += 1) {
      const run = runOf((place) => (place < missing ? "unreachable" : { text: `other ${place}` }));
      assert.equal(compareAnswers(steady, run).verdict, missing <= 6 ? "different" : "cannot-say");
    }
  });
});

describe("prompts on which the repeats disagree", () => {
  const runs = repeat(10, (index) => runOf((place) => ({ text: place < 3 ? `${index} ${place}` : `a${place}` })));
  const baseline = measureBaseline(PROBE_SET, runs);

  it("are left out: their noise raises no alarm", () => {
    assert.equal(steadyPrompts(baseline), 9);
    const result = compareAnswers(baseline, unheard(3));
    assert.equal(result.verdict, "same");
    assert.deepEqual(result.basis, [{ code: "answers-agree", unheard: 0, compared: 9, sameUpTo: 1, differentFrom: 4 }]);
  });
});

describe("what upstream says of itself", () => {
  const named = measureBaseline(
    PROBE_SET,
    repeat(10, (index) => steadyRun({ model: "large-2", fingerprint: index % 2 === 0 ? "fp_a" : "fp_b" })),
  );
  const codes = (run: ProbeRun): string => {
    const { verdict, basis } = compareAnswers(named, run);
    return `${verdict}: ${basis.map(({ code }) => code).join(", ")}`;
  };
  const cases: readonly (readonly [title: string, run: ProbeRun, expected: string])[] = [
    ["the same name and a fingerprint seen at opening", steadyRun({ model: "large-2", fingerprint: "fp_b" }), "same: answers-agree"],
    ["another name", steadyRun({ model: "large-3", fingerprint: "fp_a" }), "different: reported-model-changed, answers-agree"],
    [
      "another name in one answer of twelve",
      runOf((place) => ({ text: `a${place}`, model: place === 7 ? "small" : "large-2" })),
      "different: reported-model-changed, answers-agree",
    ],
    [
      "another name and too few answers",
      runOf((place) => (place === 0 ? { text: "a0", model: "small" } : "unreachable")),
      "different: reported-model-changed, too-few-answers",
    ],
    ["no name any more", steadyRun({ fingerprint: "fp_a" }), "same: answers-agree, reported-model-missing"],
    [
      "another fingerprint and the same answers",
      steadyRun({ model: "large-2", fingerprint: "fp_c" }),
      "same: answers-agree, fingerprint-changed",
    ],
    [
      "another fingerprint and answers between",
      unheard(3, { model: "large-2", fingerprint: "fp_c" }),
      "cannot-say: answers-between, fingerprint-changed",
    ],
    [
      "another fingerprint and other answers",
      unheard(9, { model: "large-2", fingerprint: "fp_c" }),
      "different: answers-differ, fingerprint-changed",
    ],
    [
      "another fingerprint and hardly an answer",
      runOf((place) => (place === 0 ? { text: "a0", model: "large-2", fingerprint: "fp_c" } : "unreachable")),
      "cannot-say: too-few-answers, fingerprint-changed",
    ],
    [
      "everything at once",
      unheard(12, { model: "large-3", fingerprint: "fp_c" }),
      "different: reported-model-changed, answers-differ, fingerprint-changed",
    ],
  ];
  for (const [title, run, expected] of cases) it(`${title}: ${expected}`, () => assert.equal(codes(run), expected));

  it("is shown with what it was and what it is", () => {
    assert.deepEqual(compareAnswers(named, steadyRun({ model: "large-3", fingerprint: "fp_c" })).basis, [
      { code: "reported-model-changed", before: ["large-2"], now: ["large-3"] },
      { code: "answers-agree", unheard: 0, compared: 12, sameUpTo: 1, differentFrom: 4 },
      { code: "fingerprint-changed", before: ["fp_a", "fp_b"], now: ["fp_c"] },
    ]);
  });

  it("tells nothing when nothing was said at opening", () => {
    assert.deepEqual(
      compareAnswers(steady, steadyRun({ model: "large-3", fingerprint: "fp_c" })).basis.map(({ code }) => code),
      ["answers-agree"],
    );
  });

  it("gives a reason to probe when an answer that passes by says something new", () => {
    assert.equal(isReasonToProbe(named, { model: "large-2", fingerprint: "fp_a" }), false);
    assert.equal(isReasonToProbe(named, { model: "large-2", fingerprint: "fp_c" }), true);
    assert.equal(isReasonToProbe(named, { model: "small", fingerprint: undefined }), true);
    assert.equal(isReasonToProbe(named, { model: undefined, fingerprint: undefined }), false);
    assert.equal(isReasonToProbe(steady, { model: "small", fingerprint: "fp_c" }), false);
  });
});
