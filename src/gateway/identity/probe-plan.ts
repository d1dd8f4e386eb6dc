import { PROBE_PROMPTS, type ProbePrompt } from "./probe-prompts.ts";

/** When probes run, as the terms agree to pay for them. */
export type ProbePlan = {
  /** Runs at opening, failed ones included. */
  readonly openingRuns: number;
  /** Runs in any 24 h because upstream was lost or gave itself another name, beside the daily one. */
  readonly extraRunsADay: number;
  /** Added to every prompt's own limit for models that spend tokens before they answer; 0 for others. */
  readonly thinkingTokens: number;
};

export const USUAL_PLAN: ProbePlan = { openingRuns: 10, extraRunsADay: 3, thinkingTokens: 0 };

/** Requests and tokens, input and output together. */
export type ProbeCost = { readonly requests: number; readonly tokens: number };

export type CostOfProbes = {
  readonly aRun: ProbeCost;
  readonly opening: ProbeCost;
  /** The most in any 24 h after opening. */
  readonly aDay: ProbeCost;
  /** The most for the whole window. */
  readonly window: ProbeCost;
};

export const PROBE_REASONS = ["opening", "daily", "reconnect", "reported-change"] as const;
export type ProbeReason = (typeof PROBE_REASONS)[number];

export type ProbesSoFar = {
  readonly runs: readonly { readonly reason: ProbeReason; readonly atMs: number }[];
  /** When upstream was reached again, or gave itself another name or fingerprint, if no run has followed. */
  readonly reconnectedMs: number | undefined;
  readonly reportedChangeMs: number | undefined;
};

const DAY_MS = 86_400_000;

/** Allowed for what a server puts around a prompt. A guess: what holds in any case is the reservation in the budget. */
const TEMPLATE_TOKENS = 64;

/** An endpoint may refuse the temperature and the name of the limit once each, at opening. */
const REFUSED_SETTINGS = 2;

/** The most that probes can take of a window's budget, to be held against the terms before anything is sent. */
export function costOfProbes(plan: ProbePlan, days: number, prompts: readonly ProbePrompt[] = PROBE_PROMPTS): CostOfProbes {
  const tokens = prompts.reduce((sum, prompt) => sum + tokensAtMost(plan, prompt), 0);
  const aRun = { requests: prompts.length, tokens };
  const dearest = Math.max(0, ...prompts.map((prompt) => tokensAtMost(plan, prompt)));
  const settings = { requests: REFUSED_SETTINGS, tokens: REFUSED_SETTINGS * dearest };
  const opening = plus(settings, times(aRun, plan.openingRuns));
  const aDay = times(aRun, 1 + plan.extraRunsADay);
  return { aRun, opening, aDay, window: plus(opening, times(aDay, Math.ceil(days))) };
}

/** No tokenizer makes more tokens than bytes. */
export function tokensAtMost({ thinkingTokens }: ProbePlan, { text, maxTokens }: ProbePrompt): number {
  return Buffer.byteLength(text) + TEMPLATE_TOKENS + maxTokens + thinkingTokens;
}

/** True when the terms pay for all of it. */
export function isWithin(cost: ProbeCost, terms: ProbeCost): boolean {
  return cost.requests <= terms.requests && cost.tokens <= terms.tokens;
}

/** Why a run is due now, in an open window; undefined = none is. Every run that began counts, so that failing ones are bounded too. */
export function probeDue(plan: ProbePlan, { runs, reconnectedMs, reportedChangeMs }: ProbesSoFar, nowMs: number): ProbeReason | undefined {
  if (runs.filter(({ reason }) => reason === "opening").length < plan.openingRuns) return "opening";
  const lastMs = Math.max(...runs.map(({ atMs }) => atMs), Number.NEGATIVE_INFINITY);
  const recent = runs.filter(({ atMs, reason }) => atMs > nowMs - DAY_MS && (reason === "reconnect" || reason === "reported-change"));
  if (recent.length < plan.extraRunsADay) {
    if (reportedChangeMs !== undefined && reportedChangeMs > lastMs) return "reported-change";
    if (reconnectedMs !== undefined && reconnectedMs > lastMs) return "reconnect";
  }
  const lastDailyMs = Math.max(
    ...runs.filter(({ reason }) => reason === "daily" || reason === "opening").map(({ atMs }) => atMs),
    Number.NEGATIVE_INFINITY,
  );
  return nowMs - lastDailyMs >= DAY_MS ? "daily" : undefined;
}

function plus(a: ProbeCost, b: ProbeCost): ProbeCost {
  return { requests: a.requests + b.requests, tokens: a.tokens + b.tokens };
}

function times({ requests, tokens }: ProbeCost, runs: number): ProbeCost {
  return { requests: requests * runs, tokens: tokens * runs };
}
