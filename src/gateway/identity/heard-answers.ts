import type { AnswersCounted } from "../../vocabulary/identity-verdict.ts";
import { binomialAtLeast, binomialAtMost, upperBound } from "./binomial.ts";
import { answered, type ProbeRun } from "./probe-run.ts";

/** Fewer steady prompts than this, at opening or answered in a run, tell nothing. */
export const LEAST_COMPARED = 6;

/** Two of them are left out in turn, and what remains must still show a prompt's usual answers. */
export const LEAST_REPEATS = 5;
const LEAST_ANSWERS = LEAST_REPEATS - 2;

/**
 * A prompt is steady when at most this share of its answers was given once only: by Good and Turing the chance that its next
 * answer is one not heard before. Others carry noise and are left out.
 */
const MOST_SINGLE = 0.25;

/** Chance of more unheard answers than `sameUpTo` from the same model, and of as many as `differentFrom`. */
const SAME_ALPHA = 0.01;
const DIFFERENT_ALPHA = 0.001;

/** However quiet the repeats were: one or two answers may always change. */
const LEAST_DIFFERENT = 3;

/** Another model happens to agree on some prompts: a limit that leaves no room for that would never be reached. */
const MOST_DIFFERENT = 0.75;

export type HeardPrompt = {
  readonly id: string;
  readonly answers: Readonly<Record<string, number>>;
  readonly steady: boolean;
};

/** What a model said in a number of runs, and how often a steady prompt then gets an answer not heard in the others. */
export type HeardAnswers = {
  readonly prompts: readonly HeardPrompt[];
  /** Answers of steady prompts, each held against the other runs. */
  readonly trials: number;
  readonly unheard: number;
};

/** Each run is held against the others, and which prompts are steady is asked of the others too: nothing is judged by itself. */
export function hearAnswers(runs: readonly ProbeRun[]): HeardAnswers {
  const counts = runs.map((run, left) => countUnheard(tally(runs.toSpliced(left, 1)), run));
  return {
    prompts: tally(runs),
    trials: counts.reduce((sum, { compared }) => sum + compared, 0),
    unheard: counts.reduce((sum, { unheard }) => sum + unheard, 0),
  };
}

/** The counts of a run and what they would have to be; undefined when too little is steady or answered to say anything. */
export function countAnswers(heard: HeardAnswers, run: ProbeRun): AnswersCounted | undefined {
  const { compared, unheard } = countUnheard(heard.prompts, run);
  if (compared < LEAST_COMPARED) return undefined;
  const limits = limitsFor(heard, compared);
  return limits === undefined ? undefined : { unheard, compared, ...limits };
}

/** Undefined when the repeats disagree so much that a run would have to be nearly all unheard to be told apart. */
export function limitsFor(
  { trials, unheard }: HeardAnswers,
  compared: number,
): Pick<AnswersCounted, "sameUpTo" | "differentFrom"> | undefined {
  if (trials === 0) return undefined;
  // In doubt for `cannot-say`: `same` by the likely rate, `different` by the highest that the repeats leave open.
  const likely = (unheard + 1) / (trials + 2);
  const highest = upperBound(unheard, trials);
  let differentFrom = LEAST_DIFFERENT;
  while (differentFrom <= compared && binomialAtLeast(differentFrom, compared, highest) > DIFFERENT_ALPHA) differentFrom += 1;
  if (differentFrom > MOST_DIFFERENT * compared) return undefined;
  let sameUpTo = 0;
  while (binomialAtMost(sameUpTo, compared, likely) < 1 - SAME_ALPHA) sameUpTo += 1;
  return { sameUpTo: Math.min(sameUpTo, differentFrom - 1), differentFrom };
}

function tally(runs: readonly ProbeRun[]): readonly HeardPrompt[] {
  const heard = new Map<string, Map<string, number>>();
  for (const { prompt, text } of runs.flatMap(answered)) {
    const answers = heard.get(prompt) ?? new Map<string, number>();
    heard.set(prompt, answers.set(text, (answers.get(text) ?? 0) + 1));
  }
  return [...heard].map(([id, answers]) => ({ id, answers: Object.fromEntries(answers), steady: isSteady([...answers.values()]) }));
}

function isSteady(times: readonly number[]): boolean {
  const all = times.reduce((sum, count) => sum + count, 0);
  return all >= LEAST_ANSWERS && times.filter((count) => count === 1).length <= MOST_SINGLE * all;
}

function countUnheard(prompts: readonly HeardPrompt[], run: ProbeRun): { readonly compared: number; readonly unheard: number } {
  const steady = new Map(prompts.filter((prompt) => prompt.steady).map((prompt) => [prompt.id, prompt.answers]));
  const compared = answered(run).filter(({ prompt }) => steady.has(prompt));
  return {
    compared: compared.length,
    unheard: compared.filter(({ prompt, text }) => !Object.hasOwn(steady.get(prompt) ?? {}, text)).length,
  };
}
