import type { ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { IdentityBasis, IdentityResult, ProbeFailure } from "../../vocabulary/identity-verdict.ts";
import { selfAgreement, steadyPrompts, type Baseline } from "./baseline.ts";
import { countAnswers, LEAST_COMPARED, LEAST_REPEATS, limitsFor } from "./heard-answers.ts";
import { answered, type ProbeRun } from "./probe-run.ts";

/**
 * Whether the model behind an endpoint answers as at opening. Another reported name is `different` by itself; another fingerprint
 * is only noticed, because servers change it with their own parts.
 */
export function compareAnswers(baseline: Baseline, run: ProbeRun): IdentityResult {
  const [verdict, decided] = judge(baseline, run);
  const named = notice(
    "reported-model-changed",
    "reported-model-missing",
    baseline.models,
    answered(run).map(({ model }) => model),
  );
  const printed = notice(
    "fingerprint-changed",
    undefined,
    baseline.fingerprints,
    answered(run).map(({ fingerprint }) => fingerprint),
  );
  const isRenamed = named.some(({ code }) => code === "reported-model-changed");
  return {
    verdict: isRenamed ? "different" : verdict,
    basis: isRenamed ? [...named, decided, ...printed] : [decided, ...named, ...printed],
    falseAlarmRate: baseline.falseAlarmRate,
  };
}

/** What the opening itself showed: `same` when its repeats agree well enough for later runs to be compared with them. */
export function judgeOpening(baseline: Baseline): IdentityResult {
  const { repeats, heard, falseAlarmRate } = baseline;
  const unfit = unfitBaseline(baseline);
  const agreement = selfAgreement(baseline) ?? 0;
  const agree: IdentityBasis = {
    code: "repeats-agree",
    repeats,
    steady: steadyPrompts(baseline),
    prompts: heard.prompts.length,
    agreement,
  };
  return { verdict: unfit === undefined ? "same" : "cannot-say", basis: [unfit ?? agree], falseAlarmRate };
}

/** Whether what upstream says of itself in any answer that passes by gives a reason to probe now. */
export function isReasonToProbe(
  { models, fingerprints }: Pick<Baseline, "models" | "fingerprints">,
  seen: { readonly model: string | undefined; readonly fingerprint: string | undefined },
): boolean {
  return isNew(models, seen.model) || isNew(fingerprints, seen.fingerprint);
}

function judge(baseline: Baseline, run: ProbeRun): readonly [ProbeVerdict, IdentityBasis] {
  if (run.promptSet !== baseline.promptSet) {
    return ["cannot-say", { code: "other-prompts", before: baseline.promptSet, now: run.promptSet }];
  }
  const unfit = unfitBaseline(baseline);
  if (unfit !== undefined) return ["cannot-say", unfit];
  const counts = countAnswers(baseline.heard, run);
  if (counts === undefined) return ["cannot-say", tooFewAnswers(baseline, run)];
  if (counts.unheard >= counts.differentFrom) return ["different", { code: "answers-differ", ...counts }];
  if (counts.unheard <= counts.sameUpTo) return ["same", { code: "answers-agree", ...counts }];
  return ["cannot-say", { code: "answers-between", ...counts }];
}

/** A baseline that raised false alarms on itself is not used: its alarms would mean nothing later. */
function unfitBaseline(baseline: Baseline): IdentityBasis | undefined {
  const { repeats, heard, falseAlarmRate } = baseline;
  if (repeats < LEAST_REPEATS) return { code: "too-few-repeats", repeats, needed: LEAST_REPEATS };
  const steady = steadyPrompts(baseline);
  if (steady < LEAST_COMPARED || limitsFor(heard, steady) === undefined || falseAlarmRate.repeats < LEAST_REPEATS) {
    return { code: "repeats-disagree", steady, prompts: heard.prompts.length, needed: LEAST_COMPARED };
  }
  if (falseAlarmRate.alarms > 0) {
    return { code: "false-alarms-at-opening", alarms: falseAlarmRate.alarms, repeats: falseAlarmRate.repeats };
  }
  return undefined;
}

/** Also when enough are answered, but by too few prompts for the noise of this baseline. */
function tooFewAnswers({ heard }: Baseline, run: ProbeRun): IdentityBasis {
  const steady = new Set(heard.prompts.filter((prompt) => prompt.steady).map(({ id }) => id));
  const compared = answered(run).filter(({ prompt }) => steady.has(prompt)).length;
  let needed = LEAST_COMPARED;
  while (needed < steady.size && limitsFor(heard, needed) === undefined) needed += 1;
  const failures: Partial<Record<ProbeFailure, number>> = {};
  for (const answer of run.answers) if (answer.kind === "failed") failures[answer.why] = (failures[answer.why] ?? 0) + 1;
  return { code: "too-few-answers", compared, needed, failures };
}

/** Nothing can be said of a name that was never given at opening. */
function notice(
  changed: "reported-model-changed" | "fingerprint-changed",
  missing: "reported-model-missing" | undefined,
  before: readonly string[],
  seen: readonly (string | undefined)[],
): readonly IdentityBasis[] {
  const now = [...new Set(seen.filter((value) => value !== undefined))].sort();
  if (now.some((value) => isNew(before, value))) return [{ code: changed, before, now }];
  return missing !== undefined && before.length > 0 && seen.includes(undefined) ? [{ code: missing, before, now }] : [];
}

function isNew(before: readonly string[], value: string | undefined): boolean {
  return before.length > 0 && value !== undefined && !before.includes(value);
}
