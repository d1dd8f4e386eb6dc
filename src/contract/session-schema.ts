import { z } from "zod";
import { DRAFT_LEVELS } from "../vocabulary/level.ts";
import { MEMBER_ROLES, ORGANISATION_KINDS, VERBS } from "../vocabulary/organisation.ts";

/** How a session began. */
export const SIGN_IN_WAYS = ["passkey", "oidc", "recovery-code", "mailed-link"] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

const membershipSchema = z.object({
  organisation: z.string(),
  name: z.string(),
  kind: z.enum(ORGANISATION_KINDS),
  role: z.enum(MEMBER_ROLES),
});

export const sessionSchema = z.object({
  person: z.string(),
  /** What the organisation calls this member. */
  name: z.string(),
  acting: membershipSchema,
  verbs: z.array(z.enum(VERBS)).describe("What this session allows"),
  shows: z.enum(DRAFT_LEVELS).describe("The most confidential level that this session is shown"),
  secondFactor: z.boolean(),
  way: z.enum(SIGN_IN_WAYS),
  startedAtMs: z.number(),
  expiresAtMs: z.number(),
  others: z.array(membershipSchema).describe("Organisations one may switch to"),
});
