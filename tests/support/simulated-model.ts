import { PROBE_PROMPTS, PROBE_SET } from "../../src/gateway/identity/probe-prompts.ts";
import type { ProbeRun } from "../../src/gateway/identity/probe-run.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** How much a model likes each of the possible answers, a row a prompt. */
export type SimulatedModel = readonly (readonly number[])[];

const ANSWERS = 30;

export function simulateModel(random: SeededRandom): SimulatedModel {
  return PROBE_PROMPTS.map(() => likings(random));
}

/** Another model that likes the same as `model` on some prompts: each with chance `alike` in 100. */
export function simulateRelative(model: SimulatedModel, alike: number, random: SeededRandom): SimulatedModel {
  return model.map((liked) => (random.below(100) < alike ? liked : likings(random)));
}

/** One run. `noise` is the temperature at which answers are drawn, against likings of spread 1; 0 = always the most liked. */
export function askSimulated(model: SimulatedModel, noise: number, random: SeededRandom): ProbeRun {
  return {
    promptSet: PROBE_SET,
    answers: PROBE_PROMPTS.map(({ id }, index) => ({
      prompt: id,
      kind: "answered",
      text: `answer ${draw(model[index] ?? [], noise, random)}`,
      model: undefined,
      fingerprint: undefined,
    })),
  };
}

function draw(liked: readonly number[], noise: number, random: SeededRandom): number {
  let [best, bestScore] = [0, Number.NEGATIVE_INFINITY];
  for (const [index, liking] of liked.entries()) {
    const score = noise === 0 ? liking : liking - noise * Math.log(-Math.log(unit(random)));
    if (score > bestScore) [best, bestScore] = [index, score];
  }
  return best;
}

function likings(random: SeededRandom): readonly number[] {
  return Array.from({ length: ANSWERS }, () => Math.sqrt(-2 * Math.log(unit(random))) * Math.cos(2 * Math.PI * unit(random)));
}

/** In (0, 1). */
function unit(random: SeededRandom): number {
  return (random.below(2 ** 31) + 0.5) / 2 ** 31;
}
