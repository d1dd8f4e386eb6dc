import { CodedError } from "../../vocabulary/coded-error.ts";
import { type DraftLevel, levelNumber, levelOf } from "../../vocabulary/level.ts";
import type { Verb } from "../../vocabulary/organisation.ts";

export const LONGEST_TOKEN_DAYS = 365;
export const DAY_MS = 24 * 60 * 60_000;

export type TokenRequest = {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** The most confidential level it may be shown; absent = its owner's. */
  readonly floor?: DraftLevel | undefined;
  readonly days: number;
};

/** What whoever issues it may do at most, and so the token. */
export type TokenBounds = { readonly verbs: readonly Verb[]; readonly floor: number; readonly secondFactor: boolean };

export type TokenGrant = {
  readonly name: string;
  readonly verbs: readonly Verb[];
  readonly floor: number;
  readonly secondFactor: boolean;
  readonly expiresAtMs: number;
};

/** A token is never above who issues it, nor above whom it is for. @throws CodedError `not-allowed`, `input-invalid` */
export function grantToken(request: TokenRequest, bounds: TokenBounds, nowMs: number): TokenGrant {
  const above = request.verbs.filter((verb) => !bounds.verbs.includes(verb));
  if (above.length > 0) {
    throw new CodedError(
      "not-allowed",
      `verbs: expected some of ${bounds.verbs.join(", ")}, got ${above.join(", ")}. A token is never above its owner`,
      {
        place: "verbs",
      },
    );
  }
  const floor = request.floor === undefined ? bounds.floor : levelNumber(request.floor);
  if (floor < bounds.floor) {
    throw new CodedError(
      "not-allowed",
      `floor: expected ${levelOf(bounds.floor)} or less confidential, got ${request.floor}. A token is never above its owner`,
      {
        place: "floor",
      },
    );
  }
  if (request.days > LONGEST_TOKEN_DAYS) {
    throw new CodedError("input-invalid", `days: expected at most ${LONGEST_TOKEN_DAYS}, got ${request.days}`, { place: "days" });
  }
  return {
    name: request.name,
    verbs: [...new Set(request.verbs)],
    floor,
    secondFactor: bounds.secondFactor,
    expiresAtMs: nowMs + request.days * DAY_MS,
  };
}

/** The lesser of two bounds: what a token may be that one issues for another. */
export function lesserBounds(a: TokenBounds, b: TokenBounds): TokenBounds {
  return {
    verbs: a.verbs.filter((verb) => b.verbs.includes(verb)),
    floor: Math.max(a.floor, b.floor),
    secondFactor: a.secondFactor && b.secondFactor,
  };
}
