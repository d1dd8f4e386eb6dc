/**
 * How a membership in a circle stands. `in-force`: what is opened to the circle is seen. `unsigned`: the agreement in force is not signed, so
 * nothing is seen until it is. `expired`, `ended` (by the owner or by leaving), `closed` (the circle itself): nothing more is seen.
 */
export const MEMBERSHIP_STANDINGS = ["in-force", "unsigned", "expired", "ended", "closed"] as const;
export type MembershipStanding = (typeof MEMBERSHIP_STANDINGS)[number];

/** `lapsed`: open, and its time to answer is over. */
export const INVITATION_STATES = ["open", "accepted", "declined", "withdrawn", "lapsed"] as const;
export type InvitationState = (typeof INVITATION_STATES)[number];

/** What a membership's standing follows from. Times in milliseconds since 1970. */
export type MembershipFacts = {
  readonly endedAtMs: number | undefined;
  /** Undefined = never. */
  readonly expiresAtMs: number | undefined;
  readonly closedAtMs: number | undefined;
  readonly needsSignature: boolean;
  /** When the agreement in force was signed. */
  readonly signedAtMs: number | undefined;
};

export function membershipStanding(facts: MembershipFacts, nowMs: number): MembershipStanding {
  if (facts.closedAtMs !== undefined) return "closed";
  if (facts.endedAtMs !== undefined) return "ended";
  if (facts.expiresAtMs !== undefined && facts.expiresAtMs <= nowMs) return "expired";
  return facts.needsSignature && facts.signedAtMs === undefined ? "unsigned" : "in-force";
}

/** The circle of whoever is signed in, as the database knows it: it has no row, and is a UUID of no version. */
export const EVERYONE_SIGNED_IN = "00000000-0000-0000-0000-000000000001";
