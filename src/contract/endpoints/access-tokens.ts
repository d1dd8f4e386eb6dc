import { z } from "zod";
import { DRAFT_LEVELS } from "../../vocabulary/level.ts";
import { VERBS } from "../../vocabulary/organisation.ts";
import { asking, done, idText, instant, labelText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.object({ person: z.string(), name: z.string() }),
  own: z.boolean(),
  verbs: z.array(z.enum(VERBS)),
  shows: z.enum(DRAFT_LEVELS),
  issuedAtMs: instant,
  expiresAtMs: instant,
  lastUsedAtMs: instant.optional(),
  revokedAtMs: instant.optional(),
});

export const listTokens = endpoint({
  ...reading,
  id: "listTokens",
  path: "/api/tokens",
  title: "Access tokens",
  description: "One's own in this organisation; for its administrators, everyone's. Never the token itself.",
  access: "signed-in",
  answer: z.object({ tokens: z.array(tokenSchema) }),
});

export const issueToken = endpoint({
  ...sending,
  id: "issueToken",
  path: "/api/tokens",
  title: "Issue an access token",
  description:
    "Scoped to some of the owner's verbs, never above the owner's level, for at most a year. The token is in this answer and nowhere else. `member` names a service account, for which an administrator issues.",
  access: "token.issue",
  body: z.object({
    name: labelText,
    verbs: z.array(z.enum(VERBS)).min(1).max(VERBS.length),
    shows: z.enum(DRAFT_LEVELS).optional(),
    days: z.number().int().min(1).max(365),
    member: idText.optional(),
  }),
  answer: z.object({ token: z.string().describe("Shown once"), id: z.string(), expiresAtMs: instant }),
});

export const revokeToken = endpoint({
  ...asking,
  id: "revokeToken",
  path: "/api/tokens/{token}/revoke",
  title: "Revoke an access token",
  description: "By its owner or an administrator of the organisation; it opens nothing from now on.",
  access: "signed-in",
  params: z.object({ token: idText }),
  answer: done,
});

export const tokenEndpoints = [listTokens, issueToken, revokeToken] as const;
