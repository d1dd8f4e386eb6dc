import type { ProbeOccasion } from "../../vocabulary/exchange.ts";
import { LEAST_REPEATS } from "./heard-answers.ts";
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

export type ProbesSoFar = {
  readonly runs: readonly { readonly occasion: ProbeOccasion; readonly atMs: number }[];
  /** When upstream was last reached again after it was lost, or gave itself another name or fingerprint. */
  readonly reconnectedMs: number | undefined;
};

const DAY_MS = 86_400_000;

/** Allowed for what a server puts around a prompt. A guess: what holds in any case is the reservation in the budget. */
const TEMPLATE_TOKENS = 64;

/** An endpoint may refuse the temperature and the name of the limit once each, at opening. */
const REFUSED_SETTINGS = 2;

/** The most that probes can take of a window's budget, to be held against the terms before anything is sent. */
export function costOfProbes(plan: ProbePlan, days: number, prompts: readonly ProbePrompt[] = PROBE_PROMPTS): CostOfProbes {
  const aRun = { requests: prompts.length, tokens: prompts.reduce((sum, prompt) => sum + tokensAtMost(plan, prompt), 0) };
  const opening = plus(refusedSettings(plan, prompts), times(aRun, plan.openingRuns));
  const aDay = times(aRun, 1 + plan.extraRunsADay);
  return { aRun, opening, aDay, window: plus(opening, times(aDay, Math.ceil(days))) };
}

/** No tokenizer makes more tokens than bytes. */
export function tokensAtMost({ thinkingTokens }: ProbePlan, { text, maxTokens }: ProbePrompt): number {
  return Buffer.byteLength(text) + TEMPLATE_TOKENS + maxTokens + thinkingTokens;
}

/**
 * As much of the usual plan as the terms of a day pay for; undefined when not even one run. Where they do not pay for all repeats
 * of the opening in a day, these are fewer, and the least that can be compared are spread over the first days.
 */
export function planWithin(aDay: ProbeCost, thinkingTokens = 0, prompts: readonly ProbePrompt[] = PROBE_PROMPTS): ProbePlan | undefined {
  const plan = { ...USUAL_PLAN, thinkingTokens };
  const { aRun } = costOfProbes(plan, 0, prompts);
  const settings = refusedSettings(plan, prompts);
  const runsFor = ({ requests, tokens }: ProbeCost): number => Math.floor(Math.min(requests / aRun.requests, tokens / aRun.tokens));
  if (runsFor(aDay) < 1) return undefined;
  const firstDay = runsFor({ requests: aDay.requests - settings.requests, tokens: aDay.tokens - settings.tokens });
  return {
    openingRuns: Math.min(plan.openingRuns, Math.max(LEAST_REPEATS, firstDay)),
    extraRunsADay: Math.min(plan.extraRunsADay, runsFor(aDay) - 1),
    thinkingTokens,
  };
}

/** True when the terms, or what is left of them today, pay for all of it. */
export function isWithin(cost: ProbeCost, terms: ProbeCost): boolean {
  return cost.requests <= terms.requests && cost.tokens <= terms.tokens;
}

/** Why a run is due now, in an open window; undefined = none is. Every run that began counts, so that failing ones are bounded too. */
export function probeDue(plan: ProbePlan, { runs, reconnectedMs }: ProbesSoFar, nowMs: number): ProbeOccasion | undefined {
  if (runs.filter(({ occasion }) => occasion === "opening").length < plan.openingRuns) return "opening";
  const extra = runs.filter(({ atMs, occasion }) => occasion === "reconnect" && atMs > nowMs - DAY_MS);
  if (reconnectedMs !== undefined && reconnectedMs > lastOf(runs) && extra.length < plan.extraRunsADay) return "reconnect";
  return nowMs - lastOf(runs.filter(({ occasion }) => occasion !== "reconnect")) >= DAY_MS ? "daily" : undefined;
}

function lastOf(runs: ProbesSoFar["runs"]): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...runs.map(({ atMs }) => atMs));
}

function refusedSettings(plan: ProbePlan, prompts: readonly ProbePrompt[]): ProbeCost {
  const dearest = Math.max(0, ...prompts.map((prompt) => tokensAtMost(plan, prompt)));
  return { requests: REFUSED_SETTINGS, tokens: REFUSED_SETTINGS * dearest };
}

function plus(a: ProbeCost, b: ProbeCost): ProbeCost {
  return { requests: a.requests + b.requests, tokens: a.tokens + b.tokens };
}

function times({ requests, tokens }: ProbeCost, runs: number): ProbeCost {
  return { requests: requests * runs, tokens: tokens * runs };
}
