import type { MemberRole, OrganisationKind, Verb } from "../../vocabulary/organisation.ts";

export const SIGN_IN_WAYS = ["passkey", "oidc", "recovery-code", "mailed-link"] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** Who a request comes from, as its session or token says: what the actor is signed for. */
export type Principal = {
  readonly person: string;
  readonly organisation: string;
  readonly organisationName: string;
  readonly kind: OrganisationKind;
  readonly name: string;
  readonly role: MemberRole;
  /** What this session or token allows: never more than the role does now. */
  readonly verbs: readonly Verb[];
  /** The least level number it may be shown: 1 = everything it was given. */
  readonly floor: number;
  readonly secondFactor: boolean;
  readonly credential: SessionCredential | TokenCredential;
};

export type SessionCredential = {
  readonly kind: "session";
  readonly id: string;
  readonly way: SignInWay;
  /** Brought about by its organisation alone, so it opens no other. */
  readonly bound: boolean;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
};

export type TokenCredential = { readonly kind: "token"; readonly id: string; readonly expiresAtMs: number };
