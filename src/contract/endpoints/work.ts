import { z } from "zod";
import { DRAFT_LEVELS } from "../../vocabulary/level.ts";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing } from "../schemas.ts";
import { notificationSchema } from "./notifications.ts";

/** What can wait for a member, in the order in which it matters when nothing else decides. */
export const WORK_KINDS = [
  "consent",
  "own-hold",
  "invitation",
  "agreement",
  "access-request",
  "delivery-failed",
  "plan-missing",
  "held",
  "membership-ends",
  "token-ends",
  "second-way-in",
  "setup-administrator",
  "setup-address",
  "setup-mail",
  "setup-circle",
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

const draft = z.object({ id: z.string(), title: z.string().describe("Of what the member may see: its summary, else a package") });

export const workItemSchema = z.object({
  kind: z.enum(WORK_KINDS),
  id: z.string().describe("Stays the same while it waits"),
  draft: draft.optional(),
  circle: z.object({ id: z.string(), name: z.string() }).optional(),
  model: z.object({ id: z.string(), name: z.string() }).optional(),
  who: z.string().optional().describe("The organisation that asks or holds"),
  name: z.string().optional().describe("Of a token, or where a delivery goes"),
  count: z.number().int().optional().describe("How many of a kind, where they are shown as one; 21 = more than 20"),
  sinceMs: z.number().optional().describe("When it began to wait"),
  dueMs: z.number().optional().describe("When it is too late, or when it happens"),
});

export const comingSchema = z.object({
  id: z.string(),
  kind: z.enum(["opens", "public", "membership-ends", "token-ends", "answer-by"]),
  atMs: z.number(),
  draft: draft.optional(),
  circle: z.object({ id: z.string(), name: z.string() }).optional(),
  level: z.enum(DRAFT_LEVELS).optional().describe("What opens"),
  name: z.string().optional().describe("Of a token"),
});

export const readWork = endpoint({
  id: "readWork",
  method: "GET",
  path: "/api/work",
  title: "What needs you now",
  description:
    "What waits for this member, what mattered most first; what happens in the next 14 days; and what it was told and has not opened. No totals of what it may not see.",
  access: "signed-in",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    nowMs: z.number(),
    items: z.array(workItemSchema),
    coming: z.array(comingSchema),
    unseen: z.array(notificationSchema).describe("The newest 20"),
    hasMoreUnseen: z.boolean(),
  }),
});

export const workEndpoints = [readWork] as const;
