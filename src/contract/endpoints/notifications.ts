import { z } from "zod";
import { DELIVERY_STATES, NOTIFICATION_KINDS } from "../../vocabulary/notification.ts";
import { asking, done, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { cursor, nothing, pageLimit } from "../schemas.ts";

export const notificationSchema = z.object({
  id: z.string(),
  kind: z.enum(NOTIFICATION_KINDS),
  sentence: z.string().describe("The same for every notification of its kind"),
  atMs: z.number(),
  seenAtMs: z.number().optional().describe("When this member first opened it"),
  draft: z.object({ organisation: z.string(), id: z.string() }).optional().describe("The draft advisory it is about"),
});

export const listNotifications = endpoint({
  ...reading,
  id: "listNotifications",
  path: "/api/notifications",
  title: "What this organisation was told",
  description:
    "Newest first: what the member may do something about, and may still know. Mail and webhooks carry only a notification's id; this says what it is.",
  access: "notification.manage",
  params: nothing,
  query: z.object({
    unseen: z
      .enum(["true", "false"])
      .default("false")
      .transform((text) => text === "true")
      .describe("Only what this member has not opened yet"),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({ rows: z.array(notificationSchema), next: z.string().optional() }),
});

export const readNotification = endpoint({
  ...reading,
  id: "readNotification",
  path: "/api/notifications/{notification}",
  title: "One notification",
  description: "By the id that mail and webhooks carry.",
  access: "notification.manage",
  params: z.object({ notification: z.uuid() }),
  query: nothing,
  answer: notificationSchema,
});

export const markSeen = endpoint({
  ...sending,
  id: "markSeen",
  path: "/api/notifications/seen",
  title: "Mark notifications as seen",
  description: "For this member alone. What is not there, and what was seen before, is passed over.",
  access: "notification.manage",
  body: z.object({ notifications: z.array(z.uuid()).min(1).max(200) }),
  answer: done,
});

export const readMailChoice = endpoint({
  ...reading,
  id: "readMailChoice",
  path: "/api/notifications/mail",
  title: "Whether this member gets mail",
  description: "A mail says that something needs the member, and nothing of what it is.",
  access: "notification.manage",
  params: nothing,
  query: nothing,
  answer: z.object({
    address: z.string().optional().describe("As the organisation has it"),
    wantsMail: z.boolean(),
    hasServer: z.boolean().describe("Whether this installation can send mail (SMTP_URL)"),
  }),
});

export const chooseMail = endpoint({
  ...sending,
  id: "chooseMail",
  path: "/api/notifications/mail",
  title: "Switch mail on or off",
  description: "For this member alone.",
  access: "notification.manage",
  body: z.object({ wantsMail: z.boolean() }),
  answer: done,
});

export const tryMail = endpoint({
  ...asking,
  id: "tryMail",
  path: "/api/notifications/mail/test",
  title: "Send oneself a test mail",
  description: "How it went stands among the deliveries.",
  access: "notification.manage",
  params: nothing,
  answer: done,
});

export const listWebhooks = endpoint({
  ...reading,
  id: "listWebhooks",
  path: "/api/webhooks",
  title: "Webhooks of this organisation",
  description: "Where each leads, without what its URL may hold of secrets.",
  access: "organisation.manage",
  params: nothing,
  query: nothing,
  answer: z.object({ rows: z.array(z.object({ id: z.string(), location: z.string(), createdAtMs: z.number() })) }),
});

export const addWebhook = endpoint({
  ...sending,
  id: "addWebhook",
  path: "/api/webhooks",
  title: "Add a webhook",
  description:
    "Messages are signed as Standard Webhooks says. The secret is shown once. Private addresses are refused unless an administrator of the installation lists the host.",
  access: "organisation.manage",
  body: z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) }),
  answer: z.object({ id: z.string(), location: z.string(), secret: z.string().describe("`whsec_…`; it is not shown again") }),
});

export const removeWebhook = endpoint({
  ...asking,
  id: "removeWebhook",
  path: "/api/webhooks/{webhook}/remove",
  title: "Remove a webhook",
  description: "What is on its way to it is withdrawn.",
  access: "organisation.manage",
  params: z.object({ webhook: z.uuid() }),
  answer: done,
});

export const tryWebhook = endpoint({
  ...asking,
  id: "tryWebhook",
  path: "/api/webhooks/{webhook}/test",
  title: "Send a webhook a test",
  description: "How it went stands among the deliveries.",
  access: "organisation.manage",
  params: z.object({ webhook: z.uuid() }),
  answer: done,
});

export const listDeliveries = endpoint({
  ...reading,
  id: "listDeliveries",
  path: "/api/deliveries",
  title: "What went out, and how it went",
  description: "The member's own mail and, for administrators, what went to the organisation's webhooks; the last tried first.",
  access: "notification.manage",
  params: nothing,
  query: z.object({ state: z.enum(DELIVERY_STATES).optional(), after: cursor, limit: pageLimit }),
  answer: z.object({
    rows: z.array(
      z.object({
        id: z.string(),
        notification: z.string(),
        channel: z.enum(["mail", "webhook"]),
        location: z.string().optional().describe("Of a webhook"),
        state: z.enum(DELIVERY_STATES),
        attempts: z.number().int(),
        atMs: z.number().describe("When it was last tried, else when it is first due"),
        nextAtMs: z.number().optional().describe("Of what waits: when it is tried next"),
        reason: z.string().optional().describe("Why the last attempt came to nothing"),
      }),
    ),
    next: z.string().optional(),
  }),
});

export const retryDelivery = endpoint({
  ...asking,
  id: "retryDelivery",
  path: "/api/deliveries/{delivery}/again",
  title: "Try a failed delivery again",
  description: "It begins anew, under the same id.",
  access: "notification.manage",
  params: z.object({ delivery: z.uuid() }),
  answer: done,
});

export const notificationEndpoints = [
  listNotifications,
  readNotification,
  markSeen,
  readMailChoice,
  chooseMail,
  tryMail,
  listWebhooks,
  addWebhook,
  removeWebhook,
  tryWebhook,
  listDeliveries,
  retryDelivery,
] as const;
