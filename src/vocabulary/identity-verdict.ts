import type { ProbeVerdict } from "./exchange.ts";

/** Why a prompt has no answer that can be compared. */
export const PROBE_FAILURES = ["budget-spent", "no-text", "rate-limited", "unreachable", "unreadable", "upstream-error"] as const;
export type ProbeFailure = (typeof PROBE_FAILURES)[number];

/**
 * How often the rule says `different` of the model it was measured on: each repeat at opening judged by the others.
 * `upper95` is the exact one-sided 95 % bound (Clopper and Pearson). No repeats: no estimate.
 */
export type FalseAlarmRate = {
  readonly alarms: number;
  readonly repeats: number;
  readonly estimate: number | undefined;
  readonly upper95: number;
};

/** What a comparison counted: answers that no repeat at opening gave, of the steady prompts that were answered. */
export type AnswersCounted = {
  readonly unheard: number;
  readonly compared: number;
  /** `same` up to so many unheard answers. */
  readonly sameUpTo: number;
  /** `different` from so many on. */
  readonly differentFrom: number;
};

/** One reason of a verdict, with its numbers. */
export type IdentityBasis =
  | ({ readonly code: "answers-agree" | "answers-differ" | "answers-between" } & AnswersCounted)
  | { readonly code: "other-prompts"; readonly before: string; readonly now: string }
  | {
      readonly code: "repeats-agree";
      readonly repeats: number;
      readonly steady: number;
      readonly prompts: number;
      readonly agreement: number;
    }
  | { readonly code: "too-few-repeats"; readonly repeats: number; readonly needed: number }
  | { readonly code: "repeats-disagree"; readonly steady: number; readonly prompts: number; readonly needed: number }
  | { readonly code: "false-alarms-at-opening"; readonly alarms: number; readonly repeats: number }
  | {
      readonly code: "too-few-answers";
      readonly compared: number;
      readonly needed: number;
      readonly failures: Readonly<Partial<Record<ProbeFailure, number>>>;
    }
  | {
      readonly code: "reported-model-changed" | "reported-model-missing" | "fingerprint-changed";
      readonly before: readonly string[];
      readonly now: readonly string[];
    };

/** Whether a model answers fixed prompts as it did when its window opened; of the opening, whether it agrees with itself. */
export type IdentityResult = {
  readonly verdict: ProbeVerdict;
  /** What decided first, then what was noticed beside it. */
  readonly basis: readonly IdentityBasis[];
  readonly falseAlarmRate: FalseAlarmRate;
};
