import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { PROBE_VERDICTS, type ProbeVerdict } from "../../vocabulary/exchange.ts";
import { seededRandom, type SeededRandom } from "../../../tests/support/seeded-random.ts";
import { askSimulated, simulateModel, simulateRelative, type SimulatedModel } from "../../../tests/support/simulated-model.ts";
import { upperBound } from "./binomial.ts";
import { measureBaseline, selfAgreement, steadyPrompts } from "./baseline.ts";
import { compareAnswers } from "./compare-answers.ts";
import { USUAL_PLAN } from "./probe-plan.ts";
import { PROBE_SET } from "./probe-prompts.ts";

const WINDOWS = 100;
const LATER_RUNS = 5;
const NOISES = [0, 0.1, 0.2, 0.5];

/** What is asked in a window: `opening` once per repeat, `later` once per run after it. */
type Endpoint = { readonly opening: () => SimulatedModel; readonly later: () => SimulatedModel };
type Kind = { readonly name: string; readonly endpoint: (model: SimulatedModel, random: SeededRandom) => Endpoint };

const always = (opening: SimulatedModel, later: SimulatedModel): Endpoint => ({ opening: () => opening, later: () => later });
const KINDS: readonly Kind[] = [
  { name: "the same model", endpoint: (model) => always(model, model) },
  { name: "another model", endpoint: (model, random) => always(model, simulateRelative(model, 0, random)) },
  { name: "a relative that answers half alike", endpoint: (model, random) => always(model, simulateRelative(model, 50, random)) },
  { name: "a relative that answers three quarters alike", endpoint: (model, random) => always(model, simulateRelative(model, 75, random)) },
  {
    name: "unchanged, but a second model answers one run in ten",
    endpoint: (model, random) => {
      const second = simulateRelative(model, 0, random);
      const either = (): SimulatedModel => (random.oneIn(10) ? second : model);
      return { opening: either, later: either };
    },
  },
];

type Share = Readonly<Record<ProbeVerdict, number>>;
const shares = new Map(KINDS.map((kind, row) => [kind.name, NOISES.map((noise) => shareOf(kind, noise, row))] as const));
const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");

describe("the power of identity probes, simulated", () => {
  it("is the table of the README", () => {
    const lines = [
      `| | ${NOISES.map((noise) => `noise ${noise}`).join(" | ")} |`,
      `|---|${NOISES.map(() => "---:").join("|")}|`,
      `| self-agreement, steady prompts of 12 | ${NOISES.map(agreementAt).join(" | ")} |`,
      ...[...shares].map(([name, cells]) => `| ${name} | ${cells.map(cellText).join(" | ")} |`),
    ].join("\n");
    assert.ok(readme.includes(lines), `expected in README.md:\n\n${lines}\n`);
  });

  it("is told with the bounds that so many repeats leave", () => {
    const told = [10, 20, 30].map((repeats) => `0 of ${repeats} leaves up to ${upperBound(0, repeats).toFixed(3)}`);
    for (const words of told.map((text, index) => (index === 0 ? text : text.replace("leaves ", ""))))
      assert.ok(readme.includes(words), words);
  });

  it("raises no false alarm on a model that did not change, at any noise", () => {
    for (const share of cellsOf("the same model")) assert.equal(share.different, 0);
  });

  it("never calls another model the same", () => {
    for (const share of cellsOf("another model")) assert.equal(share.same, 0);
  });

  it("sees every exchange for another model while the noise is low, and says that it cannot when it is high", () => {
    const cells = cellsOf("another model");
    for (const share of cells.slice(0, 2)) assert.equal(share.different, 100);
    assert.equal(cells.at(-1)?.["cannot-say"], 100);
    assert.equal(cellsOf("the same model").at(-1)?.["cannot-say"], 100);
  });

  it("raises false alarms where the opening could not show a second model, within the bound that is stated", () => {
    const { different } = cellsOf("unchanged, but a second model answers one run in ten")[0] ?? { different: Number.NaN };
    assert.ok(different > 0 && different < 25.9, `${different} %`);
  });
});

function cellsOf(name: string): readonly Share[] {
  return shares.get(name) ?? [];
}

function shareOf({ endpoint }: Kind, noise: number, row: number): Share {
  const counts = { same: 0, different: 0, "cannot-say": 0 };
  for (let window = 0; window < WINDOWS; window += 1) {
    const random = seededRandom(1 + window + 1000 * row + Math.round(100_000 * noise));
    const { opening, later } = endpoint(simulateModel(random), random);
    const baseline = baselineOf(opening, noise, random);
    for (let run = 0; run < LATER_RUNS; run += 1) counts[compareAnswers(baseline, askSimulated(later(), noise, random)).verdict] += 1;
  }
  const all = WINDOWS * LATER_RUNS;
  return { same: (100 * counts.same) / all, different: (100 * counts.different) / all, "cannot-say": (100 * counts["cannot-say"]) / all };
}

function agreementAt(noise: number): string {
  let [agreement, steady] = [0, 0];
  for (let window = 0; window < WINDOWS; window += 1) {
    const random = seededRandom(1 + window + Math.round(100_000 * noise));
    const model = simulateModel(random);
    const baseline = baselineOf(() => model, noise, random);
    agreement += selfAgreement(baseline) ?? 0;
    steady += steadyPrompts(baseline);
  }
  return `${(agreement / WINDOWS).toFixed(2)}, ${(steady / WINDOWS).toFixed(1)}`;
}

function baselineOf(model: () => SimulatedModel, noise: number, random: SeededRandom): ReturnType<typeof measureBaseline> {
  return measureBaseline(
    PROBE_SET,
    Array.from({ length: USUAL_PLAN.openingRuns }, () => askSimulated(model(), noise, random)),
  );
}

function cellText(share: Share): string {
  return PROBE_VERDICTS.map((verdict) => share[verdict].toFixed(1)).join(" / ");
}
