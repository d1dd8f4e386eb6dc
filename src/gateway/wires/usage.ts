import type { Json } from "../../vocabulary/json.ts";

/**
 * Tokens as an answer states them. `input` includes what was read from or written to a cache, `cached` is the part read from it.
 * A part that is missing or no count is absent: unknown, never 0.
 */
export type UsageSeen = { readonly input?: number; readonly output?: number; readonly cached?: number };

/** An answer that used nothing: an error before the model ran, a count of tokens. */
export const NOTHING_USED: UsageSeen = { input: 0, output: 0 };

/** No model reads or writes as much in one call; above it the statement is a lie or a fault. */
const MOST_TOKENS = 1_000_000_000;

/** A count of tokens, or undefined for anything that is none: negative, fractional, too large, a text. */
export function asTokenCount(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;
}

export function usageSeen(input: number | undefined, output: number | undefined, cached: number | undefined): UsageSeen {
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(cached === undefined ? {} : { cached }),
  };
}
