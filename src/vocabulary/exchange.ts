/** The dialects that a gateway speaks and a model is served in. */
export const MODEL_WIRES = ["openai", "anthropic"] as const;
export type ModelWire = (typeof MODEL_WIRES)[number];

/** What leaves the sandbox when a model's provider does it: tools that run at the provider, media fetched by URL, answers kept there. */
export const OUTSIDE_FEATURES = ["provider-tools", "remote-media", "store"] as const;
export type OutsideFeature = (typeof OUTSIDE_FEATURES)[number];

/**
 * How an exchange ended. `complete`: the upstream's answer was passed on to its end. `cut`: the upstream broke off, or a gateway died in between.
 * `client-gone`: whoever asked went away. `revoked`: access ended while it ran. `refused-upstream`: the upstream answered with an error of its own.
 * `upstream-failed`: there was no answer.
 */
export const EXCHANGE_OUTCOMES = ["complete", "cut", "client-gone", "refused-upstream", "upstream-failed", "revoked"] as const;
export type ExchangeOutcome = (typeof EXCHANGE_OUTCOMES)[number];

/** Tokens as the upstream counted them. */
export type TokenUsage = { readonly inputTokens: number; readonly outputTokens: number };

/** Does the same model answer as at opening. */
export const PROBE_VERDICTS = ["same", "different", "cannot-say"] as const;
export type ProbeVerdict = (typeof PROBE_VERDICTS)[number];
export const PROBE_OCCASIONS = ["opening", "daily", "reconnect"] as const;
export type ProbeOccasion = (typeof PROBE_OCCASIONS)[number];
