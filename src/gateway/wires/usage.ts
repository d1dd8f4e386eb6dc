import type { Json } from "../../vocabulary/json.ts";

/** Tokens as the answer states them. `input` includes what was read from or written to a cache; `cached` is the part read from it. */
export type Usage = { readonly input: number; readonly output: number; readonly cached?: number };

/** No model reads or writes as much in one call; above it the statement is a lie or a fault. */
const MOST_TOKENS = 1_000_000_000;

/** A count of tokens, or undefined for anything that is none: negative, fractional, too large, a text. */
export function asTokenCount(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;
}
