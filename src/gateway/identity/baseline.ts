import type { FalseAlarmRate } from "../../vocabulary/identity-verdict.ts";
import { upperBound } from "./binomial.ts";
import { countAnswers, hearAnswers, LEAST_COMPARED, LEAST_REPEATS, type HeardAnswers } from "./heard-answers.ts";
import { answered, type ProbeRun } from "./probe-run.ts";

/** What a model said when its window opened, as plain data to be kept. */
export type Baseline = {
  readonly promptSet: string;
  readonly heard: HeardAnswers;
  /** Names and fingerprints that upstream gave, each once. */
  readonly models: readonly string[];
  readonly fingerprints: readonly string[];
  /** Runs that answered enough prompts to be a repeat. */
  readonly repeats: number;
  readonly falseAlarmRate: FalseAlarmRate;
};

/** Measures how far a model agrees with itself, from the runs of one prompt set at opening. */
export function measureBaseline(promptSet: string, runs: readonly ProbeRun[]): Baseline {
  const repeats = runs.filter((run) => run.promptSet === promptSet && answered(run).length >= LEAST_COMPARED);
  return {
    promptSet,
    heard: hearAnswers(repeats),
    models: distinct(repeats.flatMap(answered).map(({ model }) => model)),
    fingerprints: distinct(repeats.flatMap(answered).map(({ fingerprint }) => fingerprint)),
    repeats: repeats.length,
    falseAlarmRate: measureFalseAlarms(repeats),
  };
}

/** The share of a steady prompt's answers that another repeat gave too; undefined when no prompt is steady. */
export function selfAgreement({ heard: { trials, unheard } }: Baseline): number | undefined {
  return trials === 0 ? undefined : 1 - unheard / trials;
}

/** How many prompts are steady: those that later runs are compared by. */
export function steadyPrompts({ heard }: Baseline): number {
  return heard.prompts.filter(({ steady }) => steady).length;
}

/**
 * Each repeat is judged as a later run would be, by a baseline made of the others. The rule is fixed beforehand and not fitted
 * to these repeats, so that what is counted is a measurement; a repeat that could not be judged is none.
 */
function measureFalseAlarms(runs: readonly ProbeRun[]): FalseAlarmRate {
  if (runs.length < LEAST_REPEATS) return { alarms: 0, repeats: 0, estimate: undefined, upper95: 1 };
  const judged = runs.map((run, left) => countAnswers(hearAnswers(runs.toSpliced(left, 1)), run)).filter((counts) => counts !== undefined);
  const alarms = judged.filter(({ unheard, differentFrom }) => unheard >= differentFrom).length;
  const repeats = judged.length;
  return { alarms, repeats, estimate: repeats === 0 ? undefined : alarms / repeats, upper95: upperBound(alarms, repeats) };
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}
